"""Whatever is put on a pin, a block answers or refuses in a sentence; it never breaks."""

import pytest

import blocks.library  # noqa: F401 fills the catalogue
from blocks.base import BlockError, Suspend
from tests.blocks.ports import answering, run_block
from tests.blocks.test_examples import BLOCKS


def nested(depth):
    value = [1]
    for _ in range(depth):
        value = [value]
    return value


HOSTILE = [
    None,
    "",
    -1,
    10**30,
    "9" * 5_000,
    "nan",
    "\ud800",
    "\x00",
    '{"a": [1, ',
    "{{ a",
    "(((",
    "data:;base64,A",
    "x" * 100_000,
    ["a", 1, None, [], {}],
    [{"a": 1}, {"a": "x"}, {}],
    {"a": {"b": None}},
    nested(3_000),
]
ANSWERS = [
    {"status": 200, "text": '{"a": 1}', "body": "x", "vectors": [[1.0]], "tools": [], "result": 1}
] * 40


def sentence_of_refusal(block, given):
    """What the block says when it refuses; nothing when it answers."""
    try:
        yielded = run_block(block.id, given, answering(*ANSWERS))
    except BlockError as refusal:
        return str(refusal)
    except Suspend:
        return ""
    any_pin = block.Output.model_config.get("extra") == "allow"
    assert any_pin or {pin for pin, _ in yielded} <= set(block.Output.model_fields)
    return ""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.id)
def test_a_block_answers_or_refuses_in_a_short_sentence(block):
    given = next(example.given for example in block.examples if example.yields)
    hostile = [{**given, pin: value} for pin in block.Input.model_fields for value in HOSTILE]
    sentences = [sentence_of_refusal(block, values) for values in hostile]
    assert [sentence for sentence in sentences if len(sentence) > 400] == []
