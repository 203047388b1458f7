"""Files: what is known of each; the content lies in the storage, under a name that the server makes."""

from typing import Self

from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from executions.models import Execution, new_id, seen_by


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Reads of files."""

    def owned_by(self, user: User) -> Self:
        """Their own, without those of deleted runs."""
        return self.filter(Q(execution=None) | Q(execution__deleted_at=None), owner=user)

    def visible_to(self, user: User) -> Self:
        """Their own, and what runs have written that they may look at."""
        own = Q(owner=user) & (Q(execution=None) | Q(execution__deleted_at=None))
        return self.filter(own | Q(execution__isnull=False) & seen_by(user, "execution__"))

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")

    def matching(self, text: str) -> Self:
        """Files whose name contains `text`."""
        return self.filter(name__icontains=text)

    def bytes(self) -> int:
        """The room that they take."""
        return self.aggregate(bytes=Sum("size"))["bytes"] or 0


class StoredFile(models.Model):
    """A file of a user. One that a run has written belongs to the run and goes with it, unless it is to last."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="files")
    execution = models.ForeignKey(
        Execution, on_delete=models.CASCADE, null=True, blank=True, related_name="files"
    )
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    content = models.FileField(max_length=200, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(size__gte=0), name="file_size_not_negative"),
            models.UniqueConstraint(fields=["content"], name="one_file_per_content"),
        )
        indexes = (models.Index(fields=["owner", "-created_at", "-id"], name="file_by_owner"),)

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where its content lies in the storage."""
        return str(self.content.name)

    @property
    def uri(self) -> str:
        """How values refer to it; the form of the original platform."""
        return f"workspace://{self.pk}#{self.content_type}"
