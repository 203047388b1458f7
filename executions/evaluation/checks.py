"""Whether an output is as expected: `{"output", "kind", "value"}`, see `graphs.formats.cases`."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from blocks import schemas
from blocks.base import BlockError
from blocks.library.text_patterns import compile_pattern, matches_of
from graphs.formats.cases import CheckKind

_SHOWN = 200  # characters
MAX_CONDITION = 2_000
MAX_CHECKS = 50  # of one test case


def findings_of(
    checks: Sequence[Mapping[str, Any]], outputs: Mapping[str, Sequence[Any]]
) -> list[str]:
    """An English sentence for each check that does not hold; what a model is to judge is left to `judging`."""
    plain = (check for check in checks if check["kind"] != CheckKind.JUDGED)
    problems = ((check["output"], _problem(check, outputs)) for check in plain)
    return [f"{name}: {problem}" for name, problem in problems if problem]


def _problem(check: Mapping[str, Any], outputs: Mapping[str, Sequence[Any]]) -> str:
    values = outputs.get(check["output"])
    if not values:
        return "the run gave no such output"
    value = values[0] if len(values) == 1 else list(values)
    try:
        return _TESTS[CheckKind(check["kind"])](check["value"], value)
    except BlockError as error:
        return str(error)


def _equal(expected: Any, value: Any) -> str:
    return "" if value == expected else f"expected {_short(expected)}, got {_short(value)}"


def _contains(expected: Any, value: Any) -> str:
    is_so = _text(expected) in _text(value)
    return "" if is_so else f"{_short(expected)} is not in {_short(value)}"


def _pattern(expected: Any, value: Any) -> str:
    regex = compile_pattern(str(expected), case_sensitive=True, dot_all=True)
    is_so = next(iter(matches_of(regex, _text(value))), None) is not None
    return "" if is_so else f"the pattern {_short(expected)} is not found in {_short(value)}"


def _schema(expected: Any, value: Any) -> str:
    schemas.require_schema(expected)
    return schemas.problem_with(value, expected) or ""


_TESTS = {
    CheckKind.EQUAL: _equal,
    CheckKind.CONTAINS: _contains,
    CheckKind.PATTERN: _pattern,
    CheckKind.SCHEMA: _schema,
}


def require_sound(check: Mapping[str, Any]) -> None:
    """Raise `BlockError` for a pattern, schema or condition that cannot be used."""
    if check["kind"] == CheckKind.PATTERN:
        compile_pattern(str(check["value"]), case_sensitive=True, dot_all=True)
    elif check["kind"] == CheckKind.JUDGED:
        if not isinstance(check["value"], str) or not 0 < len(check["value"]) <= MAX_CONDITION:
            raise BlockError(f"A condition is a text of 1 to {MAX_CONDITION} characters")
    elif check["kind"] == CheckKind.SCHEMA:
        if not isinstance(check["value"], Mapping):
            raise BlockError("A JSON Schema is an object")
        schemas.require_schema(check["value"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _short(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
