"""How a graph is laid out and what its cards show."""

import itertools

import pytest

from graphs import drawing, layout, spec
from tests.pages.drawings import chain

HEIGHT = 100


def arranged(graph):
    return layout.arrange(graph, dict.fromkeys(graph.nodes, HEIGHT))


def graph_of(*links):
    names = dict.fromkeys(itertools.chain.from_iterable(links))
    return spec.Graph(
        nodes={name: spec.Node(name, "store_value_block") for name in names},
        links=tuple(
            spec.Link(f"{index}", source, "output", sink, "input")
            for index, (source, sink) in enumerate(links)
        ),
    )


def columns(places):
    return {node: x / layout.COLUMN_WIDTH for node, (x, _y) in places.items()}


def test_nothing_is_arranged_to_nothing():
    assert arranged(spec.Graph(nodes={}, links=())) == {}


def test_a_chain_goes_from_left_to_right():
    assert columns(arranged(chain("a", "b", "c"))) == {"a": 0, "b": 1, "c": 2}


def test_a_node_stands_right_of_everything_that_leads_to_it():
    graph = graph_of(("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("a", "d"))
    assert columns(arranged(graph)) == {"a": 0, "b": 1, "c": 2, "d": 3}


@pytest.mark.parametrize(
    "links",
    [
        (("a", "a"),),
        (("a", "b"), ("b", "a")),
        (("in", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "out")),
        (("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("b", "c")),
    ],
)
def test_loops_are_laid_out_too(links):
    graph = graph_of(*links)
    places = arranged(graph)
    assert places.keys() == graph.nodes.keys()
    assert len(set(places.values())) == len(places)


def test_nodes_of_a_column_do_not_overlap():
    places = arranged(graph_of(*((f"a{n}", "b") for n in range(5))))
    heights = sorted(y for x, y in places.values() if x == 0)
    assert all(lower - upper >= HEIGHT for upper, lower in itertools.pairwise(heights))


def test_a_long_chain_is_laid_out_without_recursion():
    graph = chain(*(f"n{n}" for n in range(10_000)))
    assert columns(arranged(graph))["n9999"] == 9_999


def test_nodes_keep_the_places_that_they_were_given():
    position = {"x": -50, "y": 12.5}
    graph = chain("here", "there", here={"position": position})
    cards = {card.node.id: card for card in drawing.draw(graph).cards}
    assert (cards["here"].x, cards["here"].y) == (-50, 12.5)
    assert cards["there"].y > cards["here"].y + cards["here"].height


def test_a_page_keeps_room_for_its_drawing():
    graph = chain("here", "there", here={"position": {"x": -50, "y": 12.5}})
    here, there = drawing.draw(graph).cards
    assert drawing.draw(graph).room == (290, round(there.y + there.height - 12.5))
    assert here.x + 290 == there.x + 240


def test_the_room_of_a_long_drawing_is_as_high_as_at_the_smallest_scale():
    assert drawing.draw(chain(*(f"n{n}" for n in range(100)))).room[0] == 1_700


def test_a_drawing_without_nodes_has_room_too():
    assert drawing.draw(spec.Graph(nodes={}, links=())).room == (240, 0)


@pytest.mark.parametrize(
    "position",
    [None, [], {"x": 1}, {"x": "1", "y": 2}, {"x": True, "y": 0}, {"x": 1e300, "y": 0}],
)
def test_a_place_that_makes_no_sense_counts_as_none(position):
    assert drawing.place_of(spec.Node("a", "store_value_block", {}, {"position": position})) is None


def test_a_card_shows_linked_set_and_required_pins():
    graph = spec.Graph(
        nodes={
            "ask": spec.Node("ask", "llm_call_block", {"model": "gpt-4", "retry": 2}),
            "say": spec.Node("say", "output_block", {"name": "x", "title": "Not on the card"}),
        },
        links=(spec.Link("1", "ask", "response", "say", "value"),),
    )
    ask, say = drawing.draw(graph).cards
    assert [(pin.name, pin.value) for pin in ask.inputs] == [
        ("model", "gpt-4"),
        ("prompt", ""),
        ("retry", "2"),
    ]
    assert [pin.name for pin in ask.outputs] == ["response"]
    assert [pin.name for pin in say.inputs] == ["value", "name"]


def test_pins_of_ones_own_and_pins_that_reach_into_values_are_drawn():
    graph = spec.Graph(
        nodes={"a": spec.Node("a", "store_value_block"), "b": spec.Node("b", "llm_call_block")},
        links=(
            spec.Link("1", "a", "output_#_key", "b", "question"),
            spec.Link("2", "a", "output", "b", "prompt_values_#_tone"),
        ),
    )
    a, b = drawing.draw(graph).cards
    assert {pin.name for pin in a.outputs} == {"output", "output_#_key"}
    assert {"question", "prompt_values_#_tone"} <= {pin.name for pin in b.inputs}


def test_a_node_of_a_block_that_is_gone_is_drawn_all_the_same():
    graph = spec.Graph(nodes={"a": spec.Node("a", "gone_block", {"x": 1})}, links=())
    assert drawing.draw(graph).cards[0].block is None


def test_a_wire_has_the_kind_of_what_it_carries():
    graph = spec.Graph(
        nodes={"a": spec.Node("a", "text_input_block"), "b": spec.Node("b", "output_block")},
        links=(spec.Link("1", "a", "text", "b", "value"),),
    )
    assert [wire.kind for wire in drawing.draw(graph).wires] == ["text"]
