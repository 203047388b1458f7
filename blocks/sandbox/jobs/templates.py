"""Renders untrusted Jinja templates, with limits of their own."""

import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blocks.sandbox.errors import LimitError, RefusedError

MAX_OUTPUT = 1_000_000  # characters
MAX_RANGE = 10_000
MAX_REPEAT = 10_000
MAX_EXPONENT = 1_000
_MAX_REASON = 300  # characters
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


def limited_range(*arguments: int) -> range:
    """`range` without long results."""
    numbers = range(*arguments)
    if len(numbers) > MAX_RANGE:
        raise LimitError(f"range() may have at most {MAX_RANGE:,} numbers")
    return numbers


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
    """The filled template. Raises when it is wrong or asks for too much."""
    try:
        return _rendered(template, values, escape)
    except SecurityError as error:
        raise RefusedError(
            f"The template tries something that is not allowed{_where(error)}: {_why(error)}.",
            code="sandbox_violation",
        ) from None
    except RecursionError:
        raise
    except _WRONG as error:
        raise RefusedError(
            f"The template is wrong{_where(error)}: {_why(error)}.", code="template_error"
        ) from None


def _where(error: Exception) -> str:
    line = _line_of(error)
    return f" at line {line}" if line else ""


def _why(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_MAX_REASON].rstrip(".")


def _rendered(template: str, values: Mapping[str, Any], escape: bool) -> str:
    is_short = len(template) <= _LONGEST_KEPT
    code = compiled(template, escape) if is_short else _SANDBOXES[escape].from_string(template)
    parts, size = [], 0
    for part in code.generate(values):
        size += len(part)
        if size > MAX_OUTPUT:
            raise LimitError(f"the result is longer than {MAX_OUTPUT:,} characters")
        parts.append(part)
    return "".join(parts)


def _line_of(error: BaseException) -> int | None:
    """The line of the template at which it failed."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next(
        (frame.lineno for frame in reversed(frames) if frame.filename == "<template>"), None
    )
