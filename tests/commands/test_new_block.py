"""`new_block` writes a block that keeps every promise."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from blocks import translations
from blocks.management.commands import new_block
from tests.test_docs import KEEP_PROMISES, run_python


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copy(translations.FOLDER / "zh_hans.json", tmp_path)
    monkeypatch.setattr(new_block, "LIBRARY", tmp_path)
    monkeypatch.setattr(new_block, "FOLDER", tmp_path)
    return tmp_path


def test_the_skeleton_keeps_the_promises_of_blocks(folder):
    call_command("new_block", "greeting_card")
    source = (folder / "greeting_card.py").read_text(encoding="utf-8")
    assert run_python(source + KEEP_PROMISES) == ""


def test_the_texts_of_the_skeleton_are_there_in_chinese(folder, monkeypatch):
    call_command("new_block", "greeting_card")
    monkeypatch.setattr(translations, "FOLDER", folder)
    translations.texts_in.cache_clear()
    try:
        text = translations.translated("Greeting card: passes a text on.", "zh-hans")
    finally:
        monkeypatch.undo()
        translations.texts_in.cache_clear()
    assert text == "Greeting card：原样传递文本。"


@pytest.mark.parametrize("name", ["", "../x", "Greeting", "a-b", "wait", "wait_block", "1st", "_a"])
def test_a_name_that_cannot_be_or_is_taken_is_refused(folder, name):
    with pytest.raises(CommandError):
        call_command("new_block", name)
    assert [path.name for path in folder.iterdir()] == ["zh_hans.json"]
