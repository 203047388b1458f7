"""What people say about test cases and data sets."""

import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from blocks.base import BlockError
from executions.evaluation.checks import require_sound
from executions.evaluation.services import AT_ONCE
from graphs import json_text
from graphs.formats.cases import CheckKind
from graphs.json_text import JsonError
from graphs.translating import translated

KINDS = [
    (CheckKind.EQUAL.value, _("It is this (text or JSON)")),
    (CheckKind.CONTAINS.value, _("It contains this text")),
    (CheckKind.PATTERN.value, _("It matches this pattern (RE2)")),
    (CheckKind.SCHEMA.value, _("It fits this JSON Schema")),
    (CheckKind.JUDGED.value, _("A language model finds that this is true of it")),
]

MAX_BYTES = 5_000_000
MAX_AT_ONCE = 20


class CaseForm(forms.Form):
    """What a new test case is called."""

    name = forms.CharField(label=_("Name"), max_length=100)


class CheckForm(forms.Form):
    """What must be true of an output."""

    output = forms.CharField(label=_("Output"), max_length=200)
    kind = forms.ChoiceField(label=_("What is looked at"), choices=KINDS)
    value = forms.CharField(label=_("What it must be"), widget=forms.Textarea({"rows": 2}))

    def clean(self) -> dict[str, Any]:
        """A check, with JSON where the kind takes it."""
        given = {name: self.cleaned_data.get(name, "") for name in ("output", "kind", "value")}
        if given["kind"] in {CheckKind.EQUAL, CheckKind.SCHEMA}:
            given["value"] = _json_or_text(given["value"])
        try:
            require_sound(given)
        except BlockError as error:
            self.add_error("value", translated(str(error)))
        return given


def _json_or_text(text: str) -> Any:
    try:
        return json_text.read(text.encode())
    except JsonError:
        return text


class DataSetForm(forms.Form):
    """A table, and how many of its lines run at once."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "A column for each input; a column “expected:answer” says what the output “answer” must contain."
        ),
    )
    at_once = forms.IntegerField(
        label=_("Runs at once"), min_value=1, max_value=MAX_AT_ONCE, initial=AT_ONCE
    )

    def clean_file(self) -> tuple[str, str]:
        """Its name and text."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        try:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="").read()
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is no text in UTF-8.")) from None
        return str(file.name), text.replace("\0", "")
