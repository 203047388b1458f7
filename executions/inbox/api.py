"""The API of what waits for the caller: /api/inbox …"""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.viewsets import ApiViewSet
from executions.inbox import services
from executions.inbox.models import asked_of
from executions.inbox.questions import question_of
from executions.inbox.serializers import DelegateSerializer, QuestionSerializer
from executions.models import NodeExecution, NodeExecutionQuerySet
from executions.serializers import AnswerSerializer


class InboxViewSet(ApiViewSet):
    """Nodes that wait for the caller, in their own runs and where they were asked to answer."""

    queryset = NodeExecution.objects.none()
    serializer_class = QuestionSerializer
    scopes: ClassVar = {
        "list": Scope.READ_EXECUTIONS,
        "retrieve": Scope.READ_EXECUTIONS,
        "answer": Scope.RUN_GRAPHS,
        "delegate": Scope.RUN_GRAPHS,
        "take_back": Scope.RUN_GRAPHS,
    }

    def get_queryset(self) -> NodeExecutionQuerySet:
        """The most urgent first."""
        return asked_of(self.request.user)

    @extend_schema(responses=QuestionSerializer(many=True), filters=False)
    def list(self, request: UserApiRequest) -> Response:
        """What waits for you."""
        page = self.paginate_queryset(self.get_queryset())
        questions = [question_of(firing) for firing in page or ()]
        return self.get_paginated_response(QuestionSerializer(questions, many=True).data)

    @extend_schema(responses=QuestionSerializer)
    def retrieve(self, request: UserApiRequest, pk: UUID) -> Response:
        """One of them; what waits no more is not there."""
        return self._told(pk)

    @extend_schema(request=AnswerSerializer, responses={204: None})
    def answer(self, request: UserApiRequest, pk: UUID) -> Response:
        """Decide."""
        firing: NodeExecution = self.get_object()
        services.answer(firing, request.user, self.read(AnswerSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DelegateSerializer, responses=QuestionSerializer)
    def delegate(self, request: UserApiRequest, pk: UUID) -> Response:
        """Ask a member of the graph's team to answer; you still may."""
        firing: NodeExecution = self.get_object()
        body = self.read(DelegateSerializer)
        services.delegate(firing, request.user, body["user_id"], body["note"])
        return self._told(pk)

    @extend_schema(responses={204: None})
    def take_back(self, request: UserApiRequest, pk: UUID) -> Response:
        """Nobody else is to answer any more."""
        services.take_back(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _told(self, pk: UUID) -> Response:
        return Response(QuestionSerializer(question_of(self.get_object())).data)
