"""Blocks that could make much out of little refuse before they do."""

import pytest

from blocks.base import BlockError
from tests.blocks.ports import run_block

MEGABYTE = "x" * 1_000_000


@pytest.mark.parametrize(
    ("block_id", "given"),
    [
        ("text_replace_block", {"text": MEGABYTE, "old": "", "new": MEGABYTE}),
        ("text_replace_block", {"text": MEGABYTE, "old": "x", "new": "茶" * 10}),
        ("combine_texts_block", {"input": [""] * 1_000, "delimiter": MEGABYTE}),
        ("combine_texts_block", {"input": [MEGABYTE] * 11}),
        ("text_split_block", {"text": "," * 4_000_000, "delimiter": ","}),
        ("create_list_block", {"values": [MEGABYTE] * 11}),
        ("add_to_list_block", {"list": [MEGABYTE] * 6, "entries": [MEGABYTE] * 6}),
        ("create_dictionary_block", {"values": dict.fromkeys("abcdefghijk", MEGABYTE)}),
        (
            "add_to_dictionary_block",
            {"dictionary": {"a": MEGABYTE * 6}, "entries": {"b": MEGABYTE * 6}},
        ),
        ("concatenate_lists_block", {"lists": [[MEGABYTE]] * 11}),
        (
            "zip_lists_block",
            {"lists": [[1] * 10_000] + [[]] * 10_000, "pad_to_longest": True},
        ),
        (
            "zip_lists_block",
            {"lists": [[1] * 20, []], "pad_to_longest": True, "fill_value": MEGABYTE},
        ),
        (
            "rows_to_markdown_table_block",
            {"rows": [{str(number): 1} for number in range(3_000)]},
        ),
        (
            "read_spreadsheet_block",
            {"contents": f"{'x' * 100_000}\n" + "1\n" * 200},
        ),
        ("llm_call_block", {"prompt": "{a}" * 1_000, "a": MEGABYTE}),
    ],
)
def test_a_result_over_ten_megabytes_is_refused(block_id, given):
    with pytest.raises(BlockError) as refusal:
        run_block(block_id, given)
    assert refusal.value.code == "output_too_large"
    assert str(refusal.value) == "The result would be larger than 10 MB"


@pytest.mark.parametrize(
    ("operation", "a", "b", "message"),
    [
        ("Power", 10, 10**9, "The result is too large"),
        ("Power", 10.5, 10_000, "The result is too large"),
        ("Power", 0, -1, "Division by zero has no result"),
        ("Power", -8, 0.5, "The root of a negative number is not a number"),
        ("Multiply", 1e308, 10, "The result is too large"),
        ("Multiply", 10**300, 10**300, "The result is too large"),
        ("Divide", 5, 0, "Division by zero has no result"),
    ],
)
def test_a_calculation_without_a_finite_result_is_refused(operation, a, b, message):
    with pytest.raises(BlockError) as refusal:
        run_block("calculator_block", {"operation": operation, "a": a, "b": b})
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("operation", "a", "b", "result"),
    [
        ("Power", 1, 10**9, 1),
        ("Power", 2, 0.5, 2**0.5),
        ("Power", 2, 100, 2.0**100),
        ("Divide", 6, 3, 2),
        ("Subtract", 0.5, 0.25, 0.25),
    ],
)
def test_a_calculation_gives_a_number_that_json_can_carry(operation, a, b, result):
    yielded = run_block("calculator_block", {"operation": operation, "a": a, "b": b})
    assert yielded == [("result", result)]
    assert type(yielded[0][1]) is type(result)


def test_too_many_items_to_step_through_are_refused():
    with pytest.raises(BlockError, match="10,001 items"):
        run_block("step_through_items_block", {"items": list(range(10_001))})


def test_too_long_a_text_to_step_through_is_refused():
    with pytest.raises(BlockError, match="larger than 1 MB"):
        run_block("step_through_items_block", {"items_str": f'["{MEGABYTE}"]'})


def test_lists_may_be_nested_deeper_than_functions_may_call_each_other():
    nested = [1]
    for _ in range(50_000):
        nested = [nested]
    yielded = dict(run_block("flatten_list_block", {"nested_list": nested}))
    assert yielded == {"flattened_list": [1], "length": 1, "original_depth": 50_001}


@pytest.mark.parametrize("depth", [200, 100_000])
def test_xml_that_is_nested_too_deeply_is_refused(depth):
    with pytest.raises(BlockError, match="more than 100 levels"):
        run_block("xml_parser_block", {"input_xml": "<a>" * depth + "</a>" * depth})
