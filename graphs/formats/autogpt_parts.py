"""Sub-graphs of which an agent file has several versions: each becomes a graph of its own, with a name for itself."""

from collections import Counter
from collections.abc import Container, Mapping
from typing import Any

from graphs.formats.shapes import mapping, rows


def told_apart(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The file with other ids for them, also in the nodes that run them."""
    parts = rows(data.get("sub_graphs"))
    counts = Counter(str(part.get("id")) for part in parts)
    several = {id_ for id_, count in counts.items() if count > 1}
    if not several:
        return data
    apart = [
        {**_pointing(part, several), "id": _name(part.get("id"), part.get("version"))}
        if str(part.get("id")) in several
        else _pointing(part, several)
        for part in parts
    ]
    return {**_pointing(data, several), "sub_graphs": apart}


def _name(id_: object, version: object) -> str:
    return f"{id_} v{version}"


def _pointing(graph: Mapping[str, Any], several: Container[str]) -> dict[str, Any]:
    nodes = [_pointed(node, several) for node in rows(graph.get("nodes"))]
    return {**graph, "nodes": nodes}


def _pointed(node: Mapping[str, Any], several: Container[str]) -> Mapping[str, Any]:
    values = mapping(node.get("input_default"))
    if str(values.get("graph_id")) not in several:
        return node
    name = _name(values["graph_id"], values.get("graph_version"))
    return {**node, "input_default": {**values, "graph_id": name}}
