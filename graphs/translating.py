"""What is wrong, in the reader's language."""

from django.utils.translation import get_language, gettext

from blocks.retelling import retold
from graphs.sentences import Sentence


def said(error: Exception) -> str:
    """What an error says, in the reader's language."""
    first = error.args[0] if error.args else ""
    return translated(first) if isinstance(first, str) else str(error)


def translated(message: str) -> str:
    """The sentence in the reader's language; also what a block has said, which is kept in English. Other text as it is."""
    if not isinstance(message, Sentence):
        return retold(message, get_language() or "")
    if not message.words:
        return gettext(message.text)
    words = {
        name: translated(word) if isinstance(word, str) else word
        for name, word in message.words.items()
    }
    return gettext(message.text).format(**words)
