"""The form of a run, made from the JSON Schema of the graph's inputs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from blocks import catalogue
from graphs import json_text, spec
from graphs.errors import InvalidGraphError
from graphs.json_text import JsonError
from graphs.validation import GRAPH, Problem

Schema = Mapping[str, Any]


class JsonField(forms.CharField):
    """JSON in a text area."""

    widget = forms.Textarea(attrs={"class": "code", "rows": 4, "spellcheck": "false"})
    hint = _("JSON, such as [1, 2] or {\"name\": \"Ada\"}.")

    def to_python(self, value: Any) -> Any:
        """The value that the text spells; None for no text."""
        text = super().to_python(value)
        if not text.strip():
            return None
        try:
            return json_text.read(text.encode())
        except JsonError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        """A default as JSON; what somebody typed stays as it is."""
        return value if isinstance(value, str) else json_text.pretty(value)


class AnyField(JsonField):
    """Text, or JSON for everything else."""

    hint = _("Text; numbers, lists and dictionaries as JSON, such as [1, 2].")

    def to_python(self, value: Any) -> Any:
        """What the text spells as JSON, else the text itself."""
        try:
            return super().to_python(value)
        except ValidationError:
            return forms.CharField.to_python(self, value)


class NumberField(forms.DecimalField):
    """A number, whole if it was typed as one."""

    def clean(self, value: Any) -> Any:
        """As JSON knows it: `int` or `float`."""
        number = super().clean(value)
        if number is None:
            return None
        return int(number) if number == number.to_integral_value() else float(number)


class InputsForm(forms.Form):
    """One field for each input. Names can be anything, so the fields are numbered."""

    def __init__(self, schema: Schema, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.names: dict[str, str] = {}  # input -> field
        self.advanced_fields: set[str] = set()
        required = set(schema["required"])
        for index, (name, each) in enumerate(schema["properties"].items()):
            key = f"input-{index}"
            self.names[name] = key
            self.fields[key] = _field(each, is_required=name in required)
            given = (initial or {}).get(name)
            self.initial[key] = each.get("default") if given is None else given
            if each.get("advanced"):
                self.advanced_fields.add(key)

    def plain(self) -> list[forms.BoundField]:
        """The fields that are always shown."""
        return [self[key] for key in self.fields if key not in self.advanced_fields]

    def advanced(self) -> list[forms.BoundField]:
        """The fields that most runs leave as they are."""
        return [self[key] for key in self.fields if key in self.advanced_fields]

    def inputs(self) -> spec.JSONDict:
        """What was filled in; fields left empty are left out, so that defaults count."""
        values = {name: self.cleaned_data[key] for name, key in self.names.items()}
        return {name: value for name, value in values.items() if value not in (None, "")}

    def refuse(self, error: InvalidGraphError) -> list[Problem]:
        """Put every problem next to its field; returns those that belong to no field."""
        others = []
        for node_id, fields in error.node_errors.items():
            for name, message in fields.items():
                key = self.names.get(name)
                if key and (node_id == GRAPH or message.startswith(("Input ", "The input "))):
                    self.add_error(key, message)
                else:
                    others.append(Problem(node_id, name, message))
        return others


def _field(schema: Schema, *, is_required: bool) -> forms.Field:
    field = _typed(schema, is_required=is_required)
    field.label = str(schema.get("title", ""))
    field.help_text = schema.get("description", "") or getattr(field, "hint", "")
    return field


def _typed(schema: Schema, *, is_required: bool) -> forms.Field:
    if "enum" in schema:
        return _choice(schema["enum"], is_required=is_required)
    match catalogue.kind_of(schema):
        case "boolean":
            return forms.BooleanField(required=False)
        case "number":
            return NumberField(required=is_required, widget=forms.NumberInput(attrs={"step": "any"}))
        case "text":
            return _text(schema, is_required=is_required)
        case "list" | "dictionary":
            return JsonField(required=is_required)
        case _:
            return AnyField(required=is_required)


def _choice(options: list[Any], *, is_required: bool) -> forms.Field:
    by_label = {str(option): option for option in options}
    empty = [] if is_required else [("", "—")]
    return forms.TypedChoiceField(
        choices=[*empty, *((label, label) for label in by_label)],
        coerce=by_label.__getitem__,
        empty_value=None,
        required=is_required,
    )


def _text(schema: Schema, *, is_required: bool) -> forms.Field:
    if schema.get("secret"):
        return forms.CharField(
            required=is_required, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
        )
    match _format_of(schema):
        case "date":
            return _IsoField(forms.DateField(), "date", required=is_required)
        case "time":
            return _IsoField(forms.TimeField(), "time", required=is_required)
        case "date-time":
            return _IsoField(forms.DateTimeField(), "datetime-local", required=is_required)
        case "short-text":
            return forms.CharField(required=is_required)
        case "long-text":
            return forms.CharField(
                required=is_required, strip=False, widget=forms.Textarea(attrs={"rows": 8})
            )
        case _:
            return forms.CharField(
                required=is_required, strip=False, widget=forms.Textarea(attrs={"rows": 3})
            )


def _format_of(schema: Schema) -> str:
    alternatives = [schema, *schema.get("anyOf", ())]
    return next((each["format"] for each in alternatives if "format" in each), "")
