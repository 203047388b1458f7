"""The texts of blocks in other languages: a file for each, from the English text to the other."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "locale"


def translated(text: str, language: str) -> str:
    """The text in this language ("zh-hans"), or as it is where nobody has translated it."""
    return texts_in(language).get(text, text)


def translated_schema(schema: Any, language: str) -> Any:
    """A JSON schema with the descriptions of its pins in this language."""
    if isinstance(schema, list):
        return [translated_schema(each, language) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: translated(each, language)
        if key == "description" and isinstance(each, str)
        else translated_schema(each, language)
        for key, each in schema.items()
    }


@cache
def texts_in(language: str) -> Mapping[str, str]:
    """All that is translated into this language."""
    path = FOLDER / f"{language.replace('-', '_')}.json"
    if not (language.replace("-", "").isalnum() and path.exists()):
        return {}
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return texts
