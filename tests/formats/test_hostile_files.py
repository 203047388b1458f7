"""Files in which any part is something else: read or refused with a sentence, never broken by."""

import copy
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphs.errors import InvalidGraphError
from graphs.formats import own, reading
from graphs.formats.bundle import Bundle, FormatError, Sheet
from tests.factories import echo_drawing
from tests.formats.drawings import values
from tests.formats.test_autogpt import ADDING, EXECUTOR, agent, link, node
from tests.formats.test_n8n import START, assigned, workflow
from tests.formats.test_n8n import node as step

CONDITION = {"leftValue": "={{ $json.a }}", "rightValue": 1, "operator": {"operation": "gt"}}
FILES = [
    own.write(Bundle(Sheet("x", "", echo_drawing()), (Sheet("y", "", echo_drawing(), "y"),))),
    ADDING,
    agent(
        [node("run", EXECUTOR, graph_id="there", model="x"), node("b", "1" * 36)],
        [link("run", "x", "b", "y")],
        sub_graphs=[ADDING],
    ),
    workflow(
        [
            START,
            step("Set", "set", 3, assignments=assigned(a="={{ $json.a }}", b="=x {{ $json.b }}")),
            step("Old", "set", values={"string": [{"name": "a", "value": 1}]}),
            step("If", "if", 2, conditions={"conditions": [CONDITION]}),
            step(
                "Switch",
                "switch",
                3,
                rules={"values": [{"conditions": {"conditions": [CONDITION]}}]},
            ),
            step(
                "Call",
                "httpRequest",
                url="x",
                headerParameters={"parameters": [{"name": "a", "value": "b"}]},
            ),
            step("Loop", "splitInBatches", 3),
            step("Merge", "merge", mode="combine"),
            step("Code", "code", jsCode="x"),
            step("Note", "stickyNote", content="x"),
            step("Other", "other", x=1),
        ],
        Start=[["Set"]],
        Set=[["Loop"], ["If"]],
        Loop=[["Merge"], ["Code"]],
        Code=[["Loop"]],
    ),
]


def places(value, path=()):
    """Every place in a value."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from places(value[index], (*path, index))


@st.composite
def changed(draw):
    """A file with another value in one or two of its places."""
    file = copy.deepcopy(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(file))))
        new = draw(values)
        if not path:
            return new
        holder = file
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = new
    return file


@given(changed())
@settings(max_examples=400)
@example({"nodes": [], "connections": {}})
@example({"nodes": 1, "links": 2})
def test_any_file_is_read_or_refused(file):
    with suppress(FormatError, InvalidGraphError):
        assert reading.read(file).main.drawing.nodes
