"""Blocks that operators have switched off."""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _


class BlockSwitch(models.Model):
    """A block that nobody can use here as long as this row is there."""

    block_id = models.CharField(_("block"), max_length=100, unique=True)
    reason = models.CharField(
        _("reason"),
        max_length=200,
        blank=True,
        help_text=_("People who want to use the block are told it."),
    )
    created_at = models.DateTimeField(_("switched off at"), default=now, editable=False)

    class Meta:
        verbose_name = _("switched-off block")
        verbose_name_plural = _("switched-off blocks")

    def __str__(self) -> str:
        return self.block_id
