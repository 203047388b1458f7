"""Making a graph, importing one, and editing one as JSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from graphs import documents, json_text
from graphs.documents import GraphDocument
from graphs.errors import InvalidGraphError
from graphs.formats import reading
from graphs.formats.bundle import Bundle, FormatError
from graphs.json_text import JsonError
from graphs.starters import STARTERS
from graphs.translating import said

MAX_FILE_BYTES = 10 * 1024 * 1024


class NewGraphForm(forms.Form):
    """Name, description, and what to begin with."""

    name = forms.CharField(label=_("Name"), max_length=100)
    description = forms.CharField(
        label=_("Description"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    starter = forms.ChoiceField(
        label=_("Begin with"),
        choices=[(key, starter.label) for key, starter in STARTERS.items()],
        initial="summary",
    )


class GraphTextForm(forms.Form):
    """A graph as JSON. When it is wrong, `problems` says where: {node id: {field: sentence}}."""

    text = forms.CharField(
        label=_("Graph as JSON"),
        strip=False,
        widget=forms.Textarea(attrs={"class": "code", "rows": 28, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: dict[str, dict[str, str]] = {}

    def refuse(self, error: InvalidGraphError) -> None:
        """Show what is wrong with the graph."""
        self.problems = {node: dict(fields) for node, fields in error.node_errors.items()}
        self.add_error(None, _("This is not a graph that could be saved."))

    def document(self) -> GraphDocument | None:
        """The graph that the text describes, or None with the reasons in the form's errors."""
        try:
            return documents.parse(json_text.read(self.cleaned_data["text"].encode()))
        except JsonError as error:
            self.add_error("text", said(error))
        except InvalidGraphError as error:
            self.refuse(error)
        return None


class EditForm(GraphTextForm):
    """The next version of a graph."""

    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ImportForm(GraphTextForm):
    """A graph from a file or pasted, in any format that can be read."""

    file = forms.FileField(label=_("Graph file (JSON)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].label = _("Or paste its text")
        self.fields["text"].widget.attrs["rows"] = 10

    def bundle(self) -> Bundle | None:
        """What the text holds, or None with the reasons in the form's errors."""
        try:
            return reading.read(json_text.read(self.cleaned_data["text"].encode()))
        except (JsonError, FormatError) as error:
            self.add_error("text", said(error))
        except InvalidGraphError as error:
            self.refuse(error)
        return None

    def clean(self) -> dict[str, Any]:
        """The text, wherever it came from."""
        given = self.cleaned_data
        file = given.get("file")
        if file:
            given["text"] = self._text_of(file)
        if not given.get("text", "").strip() and not self.errors:
            raise ValidationError(_("Choose a file or paste a graph."))
        return given

    def _text_of(self, file: Any) -> str:
        if file.size > MAX_FILE_BYTES:
            raise ValidationError({"file": _("The file is larger than 10 MB.")})
        try:
            text: str = file.read().decode()
        except UnicodeDecodeError:
            raise ValidationError({"file": _("The file is not UTF-8 text.")}) from None
        return text.removeprefix("\ufeff")
