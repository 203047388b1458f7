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


def relative(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_a_template_holds_markup_only(template):
    text = template.read_text()
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_a_template_is_short(template):
    assert len(template.read_text().splitlines()) <= 80


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_a_module_is_short_and_evaluates_no_text(module):
    text = module.read_text()
    assert len(text.splitlines()) <= 220
    assert not re.search(
        r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", text
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_mapping_with_free_keys_is_walked_by_items(template):
    """A key called `items` would be found in place of the method."""
    walked = re.findall(r"in (\S+)\.(?:items|values|keys)\b", template.read_text())
    assert set(walked) <= {"starters"}
