"""What people fill in about a mailbox."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.vault.models import Credential
from executions.mailboxes.models import LONGEST, SHORTEST, Mailbox
from executions.mailboxes.servers import require_host
from executions.mailboxes.services import logins_of
from graphs.input_fields import ObjectField


class MailboxForm(forms.Form):
    """Which mails start runs."""

    name = forms.CharField(label=_("Name"), max_length=100)
    server = forms.CharField(
        label=_("Mail server"),
        max_length=253,
        validators=[require_host],
        help_text=_("The IMAP host: imap.example.com."),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=993)
    encryption = forms.ChoiceField(label=_("Encryption"), choices=Mailbox.Encryption.choices)
    credential = forms.ModelChoiceField(
        label=_("Login"),
        queryset=Credential.objects.none(),
        help_text=_("A credential of yours with user and password for mail servers."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=200, initial="INBOX")
    sender = forms.CharField(label=_("Only from"), max_length=200, required=False)
    subject = forms.CharField(label=_("Only about"), max_length=200, required=False)
    every_seconds = forms.IntegerField(
        label=_("Seconds between two looks"), min_value=SHORTEST, max_value=LONGEST, initial=60
    )
    inputs = ObjectField(
        label=_("Inputs that are always the same"),
        required=False,
        help_text=_(
            "A JSON object by the names of the graph's inputs. No sender can change them; they count more than what is delivered."
        ),
    )

    def __init__(self, user: User, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["credential"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = logins_of(user)
