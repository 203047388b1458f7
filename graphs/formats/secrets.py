"""What never leaves in a file: secrets that somebody has typed into a drawing, and the names of their credentials."""

import dataclasses
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from blocks import registry
from blocks.base import Kind
from graphs import credentials, spec
from graphs.validation import Find

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_SECRET = frozenset(
    (
        *("password", "passwd", "passphrase", "secret", "token", "authorization", "cookie"),
        *("credential", "credentials", "apikey"),
    )
)
_KEYS = frozenset(("api", "private", "access", "secret", "auth"))


def without_secrets(graph: spec.Graph, find: Find = registry.find) -> spec.Graph:
    """The drawing for others: no credentials, no texts under the names of secrets, no values of secret inputs."""
    bare = credentials.without_ids(graph, find)
    nodes = {
        id_: dataclasses.replace(node, input_default=_cleaned(node, bare[id_], find))
        for id_, node in graph.nodes.items()
    }
    return dataclasses.replace(graph, nodes=nodes)


def _cleaned(node: spec.Node, values: Mapping[str, Any], find: Find) -> spec.JSONDict:
    block = find(node.block_id)
    is_secret_input = (
        block is not None and block.kind is Kind.INPUT and bool(node.input_default.get("secret"))
    )
    kept: spec.JSONDict = bare(values)
    return {name: value for name, value in kept.items() if name != "value" or not is_secret_input}


def bare(value: Any) -> Any:
    """The value without texts and dictionaries under names such as `api_key`, at any depth."""
    if isinstance(value, list):
        return [bare(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {name: bare(each) for name, each in value.items() if not _is_secret(name, each)}


def _is_secret(name: str, value: Any) -> bool:
    """Schemas may have dictionaries under such names; only references to credentials are dictionaries themselves."""
    if isinstance(value, Mapping):
        return name.lower().endswith(("credentials", "credential"))
    return isinstance(value, str) and is_secret_name(name)


def is_secret_name(name: str) -> bool:
    """Whether a value under this name is a secret: `api_key` and `accessToken` are, `max_tokens` is not."""
    words = [word.lower() for word in _WORD.findall(name)]
    is_key = any(first in _KEYS and second == "key" for first, second in pairwise(words))
    return is_key or not _SECRET.isdisjoint(words)
