"""The API of mailboxes: /api/mailboxes …"""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from executions.mailboxes import services
from executions.mailboxes.models import Arrival, Mailbox
from executions.mailboxes.serializers import (
    ArrivalSerializer,
    MailboxFieldsSerializer,
    MailboxSerializer,
    NewMailboxSerializer,
)
from executions.triggers.api import TriggerViewSet


class MailboxViewSet(TriggerViewSet):
    """Mailboxes whose mails start runs for the caller, who needs the permission to run graphs, too."""

    queryset = Mailbox.objects.none()
    serializer_class = MailboxSerializer
    scopes: ClassVar = {
        **TriggerViewSet.scopes,
        "arrivals": Scope.READ_TRIGGERS,
        "look": Scope.RUN_GRAPHS,
    }

    @extend_schema(request=NewMailboxSerializer, responses={201: MailboxSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Have every unread mail start a run of a graph."""
        require_scope(request, Scope.RUN_GRAPHS)
        body = self.read(NewMailboxSerializer)
        mailbox = services.create_mailbox(
            user=request.user,
            **self.version_in(body, body.pop("graph_id")),
            values=self._with_login(body),
        )
        return self.answer(mailbox, status.HTTP_201_CREATED)

    @extend_schema(request=MailboxFieldsSerializer, responses=MailboxSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what a mailbox does."""
        require_scope(request, Scope.RUN_GRAPHS)
        mailbox: Mailbox = self.get_object()
        body = self.read(MailboxFieldsSerializer)
        version = self.version_in(body, mailbox.graph_id)
        values = self._with_login(body)
        return self.answer(services.change_mailbox(mailbox, **version, values=values))

    @extend_schema(request=None, responses=MailboxSerializer)
    def look(self, request: UserApiRequest, pk: UUID) -> Response:
        """Look for mails now rather than at the next time."""
        return self.answer(services.look_now(self.get_object()))

    @extend_schema(responses=ArrivalSerializer(many=True), filters=False)
    def arrivals(self, request: UserApiRequest, pk: UUID) -> Response:
        """What came of each mail, newest first."""
        rows = Arrival.objects.filter(mailbox=self.get_object()).newest_first()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(ArrivalSerializer(page, many=True).data)

    def _with_login(self, body: dict[str, Any]) -> dict[str, Any]:
        credential = services.login_with(self.request.user, body.pop("credential_id"))
        return {**body, "credential": credential}
