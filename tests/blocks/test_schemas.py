"""JSON Schemas of users are checked, and can do no harm."""

import pytest

from blocks import schemas
from blocks.base import BlockError


def test_a_value_that_matches_has_no_problem():
    schema = {"$defs": {"n": {"type": "integer"}}, "items": {"$ref": "#/$defs/n"}}
    schemas.require_schema(schema)
    assert schemas.problem_with([1, 2], schema) is None
    assert schemas.problem_with([1, "2"], schema) == "at \"1\": '2' is not of type 'integer'"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "colour"},
        {"patternProperties": {"^a": {}}},
        {"items": {"$ref": "http://127.0.0.1/schema"}},
        {"$dynamicRef": "#a"},
        {"$ref": ["#"]},
    ],
)
def test_a_schema_that_is_wrong_or_dangerous_is_refused(schema):
    with pytest.raises(BlockError):
        schemas.require_schema(schema)


def test_a_schema_may_not_be_nested_without_end():
    schema = {}
    for _ in range(100):
        schema = {"items": schema}
    with pytest.raises(BlockError, match="too deeply"):
        schemas.require_schema(schema)


def test_patterns_take_linear_time():
    assert schemas.problem_with("a" * 50_000 + "!", {"pattern": "^(a+)+$"})
    assert schemas.problem_with("ab", {"pattern": "^a$"}) == "'ab' does not match '^a$'"
    with pytest.raises(BlockError, match="is wrong"):
        schemas.problem_with("a", {"pattern": "("})


def test_references_that_double_come_to_an_end():
    steps = {
        f"s{n}": {"anyOf": [{"$ref": f"#/$defs/s{n + 1}"}, {"$ref": f"#/$defs/s{n + 1}"}]}
        for n in range(40)
    }
    schema = {"$defs": {**steps, "s40": {"type": "null"}}, "$ref": "#/$defs/s0"}
    with pytest.raises(BlockError, match="too many references"):
        schemas.problem_with(1, schema)


def test_a_schema_that_is_itself_comes_to_an_end():
    with pytest.raises(BlockError):
        schemas.problem_with(1, {"$ref": "#"})
