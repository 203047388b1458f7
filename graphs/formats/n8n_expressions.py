"""Values in n8n workflows: plain ones, and expressions such as `={{ $json.user.name }}`, which begin with `=`."""

import re
from dataclasses import dataclass
from typing import Any

_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
# `$json.a.b`, `$json["a"].b`, `$json`: a place in what came in.
_PLACE = re.compile(
    r"\s*\$json((?:\.[A-Za-z_]\w*|\[\"[^\"\]]+\"\]|\['[^'\]]+'\]|\[\d+\])*)\s*", re.ASCII
)
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[\"([^\"]+)\"\]|\['([^']+)'\]|\[(\d+)\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Plain:
    """A value as it is."""

    value: Any


@dataclass(frozen=True, slots=True)
class Place:
    """A place in what came in, as the end of a dynamic pin name; empty for all of it."""

    selector: str


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places in it, for Jinja, with what came in as `json`."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression of another kind, as it is written."""

    text: str


Meaning = Plain | Place | Template | Unknown


def meaning_of(value: Any) -> Meaning:
    """What a parameter says."""
    if not isinstance(value, str) or not value.startswith("="):
        return Plain(value)
    text = value[1:]
    found = _EXPRESSION.findall(text)
    if not found:
        return Plain(text)
    if not all(_PLACE.fullmatch(each) for each in found):
        return Unknown(text)
    if _EXPRESSION.fullmatch(text.strip()) and len(found) == 1:
        return Place(_selector(found[0]))
    return Template(_EXPRESSION.sub(lambda match: "{{ json" + _path(match[1]) + " }}", text))


def _steps(place: str) -> list[tuple[str, str]]:
    """(name, index) of each step; one of them is empty."""
    match = _PLACE.fullmatch(place)
    assert match  # the caller has looked
    return [(a or b or c, index) for a, b, c, index in _STEP.findall(match[1])]


def _selector(place: str) -> str:
    return "".join(f"_$_{index}" if index else f"_#_{name}" for name, index in _steps(place))


def _path(place: str) -> str:
    return "".join(f"[{index}]" if index else f"['{name}']" for name, index in _steps(place))
