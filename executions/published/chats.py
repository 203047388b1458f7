"""Which inputs and outputs of a graph make it a chat. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blocks import catalogue
from graphs import interface, spec

_MESSAGES = ("message", "question", "prompt", "text")
_HISTORIES = ("history", "conversation")
_ANSWERS = ("answer", "reply", "response", "message")


@dataclass(frozen=True, slots=True)
class ChatPins:
    """Names of inputs and outputs; `history` and `answer` are empty where the graph has none."""

    message: str
    history: str
    answer: str


def pins_of(graph: spec.Graph) -> ChatPins | None:
    """None for a graph that takes no text."""
    properties = interface.input_schema(graph)["properties"]
    texts = [name for name, each in properties.items() if catalogue.kind_of(each) == "text"]
    if not texts:
        return None
    outputs = list(interface.output_schema(graph)["properties"])
    return ChatPins(
        message=_first(_MESSAGES, texts) or texts[0],
        history=_first(_HISTORIES, properties),
        answer=_first(_ANSWERS, outputs) or (outputs[0] if outputs else ""),
    )


def _first(wanted: Iterable[str], names: Iterable[str]) -> str:
    found = {name.lower(): name for name in names}
    return next((found[name] for name in wanted if name in found), "")


def writers_of(graph: spec.Graph, pins: ChatPins) -> frozenset[str]:
    """The nodes whose text is the answer: those that lead straight to its output. Others are nobody's business."""
    ends = [
        id_
        for id_, node in graph.nodes.items()
        if not pins.answer or node.input_default.get("name") == pins.answer
    ]
    return frozenset(link.source_id for id_ in ends for link in graph.into(id_))


def answer_in(outputs: Mapping[str, Sequence[Any]], pins: ChatPins) -> str:
    """What a run says, as text."""
    name = pins.answer or next(iter(outputs), "")
    return "\n\n".join(
        each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)
        for each in outputs.get(name, ())
    )


def history_of(turns: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """What was said before, as language models take it; `turns` are messages with their answers."""
    return [
        {"role": role, "content": said}
        for message, answer in turns
        for role, said in (("user", message), ("assistant", answer))
        if said
    ]
