"""What people answer to nodes that wait for them, and which runs they choose."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from blocks.base import WaitsFor
from executions.bulk import Verb
from executions.models import NodeExecution
from graphs.input_fields import JsonField, TextField

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class BulkForm(forms.Form):
    """What to do with which runs."""

    verb = forms.TypedChoiceField(choices=[(verb.value, verb.value) for verb in Verb], coerce=Verb)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        given = [each for each in data.getlist("run") if UUID_TEXT.fullmatch(each)]
        # Whose they are, and whether they are there, the service looks at.
        choices = [(each, each) for each in given]
        self.fields["run"] = forms.TypedMultipleChoiceField(coerce=UUID, choices=choices)


class ApprovalForm(forms.Form):
    """Yes or no, with changed data where the node allows it, and a remark."""

    message = forms.CharField(
        label=_("Remark"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 2})
    )
    decision = forms.ChoiceField(choices=[("approve", _("Approve")), ("reject", _("Reject"))])

    def __init__(self, firing: NodeExecution, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{firing.pk}-%s")
        self.firing = firing
        self.is_called = firing.waits_for == WaitsFor.APPROVAL
        self.is_editable = not self.is_called and bool(firing.inputs.get("editable", True))
        if self.is_editable:
            given = firing.inputs.get("data")
            # Text stays text: "5" must not come back as a number.
            kind = TextField if isinstance(given, str) else JsonField
            self.fields["changed"] = kind(
                required=False, label=_("You may change it"), widget=forms.Textarea({"rows": 4})
            )
            self.initial["changed"] = given

    def answer(self) -> dict[str, Any]:
        """As the block expects it."""
        given = self.cleaned_data
        answer = {"approved": given["decision"] == "approve", "message": given["message"]}
        changed = given.get("changed")
        return answer if changed is None else answer | {"data": changed}
