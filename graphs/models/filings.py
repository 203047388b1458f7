"""How people keep graphs in their lists."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from graphs.models.drawings import Graph

LONGEST_FOLDER, LONGEST_TAG, MOST_TAGS = 60, 30, 20


class Filing(models.Model):
    """Where one person keeps a graph in their own list."""

    graph = models.ForeignKey(Graph, on_delete=models.CASCADE, related_name="filings")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="filings"
    )
    is_favourite = models.BooleanField(_("favourite"), default=False)
    is_archived = models.BooleanField(_("in the archive"), default=False)
    folder = models.CharField(_("folder"), max_length=LONGEST_FOLDER, blank=True)
    tags = ArrayField(
        models.CharField(max_length=LONGEST_TAG),
        verbose_name=_("tags"),
        size=MOST_TAGS,
        default=list,
        db_default=[],
        blank=True,
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "graph"], name="one_filing_per_graph_and_user"),
        )

    def __str__(self) -> str:
        return f"{self.graph_id} {self.folder}"
