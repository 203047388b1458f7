"""Answers from knowledge, with what they are from."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from blocks.base import Example, PinValue
from blocks.credentials import Reference, secret_of
from blocks.library.knowledge import MAX_QUESTION, OTHERWISE, SearchPins
from blocks.library.llm import (
    AiBlock,
    ModelOutput,
    ModelPins,
    origin,
    own_embedder,
)
from blocks.library.passages import citations, numbered
from blocks.library.prompts import Message, messages_of
from blocks.ports import FoundPassage, Ports
from blocks.registry import register

_TASK = (
    "Answer the question from the passages alone, in the language of the question. Behind each statement, write the"
    " number of the passage that it is from, such as [1]. If they do not say it, say so."
)
_TEA = "Green tea is steeped for two minutes."
_CITED = {
    "number": 1,
    "text": _TEA,
    "heading": "",
    "document": "tea.md",
    "source": "",
    "collection": "handbook",
    "closeness": 0.5,
}


@register
class AnswerFromKnowledge(AiBlock["AnswerFromKnowledge.Input"]):
    id = "answer_from_knowledge_block"
    name = "Answer from knowledge"
    description = (
        "Searches a collection, has a language model answer from what is found, and says which"
        " passages the answer is from."
    )
    icon = "bulb"

    class Input(SearchPins, ModelPins):
        question: str = Field(
            min_length=1, max_length=MAX_QUESTION, description="What is to be answered."
        )
        search_credentials: Reference | None = own_embedder(otherwise=OTHERWISE)

    class Output(ModelOutput):
        answer: str = Field(description="The answer; numbers in brackets name citations.")
        citations: list[dict[str, Any]] = Field(
            description="The passages that the answer is from, each with number, text, heading, document,"
            " source, collection and closeness."
        )
        not_found: str = Field(description="The question, when the collection says nothing on it.")

    examples = (
        Example(
            given={"question": "How long is green tea steeped?", "collection": "handbook"},
            knowledge={"tea.md": _TEA},
            answers=[{"text": "Two minutes [1]."}],
            yields=[
                ("answer", "Two minutes [1]."),
                ("citations", [_CITED]),
                ("prompt", list),
                ("model", "test (scripted)"),
            ],
        ),
        Example(
            given={"question": "Where is the bus stop?", "collection": "handbook"},
            knowledge={"tea.md": _TEA},
            yields=[("not_found", "Where is the bus stop?")],
        ),
        Example(
            given={"question": "What?", "collection": "nowhere"}, error="There is no collection"
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        passages = ports.knowledge.search(
            data.collection,
            data.question,
            limit=data.limit,
            least=data.min_closeness,
            credential=secret_of(data.search_credentials, ports),
        )
        if not passages:
            yield "not_found", data.question
            return
        messages = _messages(data.question, passages)
        reply = ports.llm.chat(data.request(messages, ports))
        yield "answer", reply.text
        yield "citations", citations(reply.text, passages)
        yield from origin(messages, reply)


def _messages(question: str, passages: Sequence[FoundPassage]) -> list[Message]:
    # The tags tell strangers' text from what we ask; the task is said where the text cannot be.
    text = f"<passages>\n{numbered(passages)}\n</passages>\n\nQuestion: {question}"
    return messages_of(system=_TASK, user=text)
