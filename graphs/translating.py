"""What is wrong, in the reader's language."""

from django.utils.translation import gettext

from graphs.sentences import Sentence


def translated(message: str) -> str:
    """The sentence in the reader's language; other text as it is."""
    if not isinstance(message, Sentence):
        return message
    if not message.words:
        return gettext(message.text)
    words = {
        name: translated(word) if isinstance(word, str) else word
        for name, word in message.words.items()
    }
    return gettext(message.text).format(**words)
