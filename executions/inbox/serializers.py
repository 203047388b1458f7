"""What waits for somebody as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import StrictSerializer
from executions.inbox.questions import Question


class DelegationSerializer(serializers.Serializer[Any]):
    """Who was asked to answer by whom."""

    user_id = serializers.UUIDField()
    user = serializers.CharField(source="user.email")
    by = serializers.CharField(source="by.email")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()


class QuestionSerializer(serializers.Serializer[Any]):
    """A node that waits for you. At the `deadline` its `default` counts as the answer."""

    id = serializers.UUIDField(source="firing.pk")
    execution_id = serializers.UUIDField(source="firing.execution_id")
    graph_id = serializers.UUIDField(source="firing.execution.graph_id")
    graph_name = serializers.CharField(source="firing.execution.graph.name")
    started_by = serializers.CharField(source="firing.execution.user.email")
    node_id = serializers.CharField(source="firing.node_id")
    title = serializers.CharField()
    data = serializers.JSONField()  # type: ignore[assignment]  # a field of that name
    is_editable = serializers.BooleanField()
    is_approval = serializers.BooleanField(help_text="Of a called node, which starts only then.")
    asked_at = serializers.DateTimeField(source="firing.queued_at")
    deadline = serializers.DateTimeField(allow_null=True)
    default = serializers.CharField(allow_blank=True)
    delegation = serializers.SerializerMethodField()

    @extend_schema_field(DelegationSerializer(allow_null=True))
    def get_delegation(self, question: Question) -> Any:
        """None where nobody was asked."""
        found = question.delegation
        return DelegationSerializer(found).data if found else None


class DelegateSerializer(StrictSerializer):
    """Who is to answer: a member of the graph's team."""

    user_id = serializers.UUIDField()
    note = serializers.CharField(max_length=500, default="", allow_blank=True)
