"""Credits: the ledger, prices, and the tokens that cost some."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class CreditEntry(models.Model):
    """One line of the ledger; `User.credits` is always their sum."""

    class Reason(models.TextChoices):
        """Why credits moved."""

        INITIAL = "initial", _("Initial credits")
        USAGE = "usage", _("Usage")
        REFUND = "refund", _("Refund")
        GRANT = "grant", _("Grant")
        RESERVE = "reserve", _("Held back")
        RELEASE = "release", _("No longer held back")

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="credit_entries"
    )
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    class Meta:
        verbose_name_plural = _("credit entries")
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="credit_entry_not_zero"),
            # A node execution is charged once, whatever happens to its worker.
            models.UniqueConstraint(
                fields=["reference", "reason"],
                condition=Q(reason__in=["usage", "refund", "reserve", "release"]),
                name="one_charge_per_reference",
            ),
        )
        indexes = (models.Index(fields=["user", "-id"], name="credit_entry_by_user"),)

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.reason}"


class BlockPrice(models.Model):
    """What one run of a block costs here, instead of what its class says."""

    block_id = models.CharField(_("block"), max_length=100, unique=True)
    price = models.PositiveIntegerField(
        _("price"), help_text=_("Credits for one run of the block.")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    def __str__(self) -> str:
        return self.block_id


class ModelPrice(models.Model):
    """What the tokens of some language models cost; a model that no row matches costs nothing."""

    pattern = models.CharField(
        _("models"),
        max_length=100,
        unique=True,
        help_text=_("A name, or a pattern such as gpt-4o*. The longest that matches counts."),
    )
    input_price = models.PositiveIntegerField(
        _("input price"), help_text=_("Credits for a million tokens that go in.")
    )
    output_price = models.PositiveIntegerField(
        _("output price"), help_text=_("Credits for a million tokens that come out.")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    def __str__(self) -> str:
        return self.pattern


class TokenUsage(models.Model):
    """Tokens that a language model used for somebody, and what that costs."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="token_usages"
    )
    provider = models.CharField(_("provider"), max_length=50)
    model = models.CharField(_("model"), max_length=200)
    input_tokens = models.PositiveBigIntegerField(_("input tokens"))
    output_tokens = models.PositiveBigIntegerField(_("output tokens"))
    price = models.PositiveBigIntegerField(_("price in millionths of a credit"))
    reference = models.CharField(_("reference"), max_length=100)
    created_at = models.DateTimeField(_("created at"), default=now, editable=False)

    class Meta:
        indexes = (
            models.Index(fields=["user", "-id"], name="token_usage_by_user"),
            models.Index(fields=["model", "created_at"], name="token_usage_by_model"),
        )

    def __str__(self) -> str:
        return f"{self.model}: {self.input_tokens} + {self.output_tokens}"
