"""What people fill in about a webhook, beside the inputs that are the same for all its runs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from executions.webhooks.models import MAX_WAIT, Webhook
from graphs.input_fields import ObjectField


class WebhookForm(forms.Form):
    """What it does with a delivery."""

    name = forms.CharField(label=_("Name"), max_length=100)
    signature = forms.ChoiceField(label=_("Signature"), choices=Webhook.Signature.choices)
    condition = forms.CharField(
        label=_("Only if"),
        max_length=500,
        required=False,
        help_text=_(
            "A JMESPath expression over what is delivered, such as action == 'opened'. Empty: always."
        ),
    )
    wait_seconds = forms.IntegerField(
        label=_("Wait for the outputs, in seconds"),
        min_value=0,
        max_value=MAX_WAIT,
        help_text=_("0 answers at once with the id of the run."),
    )
    inputs = ObjectField(
        label=_("Inputs that are always the same"),
        required=False,
        help_text=_(
            "A JSON object by the names of the graph's inputs. No sender can change them; they count more than what is delivered."
        ),
    )


class SecretForm(forms.Form):
    """The secret that a sender has made."""

    secret = forms.CharField(
        label=_("Secret of the sender"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where the sender gives you one; else leave it empty and one is made."),
    )


class TestForm(forms.Form):
    """Something to deliver by hand."""

    payload = ObjectField(label=_("What is delivered"), initial="{}", required=False)
