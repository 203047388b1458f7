"""The worker processes."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Worker(models.Model):
    """A worker process. While it lives it holds an advisory lock, which PostgreSQL frees when it dies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process"))
    lock_key = models.PositiveIntegerField(unique=True, editable=False)
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen at"), default=timezone.now)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}"

    @property
    def silence(self) -> float:
        """Seconds since it was heard of."""
        return (timezone.now() - self.seen_at).total_seconds()
