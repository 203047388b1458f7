"""The graph of the crash matrix: twelve nodes with every kind of step, and what must come of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import User
from chaos import steps
from graphs import services, spec
from graphs.models import GraphVersion

UNSURE = (
    "The worker was lost while this ran, so it may or may not have happened; it is not tried again"
)
ITEMS = [1, 2, 3]


def save(owner: User, sink: str) -> GraphVersion:
    """The graph, and the one that it runs as its child."""
    child = _save(
        owner,
        {
            "text": ("text_input_block", {"name": "text"}),
            "say": ("chaos_idempotent", {"url": f"{sink}/child"}),
            "out": ("output_block", {"name": "said"}),
        },
        ["text.text -> say.value", "say.value -> out.value"],
    )
    return _save(
        owner,
        {
            "text": ("text_input_block", {"name": "text"}),
            "items": ("for_each_block", {"items": ITEMS}),
            "each": ("chaos_idempotent", {"url": f"{sink}/each"}),
            "all": ("collect_block", {}),
            "pay": ("chaos_paid", {"url": f"{sink}/pay?refuse=1"}),
            "once": ("chaos_at_most_once", {"url": f"{sink}/once"}),
            "nap": ("wait_block", {"seconds": 0.05}),
            "child": ("agent_executor_block", {"graph_id": str(child.graph_id)}),
            "review": ("human_in_the_loop_block", {"name": "Go on?"}),
            "join": ("chaos_join", {}),
            "last": ("chaos_idempotent", {"url": f"{sink}/last"}),
            "out": ("output_block", {"name": "said"}),
        },
        [
            "items.item -> each.value",
            "each.value -> all.item",
            "all.list -> pay.value",
            "pay.value -> join.value_#_paid",
            "text.text -> once.value",
            "once.value -> nap.value",
            "once.error -> nap.value",
            "nap.value -> join.value_#_once",
            "text.text -> child.text",
            "child.said -> review.data",
            "review.approved_data -> join.value_#_approved",
            "join.value -> last.value",
            "last.value -> out.value",
        ],
        {"pay": {"retry": {"count": 2, "base": 0.05}}},
    )


def expected(*, unsure: bool) -> dict[str, list[Any]]:
    """The outputs; `unsure` when the effect that may happen once was given up."""
    text = steps.INPUTS["text"]
    once = UNSURE if unsure else text
    return {"said": [{"once": once, "paid": ITEMS, "approved": text}]}


def _save(
    owner: User,
    nodes: Mapping[str, tuple[str, Mapping[str, Any]]],
    links: Sequence[str],
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
) -> GraphVersion:
    drawing = spec.Graph(
        {
            id_: spec.Node(id_, block_id, defaults, (metadata or {}).get(id_, {}))
            for id_, (block_id, defaults) in nodes.items()
        },
        tuple(map(_link, links)),
    )
    return services.create_graph(owner=owner, name="Crash matrix", drawing=drawing)


def _link(text: str) -> spec.Link:
    source, sink = text.split(" -> ")
    source_id, source_name = source.split(".")
    sink_id, sink_name = sink.split(".")
    return spec.Link(text, source_id, source_name, sink_id, sink_name)
