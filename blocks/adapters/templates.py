"""Renders untrusted templates: plain lookups at once, everything else in a child without rights."""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from blocks.base import BlockError
from blocks.ports import Sandbox

_MAX_OUTPUT = 1_000_000  # characters

_LOOKUP = re.compile(
    r"[ \t\n]*(?P<name>[A-Za-z_]\w*)(?:\.(?P<key>[A-Za-z]\w*))?[ \t\n]*}}", re.ASCII
)
# Words of the language, and names to which Jinja gives a meaning of its own.
_RESERVED = frozenset(
    {"and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"}
    | {"self", "super", "loop", "caller", "varargs", "kwargs", "import", "from", "recursive"}
)
_PLAIN = (str, int, float, bool)


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
    """Implements the `Templates` port. Safe to share between threads."""

    def __init__(self, sandbox: Sandbox, *, seconds: float = 2.0) -> None:
        self._sandbox = sandbox
        self._seconds = seconds

    def render(self, template: str, values: Mapping[str, Any], *, escape_html: bool = False) -> str:
        """Fill a template. What is missing renders as nothing."""
        text = fill_plainly(template, values, escape_html=escape_html)
        if text is None:
            arguments = {"template": template, "values": dict(values), "escape": escape_html}
            text = str(
                self._sandbox.call(
                    "blocks.sandbox.jobs.templates:render",
                    arguments,
                    subject="The template",
                    seconds=self._seconds,
                )
            )
        if len(text) > _MAX_OUTPUT:
            raise BlockError(
                f"The template was stopped: the result is longer than {_MAX_OUTPUT:,} characters.",
                code="resource_limit",
            )
        return text
