"""How the examples look on the page."""

import itertools

import pytest

from blocks import registry
from blocks.base import Kind
from executions import graph_files
from graphs import drawing, interface, validation
from tests.examples.conftest import EXAMPLES

WIDTH, GAP = 260, 20

each_example = pytest.mark.parametrize(
    "document",
    [
        pytest.param(graph_files.load(path), id=path.stem)
        for path in sorted(EXAMPLES.glob("*.json"))
    ],
)


def height_of(card):
    return 80 + 24 * (len(card.inputs) + len(card.outputs))


def are_apart(one, other):
    left, right = sorted((one, other), key=lambda card: card.x)
    upper, lower = sorted((one, other), key=lambda card: card.y)
    return right.x - left.x >= WIDTH + GAP or lower.y - upper.y >= height_of(upper) + GAP


@each_example
def test_an_example_can_be_saved_and_run(document):
    graph = document.drawing()
    assert [*validation.structure_problems(graph), *validation.run_problems(graph)] == []


@each_example
def test_no_card_lies_on_another(document):
    cards = drawing.draw(document.drawing()).cards
    overlaps = [
        (one.node.id, other.node.id)
        for one, other in itertools.combinations(cards, 2)
        if not are_apart(one, other)
    ]
    assert overlaps == []


@each_example
def test_an_example_explains_itself(document):
    graph = document.drawing()
    assert document.description.endswith((".", "site_server.py"))
    assert [node.id for node in graph.nodes.values() if node.title == node.id] == []
    assert list(interface.nodes_of(graph, Kind.NOTE, registry.find))
