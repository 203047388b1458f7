"""Runs that were recorded to test versions with."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from graphs.fields import StoredJSONField
from graphs.models.drawings import Graph


class TestCase(models.Model):
    """A run that was recorded, and what its outputs must be. It belongs to the graph."""

    __test__ = False  # nothing for pytest

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="test_cases")
    name = models.CharField(_("name"), max_length=100)
    inputs = StoredJSONField(default=dict)
    checks = StoredJSONField(default=list)  # [{"output", "kind", "value"}, …]
    # What its nodes gave: [{"node_id", "inputs", "outputs": [[pin, value], …], "error", "error_code"}, …].
    answers = StoredJSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.name
