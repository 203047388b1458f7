"""The form of a replay: what the node had got, to be changed, and the version that runs."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from executions.models import Execution, NodeExecution
from graphs.input_fields import JsonField, TextField
from graphs.models import GraphVersion

_PIN = "pin-"


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker only
    """A version by its number."""

    def label_from_instance(self, version: GraphVersion) -> str:
        """Says which one runs when none is named."""
        name = _("Version %(number)s (active)") if version.is_active else _("Version %(number)s")
        return str(name % {"number": version.version})


class ReplayForm(forms.Form):
    """A field for each pin of the node: text as text, everything else as JSON."""

    def __init__(
        self, execution: Execution, firing: NodeExecution, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"version": execution.version_id})
        self._former = dict(firing.inputs)
        versions = execution.graph.versions
        choices = versions.filter(pk=execution.version_id) | versions.filter(is_active=True)
        self.fields["version"] = VersionField(
            choices.order_by("version"), label=_("Version"), empty_label=None, required=False
        )
        for pin, value in self._former.items():
            self.fields[_PIN + pin] = _field_for(pin, value)

    def changed_inputs(self) -> dict[str, Any]:
        """The pins whose values differ from what the node had got."""
        given = {pin: self.cleaned_data[_PIN + pin] for pin in self._former}
        return {pin: value for pin, value in given.items() if value != self._former[pin]}


def _field_for(pin: str, value: Any) -> forms.Field:
    kind = TextField if isinstance(value, str) else JsonField
    area = forms.Textarea({"rows": 2, "spellcheck": "false"})
    return kind(label=pin, initial=value, required=False, widget=area)
