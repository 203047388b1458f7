"""What the columns of runs and node executions have in common."""

import random
import time
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from executions.engine.status import OPEN, Status

OPEN_STATUSES = sorted(OPEN)
_LABELS = {
    Status.INCOMPLETE: _("Waiting for inputs"),
    Status.QUEUED: _("Queued"),
    Status.RUNNING: _("Running"),
    Status.WAITING: _("Waiting"),
    Status.COMPLETED: _("Completed"),
    Status.FAILED: _("Failed"),
    Status.CANCELLED: _("Cancelled"),
    Status.SKIPPED: _("Skipped"),
}


def new_id() -> uuid.UUID:
    """A UUID that sorts by time (RFC 9562, version 7), so that new rows land together in the index."""
    stamp = time.time_ns() // 1_000_000
    # Not `os.urandom`: it lets go of the interpreter, and a busy worker gets it back milliseconds later.
    value = (stamp << 80) | random.getrandbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def labels_of(statuses: Iterable[Status]) -> list[tuple[str, Any]]:
    """Choices of a column of statuses."""
    return [(status.value, _LABELS[status]) for status in statuses]


def label_of(status: str) -> str:
    """The status in words. Django's `get_status_display` translates all of them to find one; lists show many."""
    return str(_LABELS[Status(status)])
