"""Which runs are shared."""

import secrets
import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from executions.models import Execution


def new_token() -> str:
    """256 bits that nobody can guess, in 43 characters that fit an address."""
    return secrets.token_urlsafe(32)


class SharedRun(models.Model):
    """That whoever has the token may look at a run, until its owner takes that back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    execution = models.OneToOneField(Execution, on_delete=models.CASCADE, related_name="shared")
    # As it is, not hashed: its owner copies the link again, and it opens nothing that this database does not hold.
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.execution_id)
