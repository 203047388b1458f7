"""What the page of a graph shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.http import UserRequest
from accounts.models import User
from blocks import registry
from blocks.registry import AnyBlock
from graphs import credentials, drawing, filing, sharing, spec, uses, validation
from graphs.credential_forms import CredentialsForm
from graphs.input_forms import InputsForm
from graphs.models import Graph, GraphVersion
from graphs.translating import translated
from graphs.validation import Problem

NEWEST_VERSIONS = 20
MAX_OUTLINED = 300
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TitledProblem:
    """A problem as pages list it; the title is empty when it belongs to no node."""

    node_id: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A node in words: what it is, and where its outputs go."""

    node: spec.Node
    block: AnyBlock | None
    links: tuple[tuple[spec.Link, str], ...]  # with the title of the sink


def number_in(request: UserRequest) -> int | None:
    """The number of the version that the address names."""
    number = request.GET.get("version", "")
    return int(number) if _NUMBER.fullmatch(number) else None


def graph_page(version: GraphVersion, user: User) -> dict[str, Any]:
    """One version of a graph of theirs."""
    graph = version.load()
    problems = list(validation.run_problems(graph))
    used_by = list(Graph.objects.visible_to(user).that_run(version.graph).by_name())
    return {
        "graph": version.graph,
        "version": version,
        "versions": version.graph.versions.newest_first()[:NEWEST_VERSIONS],
        "drawing": drawing.draw(graph, problems=_by_node(problems)),
        "outline": outline(graph),
        "problems": titled(graph, problems),
        "form": InputsForm(graph),
        "credentials": CredentialsForm(credentials.needs_of(graph), user, version.graph.team_id),
        **sharing.rights(version.graph, user),
        "used_by": used_by,
        "way_back": uses.uses_of(version.graph, user).cycle if used_by else [],
        "filing_form": filing.FilingForm(version.graph, user),
        "node_url": f"{reverse('graphs:node', args=[version.graph_id])}?version={version.version}&node=",
    }


def _by_node(problems: Iterable[Problem]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for problem in problems:
        grouped[problem.node_id] = (*grouped.get(problem.node_id, ()), translated(problem.message))
    return grouped


def outline(graph: spec.Graph) -> list[OutlineEntry]:
    """The first nodes of the graph, for readers who do not see the drawing."""
    return [
        OutlineEntry(
            node,
            registry.find(node.block_id),
            tuple((link, graph.nodes[link.sink_id].title) for link in graph.out_of(node.id)),
        )
        for node in list(graph.nodes.values())[:MAX_OUTLINED]
    ]


def titled(graph: spec.Graph, problems: Iterable[Problem]) -> list[TitledProblem]:
    """Problems with the names of their nodes."""
    return [
        TitledProblem(
            each.node_id,
            graph.nodes[each.node_id].title if each.node_id in graph.nodes else each.node_id,
            translated(each.message),
        )
        for each in problems
    ]


def untitled(problems: Iterable[Problem]) -> list[TitledProblem]:
    """Problems of what is no graph yet, so that nodes go by their ids."""
    return titled(spec.Graph({}, ()), problems)
