"""The catalogue."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from blocks import catalogue, registry
from executions.attempts import running
from executions.engine import values
from tests.pages.reading import text_of

ICONS = finders.find("graphs/builder/blocks.svg")
BLOCKS = [block.id for block in registry.all_blocks() if block.category != "test"]


def test_every_block_has_a_page_with_its_name_and_pins(page):
    missing = {}
    for block_id in BLOCKS:
        block = registry.find(block_id)
        words = text_of(page.get(f"/blocks/{block_id}/"))
        wanted = [block.name, *block.Input.model_fields, *block.Output.model_fields]
        missing[block_id] = [each for each in wanted if each not in words]
    assert {block_id: names for block_id, names in missing.items() if names} == {}


def test_the_page_of_a_block_says_its_limits(page):
    words = text_of(page.get("/blocks/execute_code_block/"))
    assert "At most 60 seconds, 100 MB of memory" in words
    assert "Time limit 1 min 30 s" in words


def test_what_holds_for_every_block_is_said_of_those_that_say_nothing_else(page):
    size = values.MAX_BYTES // 1024**2
    told = f"One firing sends at most {running.MAX_OUTPUTS:,} values of {size} MB together."
    assert told in text_of(page.get("/blocks/calculator_block/"))


def test_pages_and_search_speak_chinese(page):
    words = text_of(page.get("/blocks/read_pdf_block/", HTTP_ACCEPT_LANGUAGE="zh-hans"))
    assert "读取 PDF" in words
    assert "密码（若文件已加锁）。" in words
    told = page.get("/blocks/catalogue.json", HTTP_ACCEPT_LANGUAGE="zh-hans").json()["blocks"]
    assert next(each["name"] for each in told if each["id"] == "read_pdf_block") == "读取 PDF"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("words", ["电子表格", "write spreadsheet"])
def test_a_search_may_be_in_any_language(page, language, words):
    answer = page.get("/blocks/", {"q": words}, HTTP_ACCEPT_LANGUAGE=language)
    found = {block.id for each in answer.context["categories"] for block in each.blocks}
    assert "write_spreadsheet_block" in found


def test_every_block_has_an_icon():
    icons = Path(ICONS).read_text(encoding="utf-8")
    names = {catalogue.icon_of(registry.find(block_id)) for block_id in BLOCKS}
    assert [name for name in names if f'<symbol id="block-{name}"' not in icons] == []


def test_an_alias_leads_to_the_same_page(page):
    answer = page.get("/blocks/c0a8e994-ebf1-4a9c-a4d8-89d09c86741b/")
    assert "Takes a value of any kind" in text_of(answer)


def test_a_block_that_does_not_exist_is_not_found(page):
    assert page.get("/blocks/nonsense/").status_code == 404


@pytest.mark.parametrize(
    "category", sorted({registry.find(block_id).category for block_id in BLOCKS})
)
def test_every_category_has_a_name(category):
    assert category in catalogue.CATEGORIES


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=llm_call", ["llm_call_block"]),
        ("q=ASK+language+question", []),
        ("category=output", ["output_block"]),
        ("q=condition&category=output", []),
    ],
)
def test_the_search(page, query, found):
    categories = page.get(f"/blocks/?{query}").context["categories"]
    assert [block.id for each in categories for block in each.blocks] == found


def test_a_search_that_finds_nothing_says_so(page):
    assert "No block fits" in text_of(page.get("/blocks/?q=xyzzy"))


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, "any"),
        ({"$ref": "#/$defs/Style"}, "text"),
        ({"$ref": "#/$defs/Gone"}, "any"),
        ({}, "any"),
        ({"type": "array"}, "list"),
        ({"type": "object"}, "dictionary"),
        ({"type": "boolean"}, "boolean"),
    ],
)
def test_the_kind_of_a_pin_follows_from_its_schema(schema, kind):
    assert catalogue.kind_of(schema, {"Style": {"type": "string", "enum": ["a"]}}) == kind


def test_the_page_of_a_block_shows_its_card(page):
    shown = BeautifulSoup(page.get("/blocks/llm_call_block/").content, "html.parser")
    [card] = shown.select("figure.card-picture .flow-card")
    names = [each.text for each in card.select(".pin-name")]
    pins = ["model", "max_tokens", "prompt", "sys_prompt", "response", "error"]
    assert (card["data-category"], [pin for pin in pins if pin not in names]) == ("ai", [])
    assert "ollama_host" not in names
    assert [row.select_one(".pin-name").text for row in card.select(".is-required")] == ["prompt"]
