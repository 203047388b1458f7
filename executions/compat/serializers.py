"""Bodies as the clients of the AutoGPT platform send and read them (its external API v1, and its internal API)."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from accounts.serializers import StrictSerializer
from executions import results
from executions.engine.status import RUN_STATUSES, Status
from executions.models import Execution, NodeExecution
from executions.serializers import CredentialReferenceSerializer, ValuesField


class MeSerializer(serializers.ModelSerializer[User]):
    """Who is calling."""

    class Meta:
        model = User
        fields = ("id", "name", "email", "timezone")
        read_only_fields = fields


class V1RunSerializer(StrictSerializer):
    """What a run starts with."""

    node_input = serializers.DictField(default=dict, help_text="By the names in `input_schema`.")


class V1StartedSerializer(serializers.Serializer[Any]):
    """The run."""

    id = serializers.UUIDField()


class V1NodeSerializer(serializers.Serializer[NodeExecution]):
    """What one firing got and gave."""

    node_id = serializers.CharField()
    input = ValuesField(source="inputs")
    output = serializers.SerializerMethodField()

    def get_output(self, node: NodeExecution) -> dict[str, list[Any]]:
        """By pin."""
        return results.outputs_by_pin(node)


class V1ResultsSerializer(serializers.Serializer[Execution]):
    """What a run gave; `output` is there once it has completed: one object for each value."""

    execution_id = serializers.UUIDField(source="pk")
    status = serializers.ChoiceField(choices=[status.value for status in RUN_STATUSES])
    nodes = V1NodeSerializer(many=True, source="shown_nodes")
    output = serializers.SerializerMethodField()

    def get_output(self, execution: Execution) -> list[dict[str, Any]] | None:
        """Null until the run has completed."""
        if execution.status != Status.COMPLETED:
            return None
        values = execution.outputs.items()
        return [{name: value} for name, given in values for value in given]


class V1ScheduleSerializer(StrictSerializer):
    """A schedule of a graph."""

    name = serializers.CharField(max_length=100)
    cron = serializers.CharField(max_length=200, help_text="Five fields.")
    inputs = serializers.DictField(default=dict)
    credentials = serializers.DictField(child=CredentialReferenceSerializer(), default=dict)
    timezone = serializers.CharField(max_length=64, required=False, allow_null=True)
    graph_version = serializers.IntegerField(min_value=1, required=False, allow_null=True)


class V1PresetSerializer(StrictSerializer):
    """A new preset."""

    graph_id = serializers.UUIDField()
    graph_version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="Runs are of the active one."
    )
    name = serializers.CharField(max_length=100)
    inputs = serializers.DictField(default=dict)
    credentials = serializers.DictField(child=CredentialReferenceSerializer(), default=dict)
    description = serializers.CharField(default="", allow_blank=True, help_text="Not kept.")
    is_active = serializers.BooleanField(default=True, help_text="Not kept.")


class PresetChangeSerializer(StrictSerializer):
    """What is to change of a preset; the rest stays."""

    name = serializers.CharField(max_length=100, required=False)
    inputs = serializers.DictField(required=False)
    credentials = serializers.DictField(child=CredentialReferenceSerializer(), required=False)


class PresetRunSerializer(StrictSerializer):
    """What a run is given beside the preset."""

    inputs = serializers.DictField(default=dict)
    credential_inputs = serializers.DictField(child=CredentialReferenceSerializer(), default=dict)
