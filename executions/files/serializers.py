"""Files as JSON."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions.files.models import StoredFile


class StoredFileSerializer(serializers.ModelSerializer[StoredFile]):
    """A file; `uri` is how inputs of runs name it. `execution_id` is the run that it goes with."""

    execution_id = serializers.UUIDField(allow_null=True)
    uri = serializers.CharField()

    class Meta:
        model = StoredFile
        fields = (
            *("id", "uri", "name", "content_type", "size", "sha256"),
            *("execution_id", "created_at"),
        )
        read_only_fields = fields


class UploadSerializer(StrictSerializer):
    """A file to keep, as a form."""

    file: Any = serializers.FileField(allow_empty_file=True)
