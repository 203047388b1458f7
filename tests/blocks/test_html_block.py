"""What becomes of a web page."""

import pytest

from blocks.base import BlockError
from blocks.library.html import MAX_BYTES
from tests.blocks.ports import run_block


def text_of(page):
    return dict(run_block("html_to_text_block", {"html": page}))["text"]


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one\n  two</p>", "one two"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<b>bo</b>ld", "bold"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("&lt;b&gt; &amp;amp; &nbsp; &#8364;", "<b> &amp; €"),
        ("<SCRIPT>1 < 2</Script >after", "after"),
        ("<script>'</scripted>'</script>after", "after"),
        ("before<style>p {}", "before"),
        ("before<!-- > <p> -->after", "beforeafter"),
        ("before<!-- never closed", "before"),
        ("<!doctype html><?xml?>after", "after"),
        ("<a title='>' href=\"/a>b\" data-x = 'y>'>link</a>", "link"),
        ("<p title=it's>kept</p>", "kept"),
        ("before<a href=", "before"),
        ("1 < 2 > 0 <3", "1 < 2 > 0 <3"),
        ("<p>茶</p>", "茶"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(page, text):
    assert text_of(page) == text


@pytest.mark.parametrize(
    "unit", ["<", "<!--", "<a ", "<a b='", "<a b=\"'", "<div>", "<script>", "</title", "&", "= "]
)
def test_a_page_of_nothing_but_one_unclosed_thing_is_read_in_one_pass(unit):
    # Where each start were searched to the end of the page, this would take hours.
    text_of(unit * (MAX_BYTES // len(unit)))


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("x" * (MAX_BYTES + 1), "The page is larger than 2 MB"),
        ("&#" + "9" * 5_000, "The page has a character reference that cannot be read"),
    ],
)
def test_a_page_that_cannot_be_read_is_refused(page, message):
    with pytest.raises(BlockError) as refusal:
        text_of(page)
    assert str(refusal.value) == message
