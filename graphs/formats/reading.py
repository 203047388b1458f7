"""Which format a file is of, found out from what it has."""

from typing import Any

from graphs.formats import autogpt, n8n, own
from graphs.formats.bundle import Bundle, FormatError
from graphs.sentences import Sentence


def read(data: Any) -> Bundle:
    """What a file holds. Raises `FormatError`, and `InvalidGraphError` for a file of ours."""
    if not isinstance(data, dict):
        raise FormatError(Sentence("The file must hold a JSON object"))
    if n8n.is_one(data):
        return n8n.read(data)
    if autogpt.is_one(data):
        return autogpt.read(data)
    return own.read(data)
