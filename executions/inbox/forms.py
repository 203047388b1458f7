"""What people answer to nodes that wait for them, and whom they ask to do so."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blocks.base import WaitsFor
from executions.models import NodeExecution
from graphs.input_fields import JsonField, TextField


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


class DelegateForm(forms.Form):
    """Who is to answer."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, firing: NodeExecution, user: User, data: Any = None) -> None:
        super().__init__(data)
        members = User.objects.filter(
            memberships__team=firing.execution.graph.team_id, is_active=True
        )
        field = self.fields["user"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = members.exclude(pk=user.pk).order_by("email")
