"""Reads answers as somebody in front of the screen would."""

from html import unescape
from html.parser import HTMLParser


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words = []

    def handle_data(self, data):
        self.words += data.split()


def text_of(answer):
    """The words of a page, without markup, separated by single spaces."""
    parser = _Text()
    parser.feed(answer.content.decode())
    return " ".join(parser.words)


def source_of(answer):
    """The markup with its entities read and in single spaces, to look for values of attributes."""
    return " ".join(unescape(answer.content.decode()).split())
