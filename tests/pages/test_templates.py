"""What holds for every template and every module of the pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(
    path
    for path in ROOT.glob("*/static/**/*.js")
    if ".venv" not in path.parts and "vendor" not in path.parts
)
INLINE = {
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "htmx event attribute": re.compile(r"\shx-on", re.IGNORECASE),
    "style element": re.compile(r"<style", re.IGNORECASE),
    "script with a body": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated values": re.compile(r"hx-(?:vals|headers)=['\"]js:", re.IGNORECASE),
}


def those(paths, has_fault):
    """The files whose text has this fault."""
    assert paths
    return [str(path.relative_to(ROOT)) for path in paths if has_fault(path.read_text())]


@pytest.mark.parametrize("pattern", INLINE.values(), ids=INLINE)
def test_a_template_holds_markup_only(pattern):
    assert those(TEMPLATES, pattern.search) == []


def test_a_template_is_short():
    assert those(TEMPLATES, lambda text: len(text.splitlines()) > 80) == []


def test_a_module_is_short_and_evaluates_no_text():
    evaluates = re.compile(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write")
    assert those(MODULES, evaluates.search) == []
    assert those(MODULES, lambda text: len(text.splitlines()) > 220) == []


def test_no_mapping_with_free_keys_is_walked_by_items():
    """A key called `items` would be found in place of the method."""
    walks = re.compile(r"in (?!starters\.)\S+\.(?:items|values|keys)\b")
    assert those(TEMPLATES, walks.search) == []
