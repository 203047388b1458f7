"""Sentences that say what is wrong: English for programs, and translated for people who read a page."""

from typing import Any


class Sentence(str):
    """A text with its words put in, which remembers both; a word may be a sentence itself."""

    text: str
    words: dict[str, Any]

    def __new__(cls, text: str, **words: Any) -> "Sentence":
        """`text` names its words in braces: 'There is no block "{id}"'."""
        sentence = super().__new__(cls, text.format(**words) if words else text)
        sentence.text, sentence.words = text, words
        return sentence
