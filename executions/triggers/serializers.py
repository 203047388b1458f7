"""Triggers as JSON."""

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions.serializers import CredentialReferenceSerializer, ValuesField
from executions.triggers.models import KINDS, Preset, Schedule, Tick
from executions.triggers.schedules import upcoming

Row = TypeVar("Row", bound=Model)


class KeptSerializer(StrictSerializer):
    """What is kept for later runs."""

    name = serializers.CharField(max_length=100)
    inputs = serializers.DictField(default=dict, help_text="By the names in the `input_schema`.")
    credentials_inputs = serializers.DictField(
        child=CredentialReferenceSerializer(),
        default=dict,
        help_text="By the names in the `credentials_input_schema`.",
    )


class TriggerFieldsSerializer(KeptSerializer):
    """What starts runs of a version, or of whichever is active."""

    graph_version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="None: the active one of that time."
    )


class NewKeptSerializer(KeptSerializer):
    """What a new preset needs."""

    graph_id = serializers.UUIDField()


class KeptRowSerializer(serializers.ModelSerializer[Row]):
    """What every row has that keeps inputs for later runs."""

    graph_id = serializers.UUIDField()
    inputs: Any = ValuesField()
    credentials_inputs: Any = ValuesField()


class TriggerRowSerializer(KeptRowSerializer[Row]):
    """What every row has that starts runs of a version."""

    graph_version = serializers.IntegerField(source="version", allow_null=True)


class PresetSerializer(KeptRowSerializer[Preset]):
    """A preset."""

    class Meta:
        model = Preset
        fields: tuple[str, ...] = (
            *("id", "graph_id", "name", "inputs", "credentials_inputs"),
            *("created_at", "updated_at"),
        )
        read_only_fields = fields


class ScheduleFieldsSerializer(TriggerFieldsSerializer):
    """What a schedule does when."""

    kind = serializers.ChoiceField(choices=KINDS)
    cron = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="Five fields."
    )
    timezone = serializers.CharField(
        max_length=64,
        required=False,
        help_text="A name such as Europe/Berlin; yours if none is given.",
    )
    every_seconds = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    starts_at = serializers.DateTimeField(
        required=False, help_text="The first moment of an interval, the only one of `once`."
    )
    catch_up = serializers.ChoiceField(
        choices=Schedule.CatchUp.choices, default=Schedule.CatchUp.LATEST
    )
    overlap = serializers.ChoiceField(
        choices=Schedule.Overlap.choices, default=Schedule.Overlap.ALLOW
    )


class NewScheduleSerializer(ScheduleFieldsSerializer):
    """What a new schedule needs."""

    graph_id = serializers.UUIDField()


class ScheduleSerializer(TriggerRowSerializer[Schedule]):
    """A schedule; `next_times` are its next five due times."""

    kind = serializers.ChoiceField(choices=KINDS)
    next_times = serializers.SerializerMethodField()

    class Meta:
        model = Schedule
        fields: tuple[str, ...] = (
            *("id", "graph_id", "graph_version", "name", "inputs", "credentials_inputs"),
            *("kind", "cron", "timezone", "every_seconds", "starts_at", "catch_up", "overlap"),
            *("is_paused", "next_due_at", "next_times", "created_at", "updated_at"),
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.DateTimeField()))
    def get_next_times(self, schedule: Schedule) -> list[datetime]:
        """By the database's clock, which the context has."""
        return upcoming(schedule, self.context["now"]())


class TickSerializer(serializers.ModelSerializer[Tick]):
    """A due time that has passed; the oldest of a long absence stands for `count` of them."""

    execution_id = serializers.UUIDField(allow_null=True)
    result = serializers.ChoiceField(choices=Tick.Result.choices)

    class Meta:
        model = Tick
        fields = (
            *("due_at", "taken_at", "result", "execution_id", "is_by_hand", "error", "count"),
        )
        read_only_fields = fields
