"""Form fields for values that graphs take: their cleaned value is what goes into the JSON."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from blocks import catalogue
from graphs import json_text
from graphs.json_text import JsonError

_LARGEST_WHOLE = 2**63  # larger ones have no place in the JSON of the engine

Schema = Mapping[str, Any]


class TextField(forms.CharField):
    """Text as it was typed; browsers send line ends of their own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> str:
        """The text with plain line ends."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class JsonField(forms.CharField):
    """JSON in a text area."""

    widget = forms.Textarea(attrs={"class": "code", "rows": 4, "spellcheck": "false"})
    hint = _('JSON, such as [1, 2] or {"name": "Ada"}.')

    def to_python(self, value: Any) -> Any:
        """The value that the text spells; None for no text."""
        text = super().to_python(value) or ""
        if not text.strip():
            return None
        try:
            return json_text.read(text.encode())
        except JsonError as error:
            raise ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        """A default as JSON; what somebody typed as it is."""
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)


class ObjectField(JsonField):
    """A JSON object; no text is an empty one."""

    def to_python(self, value: Any) -> Any:
        """The object that the text spells."""
        found = super().to_python(value)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise ValidationError(_("This must be a JSON object."))
        return found


class AnyField(JsonField):
    """Text, or JSON for everything else."""

    hint = _("Text; numbers, lists and dictionaries as JSON, such as [1, 2].")

    def to_python(self, value: Any) -> Any:
        """What the text spells as JSON, else the text itself."""
        try:
            return super().to_python(value)
        except ValidationError:
            return str(value).replace("\r\n", "\n")


class NumberField(forms.DecimalField):
    """A number, whole if it has no fraction."""

    widget = forms.NumberInput(attrs={"step": "any"})

    def clean(self, value: Any) -> Any:
        """As JSON knows it."""
        number = super().clean(value)
        if number is None:
            return None
        if not math.isfinite(float(number)):
            raise ValidationError(_("This number is too large."))
        is_whole = abs(number) < _LARGEST_WHOLE and number == number.to_integral_value()
        return int(number) if is_whole else float(number)


class IsoDateField(forms.DateField):
    """A day, as ISO 8601 text."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def clean(self, value: Any) -> Any:
        """Such as 2026-01-31."""
        day = super().clean(value)
        return day.isoformat() if day else None


class IsoTimeField(forms.TimeField):
    """A time of day, as ISO 8601 text."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})

    def clean(self, value: Any) -> Any:
        """Such as 09:30:00."""
        time = super().clean(value)
        return time.isoformat() if time else None


class FileField(forms.MultiValueField):
    """A file of one's own, or the address of one on the web or among the stored ones."""

    def __init__(self, *, required: bool) -> None:
        widgets = (forms.FileInput(), forms.TextInput(attrs={"placeholder": "https://…"}))
        super().__init__(
            fields=(forms.FileField(required=False), forms.CharField(required=False)),
            widget=_FileOrAddress(widgets),
            require_all_fields=False,
            required=required,
            help_text=_(
                "Choose a file, or give the address of one on the web or among your files."
            ),
        )

    def compress(self, values: list[Any]) -> Any:
        """The uploaded file, if there is one, else the address."""
        file, address = values or (None, "")
        if file and file.size > settings.MAX_FILE_BYTES:
            raise ValidationError(_("The file is too large."))
        return file or address or ""


class _FileOrAddress(forms.MultiWidget):
    def decompress(self, value: Any) -> list[Any]:
        return [None, value if isinstance(value, str) and not value.startswith("data:") else ""]


def field_of(schema: Schema, *, required: bool) -> forms.Field:
    """The field for one input of a run."""
    if "enum" in schema:
        field = _choice(schema["enum"], required=required)
    else:
        kind = catalogue.kind_of(schema)
        field = _text(schema, required=required) if kind == "text" else _FIELDS[kind](required)
    field.label = str(schema.get("title", ""))
    hint = schema.get("description") or field.help_text or getattr(field, "hint", "")
    field.help_text = str(hint)
    return field


_FIELDS: Mapping[str, Callable[[bool], forms.Field]] = {
    "boolean": lambda required: forms.BooleanField(required=False),
    "number": lambda required: NumberField(required=required),
    "list": lambda required: JsonField(required=required),
    "dictionary": lambda required: JsonField(required=required),
    "any": lambda required: AnyField(required=required),
}


def _choice(options: list[Any], *, required: bool) -> forms.Field:
    by_label = {str(option): option for option in options}
    nothing = [] if required else [("", "—")]
    return forms.TypedChoiceField(
        choices=[*nothing, *((label, label) for label in by_label)],
        coerce=by_label.__getitem__,
        empty_value=None,
        required=required,
    )


def _text(schema: Schema, *, required: bool) -> forms.Field:
    form = _format_of(schema)
    if schema.get("secret"):
        hidden = forms.PasswordInput(attrs={"autocomplete": "off"})
        return TextField(required=required, widget=hidden)
    if form in _TEXT_FIELDS:
        return _TEXT_FIELDS[form](required=required)
    area = forms.Textarea(attrs={"rows": 8 if form == "long-text" else 3})
    return TextField(required=required, widget=area)


_TEXT_FIELDS: Mapping[str, type[forms.Field]] = {
    "date": IsoDateField,
    "time": IsoTimeField,
    "file": FileField,
    "short-text": forms.CharField,
}


def _format_of(schema: Schema) -> str:
    alternatives = [schema, *schema.get("anyOf", ())]
    return next((each["format"] for each in alternatives if "format" in each), "")
