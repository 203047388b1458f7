"""What is said of drawings whose scopes, merges or fallbacks cannot work, before anything runs."""

import pytest

from graphs.validation import run_problems
from tests.executions.scene import drawing

NODES = {
    "begin": ("test_pure", {}),
    "each": ("for_each_block", {"items": [1]}),
    "try": ("try_block", {}),
    "collect": ("collect_block", {"item": 1}),
    "catch": ("catch_block", {}),
    "merge": ("merge_block", {}),
}


def problems(names, links, metadata=None):
    graph = drawing({name: NODES[name] for name in names.split()}, links, metadata=metadata)
    return [(each.node_id, each.field, each.message) for each in run_problems(graph)]


@pytest.mark.parametrize(
    ("names", "links"),
    [
        ("each collect", ["each.item -> collect.item"]),
        ("each begin collect", ["each.index -> begin.value", "begin.value -> collect.item"]),
        ("try begin catch", ["try.value -> begin.value", "begin.error -> catch.value"]),
        ("begin merge", ["begin.value -> merge.values", "begin.error -> merge.values_#_error"]),
    ],
)
def test_a_sound_drawing_has_no_problems(names, links):
    assert problems(names, links) == []


@pytest.mark.parametrize(
    ("names", "links", "problem"),
    [
        (
            "each collect",
            ["each.count -> collect.item"],
            (
                "collect",
                "item",
                'collect never fires: no link leads from a For each to its pin "item"',
            ),
        ),
        (
            "begin catch",
            ["begin.value -> catch.value"],
            ("catch", "value", 'catch never fires: no link leads from a Try to its pin "value"'),
        ),
        (
            "begin merge",
            [],
            ("merge", "values", 'merge never fires: no link leads to its pin "values"'),
        ),
        (
            "begin merge",
            ["begin.value -> merge.values", "begin.value -> merge.key"],
            ("merge", "key", 'merge takes links on "values" only; type in the value of "key"'),
        ),
    ],
)
def test_what_cannot_fire_is_named(names, links, problem):
    assert problems(names, links) == [problem]


def test_a_fallback_names_pins_that_the_node_has():
    assert problems("begin", [], {"begin": {"fallback": {"value": 1}}}) == []
    assert problems("begin", [], {"begin": {"fallback": {"valeu": 1}}}) == [
        (
            "begin",
            "metadata.fallback",
            'The fallback of begin names the pin "valeu", which it does not have',
        )
    ]
