"""Knowledge as JSON."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from blocks.library.document_text import MAX_CHARACTERS
from executions.knowledge import services
from executions.knowledge.models import Collection, Document
from executions.knowledge.searching import LEAST, MAX_FOUND

SOURCES = (services.STORED, "http://", "https://")


def check_source(source: str) -> None:
    """Raises Django's `ValidationError` for what a document cannot be read from later."""
    if not source.lower().startswith(SOURCES):
        raise DjangoValidationError(
            _("Give the address of a web page, or a stored file: workspace://…")
        )


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    """A collection; `open_count` documents are still to be indexed."""

    credential_id = serializers.UUIDField(allow_null=True)
    document_count = serializers.IntegerField()
    open_count = serializers.IntegerField()

    class Meta:
        model = Collection
        fields = (
            *("id", "name", "description", "model", "credential_id", "dimension"),
            *("document_count", "open_count", "created_at"),
        )
        read_only_fields = fields


class NewCollectionSerializer(StrictSerializer):
    """A collection to make. Empty is the usual model; without a credential the installation's provider is asked."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=500, allow_blank=True, default="")
    model = serializers.CharField(max_length=200, allow_blank=True, default="")
    credential_id = serializers.UUIDField(allow_null=True, default=None)


class ChangedCollectionSerializer(StrictSerializer):
    """What to change; another model has all vectors made anew."""

    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=500, allow_blank=True, required=False)
    model = serializers.CharField(max_length=200, required=False)
    credential_id = serializers.UUIDField(allow_null=True, required=False)


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A document, without its text; `error` says why it could not be indexed."""

    collection_id = serializers.UUIDField()

    class Meta:
        model = Document
        fields = (
            *("id", "collection_id", "name", "source", "status", "error", "version", "sha256"),
            *("size", "passage_count", "created_at", "updated_at"),
        )
        read_only_fields = fields


class NewDocumentSerializer(StrictSerializer):
    """A document to index: a text with a name, or where it is to be read from."""

    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    text = serializers.CharField(
        max_length=MAX_CHARACTERS, allow_blank=True, default="", trim_whitespace=False
    )
    source = serializers.CharField(  # type: ignore[assignment]  # a field, as the body calls it
        max_length=2000, required=False, help_text="workspace://…, or the address of a web page."
    )

    def validate_source(self, value: str) -> str:
        """Raises `ValidationError`."""
        check_source(value)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both. Raises `ValidationError`."""
        if bool(attrs["text"].strip()) is bool(attrs.get("source")):
            raise serializers.ValidationError(_("Give either a text or a source."))
        if not attrs.get("source") and not attrs["name"]:
            raise serializers.ValidationError({"name": [_("A text needs a name.")]})
        return attrs


class SearchSerializer(StrictSerializer):
    """What to look for, and in which collections; none named: all."""

    query = serializers.CharField(max_length=10_000)
    collections = serializers.ListField(
        child=serializers.UUIDField(), max_length=services.MAX_COLLECTIONS, default=list
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_FOUND, default=5)
    min_closeness = serializers.FloatField(min_value=-1, max_value=1, default=LEAST)


class FoundSerializer(serializers.Serializer[Any]):
    """A passage; `closeness` is 1 for the same text, about 0 for one that has nothing in common."""

    text = serializers.CharField(source="passage.text")
    heading = serializers.CharField(source="passage.heading")
    position = serializers.IntegerField(source="passage.position")
    document_id = serializers.UUIDField(source="passage.document_id")
    document = serializers.CharField(source="passage.document.name")
    document_source = serializers.CharField(source="passage.document.source")
    collection_id = serializers.UUIDField(source="passage.document.collection_id")
    closeness = serializers.FloatField()


class FoundPassagesSerializer(serializers.Serializer[Any]):
    """The closest passages first."""

    results = FoundSerializer(many=True)
