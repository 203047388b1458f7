"""Names of pins: taken apart, used to select from a value and to assemble one."""

import copy
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.pins import MAX_INDEX, MISSING, Path, assemble, parse, select
from tests import strategies
from tests.engine import naive


@pytest.mark.parametrize(
    ("name", "base", "path"),
    [
        ("result", "result", ()),
        ("prompt_values_#_X", "prompt_values", ("X",)),
        ("list_$_0", "list", (0,)),
        ("user_@_name", "user", ("name",)),
        ("o_#_k_$_0", "o", ("k", 0)),
        ("o_$_1_$_2_#_k_@_a", "o", (1, 2, "k", "a")),
        ("values_#_two words!", "values", ("two words!",)),
        ("values_#_0", "values", ("0",)),
        ("values_#_", "values", ("",)),
        ("Business Info", "Business Info", ()),
        ("tools_^_search_~_query", "tools_^_search_~_query", ()),
        ("snake_case_name", "snake_case_name", ()),
        ("price_$", "price_$", ()),
        ("a#b", "a#b", ()),
        (f"list_$_{MAX_INDEX}", "list", (MAX_INDEX,)),
    ],
)
def test_a_name_is_taken_apart(name: str, base: str, path: Path) -> None:
    assert parse(name) == (base, path)


@pytest.mark.parametrize(
    "name",
    [
        "list_$_x",
        "list_$_",
        "list_$_-1",
        "list_$_1.5",
        "list_$_²",
        f"list_$_{MAX_INDEX + 1}",
        "o_#_k_$_k",
    ],
)
def test_an_index_that_is_no_small_number_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(
        ValueError, match=f'in the pin name ".*" is not a list index up to {MAX_INDEX}'
    ):
        parse(name)


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ({"k": 1}, (), {"k": 1}),
        ({"k": 1}, ("k",), 1),
        ({"k": None}, ("k",), None),
        ({"k": 1}, ("other",), MISSING),
        ({"0": 1}, (0,), MISSING),
        ([7, 8], (1,), 8),
        ([7, 8], (2,), MISSING),
        ([7, 8], ("1",), MISSING),
        ([[1], {"k": [2]}], (1, "k", 0), 2),
        ("text", (0,), MISSING),
        ("text", ("k",), MISSING),
        (None, ("k",), MISSING),
        (None, (), None),
    ],
)
def test_a_path_selects_what_it_finds(value: Any, path: Path, found: Any) -> None:
    assert select(value, path) == found


@pytest.mark.parametrize(
    ("defaults", "received", "inputs"),
    [
        ({}, {}, {}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 3}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"v": {"x": 1, "y": 1}}, {"v_#_x": 2, "v_#_z": 3}, {"v": {"x": 2, "y": 1, "z": 3}}),
        ({}, {"list_$_2": "c"}, {"list": [None, None, "c"]}),
        ({}, {"list_$_1": "b", "list_$_0": "a"}, {"list": ["a", "b"]}),
        ({"list": ["a", "b", "c"]}, {"list_$_1": "new"}, {"list": ["a", "new", "c"]}),
        ({}, {"o_#_k_$_0": 1}, {"o": {"k": [1]}}),
        ({"o": {"k": {"m": 1}, "n": 2}}, {"o_#_k_#_p": 3}, {"o": {"k": {"m": 1, "p": 3}, "n": 2}}),
        ({"v": "text"}, {"v_#_k": 1}, {"v": {"k": 1}}),
        ({"v": None}, {"v_$_0": 1}, {"v": [1]}),
        ({"v": {"old": 1}}, {"v_#_k": 2, "v": {"new": 1}}, {"v": {"new": 1, "k": 2}}),
        ({}, {"user_@_name": "Ada"}, {"user": {"name": "Ada"}}),
    ],
)
def test_what_was_received_is_put_over_the_defaults(
    defaults: dict[str, Any], received: dict[str, Any], inputs: dict[str, Any]
) -> None:
    assert assemble(defaults, received) == inputs


@pytest.mark.parametrize(
    "received",
    [
        {"v_#_a_#_b": 1, "v_#_a": {"c": 2}},
        {"v_#_a_#_b_#_c": 1, "v_#_a": {"d": 2}},
        {"v_$_0_#_b": 1, "v_$_0": {"c": 2}},
    ],
)
def test_the_order_of_arrival_does_not_matter(received: dict[str, Any]) -> None:
    inner, outer = received.items()
    assert assemble({}, dict([inner, outer])) == assemble({}, dict([outer, inner]))


names = st.builds(
    lambda base, path: base + "".join(f"_{kind}_{key}" for kind, key in path),
    strategies.names,
    strategies.paths,
)


@given(base=strategies.names, path=strategies.paths)
def test_a_name_made_of_parts_is_taken_apart_again(base: str, path: list[tuple[str, str]]) -> None:
    name = base + "".join(f"_{kind}_{key}" for kind, key in path)
    keys = tuple(int(key) if kind == "$" else key for kind, key in path)
    assert parse(name) == (base, keys)


@given(name=names, value=strategies.json_values, default=strategies.json_values)
def test_what_a_name_assembles_it_selects(name: str, value: Any, default: Any) -> None:
    base, path = parse(name)
    assert select(assemble({base: default}, {name: value})[base], path) == value


@given(
    defaults=st.dictionaries(strategies.names, strategies.json_values, max_size=3),
    received=st.dictionaries(names, strategies.json_values, max_size=4),
)
def test_assembling_changes_neither_defaults_nor_what_was_received(
    defaults: dict[str, Any], received: dict[str, Any]
) -> None:
    before = copy.deepcopy((defaults, received))
    assemble(defaults, received)
    assert (defaults, received) == before


@given(
    default=strategies.json_values,
    received=st.dictionaries(
        st.sampled_from(["v", "v_#_a", "v_#_b_#_c", "v_#_b_$_1", "l_$_0", "l_$_2", "l", "w"]),
        strategies.json_values,
        max_size=4,
    ).filter(lambda received: not {"v_#_b_#_c", "v_#_b_$_1"} <= set(received)),
)
def test_names_that_do_not_contradict_one_another_may_come_in_any_order(
    default: Any, received: dict[str, Any]
) -> None:
    expected = naive.assemble({"v": default}, received)
    for order in permutations(received.items()):
        assert assemble({"v": default}, dict(order)) == expected


@given(value=strategies.json_values, path=strategies.paths)
def test_selecting_never_fails(value: Any, path: list[tuple[str, str]]) -> None:
    keys = [int(key) if kind == "$" else key for kind, key in path]
    found = naive.find(value, keys)
    assert select(value, tuple(keys)) == (MISSING if found is naive.NOTHING else found)
