"""The process that renders untrusted templates: run as a module, one JSON line in, one out.

It starts with an empty environment, takes away its own rights before the first template comes, and
ends when its input closes. It imports nothing of the project, so that it starts quickly.
"""

import json
import resource
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_OUTPUT = 1_000_000  # characters
MAX_MEMORY = 256 * 1024 * 1024
MAX_RANGE = 10_000
MAX_REPEAT = 10_000
MAX_EXPONENT = 1_000
_CPU_SECONDS = 4  # for one template; the parent stops waiting earlier, unless it died
_LONGEST_KEPT = 10_000  # characters of a template whose code stays in memory
_REMOVED = ("lipsum", "cycler", "joiner")

# Everything that wrong values can make Jinja and the methods of plain values raise.
_WRONG = (
    TemplateError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class LimitError(Exception):
    """The template asks for more than it may have."""


def limited_range(*arguments: int) -> range:
    """`range` without long results."""
    numbers = range(*arguments)
    if len(numbers) > MAX_RANGE:
        raise LimitError(f"range() may have at most {MAX_RANGE:,} numbers")
    return numbers


_KINDS: tuple[tuple[type[BaseException], str, str], ...] = (
    (SecurityError, "sandbox_violation", ""),
    (LimitError, "resource_limit", ""),
    (RecursionError, "resource_limit", "it is nested too deeply"),
    (MemoryError, "resource_limit", "it needs too much memory"),
    (BaseException, "template_error", ""),
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without attributes of Python objects, without ways to change values, without bombs."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(autoescape=autoescape, undefined=ChainableUndefined)
        self.globals["range"] = limited_range
        for name in _REMOVED:
            del self.globals[name]

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse huge powers and repetitions before Python computes them."""
        if operator == "**" and _is_large(right, MAX_EXPONENT):
            raise LimitError(f"exponents may be at most {MAX_EXPONENT:,}")
        if operator == "*" and (_repeats(left, right) or _repeats(right, left)):
            raise LimitError(f"text and lists may be repeated at most {MAX_REPEAT:,} times")
        return super().call_binop(context, operator, left, right)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Any:
        """Fail at once: the usual undefined value would print as nothing."""
        raise SecurityError(f"{attribute!r} may not be used in a template")


def _repeats(value: object, times: object) -> bool:
    return isinstance(value, str | list | tuple) and _is_large(times, MAX_REPEAT)


def _is_large(value: object, limit: int) -> bool:
    return isinstance(value, int | float) and abs(value) > limit


_SANDBOXES = {escape: Sandbox(autoescape=escape) for escape in (False, True)}


@lru_cache(maxsize=128)
def compiled(template: str, escape: bool) -> Template:
    """The template as code; flows render the same few templates again and again."""
    return _SANDBOXES[escape].from_string(template)


def render(template: str, values: Mapping[str, Any], escape: bool) -> str:
    """The filled template. Raises when it is wrong or its result is too long."""
    is_short = len(template) <= _LONGEST_KEPT
    code = compiled(template, escape) if is_short else _SANDBOXES[escape].from_string(template)
    parts, size = [], 0
    for part in code.generate(values):
        size += len(part)
        if size > MAX_OUTPUT:
            raise LimitError(f"the result is longer than {MAX_OUTPUT:,} characters")
        parts.append(part)
    return "".join(parts)


def line_of(error: BaseException) -> int | None:
    """The line of the template at which it failed."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next(
        (frame.lineno for frame in reversed(frames) if frame.filename == "<template>"), None
    )


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The reply to one request: the text, or what `failure` says."""
    try:
        return {"text": render(request["template"], request["values"], request["escape"])}
    except (LimitError, MemoryError, *_WRONG) as error:
        return failure(error)


def failure(error: BaseException) -> dict[str, Any]:
    """Kind, reason and line of an error; `spent` asks the parent for a fresh child."""
    code, reason = next(entry for kind, *entry in _KINDS if isinstance(error, kind))
    return {
        "code": code,
        "reason": (reason or str(error) or type(error).__name__)[:500],
        "line": line_of(error),
        "spent": isinstance(error, MemoryError),
    }


def give_up_rights() -> None:
    """Limits that this process cannot lift again."""
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        with suppress(ValueError, OSError):  # macOS knows no limit of the address space
            resource.setrlimit(kind, (limit, limit))


def allow_cpu(seconds: int) -> None:
    """Let the next template have this much processor time."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds, hard))


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Say that all is ready, then answer until the input closes."""
    replies.write(b"{}\n")
    replies.flush()
    while line := requests.readline():
        allow_cpu(_CPU_SECONDS)
        replies.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
        replies.flush()


if __name__ == "__main__":
    give_up_rights()
    serve(sys.stdin.buffer, sys.stdout.buffer)
