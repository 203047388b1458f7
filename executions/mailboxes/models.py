"""Folders of mail servers that are looked into, and what came of each mail."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.vault.models import Credential
from blocks.ports import MailQuery, Security
from executions.models import Execution
from executions.triggers.models import OwnedQuerySet, Trigger

SHORTEST, LONGEST = 30, 86_400  # seconds between two visits


class Mailbox(Trigger):
    """A folder of a mail server: each unread mail in it starts a run, and is then marked as read.

    `inputs` count more than what a mail says: no sender may change them.
    """

    class Encryption(models.TextChoices):
        """How the connection is encrypted."""

        AUTO = Security.AUTO.value, _("As usual for the port")
        TLS = Security.TLS.value, _("From the start (TLS)")
        STARTTLS = Security.STARTTLS.value, "STARTTLS"
        NONE = Security.NONE.value, _("Not, where the operator allows it")

    version = models.PositiveIntegerField(_("version"), null=True, blank=True)  # else the active
    credential = models.ForeignKey(
        Credential, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("login")
    )
    server = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    encryption = models.CharField(
        _("encryption"), max_length=10, choices=Encryption.choices, default=Encryption.AUTO
    )
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    every_seconds = models.PositiveIntegerField(_("seconds"), default=60)
    # When somebody may look into it; while somebody does, when that is believed to be over.
    look_at = models.DateTimeField(_("next look"), db_default=Now())
    looked_at = models.DateTimeField(_("last look"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)  # of the last look

    objects = OwnedQuerySet["Mailbox"].as_manager()

    class Meta:
        verbose_name_plural = _("mailboxes")
        indexes = (
            models.Index(fields=["user", "-created_at", "-id"], name="mailbox_by_user"),
            models.Index(
                fields=["look_at"], condition=models.Q(is_paused=False), name="mailbox_due"
            ),
        )

    @property
    def query(self) -> MailQuery:
        """Which mails it takes."""
        return MailQuery(sender=self.sender, subject=self.subject, is_unread=True)

    @property
    def pause_between(self) -> timedelta:
        """Between two visits."""
        return timedelta(seconds=self.every_seconds)


class ArrivalQuerySet(models.QuerySet["Arrival"]):
    """Reads of what came."""

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-received_at", "-pk")


class Arrival(models.Model):
    """What came of a mail. Its `key` keeps it from starting a second run before it is marked on its server."""

    class Result(models.TextChoices):
        """What came of it."""

        STARTED = "started", _("Started")
        REFUSED = "refused", _("Refused")

    id = models.BigAutoField(primary_key=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="arrivals")
    key = models.CharField(max_length=80)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    execution = models.ForeignKey(
        Execution, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    error = models.TextField(_("error"), blank=True)
    is_marked = models.BooleanField(_("marked on the server"), default=False)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["mailbox", "key"], name="one_run_per_mail"),)
        indexes = (
            models.Index(fields=["mailbox", "-received_at", "-id"], name="arrival_by_mailbox"),
            models.Index(fields=["received_at"], name="arrival_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.result}"
