"""Values as they are stored: what goes in comes out, unless PostgreSQL could not take it."""

import math
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executions.engine.values import MAX_BYTES, UnstorableError, dump, load
from tests import strategies


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (0, "0"),
        (-1.5, "-1.5"),
        ("é 😀", '"é 😀"'),
        ([], "[]"),
        ({}, "{}"),
        ({"b": [1, None], "a": {"x": "y"}}, '{"b":[1,null],"a":{"x":"y"}}'),
        ((1, 2), "[1,2]"),
        ({1: "number", False: "no"}, '{"1":"number","false":"no"}'),
        ({None: 1}, '{"null":1}'),
        (2**64 - 1, "18446744073709551615"),
        (-(2**63), "-9223372036854775808"),
        (math.nan, "null"),
        ([math.inf, -math.inf], "[null,null]"),
        (datetime(2026, 1, 2, tzinfo=UTC), '"2026-01-02T00:00:00+00:00"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ("a\0b", '"a\\ufffdb"'),
        ({"a\0b": "\0\0"}, '{"a\\ufffdb":"\\ufffd\\ufffd"}'),
        ("\\\0", '"\\\\\\ufffd"'),
    ],
)
def test_a_value_is_stored_as_json(value: Any, text: str) -> None:
    assert dump(value) == text


@pytest.mark.parametrize(
    "value",
    [
        2**64,
        -(2**63) - 1,
        {2**70: "key"},
        "\ud800",
        {"\udfff": "key"},
        {(1, 2): "key"},
        {1, 2},
        b"bytes",
        object(),
        print,
    ],
)
def test_what_has_no_json_form_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(UnstorableError, match=r"^a value cannot be stored as JSON \(.+\)$"):
        dump([{"deep": value}])


def test_a_value_within_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(UnstorableError):
        dump(value)


def test_a_value_that_is_nested_too_deeply_is_refused() -> None:
    value: Any = None
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UnstorableError):
        dump(value)


def test_a_value_may_have_the_largest_size_and_no_more() -> None:
    text = "x" * (MAX_BYTES - 2)
    assert dump(text) == f'"{text}"'
    with pytest.raises(UnstorableError, match=r"^the values are larger than 32 MB$"):
        dump(text + "x")


@given(strategies.json_values)
def test_a_stored_value_comes_back(value: Any) -> None:
    assert load(dump(value)) == cleaned(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_to_the_last_digit(value: float) -> None:
    assert load(dump(value)) == value


@given(strategies.json_values)
def test_storing_twice_changes_nothing_more(value: Any) -> None:
    once = load(dump(value))
    assert load(dump(once)) == once


@pytest.mark.parametrize("text", [r"\u0000", r"C:\u0000.txt", {r"\u0000": 1}, "\\\\u0000"])
def test_text_that_speaks_of_nul_stays_as_it_is(text: Any) -> None:
    assert load(dump(text)) == text


def cleaned(value: Any) -> Any:
    """The value without NUL, which PostgreSQL does not take."""
    match value:
        case str():
            return value.replace("\0", "\ufffd")
        case list():
            return [cleaned(each) for each in value]
        case dict():
            return {cleaned(key): cleaned(each) for key, each in value.items()}
    return value
