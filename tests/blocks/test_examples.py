"""Promises that every block in the catalogue keeps; a new block is tested by being registered."""

import json
import uuid
from contextlib import suppress

import pytest
from pydantic import TypeAdapter

import blocks.library  # noqa: F401 fills the catalogue
from blocks.base import ERROR_PIN, BlockError, Effect, Kind
from blocks.credentials import asks_of
from blocks.ports import Answer
from blocks.registry import all_blocks, find, input_schema, output_schema
from tests.blocks.ports import answering, run_block, shapes_agree

# Other tests put blocks of their own in the catalogue.
BLOCKS = [block for block in all_blocks() if type(block).__module__.startswith("blocks.")]
CATEGORIES = {
    "input", "output", "basic", "text", "logic", "iteration", "math",
    "list", "dictionary", "data", "time", "network", "communication", "ai", "control", "image", "developer",
}  # fmt: skip


def script_of(example):
    script = answering(*example.answers)
    script.answer = Answer(**example.goes_on) if example.goes_on else None
    script.secret = example.secret
    for name, text in example.files.items():
        script.files.write(name, text.encode())
    for name, text in example.knowledge.items():
        script.knowledge.add("handbook", name, text)
    script.memory, script.tools = example.memory, example.tools
    return script


def its_examples_yield_what_they_say(block):
    for example in block.examples:
        script = script_of(example)
        if example.error:
            with pytest.raises(BlockError) as refusal:
                run_block(block.id, example.given, script)
            assert example.error in str(refusal.value)
        else:
            yielded = run_block(block.id, example.given, script)
            assert shapes_agree(yielded, example.yields), yielded
        assert not script.answers, "answers are left over"


def it_yields_only_values_that_its_output_declares(block):
    for example in block.examples:
        yielded = [] if example.error else run_block(block.id, example.given, script_of(example))
        for pin, value in yielded:
            field = block.Output.model_fields.get(pin)
            if field is None:
                assert block.Output.model_config["extra"] == "allow"
                continue
            assert TypeAdapter(field.annotation).validate_python(value, strict=True) == value
            assert json.loads(json.dumps(value)) == value


def it_leaves_its_inputs_as_they_were(block):
    for example in block.examples:
        before = json.dumps(example.given, default=list)
        with suppress(BlockError):
            run_block(block.id, example.given, script_of(example))
        assert json.dumps(example.given, default=list) == before


def it_is_found_by_its_id_and_its_aliases(block):
    assert [find(name) for name in (block.id, *block.aliases)] == [block] * (1 + len(block.aliases))


def its_id_says_block_and_its_aliases_are_uuids(block):
    assert block.id.endswith("_block")
    assert block.id == block.id.lower()
    assert [str(uuid.UUID(alias)) for alias in block.aliases] == list(block.aliases)


def it_describes_itself_in_a_sentence(block):
    assert block.description.endswith(".")
    assert block.name[0].isupper()
    assert block.category in CATEGORIES


def its_pins_are_described_in_sentences(block):
    for schema in (block.Input, block.Output):
        for pin, field in schema.model_fields.items():
            assert field.description, f"{schema.__qualname__}.{pin}"
            assert field.description[-1] in ".!", f"{schema.__qualname__}.{pin}"


def it_runs_as_an_attempt_of_its_own_if_it_asks_for_a_secret(block):
    assert not asks_of(block) or block.effect is not Effect.PURE


def it_has_two_examples_and_one_of_them_succeeds(block):
    assert len(block.examples) >= 2
    assert any(example.yields for example in block.examples)


def its_schemas_are_json(block):
    assert json.loads(json.dumps(input_schema(block.id))) == input_schema(block.id)
    assert ERROR_PIN in output_schema(block.id)["properties"]


def its_output_pins_are_shown_by_examples(block):
    shown = {pin for example in block.examples for pin, _ in example.yields}
    declared = set(block.Output.model_fields)
    if block.Output.model_config.get("extra") == "allow":  # its pins depend on the node
        return
    assert shown <= declared
    if block.id != "code_extraction_block":  # a pin for each of sixteen languages
        assert shown == declared


PROMISES = (
    its_examples_yield_what_they_say,
    it_yields_only_values_that_its_output_declares,
    it_leaves_its_inputs_as_they_were,
    it_is_found_by_its_id_and_its_aliases,
    its_id_says_block_and_its_aliases_are_uuids,
    it_describes_itself_in_a_sentence,
    its_pins_are_described_in_sentences,
    it_runs_as_an_attempt_of_its_own_if_it_asks_for_a_secret,
    it_has_two_examples_and_one_of_them_succeeds,
    its_schemas_are_json,
    its_output_pins_are_shown_by_examples,
)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.id)
def test_a_block_keeps_what_is_promised_of_all(block):
    for promise in PROMISES:
        promise(block)


def test_no_two_blocks_have_the_same_name():
    names = [block.name for block in BLOCKS]
    assert sorted(set(names)) == sorted(names)


def test_input_blocks_start_a_run_and_stay():
    inputs = [block for block in BLOCKS if block.kind is Kind.INPUT]
    assert [block.category for block in inputs] == ["input"] * 12
    passing = {block.id for block in inputs if not block.static_output}
    assert passing == {"webhook_trigger_block"}  # its payload is an event, not a setting
