"""The catalogue as the builder needs it: every block with its pins, small enough to load with the page."""

from functools import cache
from hashlib import sha256
from typing import Any

import orjson
from django.utils.translation import get_language

from blocks import catalogue, registry
from blocks.catalogue import Pin
from blocks.registry import AnyBlock


def text() -> bytes:
    """JSON in the reader's language: {"categories": {id: label}, "blocks": […]}."""
    return _text(get_language())


def etag() -> str:
    """Changes with the text."""
    return _etag(get_language())


@cache
def _text(language: str | None) -> bytes:
    """Of one language: blocks do not change while the process lives."""
    blocks = list(registry.all_blocks())
    labels = {each.id: str(each.label) for each in catalogue.search()}
    return orjson.dumps({"categories": labels, "blocks": [_block(each) for each in blocks]})


@cache
def _etag(language: str | None) -> str:
    return f'"{sha256(_text(language)).hexdigest()[:16]}"'


def _block(block: AnyBlock) -> dict[str, Any]:
    return {
        "id": block.id,
        "aliases": block.aliases,
        "name": catalogue.localized(block.name),
        "names": catalogue.in_all_languages(block.name),
        "description": catalogue.localized(block.description),
        "words": catalogue.words_of(block),
        "category": block.category,
        "icon": catalogue.icon_of(block),
        "kind": block.kind,
        "cost": block.cost,
        "is_static": block.static_output,
        "opens": sorted(block.opens),
        "collects": block.collects,
        "takes_any": catalogue.takes_any_pin(block),
        "sends_any": block.Output.model_config.get("extra") == "allow",
        "inputs": [_pin(pin) for pin in catalogue.input_pins(block).values()],
        "outputs": [_pin(pin) for pin in catalogue.output_pins(block).values()],
    }


def _pin(pin: Pin) -> dict[str, Any]:
    """What is usual is left out: there are hundreds of pins."""
    facts = {
        "required": pin.is_required,
        "default": pin.default,
        "choices": pin.choices,
        "unused": pin.is_unused,
    }
    given = {name: fact for name, fact in facts.items() if fact not in (None, False, (), "")}
    return {"name": pin.name, "kind": pin.kind, "description": pin.description} | given
