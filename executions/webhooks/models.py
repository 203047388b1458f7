"""Webhooks, and what was delivered to them."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.vault.models import Sealed
from executions.models import Execution
from executions.triggers.models import OwnedQuerySet, Trigger

MAX_WAIT = 30  # seconds that a sender may wait for the outputs


class WebhookQuerySet(OwnedQuerySet["Webhook"]):
    """Reads of webhooks."""

    def open(self) -> Self:
        """Those that may be delivered to; paused ones are among them, and refuse."""
        there = self.filter(user__is_active=True, graph__deleted_at=None)
        return there.select_related("user")


class Webhook(Sealed, Trigger):
    """An address that starts runs of a graph. Whoever knows its token may send to it; who has signed is checked.

    The secret field has `token` and `secret`. `inputs` count more than what is delivered: no sender may change them.
    """

    class Signature(models.TextChoices):
        """How deliveries are signed, see `signing`."""

        STANDARD = "standard", _("Standard Webhooks")
        GITHUB = "github", _("As GitHub signs")
        NONE = "none", _("Not at all: whoever knows the address may send")

    version = models.PositiveIntegerField(_("version"), null=True, blank=True)  # else the active
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    signature = models.CharField(
        _("signature"), max_length=10, choices=Signature.choices, default=Signature.STANDARD
    )
    condition = models.CharField(_("only if"), max_length=500, blank=True)  # JMESPath
    wait_seconds = models.PositiveSmallIntegerField(_("wait for the outputs"), default=0)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(wait_seconds__lte=MAX_WAIT), name="webhook_waits_not_too_long"
            ),
        )
        indexes = (models.Index(fields=["user", "-created_at", "-id"], name="webhook_by_user"),)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Reads of deliveries."""

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-received_at", "-pk")


class Delivery(models.Model):
    """What came of something that was sent to a webhook. Its `key` is what makes a second one a copy."""

    class Result(models.TextChoices):
        """What came of it."""

        STARTED = "started", _("Started")
        FILTERED = "filtered", _("Left out: the condition does not hold")
        REFUSED = "refused", _("Refused")

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=200)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices)
    execution = models.ForeignKey(
        Execution, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    error = models.TextField(_("error"), blank=True)
    is_test = models.BooleanField(_("by hand"), default=False)
    # Of refusals for the same reason only the first in a minute has a row; it stands for the others, too.
    count = models.PositiveIntegerField(_("deliveries"), default=1)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("deliveries")
        constraints = (
            models.UniqueConstraint(fields=["webhook", "key"], name="one_run_per_delivery"),
        )
        indexes = (
            models.Index(fields=["webhook", "-received_at", "-id"], name="delivery_by_webhook"),
            models.Index(fields=["received_at"], name="delivery_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.result}"
