"""What people say about test cases and data sets."""

import io

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from executions.evaluation.services import AT_ONCE

MAX_BYTES = 5_000_000
MAX_AT_ONCE = 20


class CaseForm(forms.Form):
    """What a new test case is called."""

    name = forms.CharField(label=_("Name"), max_length=100)


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
