"""Graphs with their versions, and what people keep beside them; a file a topic."""

from graphs.models.cases import TestCase
from graphs.models.drafts import Draft, DraftQuerySet
from graphs.models.drawings import (
    Audience,
    Graph,
    GraphQuerySet,
    GraphVersion,
    GraphVersionQuerySet,
    Link,
    Node,
    open_to,
)
from graphs.models.filings import Filing

__all__ = [
    "Audience",
    "Draft",
    "DraftQuerySet",
    "Filing",
    "Graph",
    "GraphQuerySet",
    "GraphVersion",
    "GraphVersionQuerySet",
    "Link",
    "Node",
    "TestCase",
    "open_to",
]
