"""How long things are kept, and copies of data, as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions.retention.models import MAX_DAYS, DataExport
from executions.retention.services import of_installation


def _days(text: str) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=MAX_DAYS, allow_null=True, help_text=text
    )


class PolicySerializer(StrictSerializer):
    """After how many days what has ended is deleted; null: as the installation says."""

    run_days = _days("Runs, with their values, events and files.")
    event_days = _days("The events of runs; the runs stay.")
    file_days = _days("Files.")


class KeptSerializer(PolicySerializer):
    """The same, with what the installation says; the shorter counts."""

    installation = serializers.SerializerMethodField()

    @extend_schema_field(PolicySerializer)
    def get_installation(self, policy: Any) -> dict[str, int | None]:
        """Null: for ever."""
        return of_installation()


class DataExportSerializer(serializers.ModelSerializer[DataExport]):
    """A copy of your data; it can be had for a week once it is `ready`."""

    status = serializers.ChoiceField(choices=DataExport.Status.choices)

    class Meta:
        model = DataExport
        fields = ("id", "status", "size", "created_at")
        read_only_fields = fields


class ConfirmationSerializer(StrictSerializer):
    """That it is really you."""

    current_password = serializers.CharField(max_length=4_096)
