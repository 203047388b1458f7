"""Prompts: filling in variables, asking the model, reading JSON out of its answer."""

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import re2

from blocks.base import BlockError
from blocks.library.data import without_fence
from blocks.limits import require_room, text_size
from blocks.ports import ChatReply, ChatRequest, Ports, Templates
from blocks.values import as_text, from_json

Message = dict[str, str]

_BRACES = re.compile(r"\{([^{}]+)\}")
# RE2, because looking for the end of every "{{" of a hostile prompt would take quadratic time.
_JINJA_OR_BRACES = re2.compile(r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{([^{}]+)\}")
# A comma before the end of a list or object, which models like to write.
_LAST_COMMA = re.compile(r",\s{0,100}([}\]])")


def fill(text: str, values: Mapping[str, Any], templates: Templates) -> str:
    """Put the values where the text says {name} or {{ name }}; values are never looked into."""
    texts = {name: as_text(value) for name, value in values.items()}
    if "{{" not in text and "{%" not in text:
        return _replace(_BRACES, text, texts)
    # The template engine must not see the values of {name}, and what it inserts must not be searched
    # for {name}: marks that nobody can guess stand in for {name} while it works.
    token = secrets.token_hex(8)
    marks = {f"{token}:{number}:": name for number, name in enumerate(texts)}
    marked = _mark(text, {name: mark for mark, name in marks.items()})
    rendered = templates.render(marked, values)
    by_number = {str(number): value for number, value in enumerate(texts.values())}
    return _replace(re.compile(f"{token}:([0-9]+):"), rendered, by_number)


def _mark(text: str, marks: Mapping[str, str]) -> str:
    """Put marks for {name}, but not inside of what belongs to the template engine."""
    marked = _JINJA_OR_BRACES.sub(lambda match: marks.get(match.group(1), match.group()), text)
    return str(marked)


def _replace(pattern: re.Pattern[str], text: str, texts: Mapping[str, str]) -> str:
    sizes = {name: text_size(value) for name, value in texts.items()}
    found = [match[1] for match in pattern.finditer(text)]
    require_room(text_size(text) + sum(sizes.get(name, 0) for name in found))
    return pattern.sub(lambda match: texts.get(match[1], match[0]), text)


def messages_of(*, system: str, user: str, history: Sequence[Message] = ()) -> list[Message]:
    """A conversation that ends with what the user says; empty parts are left out."""
    first = [{"role": "system", "content": system}] if system else []
    last = [{"role": "user", "content": user}] if user else []
    return [*first, *history, *last]


def ask(request: ChatRequest, ports: Ports, *, tries: int) -> ChatReply:
    """Ask the model, again while the failure may pass, at most this many times in all."""
    # The port has waited and tried by itself before it gives up; this is what the user adds to that.
    for _ in range(tries - 1):
        try:
            return ports.llm.chat(request)
        except BlockError as error:
            if not error.retryable or ports.run.is_cancelled():
                raise
    return ports.llm.chat(request)


def answered_by(reply: ChatReply) -> str:
    """Who really answered, such as: offline (offline-extractive)."""
    return f"{reply.provider} ({reply.model})"


def json_in(answer: str) -> Any:
    """The JSON in a model's answer, even with words around it or commas too many. Raises `ValueError`."""
    text = without_fence(answer)
    try:
        return from_json(text)
    except ValueError:
        start = min((text.find(sign) for sign in "{[" if sign in text), default=-1)
        end = max(text.rfind("}"), text.rfind("]"))
        if not -1 < start < end:
            raise ValueError("the answer has no JSON in it") from None
    inner = text[start : end + 1]
    try:
        return from_json(inner)
    except ValueError:
        return from_json(_LAST_COMMA.sub(r"\1", inner))
