"""What starts runs beside people, and what it has started."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from executions.models import Execution


class IdempotencyKey(models.Model):
    """A name that a program gave to a request, and the run that it got, so that asking again gets the same."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of what was asked for
    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="one_run_per_key"),)

    def __str__(self) -> str:
        return self.key
