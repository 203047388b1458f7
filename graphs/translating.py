"""What is wrong, in the reader's language."""

from typing import Any

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
    words = {name: _word(message, name, word) for name, word in message.words.items()}
    return gettext(message.text).format(**words)


def _word(message: Sentence, name: str, word: Any) -> Any:
    """A word of the message in the reader's language; what stands in quotes is what people have called something."""
    is_called_so = not isinstance(word, Sentence) and f'"{{{name}}}"' in message.text
    return word if is_called_so or not isinstance(word, str) else translated(word)
