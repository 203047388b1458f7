"""How form fields look."""

from collections.abc import Iterable, Mapping
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, DateInput, Select
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def styled(field: BoundField) -> SafeString:
    """The field's control with the classes of the style sheet."""
    return field.as_widget(attrs={"class": _classes(field)})


def _classes(field: BoundField) -> str:
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    base = "form-check-input" if isinstance(widget, CheckboxInput) else "form-control"
    if isinstance(widget, Select):
        base = "form-select"
    return " ".join(filter(None, [base, own, "is-invalid" if field.errors else ""]))


@register.filter
def options(groups: Iterable[tuple[str | None, Iterable[Mapping[str, Any]], int]]) -> SafeString:
    """The options of a select. Django's template for each of them takes long for hundreds of time zones."""
    named = groupby(groups, key=itemgetter(0))
    return format_html_join("", "{}", ((_group(name, each),) for name, each in named))


def _group(name: str | None, groups: Iterable[Any]) -> SafeString:
    options = chain.from_iterable(options for _name, options, _index in groups)
    parts = ((each["value"], _attributes(each["attrs"]), each["label"]) for each in options)
    inside = format_html_join("\n", '<option value="{}"{}>{}</option>', parts)
    return format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside


def _attributes(attrs: dict[str, Any]) -> SafeString | str:
    return flatatt(attrs) if attrs else ""


@register.filter
def is_date(field: BoundField) -> bool:
    """Whether it takes a day, which says nothing of what it is for."""
    return isinstance(field.field.widget, DateInput)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether its label belongs beside it and not above."""
    return isinstance(field.field.widget, CheckboxInput)
