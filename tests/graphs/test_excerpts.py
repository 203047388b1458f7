"""Parts of a graph that can be run by themselves."""

import pytest

from graphs import excerpts, validation
from graphs.excerpts import Part, excerpt
from graphs.pins import MISSING
from tests.executions.scene import drawing

GRAPH = drawing(
    {
        "ask": ("text_input_block", {"name": "text"}),
        "a": ("llm_call_block", {"prompt": "Say {text}"}),
        "b": ("llm_call_block", {"prompt": "And {more}"}),
        "tell": ("output_block", {"name": "answer"}),
        "aside": ("llm_call_block", {"prompt": "hello"}),
    },
    [
        "ask.text -> a.text",
        "a.response -> b.more",
        "ask.text -> b.tone",
        "b.response -> tell.value",
    ],
)


def kept(part, node_id="b", graph=GRAPH):
    return [id_ for id_ in excerpt(graph, node_id, part).nodes if not id_.startswith("given-")]


@pytest.mark.parametrize(
    ("part", "nodes"),
    [
        (Part.NODE, ["ask", "b"]),
        (Part.BEFORE, ["ask", "a", "b"]),
        (Part.AFTER, ["ask", "b", "tell"]),
    ],
)
def test_a_part_has_the_nodes_that_it_needs(part, nodes):
    assert kept(part) == nodes


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("node_id", ["ask", "a", "b", "tell", "aside"])
def test_every_part_can_be_run(part, node_id):
    part = excerpt(GRAPH, node_id, part)
    assert [*validation.structure_problems(part), *validation.run_problems(part)] == []


def test_an_input_stands_for_each_link_that_was_cut():
    part = excerpt(GRAPH, "b", Part.AFTER)
    assert list(excerpts.stand_ins(part)) == [("b.more", "b", "more")]
    assert part.nodes["given-0"].input_default == {"name": "b.more", "title": "b: more"}


def test_a_part_of_a_part_keeps_its_inputs():
    chain = drawing(
        {
            "a": ("test_pure", {}),
            "b": ("test_pure", {}),
            "c": ("test_pure", {}),
            "d": ("test_pure", {}),
        },
        ["a.value -> b.value", "b.value -> c.value", "c.value -> d.value", "b.value -> d.does"],
    )
    part = excerpt(excerpt(chain, "c", Part.AFTER), "d", Part.NODE)
    assert [name for name, _node, _pin in excerpts.stand_ins(part)] == ["d.does", "d.value"]
    assert [*validation.structure_problems(part)] == []


def test_what_goes_round_in_a_loop_stays_together():
    loop = drawing(
        {"a": ("test_pure", {"value": 1}), "b": ("test_pure", {})},
        ["a.value -> b.value", "b.value -> a.value"],
    )
    assert kept(Part.BEFORE, "a", loop) == ["a", "b"]


def test_the_tools_of_a_model_come_along():
    graph = drawing(
        {"agent": ("test_pure", {}), "tool": ("test_pure", {}), "other": ("test_pure", {})},
        ["agent.tools -> tool.value", "agent.value -> other.value"],
    )
    assert kept(Part.NODE, "agent", graph) == ["agent", "tool"]


@pytest.mark.parametrize(
    ("pin", "block_id"),
    [
        ("prompt", "long_text_input_block"),
        ("max_tokens", "number_input_block"),
        ("x_#_y", "input_block"),
    ],
)
def test_the_form_of_a_part_suits_its_pins(pin, block_id):
    graph = drawing({"a": ("test_pure", {}), "b": ("llm_call_block", {})}, [f"a.value -> b.{pin}"])
    assert excerpt(graph, "b", Part.NODE).nodes["given-0"].block_id == block_id


def test_a_node_that_is_not_there_has_no_part():
    with pytest.raises(KeyError):
        excerpt(GRAPH, "nowhere", Part.NODE)


@pytest.mark.parametrize(
    ("pin", "value"),
    [
        ("x_$_y", MISSING),
        ("x", {"y": [1]}),
        ("x_#_y", [1]),
        ("x_#_y_$_0", 1),
        ("z", MISSING),
        ("x_#_z", MISSING),
    ],
)
def test_a_recorded_value_is_found_by_its_pin(pin, value):
    assert excerpts.value_at({"x": {"y": [1]}}, pin) == value


@pytest.mark.parametrize("stands_for", [{}, {"node": 1, "pin": []}, "text", None])
def test_metadata_of_others_is_believed_in_nothing(stands_for):
    graph = drawing({"a": ("test_pure", {})}, metadata={"a": {"stands_for": stands_for}})
    for _name, node_id, pin in excerpts.stand_ins(graph):
        assert (isinstance(node_id, str), isinstance(pin, str)) == (True, True)


PINNED = drawing(
    {"a": ("test_pure", {}), "b": ("test_pure", {}), "c": ("test_pure", {})},
    ["a.value -> b.value", "b.value_#_tea -> c.value"],
    metadata={"b": {"pinned": {"value": {"tea": "green"}}}},
)


@pytest.mark.parametrize("part", [Part.BEFORE, Part.NODE])
def test_what_is_pinned_is_sent_without_its_node(part):
    found = excerpt(PINNED, "c", part)
    assert set(found.nodes) == {"c", "given-0"}
    assert found.nodes["given-0"].input_default["value"] == "green"
    assert list(excerpts.stand_ins(found)) == []


def test_a_pinned_node_on_the_way_is_left_out():
    found = excerpt(PINNED, "a", Part.AFTER)
    assert set(found.nodes) == {"a", "c", "given-0"}


def test_a_pinned_node_runs_when_it_is_tried_itself():
    assert set(excerpt(PINNED, "b", Part.BEFORE).nodes) == {"a", "b"}


@pytest.mark.parametrize("nonsense", ["tea", 7, ["value"], {"other": 1}])
def test_what_pins_nothing_that_is_sent_stands_for_nothing(nonsense):
    graph = drawing(
        {"a": ("test_pure", {}), "b": ("test_pure", {})},
        ["a.value -> b.value"],
        metadata={"a": {"pinned": nonsense}},
    )
    assert "value" not in excerpt(graph, "b", Part.NODE).nodes["given-0"].input_default
