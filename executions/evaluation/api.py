"""The API of test cases and evaluations: /api/graphs/{graph_id}/tests …, /api/evaluations/{id}"""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.serializers import StrictSerializer
from accounts.teams.finding import find
from accounts.viewsets import ApiViewSet
from blocks.base import BlockError
from executions.evaluation import checks, services, tables
from executions.evaluation.checks import MAX_CHECKS
from executions.evaluation.forms import MAX_AT_ONCE, MAX_BYTES
from executions.evaluation.models import Evaluation, Sample, Verdict
from executions.models import Execution
from executions.serializers import ToldField, ValuesByNameField, ValuesField
from executions.triggers.api import version_of
from graphs.finding import editable_graph, visible_graph
from graphs.formats.cases import CheckKind
from graphs.models import TestCase


class CheckSerializer(StrictSerializer):
    """What is expected of an output."""

    output = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=[kind.value for kind in CheckKind])
    value = serializers.JSONField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises `ValidationError` for a pattern or schema that cannot be used."""
        try:
            checks.require_sound(attrs)
        except BlockError as error:
            raise serializers.ValidationError({"value": str(error)}) from None
        return attrs


class NewTestCaseSerializer(StrictSerializer):
    """Which run becomes a test case, and what its outputs must be."""

    execution_id = serializers.UUIDField()
    name = serializers.CharField(max_length=100)
    checks = serializers.ListField(
        child=CheckSerializer(),
        required=False,
        max_length=MAX_CHECKS,
        help_text="Without them its outputs must be what they were.",
    )


class TestCaseFieldsSerializer(StrictSerializer):
    """What can be changed of a test case."""

    name = serializers.CharField(max_length=100)
    checks = serializers.ListField(child=CheckSerializer(), max_length=MAX_CHECKS)


class TestCaseSerializer(serializers.ModelSerializer[TestCase]):
    """A test case, without what was recorded."""

    inputs: Any = ValuesField()
    checks = CheckSerializer(many=True)

    class Meta:
        model = TestCase
        fields = ("id", "name", "inputs", "checks", "created_at")
        read_only_fields = fields


class SampleSerializer(serializers.ModelSerializer[Sample]):
    """One run of an evaluation, and whether it was as expected."""

    execution_id = serializers.UUIDField(allow_null=True)
    inputs: Any = ValuesField()
    outputs = ValuesByNameField(source="execution.outputs", default=dict)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    findings = serializers.ListField(child=ToldField())
    cost = serializers.SerializerMethodField()
    seconds = serializers.FloatField(source="execution.duration", default=None, allow_null=True)

    class Meta:
        model = Sample
        fields = (
            *("name", "execution_id", "inputs", "outputs", "verdict", "findings"),
            *("score", "cost", "seconds"),
        )
        read_only_fields = fields

    def get_cost(self, sample: Sample) -> int:
        """Credits, of its run and of what judged it."""
        return tables.cost_of(sample)


class EvaluationSummarySerializer(serializers.ModelSerializer[Evaluation]):
    """An evaluation without its samples."""

    graph_id = serializers.UUIDField()
    graph_version = serializers.IntegerField(source="version.version")
    is_of_draft = serializers.BooleanField(help_text="`graph_version` means nothing then.")
    size = serializers.IntegerField()
    passed = serializers.IntegerField()
    failed = serializers.IntegerField()

    class Meta:
        model = Evaluation
        fields = (
            *("id", "graph_id", "graph_version", "is_of_draft", "name", "at_once"),
            *("created_at", "ended_at", "size", "passed", "failed"),
        )
        read_only_fields = fields


class EvaluationSerializer(EvaluationSummarySerializer):
    """An evaluation and all its samples."""

    score = serializers.FloatField(allow_null=True)
    cost = serializers.IntegerField()
    samples = SampleSerializer(many=True)

    class Meta:
        model = Evaluation
        fields = (
            *("id", "graph_id", "graph_version", "is_of_draft", "name", "at_once"),
            *("created_at", "ended_at", "passed", "failed", "score", "cost", "samples"),
        )
        read_only_fields = fields

    def to_representation(self, evaluation: Evaluation) -> dict[str, Any]:
        """Reads its samples."""
        table = tables.table_of(evaluation)
        return {
            "id": str(evaluation.pk),
            "graph_id": str(evaluation.graph_id),
            "graph_version": evaluation.version.version,
            "is_of_draft": evaluation.is_of_draft,
            "name": evaluation.name,
            "at_once": evaluation.at_once,
            "created_at": evaluation.created_at,
            "ended_at": evaluation.ended_at,
            "passed": table.passed,
            "failed": table.failed,
            "score": table.score,
            "cost": table.cost,
            "samples": SampleSerializer(table.rows, many=True).data,
        }


class NewEvaluationSerializer(StrictSerializer):
    """With what a version is tried: without `csv`, with the test cases of the graph."""

    version = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2_147_483_647
    )
    draft = serializers.BooleanField(
        default=False, help_text="Try what you have in the builder, before it is a version."
    )
    csv = serializers.CharField(
        required=False,
        max_length=MAX_BYTES,
        trim_whitespace=False,
        help_text="A column for each input; `expected:NAME` says what the output NAME must contain.",
    )
    name = serializers.CharField(max_length=100, required=False)
    at_once = serializers.IntegerField(
        min_value=1, max_value=MAX_AT_ONCE, default=services.AT_ONCE, help_text="Runs."
    )


class TestCaseViewSet(ApiViewSet):
    """The test cases of a graph."""

    pagination_class = None
    filter_backends = ()
    scopes: ClassVar = {
        "list": Scope.READ_GRAPHS,
        "create": Scope.WRITE_GRAPHS,
        "update": Scope.WRITE_GRAPHS,
        "destroy": Scope.WRITE_GRAPHS,
    }

    @extend_schema(responses=TestCaseSerializer(many=True))
    def list(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """All of them."""
        cases = visible_graph(request.user, graph_id).test_cases.defer("answers")
        return Response(TestCaseSerializer(cases, many=True).data)

    @extend_schema(request=NewTestCaseSerializer, responses={201: TestCaseSerializer})
    def create(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Save a run of the graph as a test case; what its nodes were answered is kept."""
        graph = editable_graph(request.user, graph_id)
        body = self.read(NewTestCaseSerializer)
        runs = Execution.objects.select_related("graph__trial_of").filter(graph=graph)
        execution = find(
            runs.repeatable_by(request.user),
            runs.visible_to(request.user),
            pk=body["execution_id"],
        )
        case = services.save_case(execution=execution, name=body["name"], checks=body.get("checks"))
        return Response(TestCaseSerializer(case).data, status=201)

    @extend_schema(request=TestCaseFieldsSerializer, responses=TestCaseSerializer)
    def update(self, request: UserApiRequest, graph_id: UUID, pk: UUID) -> Response:
        """Replace its name and checks; what was recorded stays."""
        graph = editable_graph(request.user, graph_id)
        case = get_object_or_404(graph.test_cases, pk=pk)
        changed = services.change_case(case, **self.read(TestCaseFieldsSerializer))
        return Response(TestCaseSerializer(changed).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: UserApiRequest, graph_id: UUID, pk: UUID) -> Response:
        """Delete one."""
        graph = editable_graph(request.user, graph_id)
        get_object_or_404(graph.test_cases, pk=pk).delete()
        return Response(status=204)


class EvaluationViewSet(ListModelMixin, ApiViewSet):
    """Versions tried with test cases, or with data."""

    queryset = Evaluation.objects.none()
    serializer_class = EvaluationSummarySerializer
    filter_backends = ()
    scopes: ClassVar = {
        "list": Scope.READ_EXECUTIONS,
        "create": Scope.RUN_GRAPHS,
        "retrieve": Scope.READ_EXECUTIONS,
        "stop": Scope.STOP_EXECUTIONS,
    }

    def get_queryset(self) -> Any:
        """The caller's, of the graph, newest first."""
        own = Evaluation.objects.owned_by(self.request.user).select_related("version")
        if "graph_id" in self.kwargs:
            own = own.filter(graph=editable_graph(self.request.user, self.kwargs["graph_id"]))
        return own.counted().newest_first()

    @extend_schema(request=NewEvaluationSerializer, responses={201: EvaluationSerializer})
    def create(self, request: UserApiRequest, graph_id: UUID) -> Response:
        """Try a version, the active one unless another is named."""
        body = self.read(NewEvaluationSerializer)
        version = version_of(request, graph_id, body.get("version"))
        if body["draft"]:
            version = services.version_of_draft(graph=version.graph, user=request.user)
        if "csv" not in body:
            started = services.start_tests(version=version, user=request.user)
        else:
            started = services.start_data_set(
                version=version,
                user=request.user,
                name=body.get("name") or _("Data set"),
                text=body["csv"],
                at_once=body["at_once"],
            )
        return Response(EvaluationSerializer(started).data, status=201)

    @extend_schema(responses=EvaluationSerializer)
    def retrieve(self, request: UserApiRequest, pk: UUID) -> Response:
        """How it stands; `ended_at` is null while it goes on."""
        return Response(EvaluationSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=EvaluationSerializer)
    def stop(self, request: UserApiRequest, pk: UUID) -> Response:
        """Start no more runs of it, and stop those that go on."""
        services.stop(self.get_object())
        return Response(EvaluationSerializer(self.get_object()).data)
