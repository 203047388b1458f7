"""What people fill in about collections and documents."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.vault.models import Credential
from blocks.library.document_text import MAX_CHARACTERS
from executions.knowledge.own_accounts import accounts_of
from executions.knowledge.serializers import check_source


class CollectionForm(forms.Form):
    """A new collection, or a changed one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=500, required=False)
    model = forms.CharField(
        label=gettext_lazy("Model"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "What makes the vectors: offline-words, or a model of the provider. Empty: the usual one."
        ),
    )
    credential = forms.ModelChoiceField(
        queryset=Credential.objects.none(),
        required=False,
        label=gettext_lazy("Account"),
        empty_label=gettext_lazy("The provider of this installation"),
        help_text=gettext_lazy("A credential of yours for the provider whose model it is."),
    )

    def __init__(self, user: User, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["credential"].queryset = accounts_of(user)  # type: ignore[attr-defined]  # its field has one


class DocumentForm(forms.Form):
    """A document: one of a file, an address and a text."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Or the address of a web page"), max_length=2000, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Or a text"),
        max_length=MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A document of the same name is replaced."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the three. Raises `ValidationError`."""
        cleaned = super().clean() or {}
        given = [name for name in ("file", "source", "text") if cleaned.get(name)]
        if len(given) != 1:
            raise ValidationError(_("Give a file, an address or a text."))
        if given == ["text"] and not cleaned.get("name"):
            raise ValidationError(_("A text needs a name."))
        if given == ["source"]:
            check_source(cleaned["source"])
        return cleaned
