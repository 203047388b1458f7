"""Runs as JSON."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions import results
from executions.engine.status import RUN_STATUSES, Status
from executions.models import Execution, NodeExecution, Recording, Source
from graphs.translating import translated

MAX_NODES = 1_000  # node executions in one answer

JSON_OBJECT = {"type": "object", "additionalProperties": {}}
VALUES_BY_NAME = {"type": "object", "additionalProperties": {"type": "array", "items": {}}}


@extend_schema_field(JSON_OBJECT)
class ValuesField(serializers.Field[Any, Any, Any, Any]):
    """Values as they are stored; they are JSON already."""

    def to_representation(self, value: Any) -> Any:
        """The same."""
        return value


@extend_schema_field(VALUES_BY_NAME)
class ValuesByNameField(ValuesField):
    """Lists of values, by the name of an output or pin."""


class ToldField(serializers.CharField):
    """Why something has failed, in the language of the request."""

    def to_representation(self, value: str) -> str:
        """What is kept in English, told to this reader."""
        return translated(value)


class ExecutionSummarySerializer(serializers.ModelSerializer[Execution]):
    """A run without its values."""

    graph_id = serializers.UUIDField()
    graph_version = serializers.IntegerField(source="version.version")
    user_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=[status.value for status in RUN_STATUSES])
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]  # a field of that name, not the field's own
    error = ToldField(read_only=True)

    class Meta:
        model = Execution
        fields: tuple[str, ...] = (
            *("id", "graph_id", "graph_version", "user_id", "status", "source"),
            *("cost", "node_count", "error_count", "error"),
            *("created_at", "started_at", "ended_at"),
        )
        read_only_fields = fields


class ExecutionSerializer(ExecutionSummarySerializer):
    """A run. `outputs` are there when it has ended; until then ask for its results."""

    inputs = ValuesField()
    outputs = ValuesByNameField()

    class Meta(ExecutionSummarySerializer.Meta):
        fields = (*ExecutionSummarySerializer.Meta.fields, "inputs", "outputs")
        read_only_fields = fields


class NodeExecutionSerializer(serializers.ModelSerializer[NodeExecution]):
    """One firing of one node."""

    status = serializers.ChoiceField(choices=[status.value for status in Status])
    inputs = ValuesField()
    outputs = serializers.SerializerMethodField()
    error = ToldField(read_only=True)
    execution_time = serializers.FloatField(
        source="duration", allow_null=True, help_text="Seconds, until now if it goes on."
    )
    waiting_for = serializers.SerializerMethodField()

    class Meta:
        model = NodeExecution
        fields = (
            *("id", "node_id", "block_id", "status", "inputs", "outputs", "error", "error_code"),
            *("attempts", "cost", "queued_at", "started_at", "ended_at"),
            *("execution_time", "waiting_for"),
        )
        read_only_fields = fields

    @extend_schema_field(VALUES_BY_NAME)
    def get_outputs(self, node_execution: NodeExecution) -> Any:
        """What it sent, by pin."""
        return results.outputs_by_pin(node_execution)

    def get_waiting_for(self, node_execution: NodeExecution) -> list[str]:
        """The pins that lack a value, when it waits for inputs."""
        waiting_for: dict[UUID, list[str]] = self.context["waiting_for"]
        return waiting_for.get(node_execution.pk, [])


class ExecutionDetailSerializer(ExecutionSerializer):
    """A run with its node executions, 1,000 at most; `limit` and `offset` choose which."""

    node_executions = NodeExecutionSerializer(many=True)
    replay_of = serializers.UUIDField(
        allow_null=True, help_text="The run from which it has taken what lies before a node."
    )

    class Meta(ExecutionSerializer.Meta):
        fields = (*ExecutionSerializer.Meta.fields, "replay_of", "node_executions")
        read_only_fields = fields

    def to_representation(self, execution: Execution) -> dict[str, Any]:
        """Reads the page of node executions that the context names."""
        rows = self.context["page"].of(execution)
        context = {"waiting_for": results.waiting_for(execution, rows)}
        recording = Recording.objects.filter(execution=execution)
        return {
            **ExecutionSerializer(execution).data,
            "replay_of": recording.values_list("of_id", flat=True).first(),
            "node_executions": NodeExecutionSerializer(rows, many=True, context=context).data,
        }


class NodeResultSerializer(serializers.Serializer[NodeExecution]):
    """What one firing got and gave."""

    node_id = serializers.CharField()
    block_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    input = ValuesField(source="inputs")
    output = serializers.SerializerMethodField()

    @extend_schema_field(VALUES_BY_NAME)
    def get_output(self, node_execution: NodeExecution) -> Any:
        """What it sent, by pin."""
        return results.outputs_by_pin(node_execution)


class ResultsSerializer(serializers.Serializer[Execution]):
    """What a run gave: `outputs` by name (so far, while it goes on), and a page of its node executions."""

    execution_id = serializers.UUIDField(source="pk")
    status = serializers.ChoiceField(choices=[status.value for status in RUN_STATUSES])
    outputs = serializers.SerializerMethodField()
    node_count = serializers.IntegerField(help_text="Node executions in all.")
    nodes = serializers.SerializerMethodField()

    @extend_schema_field(VALUES_BY_NAME)
    def get_outputs(self, execution: Execution) -> Any:
        """By name."""
        return results.outputs_of(execution)

    @extend_schema_field(NodeResultSerializer(many=True))
    def get_nodes(self, execution: Execution) -> Any:
        """In the order of their creation."""
        return NodeResultSerializer(self.context["page"].of(execution), many=True).data


class PageSerializer(serializers.Serializer[Any]):
    """Which node executions an answer holds."""

    limit = serializers.IntegerField(min_value=1, max_value=MAX_NODES, default=MAX_NODES)
    offset = serializers.IntegerField(min_value=0, max_value=10_000_000, default=0)

    def of(self, execution: Execution) -> list[NodeExecution]:
        """Those rows, in the order of their creation."""
        start, limit = self.validated_data["offset"], self.validated_data["limit"]
        return list(execution.node_executions.in_order()[start : start + limit])


class ExecuteQuerySerializer(serializers.Serializer[Any]):
    """What the address of a start may say."""

    preset_id = serializers.UUIDField(required=False, help_text="As in the body.")

    wait = serializers.FloatField(
        min_value=0,
        max_value=60,
        required=False,
        help_text="Seconds; the answer then has the outputs.",
    )


class WhySerializer(serializers.Serializer[Any]):
    """Why a node ran, waits, or did not run: one sentence or more."""

    node_id = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class AnswerSerializer(StrictSerializer):
    """What a person decides; `data` replaces what was asked about, where that may be edited."""

    approved = serializers.BooleanField()
    data = serializers.JSONField(required=False)  # type: ignore[assignment]  # a field of that name
    message = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class CredentialReferenceSerializer(StrictSerializer):
    """Names a credential of the caller. It never holds a secret; all but `id` is for people."""

    id = serializers.CharField(max_length=36)
    provider = serializers.CharField(max_length=40, required=False)
    type = serializers.CharField(max_length=20, required=False)
    title = serializers.CharField(max_length=100, required=False, allow_null=True)


class ExecuteSerializer(StrictSerializer):
    """What a run starts with."""

    inputs = serializers.DictField(default=dict, help_text="By the names in the `input_schema`.")
    credentials_inputs = serializers.DictField(
        child=CredentialReferenceSerializer(),
        default=dict,
        help_text="By the names in the `credentials_input_schema`.",
    )
    nodes_input_masks = serializers.DictField(
        child=serializers.DictField(),
        default=dict,
        help_text="`{node id: {pin: value}}`: counts more than inputs, links and defaults, at every firing.",
    )
    pinned_outputs = serializers.DictField(
        child=serializers.DictField(child=serializers.ListField()),
        default=dict,
        help_text="`{node id: {pin: [value, …]}}`: these nodes do not run, and give this at every firing.",
    )
    preset_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="What the body does not give comes from it."
    )
    source = serializers.CharField(  # type: ignore[assignment]  # see above
        required=False, allow_null=True, max_length=100, help_text="Ignored."
    )
    dry_run = serializers.BooleanField(default=False, help_text="Must be false.")

    def validate_dry_run(self, dry_run: bool) -> bool:
        """Raises `ValidationError` when it is asked for."""
        if dry_run:
            raise serializers.ValidationError(_("Dry runs are not supported yet."))
        return dry_run
