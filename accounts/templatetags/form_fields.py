"""How form fields look."""

from django import template
from django.forms import BoundField, CheckboxInput, DateInput, Select
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
def is_date(field: BoundField) -> bool:
    """Whether it takes a day, which says nothing of what it is for."""
    return isinstance(field.field.widget, DateInput)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether its label belongs beside it and not above."""
    return isinstance(field.field.widget, CheckboxInput)
