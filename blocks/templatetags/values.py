"""Values, durations and block names in templates."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from blocks import catalogue, registry, value_views, values
from blocks.registry import AnyBlock
from blocks.retelling import retold

register = template.Library()


@register.inclusion_tag("components/value.html")
def show_value(value: Any, href: str = "", *, is_open: bool = False) -> dict[str, Any]:
    """A value in the form that suits it; `href` leads to all of it when it is too long for the page."""
    return {"view": value_views.view_of(value), "href": href, "is_open": is_open}


@register.inclusion_tag("components/value.html")
def show_example(value: Any) -> dict[str, Any]:
    """What an example yields; a type stands for a value that nobody can foretell."""
    shown = f"({value.__name__})" if isinstance(value, type) else value
    return {"view": value_views.view_of(shown), "href": ""}


@register.filter
def told(error: str) -> str:
    """What a node has said when it failed, in the reader's language."""
    return retold(error, get_language() or "")


@register.filter
def pairs(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The entries of a mapping whose keys anybody may choose: `.items` would find a key of that name."""
    return list(mapping.items())


@register.filter
def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """The entry of a mapping whose keys anybody may choose; None when there is none."""
    return mapping.get(key)


@register.filter
def as_json(value: Any) -> str:
    """For attributes that modules read."""
    return json.dumps(value)


@register.filter
def plainly(value: Any) -> str:
    """For one line of a page: text as it is, anything else as JSON."""
    return values.as_text(value)


@register.filter
def block_name(block_id: str) -> str:
    """The name of a block, or its id when it is gone."""
    block = registry.find(block_id)
    return catalogue.localized(block.name) if block else block_id


@register.filter
def localized(text: str) -> str:
    """A text of a block in the language of the page."""
    return catalogue.localized(text)


@register.filter
def icon_of(block: AnyBlock) -> str:
    """The name of the icon of a block."""
    return catalogue.icon_of(block)


@register.filter
def category_label(category: str) -> str:
    """What pages call a category."""
    return catalogue.label_of(category)


@register.filter
def since(moment: datetime, start: datetime) -> float:
    """Seconds from one moment to another."""
    return (moment - start).total_seconds()


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in words, as `duration.js` writes them."""
    if seconds is None:
        return ""
    if seconds < 59.95:
        return _below_a_minute(seconds)
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _below_a_minute(seconds: float) -> str:
    if seconds <= 0:
        return "0 s"
    if seconds < 0.00995:
        return f"{seconds * 1000:.1f} ms"
    return f"{round(seconds * 1000)} ms" if seconds < 0.9995 else f"{seconds:.1f} s"
