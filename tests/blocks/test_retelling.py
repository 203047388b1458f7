"""What a node says when it fails is English where it is kept, and Chinese for who reads Chinese."""

import re

import pytest

from blocks.base import BlockError
from blocks.coercion import parse_input
from blocks.registry import find
from blocks.retelling import retold
from blocks.translations import texts_in
from tests.blocks import failures
from tests.blocks.ports import run_block
from tests.blocks.test_examples import BLOCKS, script_of

CHINESE = texts_in("zh-hans-failures")
FAILING = [
    pytest.param(block.id, example, id=f"{block.id}-{number}")
    for block in BLOCKS
    for number, example in enumerate(block.examples)
    if example.error
]


def test_every_sentence_of_a_failure_is_there_in_chinese():
    said = failures.all_said() | failures.parts()
    assert len(said) > 300
    assert sorted(said - set(CHINESE)) == []


def test_no_translation_is_left_of_a_sentence_that_is_gone():
    assert sorted(set(CHINESE) - failures.all_said() - failures.parts()) == []


def gaps(text):
    return sorted(failures.GAP.findall(text))


def test_a_translation_has_the_gaps_of_its_sentence():
    assert [text for text, chinese in CHINESE.items() if gaps(text) != gaps(chinese)] == []


def filled(text):
    return failures.GAP.sub(lambda gap: f"<{gap[1]}>", text)


def test_a_sentence_is_known_again_by_its_fixed_words():
    told = {text: retold(filled(text), "zh-hans") for text in CHINESE}
    assert told == {text: filled(chinese) for text, chinese in CHINESE.items()}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('raise BlockError("It is gone")', {"It is gone"}),
        ('raise BlockError(f"{host} is {gone!r}")', {"{1} is {2}"}),
        ('raise BlockError(text or f"The {tool} failed")', {"The {1} failed"}),
        ('message = "It is gone"\nraise BlockError(message, code="x")', {"It is gone"}),
        ("raise BlockError(str(error))", set()),
        ('return failure([], "It was lost", "lost")', {"It was lost"}),
        ('def _limit():\n    return f"After {n} days" if n else ""', {"After {1} days"}),
        ('raise ValueError("It is gone")', set()),
    ],
)
def test_the_search_finds_what_it_should(code, said):
    assert set(failures.said_in(code)) == said


@pytest.mark.parametrize(("block_id", "example"), FAILING)
def test_every_failure_that_an_example_shows_is_told_in_chinese(block_id, example):
    with pytest.raises(BlockError) as refusal:
        run_block(block_id, example.given, script_of(example))
    if "/tests/" in str(refusal.traceback[-1].path) or "child" in (example.goes_on or {}).values():
        return  # the words of a scripted world
    assert re.search("[一-鿿]", retold(str(refusal.value), "zh-hans"))


@pytest.mark.parametrize(
    ("block_id", "given", "chinese"),
    [
        ("calculator_block", {"operation": "Add", "a": "x", "b": 1}, "引脚“a”得到文本 \"x\"，但需要数字"),
        ("calculator_block", {"operation": "Add", "a": 1}, "引脚“b”没有值"),
        (
            "wait_block",
            {"seconds": [], "until": {}},
            "引脚“seconds”得到列表 []，但需要数字；引脚“until”得到字典 {}，但需要形如 2026-01-31T09:30 的时刻",
        ),
        (
            "switch_block",
            {"value": 1, "cases": [{"output": "default"}]},
            "引脚“cases”在 [0]['output'] 处得到文本 \"default\"，但需要其他内容（情形不能叫做“default”；该引脚已被占用）",
        ),
    ],
)  # fmt: skip
def test_wrong_inputs_are_told_in_chinese(block_id, given, chinese):
    with pytest.raises(BlockError) as refusal:
        parse_input(find(block_id), given)
    assert retold(str(refusal.value), "zh-hans") == chinese


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Fetch: The server answered 500", "Fetch：服务器回答了 500"),
        (
            "Fetch: The server answered 500 (also failed: A, B)",
            "Fetch：服务器回答了 500（失败的还有：A, B）",
        ),
        ('Pin "a list" has no value', "引脚“a list”没有值"),
        ("The PDF was stopped: it takes too long.", "PDF已停止：它耗时过长。"),
        ("Row 3: The server answered 500", "第 3 行：服务器回答了 500"),
        ("Slack refused it: channel_not_found", "Slack 拒绝了：channel_not_found"),
    ],
)
def test_sentences_within_sentences_are_told_too(english, chinese):
    assert retold(english, "zh-hans") == chinese


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody has said this",
        "Whatever; it is",
        "a or b",
        "x: y",
        "The host \ud800 was not found.",
        "or " * 600,
        "; " * 900,
    ],
)
def test_other_text_stays_as_it_is(text):
    assert retold(text, "zh-hans") == text
    assert retold("The run was stopped", "en") == "The run was stopped"
    assert retold("The run was stopped", "../locale/zh-hans") == "The run was stopped"
