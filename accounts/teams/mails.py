"""Tells somebody by mail that they are invited, where there is a mail server."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.post import postman
from accounts.teams.models import Invitation

logger = logging.getLogger(__name__)


def send_invitation(invitation: Invitation) -> None:
    """Send it from a thread, in the language of whoever invites; that it could not be sent is logged."""
    if settings.HAS_MAIL:
        postman().submit(_send, invitation, translation.get_language())


def _send(invitation: Invitation, language: str) -> None:
    with translation.override(language):
        subject = _("You are invited to a team in Agentloom")
        text = _("Log in to Agentloom with this address, or make an account, and open “Teams”.")
    try:
        send_mail(subject, text, None, [invitation.email])
    except OSError:
        logger.warning("The mail of invitation %s could not be sent", invitation.pk, exc_info=True)
