"""Tells somebody by mail that they are invited, where there is a mail server."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from accounts.post import post
from accounts.teams.models import Invitation


def send_invitation(invitation: Invitation) -> None:
    """Send it, in the language of whoever invites."""
    if not settings.HAS_MAIL:
        return
    subject = _("You are invited to a team in Agentloom")
    text = _("Log in to Agentloom with this address, or make an account, and open “Teams”.")
    post(EmailMessage(subject, text, to=[invitation.email]))
