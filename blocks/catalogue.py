"""Blocks as pages show them: their pins, their categories, and the search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from blocks import providers, registry
from blocks.base import ERROR_PIN, Effect, Kind
from blocks.registry import AnyBlock
from blocks.translations import texts_in, translated

Schema = Mapping[str, Any]

CATEGORIES = {
    "input": "Inputs",
    "output": "Outputs",
    "ai": "Language models",
    "logic": "Logic",
    "control": "Flow",
    "iteration": "Iteration",
    "text": "Text",
    "data": "Data",
    "list": "Lists",
    "dictionary": "Dictionaries",
    "math": "Numbers",
    "time": "Dates and times",
    "network": "Network",
    "communication": "Messages",
    "image": "Images",
    "developer": "For developers",
    "basic": "Basics",
}

_KINDS = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "object": "dictionary",
}


@dataclass(frozen=True, slots=True)
class Pin:
    """One pin of a block."""

    name: str
    kind: str  # text, number, boolean, list, dictionary, any, error
    description: str
    is_required: bool
    default: Any
    choices: tuple[Any, ...]
    is_unused: bool = False  # taken only so that graphs of other systems can be read


@dataclass(frozen=True, slots=True)
class Category:
    """Blocks that belong together."""

    id: str
    label: str
    blocks: tuple[AnyBlock, ...]


def input_pins(block: AnyBlock) -> dict[str, Pin]:
    """The input pins by name, in the order of the class."""
    return dict(_pins(registry.input_schema(block.id)))


def output_pins(block: AnyBlock) -> dict[str, Pin]:
    """The output pins by name; blocks that play a part of their own have no `error`."""
    pins = dict(_pins(registry.output_schema(block.id)))
    if block.kind is not Kind.STANDARD and ERROR_PIN not in block.Output.model_fields:
        del pins[ERROR_PIN]
    return pins


def takes_any_pin(block: AnyBlock) -> bool:
    """Whether links may lead to names of one's own."""
    return block.Input.model_config.get("extra") == "allow"


def prompts_of(block: AnyBlock) -> list[str]:
    """The pins with texts that name variables, where what the block makes of them asks the world."""
    known = () if block.effect is Effect.PURE else input_pins(block)
    return [name for name in ("sys_prompt", "prompt") if name in known]


def is_computed(block: AnyBlock) -> bool:
    """Whether what it sends can be told without touching the world."""
    return block.effect is Effect.PURE and block.kind is Kind.STANDARD


def previewed_pin(block: AnyBlock) -> str | None:
    """The pin beside which a preview makes sense: the last prompt, or the last of all pins; None for no preview."""
    pins = [pin.name for pin in input_pins(block).values() if not pin.is_unused]
    return next(reversed(prompts_of(block) or (pins if is_computed(block) else [])), None)


def _pins(schema: Schema) -> Iterator[tuple[str, Pin]]:
    definitions = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    for name, given in schema.get("properties", {}).items():
        choice = _without_nothing(_resolved(given, definitions), definitions)
        yield (
            name,
            Pin(
                name=name,
                kind=ERROR_PIN if name == ERROR_PIN else kind_of(given, definitions),
                description=localized(given.get("description", "")),
                is_required=name in required,
                default=given.get("default"),
                choices=tuple(choice.get("enum", ())),
                is_unused=bool(given.get("deprecated")),
            ),
        )


def kind_of(schema: Schema, definitions: Schema | None = None) -> str:
    """The colour of a pin: which kind of value it carries."""
    options = _options(_resolved(schema, definitions or {}), definitions or {})
    kinds = {_KINDS.get(option.get("type", ""), "any") for option in options}
    return kinds.pop() if len(kinds) == 1 else "any"


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    reference = schema.get("$ref", "")
    found: Schema = definitions.get(reference.rpartition("/")[2], schema) if reference else schema
    return found


def _options(schema: Schema, definitions: Schema) -> list[Schema]:
    alternatives = [_resolved(each, definitions) for each in schema.get("anyOf", [schema])]
    return [each for each in alternatives if each.get("type") != "null"]


def _without_nothing(schema: Schema, definitions: Schema) -> Schema:
    """The one alternative beside null, if there is just one."""
    options = _options(schema, definitions)
    return options[0] if len(options) == 1 else schema


def search(text: str = "", category: str = "") -> list[Category]:
    """The blocks that match, by category, in the order of `CATEGORIES`."""
    found: dict[str, list[AnyBlock]] = {}
    for block in registry.all_blocks():
        if category in {"", block.category} and _matches(block, text.lower().split()):
            found.setdefault(block.category, []).append(block)
    order = [*CATEGORIES, *sorted(set(found) - set(CATEGORIES))]
    return [Category(name, label_of(name), tuple(found[name])) for name in order if name in found]


def localized(text: str) -> str:
    """A text of a block in the language of the request."""
    return translated(text, get_language() or "")


def label_of(category: str) -> str:
    """What pages call a category."""
    return localized(CATEGORIES.get(category, category.capitalize()))


def in_all_languages(text: str) -> list[str]:
    """The text as it is, and in each language into which it is translated."""
    languages = [texts_in(code) for code, _name in settings.LANGUAGES]
    return [text, *(texts[text] for texts in languages if text in texts)]


def provider_label(name: str) -> str:
    """What pages call a provider."""
    return localized(providers.find(name).label)


def icon_of(block: AnyBlock) -> str:
    """The name of its icon: its own, or the one of its category."""
    return block.icon or (block.category if block.category in CATEGORIES else "basic")


@cache
def words_of(block: AnyBlock) -> str:
    """What a search looks into: name, description and category in all languages, and the id, in small letters."""
    texts = (block.name, block.description, CATEGORIES.get(block.category, block.category))
    found = [each for text in texts for each in in_all_languages(text)]
    return " ".join([*found, block.id]).lower()


def _matches(block: AnyBlock, words: list[str]) -> bool:
    return all(word in words_of(block) for word in words)
