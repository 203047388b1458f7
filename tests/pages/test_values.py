"""How values look."""

import pytest
from django.template import Context, Template

from blocks import value_views
from blocks.templatetags.values import duration
from tests.pages.durations import DURATIONS

LONG = "word " * 1_000
FILE = "workspace://00000000-0000-0000-0000-000000000000"


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
        ([1, 2], "tree"),
        ({"a": 1}, "tree"),
        ([], "json"),
        ({"a": "word " * 5_000}, "json"),
        ("<!DOCTYPE html><p>Hello", "html"),
        ("<p>no page", "short"),
        ("data:audio/mpeg;base64,aGVsbG8=", "audio"),
        (f"{FILE}#image/png", "image"),
        (f"{FILE}#audio/wav", "audio"),
        (f"{FILE}#video/mp4", "video"),
        (f"{FILE}#text/html", "file"),
        (f"{FILE}#image/svg+xml", "file"),
        ([{"a": 1}, {"a": 2, "b": None}], "table"),
        ([{"a": {"b": 1}}, {"a": 2}], "tree"),
        ([{}, {}], "tree"),
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


def test_a_web_page_is_shown_without_what_it_would_run():
    view = value_views.view_of("<html><p onclick='steal()'>Hello<script>steal()</script></html>")
    assert view.html == "<p>Hello</p>"


def test_a_tree_has_every_entry():
    branch = value_views.branch_of("", {"a": [1, {"b": None}]})
    assert (branch.text, branch.children[0].text) == ("{1}", "[2]")
    assert [child.key for child in branch.children[0].children] == ["0", "1"]
    assert branch.children[0].children[1].children[0].text == "null"
