"""Having a model draft a graph. It is asked as a block is: with its price, its limits and its accounting."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import User
from blocks import registry
from blocks.adapters import offline
from blocks.base import BlockError
from executions import services
from executions.drafting import prompt
from graphs import drafts
from graphs.validation import Problem

_MODEL_BLOCK = "llm_call_block"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A drafted graph as a document, and what keeps it from being run."""

    document: dict[str, Any]
    problems: list[Problem]

    @property
    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self.document, ensure_ascii=False)


def can_draft() -> bool:
    """Whether the operator has configured a model that can draw."""
    return bool(settings.LLM.provider != offline.PROVIDER)


def propose(*, user: User, words: str) -> Proposal:
    """A graph that does what the words say; nothing is saved. A draft that is wrong is sent back once.

    Raises `BlockError` when the model fails or gives no graph, `InsufficientCreditsError`.
    """
    answer = _ask(user, words)
    proposal = _read(answer)
    if proposal.problems:
        proposal = _read(_ask(user, prompt.again(words, answer, proposal.problems)))
    return proposal


def _read(answer: str) -> Proposal:
    document = prompt.read(answer)
    return Proposal(document, drafts.problems_of(document))


def _ask(user: User, question: str) -> str:
    block = registry.find(_MODEL_BLOCK)
    if block is None or not can_draft():
        raise BlockError("No language model is configured that could draw a graph")
    # As values, not as templates: braces in them are meant.
    values = {"rules": prompt.rules(), "question": question}
    inputs = {"prompt": "{{ question }}", "sys_prompt": "{{ rules }}", "prompt_values": values}
    return str(services.run_block(block=block, user=user, inputs=inputs)["response"][-1])
