"""JSON Schemas of users: checked without fetching, without slow patterns, without endless references."""

from collections.abc import Iterator, Mapping
from typing import Any

import re2

from blocks.base import BlockError

MAX_REFERENCES = 10_000  # followed for one value; references to references can double without end
_DEEPEST = 50
# Their patterns would be matched by an engine that a hostile one keeps busy for ever.
_NOT_SUPPORTED = ("patternProperties", "$dynamicRef", "$recursiveRef")


def require_schema(schema: Mapping[str, Any]) -> None:
    """Raise `BlockError` when this is no JSON Schema that can be used here."""
    from jsonschema import Draft202012Validator, SchemaError  # noqa: PLC0415 - slow to import, seldom used

    _require_harmless(schema, _DEEPEST)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise BlockError(f"The JSON Schema is wrong: {error.message[:300]}") from None


def problem_with(value: Any, schema: Mapping[str, Any]) -> str | None:
    """The sentence that says why the value does not match the schema, or None."""
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 - slow to import, seldom used
    from referencing import Registry  # noqa: PLC0415 - slow to import, seldom used

    follow = Draft202012Validator.VALIDATORS["$ref"]
    followed = 0

    def reference(*arguments: Any) -> Iterator[Any]:
        nonlocal followed
        followed += 1
        if followed > MAX_REFERENCES:
            raise BlockError("The JSON Schema has too many references to references")
        yield from follow(*arguments) or ()

    careful = {"pattern": _pattern, "$ref": reference}
    kind = validators.extend(Draft202012Validator, careful)  # type: ignore[no-untyped-call] # has none
    try:
        found = next(kind(schema, registry=Registry()).iter_errors(value), None)
    except RecursionError:
        raise BlockError("The JSON Schema refers to itself without end") from None
    if found is None:
        return None
    place = "/".join(str(key) for key in found.absolute_path)
    return f'at "{place}": {found.message[:300]}' if place else str(found.message[:300])


def _require_harmless(schema: Any, depth: int) -> None:
    if depth == 0:
        raise BlockError("The JSON Schema is nested too deeply")
    if isinstance(schema, Mapping):
        for key in _NOT_SUPPORTED:
            if key in schema:
                raise BlockError(f'JSON Schemas with "{key}" cannot be used here')
        if not str(schema.get("$ref", "#")).startswith("#"):
            raise BlockError('A "$ref" of a JSON Schema must lead to a part of itself')
    inner = schema.values() if isinstance(schema, Mapping) else schema
    if isinstance(inner, list) or isinstance(schema, Mapping):
        for each in inner:
            _require_harmless(each, depth - 1)


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415 - slow to import, seldom used

    try:
        is_match = not isinstance(value, str) or re2.search(pattern, value)
    except re2.error as error:
        raise BlockError(f"The pattern {pattern!r} of the JSON Schema is wrong: {error}") from None
    if not is_match:
        yield ValidationError(f"{value!r} does not match {pattern!r}")
