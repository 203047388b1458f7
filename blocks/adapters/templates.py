"""Renders untrusted templates: plain lookups at once, everything else in a child without rights."""

import json
import os
import queue
import re
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from blocks.adapters.template_process import (
    ChildFailedError,
    ChildNotStartedError,
    TemplateProcess,
)
from blocks.base import BlockError

_MAX_OUTPUT = 1_000_000  # characters
_MAX_REQUEST = 16_000_000  # bytes
_WAIT_FOR_CHILD = 30.0  # seconds, while others render

_LOOKUP = re.compile(
    r"[ \t\n]*(?P<name>[A-Za-z_]\w*)(?:\.(?P<key>[A-Za-z]\w*))?[ \t\n]*}}", re.ASCII
)
# Words of the language, and names to which Jinja gives a meaning of its own.
_RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"}
    | {"self", "super", "loop", "caller", "varargs", "kwargs", "import", "from", "recursive"}
)
_PLAIN = (str, int, float, bool)
_SAYS = {
    "sandbox_violation": "The template tries something that is not allowed",
    "resource_limit": "The template was stopped",
    "template_error": "The template is wrong",
}


def fill_plainly(template: str, values: Mapping[str, Any], *, escape_html: bool) -> str | None:
    """The result for a template that only looks up plain values, or None when it needs Jinja."""
    if "{%" in template or "{#" in template or "\r" in template:
        return None
    first, *rest = template.removesuffix("\n").split("{{")
    parts = [first]
    for piece in rest:
        match = _LOOKUP.match(piece)
        value = _looked_up(match, values) if match else None
        if match is None or value is None:
            return None
        parts += [str(escape(value)) if escape_html else value, piece[match.end() :]]
    return "".join(parts)


def _looked_up(match: re.Match[str], values: Mapping[str, Any]) -> str | None:
    """The value as text, or None when Jinja might see something else there."""
    name, key = match["name"], match["key"]
    value = None if name in _RESERVED else values.get(name)
    if key:
        is_entry = type(value) is dict and not hasattr(dict, key)
        value = value.get(key) if is_entry and value is not None else None
    if type(value) not in _PLAIN or (type(value) is int and value.bit_length() > 64):
        return None
    return str(value)


class SandboxedTemplates:
    """Implements the `Templates` port. One object a process; safe to share between threads."""

    def __init__(self, *, children: int = 2, seconds: float = 2.0) -> None:
        self._children = children
        self._seconds = seconds
        self._slots_by_process: dict[int, queue.LifoQueue[TemplateProcess | None]] = {}

    def render(self, template: str, values: Mapping[str, Any], *, escape_html: bool = False) -> str:
        """Fill a template. What is missing renders as nothing."""
        text = fill_plainly(template, values, escape_html=escape_html)
        if text is None:
            text = self._render_in_child(template, values, escape_html=escape_html)
        if len(text) > _MAX_OUTPUT:
            raise _failure(
                "resource_limit", f"the result is longer than {_MAX_OUTPUT:,} characters"
            )
        return text

    def close(self) -> None:
        """End the children of this process that are idle."""
        slots = self._slots()
        for _ in range(self._children):
            child = slots.get()
            if child:
                child.stop()
        self._slots_by_process.pop(os.getpid(), None)

    def _render_in_child(
        self, template: str, values: Mapping[str, Any], *, escape_html: bool
    ) -> str:
        request = {"template": template, "values": dict(values), "escape": escape_html}
        try:
            line = json.dumps(request, default=str).encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise _failure("template_error", "these values cannot be used in it") from error
        if len(line) > _MAX_REQUEST:
            raise _failure("resource_limit", "the values are too large")
        reply = self._ask(line)
        if "text" in reply:
            return str(reply["text"])
        raise _failure(reply["code"], reply["reason"], reply["line"])

    def _ask(self, line: bytes) -> Mapping[str, Any]:
        slots = self._slots()
        try:
            child = slots.get(timeout=_WAIT_FOR_CHILD)
        except queue.Empty as error:
            raise _unavailable() from error
        kept = None
        try:
            child = child or TemplateProcess()
            reply = child.ask(line, self._seconds)
            kept = None if reply.get("spent") else child
        except (ChildNotStartedError, OSError) as error:
            raise _unavailable() from error
        except ChildFailedError as error:
            raise _failure("resource_limit", str(error)) from error
        else:
            return reply
        finally:
            # Also on the way out of a time limit that interrupts this thread.
            if child and not kept:
                child.stop()
            slots.put(kept)

    def _slots(self) -> queue.LifoQueue[TemplateProcess | None]:
        # Kept by process id: a fork must not talk into its parent's pipes or wait for its locks.
        slots = self._slots_by_process.get(os.getpid())
        if slots is None:
            slots = queue.LifoQueue()
            for _ in range(self._children):
                slots.put(None)
            slots = self._slots_by_process.setdefault(os.getpid(), slots)
        return slots


def _failure(code: str, reason: str, line: int | None = None) -> BlockError:
    place = f" at line {line}" if line else ""
    return BlockError(f"{_SAYS[code]}{place}: {reason.rstrip('.')}.", code=code)


def _unavailable() -> BlockError:
    return BlockError(
        "Templates cannot be rendered at the moment.", code="template_unavailable", retryable=True
    )
