"""Collections of documents, and the passages that documents are cut into."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.vault.models import Credential
from executions.models import new_id


class RealField(models.FloatField):  # type: ignore[type-arg]  # takes none at run time
    """A number of four bytes: vectors need no more."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """PostgreSQL's `float4`."""
        return "real"


class CollectionQuerySet(models.QuerySet["Collection"]):
    """Reads of collections."""

    def owned_by(self, user: User) -> Self:
        """Their own."""
        return self.filter(owner=user)

    def with_counts(self) -> Self:
        """With the number of documents, and of those that are still to be indexed."""
        is_open = Q(documents__status__in=OPEN)
        return self.annotate(
            document_count=Count("documents"),
            open_count=Count("documents", filter=is_open),
        )

    def by_name(self) -> Self:
        """In the order of lists."""
        return self.order_by("name", "pk")


class Collection(models.Model):
    """Documents of a user that are searched together; all their vectors are made by one model."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="collections")
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=500, blank=True)
    model = models.CharField(_("model"), max_length=200)
    # The account of the owner that is asked for vectors; None: the installation's.
    credential = models.ForeignKey(
        Credential, on_delete=models.SET_NULL, null=True, blank=True, related_name="collections"
    )
    # Of the vectors; known once the first ones are made.
    dimension = models.PositiveIntegerField(_("dimension"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "name"], name="one_collection_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class DocumentStatus(models.TextChoices):
    """How far indexing has come."""

    QUEUED = "queued", _("Queued")  # its text is to be read and cut
    EMBEDDING = "embedding", _("Embedding")  # some of its passages have no vector yet
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


OPEN = (DocumentStatus.QUEUED, DocumentStatus.EMBEDDING)


class DocumentQuerySet(models.QuerySet["Document"]):
    """Reads of documents."""

    def owned_by(self, user: User) -> Self:
        """Their own."""
        return self.filter(collection__owner=user)

    def due(self) -> Self:
        """What is to be indexed and nobody works on, the longest untouched first."""
        free = Q(lease_until=None) | Q(lease_until__lt=Now())
        return self.filter(free, status__in=OPEN).order_by("updated_at", "pk")

    def newest_first(self) -> Self:
        """In the order of lists."""
        return self.order_by("-created_at", "-pk")


class Document(models.Model):
    """A text that can be searched. Adding one of the same name replaces it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(_("name"), max_length=200)
    # Where its text comes from: workspace://… or a web address; empty for text that was given.
    source = models.CharField(_("source"), max_length=2000, blank=True)
    text = models.TextField(blank=True, editable=False)  # that was given, until it is cut
    status = models.CharField(
        _("status"), max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.QUEUED
    )
    error = models.CharField(_("error"), max_length=500, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)  # grows when the text changes
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)  # of the text
    size = models.PositiveIntegerField(_("characters"), default=0)
    passage_count = models.PositiveIntegerField(_("passages"), default=0)
    # Who indexes it has the newest fence; the rest as for node executions.
    fence = models.PositiveBigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)  # without any progress
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["collection", "name"], name="one_document_per_name"),
            models.CheckConstraint(
                condition=Q(status__in=DocumentStatus.values), name="document_status_is_known"
            ),
        )
        indexes = (
            models.Index(
                fields=["updated_at"], condition=Q(status__in=OPEN), name="document_to_index"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Passage(models.Model):
    """A piece of a document. Its vector has the length 1; it has none until it is embedded."""

    id = models.BigAutoField(primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    embedding = ArrayField(RealField(), null=True, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "position"], name="one_passage_per_place"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.position}"
