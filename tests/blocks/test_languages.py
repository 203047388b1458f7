"""Every block speaks Chinese too."""

import pytest

from blocks.catalogue import CATEGORIES
from blocks.providers import PROVIDERS
from blocks.registry import ERROR_TEXT
from blocks.translations import texts_in, translated, translated_schema
from tests.blocks.test_examples import BLOCKS

CHINESE = texts_in("zh-hans")


def texts_of(block):
    yield block.name
    yield block.description
    if block.limits:
        yield block.limits
    for pins in (block.Input, block.Output):
        yield from (field.description for field in pins.model_fields.values())


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.id)
def test_the_texts_of_a_block_are_there_in_chinese(block):
    assert [text for text in texts_of(block) if not CHINESE.get(text)] == []


def test_every_category_has_a_chinese_name():
    assert [name for name in CATEGORIES.values() if name not in CHINESE] == []


def test_providers_without_a_name_of_their_own_have_a_chinese_one():
    names = {each.label for each in PROVIDERS.values() if " " in each.label} - {"Brave Search"}
    assert [name for name in names | {ERROR_TEXT} if name not in CHINESE] == []


def test_no_translation_is_left_of_a_text_that_is_gone():
    used = {text for block in BLOCKS for text in texts_of(block)} | set(CATEGORIES.values())
    used |= {ERROR_TEXT, *(each.label for each in PROVIDERS.values())}
    assert sorted(set(CHINESE) - used) == []


def test_a_translation_keeps_the_placeholders():
    lost = [text for text, chinese in CHINESE.items() if text.count("{{") != chinese.count("{{")]
    assert lost == []


def test_a_text_without_a_translation_stays_as_it_is():
    assert translated("Nobody has translated this", "zh-hans") == "Nobody has translated this"
    assert translated("Wait", "tlh") == "Wait"
    assert translated("Wait", "../locale/zh-hans") == "Wait"


def test_the_descriptions_in_a_schema_are_translated_and_nothing_else():
    schema = {
        "properties": {"description": {"description": "Text", "type": "string"}},
        "anyOf": [{"description": "Text", "default": "Text"}],
    }
    assert translated_schema(schema, "zh-hans") == {
        "properties": {"description": {"description": "文本", "type": "string"}},
        "anyOf": [{"description": "文本", "default": "Text"}],
    }
