"""The texts of pages and their translations: `python -m config.texts` collects them from the code and compiles them.

What it writes is committed, so nothing but developers' tools needs Babel, and nobody needs the gettext programs.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "config" / "locale"
APPS = ("accounts", "blocks", "config", "executions", "graphs", "templates")
LANGUAGES = {"zh_Hans": "zh_Hans_CN"}  # Django's folder, and what Babel calls the language

_METHODS = [
    ("**.py", "python"),
    ("**.html", "config.texts:messages_of"),
    ("**.txt", "config.texts:messages_of"),
]
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "Sentence": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

Extracted = tuple[int, str | tuple[str, ...], list[str], str | None]


def messages_of(
    file: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Extracted]:
    """The messages of a template, for Babel: Django turns the template into calls of gettext, line by line."""
    # Indents mean something in Python, and nothing in a template.
    lines = templatize(file.read().decode()).splitlines()
    calls = "\n".join(line.lstrip() for line in lines).encode()
    yield from extract_python(BytesIO(calls), keywords, comment_tags, options)


def collected() -> Catalog:
    """Every text of the code and the templates, without translations."""
    catalog = Catalog(charset="utf-8")
    for app in APPS:
        found = extract_from_dir(
            ROOT / app, _METHODS, keywords=_KEYWORDS, options_map={}, comment_tags=()
        )
        for path, _line, message, _comments, context in found:
            catalog.add(message, context=context, locations=[(f"{app}/{path}", 0)])
    return catalog


def catalog_of(language: str) -> Catalog:
    """The translations as they are in the repository."""
    with _path(language, "po").open("rb") as file:
        return read_po(file, locale=LANGUAGES[language], charset="utf-8")


def missing(language: str) -> list[str]:
    """What is not translated into this language, or not checked by a person since its text changed."""
    known = catalog_of(language)
    return [
        str(message.id)
        for message in collected()
        if message.id and not _is_done(known.get(message.id, message.context))
    ]


def _is_done(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts)


def compiled(language: str) -> bytes:
    """The catalogue as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalog_of(language))
    return file.getvalue()


def renew(language: str) -> None:
    """Take up new texts, forget those that are gone, and compile."""
    catalog = catalog_of(language)
    catalog.update(collected(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with _path(language, "po").open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True)
    _path(language, "mo").write_bytes(compiled(language))


def _path(language: str, ending: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"django.{ending}"


if __name__ == "__main__":
    for language in LANGUAGES:
        renew(language)
        for text in missing(language):
            print(f"{language}: {text}")  # noqa: T201 - a command
