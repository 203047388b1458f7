"""Patterns, escapes, code and times: what the examples of the blocks do not say."""

import re

import pytest

from blocks.base import BlockError
from tests.blocks.ports import Script, run_block


def test_a_pattern_that_would_take_for_ever_elsewhere_is_answered():
    given = {"text": "a" * 50 + "!", "match": "(a+)+$", "data": 1}
    assert run_block("match_text_pattern_block", given) == [("negative", 1)]


def test_a_pattern_that_is_too_heavy_for_its_text_is_refused():
    given = {"text": "x" * 100_000, "match": "((a|x){1,100}){1,10}y", "data": 1}
    with pytest.raises(BlockError, match="too complicated"):
        run_block("match_text_pattern_block", given)


def test_a_pattern_that_matches_everywhere_is_refused():
    given = {"text": "x" * 20_000, "pattern": "x", "find_all": True}
    with pytest.raises(BlockError, match="more than 10,000 times"):
        run_block("extract_text_information_block", given)


@pytest.mark.parametrize(
    ("given", "results"),
    [
        ({"text": "A\nb", "pattern": "a.b", "case_sensitive": False}, ["A\nb"]),
        ({"text": "A\nb", "pattern": "a.b", "case_sensitive": False, "dot_all": False}, []),
        ({"text": "茶 a 水 b", "pattern": "[a-z]", "find_all": True}, ["a", "b"]),
        ({"text": {"id": 7}, "pattern": "[0-9]+"}, ["7"]),
        ({"text": "ac", "pattern": "a(b)?c", "group": 1}, [""]),
    ],
)
def test_patterns_find_what_they_should(given, results):
    yielded = dict(run_block("extract_text_information_block", given))
    assert yielded["matched_results"] == results


@pytest.mark.parametrize("text", ["", "a\nb\t\"c\" \\ 'd'", "\\n", "茶 🍵", "\x00\x1f", "C:\\new"])
def test_escapes_can_be_taken_back(text):
    [(_, encoded)] = run_block("text_encoder_block", {"text": text})
    assert "\n" not in encoded
    assert run_block("text_decoder_block", {"text": encoded}) == [("decoded_text", text)]


@pytest.mark.parametrize(
    ("text", "yielded"),
    [
        ("```py\na = 1\n", [("python", "a = 1"), ("remaining_text", "")]),
        ("```\nplain\n```", [("remaining_text", "```\nplain\n```")]),
        ("```brainfuck\n+\n```", [("remaining_text", "```brainfuck\n+\n```")]),
        ("a `b` c", [("remaining_text", "a `b` c")]),
        ("```JSON\n{}\n```", [("json_code", "{}"), ("remaining_text", "")]),
    ],
)
def test_code_is_told_from_text(text, yielded):
    assert run_block("code_extraction_block", {"text": text}) == yielded


ISO_IN_SHANGHAI = {"discriminator": "iso8601", "timezone": "Asia/Shanghai"}


@pytest.mark.parametrize(
    ("block_id", "given", "text"),
    [
        ("get_current_time_block", {}, "09:30:15"),
        ("get_current_time_block", {"format_type": ISO_IN_SHANGHAI}, "17:30:15+08:00"),
        ("get_current_date_block", {}, "2026-01-31"),
        ("get_current_date_block", {"offset": "31"}, "2025-12-31"),
        ("get_current_date_block", {"offset": -1, "format_type": ISO_IN_SHANGHAI}, "2026-02-01"),
        ("get_current_date_and_time_block", {}, "2026-01-31 09:30:15"),
        (
            "get_current_date_and_time_block",
            {
                "format_type": '{"discriminator": "strftime", "format": "%d.%m.", "timezone": "Asia/Tokyo"}'
            },
            "31.01.",
        ),
        (
            "get_current_date_and_time_block",
            {"format_type": ISO_IN_SHANGHAI},
            "2026-01-31T17:30:15+08:00",
        ),
    ],
)
def test_the_time_is_told_in_the_zone_and_format_asked_for(block_id, given, text):
    assert [value for _, value in run_block(block_id, given)] == [text]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"offset": 10**9}, "There is no date 1000000000 days ago"),
        ({"format_type": {"discriminator": "roman"}}, "one of 'strftime', 'iso8601'"),
        ({"format_type": {"discriminator": "iso8601", "timezone": "../etc"}}, "no time zone"),
    ],
)
def test_a_date_that_does_not_exist_is_refused(given, message):
    with pytest.raises(BlockError, match=re.escape(message)):
        run_block("get_current_date_block", given)


def test_printing_shows_the_value_to_whoever_watches():
    script = Script()
    run_block("print_to_console_block", {"text": {"a": 1}}, script)
    assert script.shown == ['{"a": 1}']


@pytest.mark.parametrize(
    ("value", "target", "converted"),
    [
        ("1,5", "list", ["1,5"]),
        ({"a": 1}, "list", [["a", 1]]),
        (True, "number", 1),
        ("1e3", "number", 1000.0),
        ("No", "boolean", False),
        ([], "boolean", False),
        ("plain", "dictionary", {"value": "plain"}),
        ('{"a": 1}', "dictionary", {"a": 1}),
        (None, "string", "null"),
        (False, "string", "false"),
    ],
)
def test_values_are_converted_on_purpose(value, target, converted):
    given = {"value": value, "type": target}
    assert run_block("universal_type_converter_block", given) == [("value", converted)]


@pytest.mark.parametrize(
    ("value", "target", "message"),
    [
        ([1, 2], "number", "A number cannot be made of the list [1, 2]"),
        ("nan", "number", 'A number cannot be made of the text "nan"'),
        ("perhaps", "boolean", 'True or false cannot be made of the text "perhaps"'),
    ],
)
def test_a_conversion_that_would_lose_the_value_is_refused(value, target, message):
    with pytest.raises(BlockError, match=re.escape(message)):
        run_block("universal_type_converter_block", {"value": value, "type": target})


@pytest.mark.parametrize(
    ("value1", "operator", "value2", "result"),
    [
        (" 10 ", ">", "9", True),
        ("1_000", "==", "1000", False),
        ("9007199254740993", "==", "9007199254740992", False),
        ("b", ">", "a", True),
        ("nan", "==", "nan", True),
        ([1], "==", [1], True),
        (None, "!=", "", True),
    ],
)
def test_numbers_in_text_are_compared_as_numbers(value1, operator, value2, result):
    given = {"value1": value1, "operator": operator, "value2": value2}
    assert run_block("condition_block", given)[0] == ("result", result)


@pytest.mark.parametrize(
    ("value", "other", "result"),
    [
        (5, "5", True),
        (5, "five", False),
        (True, "true", True),
        (True, 1, False),
        ("5", 5, True),
        ({"a": 1}, '{"a": 1}', True),
        ([1, 2], [2, 1], False),
    ],
)
def test_a_value_is_matched_in_the_kind_of_the_input(value, other, result):
    given = {"input": value, "value": other}
    assert run_block("if_input_matches_block", given)[0] == ("result", result)
