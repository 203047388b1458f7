"""Values that outlive runs."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from graphs.fields import StoredJSONField
from graphs.models import Graph


class StoredValueQuerySet(models.QuerySet["StoredValue"]):
    """Reads of kept values."""

    def owned_by(self, owner_id: uuid.UUID) -> Self:
        """Their own values."""
        return self.filter(owner_id=owner_id)


class StoredValue(models.Model):
    """A value that runs keep for later runs of one graph, or of all graphs of its owner."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stored_values"
    )
    graph = models.ForeignKey(
        Graph, on_delete=models.CASCADE, null=True, blank=True, related_name="stored_values"
    )
    key = models.CharField(_("key"), max_length=200)
    value = StoredJSONField(_("value"), null=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = StoredValueQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "graph", "key"], name="one_value_per_key", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.key
