"""What arrives at a pin is changed only when nothing is lost, and refused in a sentence otherwise."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, FiniteFloat

from blocks.base import Block, BlockError, Pins
from blocks.coercion import parse_input
from blocks.exactness import from_json
from blocks.values import to_json


class Everything(Block["Everything.Input"]):
    class Input(Pins):
        text: str = ""
        number: FiniteFloat = 0.0
        whole: int = Field(default=0, ge=0)
        either: int | FiniteFloat | None = None
        flag: bool = False
        items: list[Any] = []
        texts: list[str] = []
        tables: list[list[Any]] = []
        rows: list[dict[str, Any]] = []
        entries: dict[str, Any] = {}
        key: str | int = ""
        anything: Any = None


class Calculation(Block["Calculation.Input"]):
    class Input(Pins):
        a: float
        b: float = 1.0
        note: str | None = "none"


def parsed(**values):
    return {pin: getattr(parse_input(Everything(), values), pin) for pin in values}


def refusal(block, values):
    with pytest.raises(BlockError) as error:
        parse_input(block, values)
    assert error.value.code == "invalid_input"
    return str(error.value)


@pytest.mark.parametrize(
    ("pin", "given", "taken"),
    [
        ("text", "as it is", "as it is"),
        ("text", 5, "5"),
        ("text", 2.5, "2.5"),
        ("text", True, "true"),
        ("text", ["a", None], '["a", null]'),
        ("text", {"茶": 1}, '{"茶": 1}'),
        ("number", "5", 5.0),
        ("number", " 2.5 ", 2.5),
        ("whole", "5", 5),
        ("whole", 5.0, 5),
        ("whole", "1e3", 1000),
        ("either", "5", 5),
        ("either", "5.5", 5.5),
        ("flag", "true", True),
        ("flag", 0, False),
        ("items", "[1, 2]", [1, 2]),
        ("items", "one, two", ["one, two"]),
        ("items", 5, [5]),
        ("items", {"a": 1}, [{"a": 1}]),
        ("texts", [1, True, ["x"]], ["1", "true", '["x"]']),
        ("texts", '["a", true]', ["a", "true"]),
        ("tables", 5, [[5]]),
        ("tables", [1, [2]], [[1], [2]]),
        ("rows", '{"a": 1}', [{"a": 1}]),
        ("rows", '[{"a": 1}]', [{"a": 1}]),
        ("entries", '{"a": 1}', {"a": 1}),
        ("key", 3, 3),
        ("key", "3", "3"),
        ("key", [3], "[3]"),
        ("anything", None, None),
    ],
)
def test_a_value_is_coerced_when_nothing_is_lost(pin, given, taken):
    assert parsed(**{pin: given}) == {pin: taken}
    assert type(parsed(**{pin: given})[pin]) is type(taken)


@pytest.mark.parametrize(
    ("pin", "given", "message"),
    [
        ("number", "abc", 'Pin "number" got the text "abc", but a number is needed'),
        ("number", [1, 2], 'Pin "number" got the list [1, 2], but a number is needed'),
        (
            "number",
            2**53 + 1,
            'Pin "number" got the number 9007199254740993, but a number that can be kept exactly is needed',
        ),
        (
            "number",
            "0.12345678901234567890",
            'Pin "number" got the text "0.12345678901234567890", but a number that can be kept exactly is needed',
        ),
        (
            "entries",
            '{"a": 1, "a": 2}',
            'Pin "entries" got the text "{\\"a\\": 1, \\"a\\": 2}", but a dictionary is needed',
        ),
        ("number", "inf", 'Pin "number" got the text "inf", but a number is needed'),
        ("whole", 5.5, 'Pin "whole" got the number 5.5, but a whole number is needed'),
        ("whole", "1.5", 'Pin "whole" got the text "1.5", but a whole number is needed'),
        ("whole", -1, 'Pin "whole" got the number -1, but a number of 0 or more is needed'),
        ("flag", "maybe", 'Pin "flag" got the text "maybe", but true or false is needed'),
        ("entries", "abc", 'Pin "entries" got the text "abc", but a dictionary is needed'),
        ("entries", [1], 'Pin "entries" got the list [1], but a dictionary is needed'),
        ("rows", "abc", 'Pin "rows" got the text "abc", but a list is needed'),
        ("rows", [{}, 5], 'Pin "rows" got the number 5 at [1], but a dictionary is needed'),
        (
            "either",
            "many",
            'Pin "either" got the text "many", but a number is needed',
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_pin_value_and_need(pin, given, message):
    assert refusal(Everything(), {pin: given}) == message


def test_a_long_value_is_cut_off_in_the_message():
    message = refusal(Calculation(), {"a": "x" * 1_000_000})
    assert message == f'Pin "a" got the text "{"x" * 58}…, but a number is needed'


def test_a_missing_value_is_named():
    assert refusal(Calculation(), {}) == 'Pin "a" has no value'


def test_nothing_on_a_required_pin_is_a_missing_value():
    assert refusal(Calculation(), {"a": None}) == 'Pin "a" has no value'


def test_nothing_on_a_pin_with_a_default_takes_the_default():
    assert parse_input(Calculation(), {"a": 1, "b": None}).b == 1.0


def test_nothing_is_a_value_where_the_pin_takes_it():
    assert parse_input(Calculation(), {"a": 1, "note": None}).note is None


def test_every_pin_that_fails_is_named_and_no_other():
    message = refusal(Calculation(), {"a": "abc", "b": "def", "note": 5})
    assert message == (
        'Pin "a" got the text "abc", but a number is needed; '
        'Pin "b" got the text "def", but a number is needed'
    )


def test_what_arrived_is_never_changed():
    values = {"texts": [True, "a"], "entries": '{"a": 1}', "number": None}
    parse_input(Everything(), values)
    assert values == {"texts": [True, "a"], "entries": '{"a": 1}', "number": None}


def test_deeply_nested_text_is_refused_and_does_not_crash():
    assert refusal(Everything(), {"entries": '{"a":' * 100_000}).startswith('Pin "entries" got the')


NUMBERS = (
    st.integers(-(10**20), 10**20)
    | st.integers(-(10**20), 10**20).map(float)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**53 + 1, -(2**63), 10**400, 0.1, -0.0, 1e308])
)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
SPELT = (
    JSON.map(to_json)
    | NUMBERS.map(repr)
    | st.sampled_from(["1e400", "[1e400]", '{"a":1,"a":2}', "1_0", "yes", " 5 "])
)
PINS = sorted(set(Everything.Input.model_fields) - {"anything"})


@given(pin=st.sampled_from(PINS), value=JSON | SPELT)
def test_whatever_a_pin_takes_can_be_told_from_what_it_became(pin, value):
    try:
        taken = parsed(**{pin: value})[pin]
    except BlockError:
        return
    if value is not None:  # nothing takes the default
        assert means(taken, value), (taken, value)


def means(taken, came):  # noqa: PLR0911 - a case for each type
    """Whether what came can be had back from what was taken."""
    if isinstance(taken, bool):
        return str(came).strip().lower() in WORDS[taken]
    if isinstance(taken, list) and not isinstance(came, list):
        return means(taken, [came]) or (isinstance(came, str) and means(taken, spelt(came)))
    if isinstance(taken, dict) and not isinstance(came, dict):
        return isinstance(came, str) and means(taken, spelt(came))
    if isinstance(taken, list):
        return len(taken) == len(came) and all(map(means, taken, came))
    if isinstance(taken, dict):
        return taken.keys() == came.keys() and all(means(taken[key], came[key]) for key in came)
    if isinstance(taken, str):
        return taken == came or (not isinstance(came, str) and spelt(taken) == came)
    if taken is None:
        return came is None
    return (
        taken == (fraction_in(came) if isinstance(came, str) else came)
        or str(came).strip() in {repr(taken), repr(float(taken))}  # a float is its shortest text
    )


WORDS = {
    True: {"true", "1", "1.0", "yes", "on", "t", "y"},
    False: {"false", "0", "0.0", "-0.0", "no", "off", "f", "n"},
}


def fraction_in(text):
    try:
        return Fraction(text.strip())
    except ValueError:
        return None


def spelt(text):
    """What JSON text spells."""
    return from_json(text) if isinstance(text, str) else None
