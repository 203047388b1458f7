"""How values look."""

import pytest
from django.template import Context, Template

from blocks import value_views
from blocks.templatetags.values import duration
from tests.pages.durations import DURATIONS

LONG = "word " * 1_000


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, "nothing"),
        (True, "short"),
        (0, "short"),
        (1.5, "short"),
        ("", "short"),
        ("a word", "short"),
        ("two\nlines", "text"),
        ("a * b and __init__ and 3 - 2", "short"),
        ("# Title\n\nText", "markdown"),
        ("- one\n- two", "markdown"),
        ("see **this**", "markdown"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "markdown"),
        ("data:image/png;base64,aGVsbG8=", "image"),
        ("data:image/svg+xml;base64,aGVsbG8=", "short"),
        ([1, 2], "json"),
        ({"a": 1}, "json"),
        ([{"a": 1}, {"a": 2, "b": None}], "table"),
        ([{"a": {"b": 1}}, {"a": 2}], "json"),
        ([{}, {}], "json"),
    ],
)
def test_every_value_has_its_form(value, form):
    assert value_views.view_of(value).form == form


@pytest.mark.parametrize(
    "text",
    [
        "# <script>alert(1)</script>",
        "**x** <img src=x onerror=alert(1)>",
        "**x** [a](javascript:alert(1))",
        "**x** ![a](javascript:alert(1))",
        "**x** <a href='javascript:alert(1)'>a</a>",
        "# <style>*{display:none}</style>",
        "**x** <div style='position:fixed'>",
    ],
)
def test_markdown_does_no_harm(text):
    html = show(text)
    for sign in (
        "<script",
        "<img src=x",
        'href="javascript',
        'src="javascript',
        "<style",
        "<div style",
    ):
        assert sign not in html


def test_markdown_is_rendered():
    assert "<strong>this</strong>" in show("see **this**")


def test_text_and_json_are_escaped():
    assert "<b>" not in show("two\n<b>lines") + show({"<b>": "<b>"}) + show(
        [{"<b>": 1}, {"<b>": 2}]
    )


def test_a_long_value_is_folded():
    assert "<details" in show(LONG)
    assert "<details" not in show("short\ntext")


def test_a_very_long_value_is_cut_and_says_so():
    html = show("x" * 50_000, href="/all/")
    assert "x" * value_views.MAX_SHOWN in html
    assert "x" * (value_views.MAX_SHOWN + 1) not in html
    assert 'href="/all/"' in html


@pytest.mark.parametrize(("seconds", "words"), DURATIONS)
def test_durations_in_words(seconds, words):
    assert duration(seconds) == words


def show(value, href=""):
    template = Template("{% load values %}{% show_value value href %}")
    return template.render(Context({"value": value, "href": href}))
