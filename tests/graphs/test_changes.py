"""What differs between two drawings."""

from graphs import changes
from tests.executions.scene import drawing

BEFORE = drawing(
    {"a": ("test_pure", {"value": 1}), "b": ("test_pure", {}), "c": ("test_pure", {})},
    ["a.value -> b.value", "b.value -> c.value"],
)
AFTER = drawing(
    {"a": ("test_pure", {"value": 2}), "b": ("test_pure", {}), "d": ("test_pure", {})},
    ["a.value -> b.value", "b.value -> d.value"],
    settings={"on_error": "stop"},
    metadata={"b": {"position": {"x": 9, "y": 9}}},
)


def test_nodes_are_added_removed_changed_or_the_same():
    found = changes.changes_between(BEFORE, AFTER)
    assert {each.node.id: each.kind for each in found.nodes} == {
        "a": "changed",
        "b": "same",
        "d": "added",
        "c": "removed",
    }


def test_a_changed_value_is_told_before_and_after():
    found = changes.changes_between(BEFORE, AFTER)
    assert found.changed_nodes[0].differences == [changes.ValueChange("value", 1, 2)]
    assert found.settings == [changes.ValueChange("on_error", None, "stop")]


def test_links_are_told_by_their_ends():
    found = changes.changes_between(BEFORE, AFTER)
    assert [link.sink_id for link in found.links_added] == ["d"]
    assert [link.sink_id for link in found.links_removed] == ["c"]


def test_moving_a_node_is_no_change():
    moved = drawing({"a": ("test_pure", {})}, metadata={"a": {"position": {"x": 1, "y": 2}}})
    assert changes.changes_between(drawing({"a": ("test_pure", {})}), moved).are_none


def test_a_picture_has_what_either_has():
    both = changes.both(BEFORE, AFTER)
    assert (set(both.nodes), len(both.links)) == ({"a", "b", "c", "d"}, 3)
