"""Graphs for the state machine: one to three arms of different kinds, and perhaps a join at their end."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from graphs import spec
from tests.executions.scene import drawing

RETRIES = 1
_BLOCKS = {
    "idempotent": "test_idempotent",
    "at most once": "test_at_most_once",
    "paid": "test_paid",
}
KINDS = [*_BLOCKS, "pure", "timer", "person", "items", "child", "handled"]


@dataclass(frozen=True)
class Shape:
    """What to draw."""

    arms: tuple[str, ...]
    is_joined: bool
    on_error: str

    @property
    def has_child(self) -> bool:
        """Whether it runs another graph."""
        return "child" in self.arms


shapes = st.builds(
    Shape,
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.sampled_from(["fail", "fail", "continue", "stop"]),
)

Nodes = dict[str, tuple[str, dict[str, Any]]]


def draw(shape: Shape, child_id: str) -> spec.Graph:
    """The graph; `child_id` is what a child arm runs."""
    nodes: Nodes = {}
    links: list[str] = []
    for nth, kind in enumerate(shape.arms):
        end = _arm(f"n{nth}", kind, child_id, nodes, links)
        if shape.is_joined:
            links.append(f"{end} -> join.value_#_{nth}")
    if shape.is_joined:
        nodes["join"] = ("test_idempotent", {"does": "as told"})
    retry = {"retry": {"count": RETRIES, "base": 3600}}
    metadata = dict.fromkeys(nodes, retry)
    return drawing(nodes, links, {"on_error": shape.on_error}, metadata)


def _arm(id_: str, kind: str, child_id: str, nodes: Nodes, links: list[str]) -> str:
    """Add an arm; returns the pin at its end."""
    told = {"does": "as told", "value": id_}
    match kind:
        case "pure":
            nodes[id_] = ("test_pure", {"value": id_})
        case "timer":
            nodes[id_] = ("wait_block", {"value": id_, "seconds": 3600})
        case "person":
            nodes[id_] = ("human_in_the_loop_block", {"data": id_, "name": "?"})
            return f"{id_}.approved_data"
        case "child":
            nodes[id_] = ("agent_executor_block", {"graph_id": child_id})
        case "items":
            nodes[id_] = ("for_each_block", {"items": [1, 2, 3]})
            nodes[f"{id_}_do"] = ("test_idempotent", {"does": "as told"})
            nodes[f"{id_}_all"] = ("collect_block", {})
            links += [f"{id_}.item -> {id_}_do.value", f"{id_}_do.value -> {id_}_all.item"]
            return f"{id_}_all.list"
        case "handled":
            nodes[id_] = ("test_idempotent", told)
            return f"{id_}.error"
        case _:
            nodes[id_] = (_BLOCKS[kind], told)
    return f"{id_}.value"
