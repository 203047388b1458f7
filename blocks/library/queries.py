"""Questions to JSON values: JMESPath, JSONPath, JSON Schema."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from blocks.base import Block, Effect, Example, Pins, PinValue
from blocks.limits import require_room_for
from blocks.ports import Ports
from blocks.registry import register
from blocks.values import parsed

_JOBS = "blocks.sandbox.jobs.queries"
_SECONDS = 10.0
_LIMITS = "10 seconds; a value of at most 16 MB as JSON, a result of at most 10 MB."

_SHOP = {"items": [{"name": "tea", "price": 3}, {"name": "cup", "price": 9}]}


@register
class QueryJmespath(Block["QueryJmespath.Input"]):
    id = "jmespath_block"
    name = "Query with JMESPath"
    description = "Takes out of a value what a JMESPath expression asks for, such as items[*].name."
    category = "developer"
    icon = "braces"
    effect = Effect.IDEMPOTENT
    limits = _LIMITS

    class Input(Pins):
        value: Any = Field(description="The value; text that is JSON is read first.")
        query: str = Field(min_length=1, max_length=10_000, description="The expression.")

    class Output(Pins):
        result: Any = Field(description="What it found; null when there is nothing.")

    examples = (
        Example(
            given={"value": _SHOP, "query": "items[?price > `5`].name"},
            yields=[("result", ["cup"])],
        ),
        Example(given={"value": '{"a": {"b": 1}}', "query": "a.b"}, yields=[("result", 1)]),
        Example(given={"value": {}, "query": "a["}, error="The query cannot be used"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        arguments = {"expression": data.query, "value": parsed(data.value)}
        result = ports.sandbox.call(
            f"{_JOBS}:search", arguments, subject="The query", seconds=_SECONDS
        )
        require_room_for(result)
        yield "result", result


@register
class QueryJsonPath(Block["QueryJsonPath.Input"]):
    id = "jsonpath_block"
    name = "Query with JSONPath"
    description = "Finds everything in a value that a JSONPath leads to, such as $..price."
    category = "developer"
    icon = "braces"
    effect = Effect.IDEMPOTENT
    limits = _LIMITS

    class Input(Pins):
        value: Any = Field(description="The value; text that is JSON is read first.")
        path: str = Field(min_length=1, max_length=10_000, description="The path.")

    class Output(Pins):
        values: list[Any] = Field(description="All values that were found.")
        first: Any = Field(description="The first of them; not sent when there is none.")
        paths: list[str] = Field(description="Where each of them is.")

    examples = (
        Example(
            given={"value": _SHOP, "path": "$.items[?(@.price > 5)].name"},
            yields=[("values", ["cup"]), ("first", "cup"), ("paths", ["items.[1].name"])],
        ),
        Example(given={"value": {}, "path": "$.a"}, yields=[("values", []), ("paths", [])]),
        Example(given={"value": {}, "path": "$["}, error="The path cannot be used"),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        arguments = {"path": data.path, "value": parsed(data.value)}
        found = ports.sandbox.call(f"{_JOBS}:find", arguments, subject="The path", seconds=_SECONDS)
        require_room_for(found)
        yield "values", [match["value"] for match in found]
        if found:
            yield "first", found[0]["value"]
        yield "paths", [match["path"] for match in found]


@register
class ValidateJsonSchema(Block["ValidateJsonSchema.Input"]):
    id = "validate_json_schema_block"
    name = "Check against schema"
    description = "Sends a value one way when it fits a JSON schema, the other way when not."
    category = "developer"
    icon = "square-check"
    effect = Effect.IDEMPOTENT
    limits = f"{_LIMITS} Tells of the first 100 problems; follows no references to other documents."

    class Input(Pins):
        value: Any = Field(description="The value.")
        json_schema: dict[str, Any] = Field(description="The JSON schema.")

    class Output(Pins):
        valid: Any = Field(description="The value; only sent when it fits.")
        invalid: Any = Field(description="The value; only sent when it does not.")
        problems: list[dict[str, str]] = Field(
            description='One {"path", "message"} for everything that does not fit.'
        )

    examples = (
        Example(
            given={"value": {"n": 1}, "json_schema": {"required": ["n"]}},
            yields=[("valid", {"n": 1}), ("problems", [])],
        ),
        Example(
            given={"value": "x", "json_schema": {"type": "number"}},
            yields=[
                ("invalid", "x"),
                ("problems", [{"path": "$", "message": "'x' is not of type 'number'"}]),
            ],
        ),
        Example(given={"value": 1, "json_schema": {"type": 7}}, error="The schema is wrong"),
        Example(
            given={"value": 1, "json_schema": {"$ref": "https://example.com/schema"}},
            error="outside of it",
        ),
    )

    def run(self, data: Input, ports: Ports) -> Iterator[PinValue]:
        arguments = {"schema": data.json_schema, "value": data.value}
        problems = ports.sandbox.call(
            f"{_JOBS}:problems", arguments, subject="The check", seconds=_SECONDS
        )
        yield "invalid" if problems else "valid", data.value
        yield "problems", problems
