"""The form of a node, made from the pins of its block. The builder fills it and reads it; nothing is posted."""

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import User
from accounts.vault.models import TeamOfGraph
from blocks import catalogue, registry
from blocks.catalogue import Pin
from blocks.credentials import asks_of
from blocks.registry import AnyBlock
from graphs import input_fields
from graphs.credential_forms import CredentialField

_ONE_LINE = frozenset({"name", "title", "model", "url", "key", "column", "delimiter", "style"})
_CODE = frozenset({"code"})
_JSON = frozenset({"list", "dictionary"})  # kinds of pins


class BlockForm(forms.Form):
    """One field for each input pin, with a widget that suits it, and the credentials of this user and the team."""

    def __init__(self, block: AnyBlock, user: User, team: TeamOfGraph = None) -> None:
        super().__init__(auto_id="pin-%s")
        schemas = registry.input_schema(block.id)["properties"]
        self.pins = catalogue.input_pins(block)
        for name, pin in self.pins.items():
            self.fields[name] = _field(pin, schemas[name])
        for ask in asks_of(block):
            self.fields[ask.pin] = picker = CredentialField(ask, user, team)
            picker.label = ask.pin
            picker.widget.attrs["data-credential"] = ""

    def rows(self) -> Iterator[tuple[Pin, forms.BoundField]]:
        """The pins that are of use here, with their fields."""
        for name, pin in self.pins.items():
            if not pin.is_unused:
                yield pin, self[name]


def _field(pin: Pin, schema: dict[str, Any]) -> forms.Field:
    field = input_fields.field_of(_plain(pin, schema), required=False)
    if isinstance(field.widget, forms.Textarea) and pin.kind == "text":
        field.widget = _text_widget(pin, schema)
    if pin.kind in _JSON:
        field.widget.attrs["data-code"] = "json"
    field.label = pin.name
    field.widget.attrs |= {"data-value": pin.kind} | _placeholder(pin)
    return field


def _text_widget(pin: Pin, schema: dict[str, Any]) -> forms.Widget:
    if "suggestions" in schema:
        return forms.TextInput({"data-suggestions": schema["suggestions"], "autocomplete": "off"})
    if pin.name in _CODE:
        attrs = {"class": "code", "rows": 10, "spellcheck": "false", "data-code": "python"}
        return forms.Textarea(attrs)
    return forms.TextInput() if pin.name in _ONE_LINE else forms.Textarea({"rows": 3})


def _plain(pin: Pin, schema: dict[str, Any]) -> dict[str, Any]:
    """With choices that are behind a reference; files are addresses here, or come over a link."""
    if pin.choices:
        return {"enum": list(pin.choices), "description": pin.description}
    plain = {key: each for key, each in schema.items() if each != "file"}
    return plain | {"description": pin.description}


def _placeholder(pin: Pin) -> dict[str, str]:
    """The default, where the field is empty without a value."""
    if pin.default in (None, "", [], {}) or isinstance(pin.default, bool):
        return {}
    return {"placeholder": str(pin.default)}
