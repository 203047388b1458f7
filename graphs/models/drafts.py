"""Changes of a graph that are not saved as a version yet."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.teams.models import EDITORS
from graphs.fields import StoredJSONField
from graphs.models.drawings import Graph, open_to


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts."""

    def owned_by(self, user: User) -> Self:
        """Their own drafts of graphs that they may still change."""
        return self.filter(open_to(user, EDITORS, "graph__"), user=user)


class Draft(models.Model):
    """What somebody has changed in the builder and not yet saved as a version; need not be sound."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    document = StoredJSONField(_("document"), default=dict)
    base_version = models.PositiveIntegerField(_("version that was edited"))
    # Grows with every write, so that a second window cannot overwrite what it has not seen.
    revision = models.PositiveIntegerField(_("revision"), default=1)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["graph", "user"], name="one_draft_per_graph_and_user"),
        )

    def __str__(self) -> str:
        return f"{self.graph_id} r{self.revision}"
