"""The API of webhooks: /api/webhooks … Deliveries come in at `ingress`."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from accounts.http import UserApiRequest
from accounts.models import Scope
from accounts.permissions import require_scope
from executions.triggers.api import TriggerViewSet
from executions.webhooks import receiving, services
from executions.webhooks.models import Delivery, Webhook
from executions.webhooks.serializers import (
    DeliverySerializer,
    NewWebhookSerializer,
    ReceiptSerializer,
    SecretSerializer,
    TestDeliverySerializer,
    WebhookAccessSerializer,
    WebhookFieldsSerializer,
    WebhookSerializer,
)


class WebhookViewSet(TriggerViewSet):
    """The caller's webhooks. Who makes one has the graph run, so that permission is needed, too."""

    queryset = Webhook.objects.none()
    serializer_class = WebhookSerializer
    scopes: ClassVar = {
        **TriggerViewSet.scopes,
        "deliveries": Scope.READ_TRIGGERS,
        "renew": Scope.WRITE_TRIGGERS,
        "try_out": Scope.RUN_GRAPHS,
    }

    @extend_schema(request=NewWebhookSerializer, responses={201: WebhookAccessSerializer})
    def create(self, request: UserApiRequest) -> Response:
        """Have runs of a graph start when something is delivered. The answer has the address and the secret."""
        require_scope(request, Scope.RUN_GRAPHS)
        body = self.read(NewWebhookSerializer)
        secret = body.pop("secret")
        version = self.version_in(body, body.pop("graph_id"))
        webhook = services.create_webhook(user=request.user, **version, values=body, secret=secret)
        return self._with_access(webhook, status.HTTP_201_CREATED)

    @extend_schema(request=WebhookFieldsSerializer, responses=WebhookSerializer)
    def update(self, request: UserApiRequest, pk: UUID) -> Response:
        """Replace what a webhook does; its address and secret stay."""
        require_scope(request, Scope.RUN_GRAPHS)
        webhook: Webhook = self.get_object()
        body = self.read(WebhookFieldsSerializer)
        version = self.version_in(body, webhook.graph_id)
        return self.answer(services.change_webhook(webhook, **version, values=body))

    @extend_schema(request=SecretSerializer, responses=WebhookAccessSerializer)
    def renew(self, request: UserApiRequest, pk: UUID) -> Response:
        """Give it another address and secret; those that were count no more."""
        require_scope(request, Scope.RUN_GRAPHS)
        body = self.read(SecretSerializer)
        return self._with_access(services.renew(self.get_object(), body["secret"]))

    @extend_schema(request=TestDeliverySerializer, responses=ReceiptSerializer)
    def try_out(self, request: UserApiRequest, pk: UUID) -> Response:
        """Deliver something by hand, without a signature."""
        webhook: Webhook = self.get_object()
        receipt = receiving.try_out(webhook, self.read(TestDeliverySerializer)["payload"])
        return Response(ReceiptSerializer(receipt).data)

    @extend_schema(responses=DeliverySerializer(many=True), filters=False)
    def deliveries(self, request: UserApiRequest, pk: UUID) -> Response:
        """What came of each delivery, newest first."""
        rows = Delivery.objects.filter(webhook=self.get_object()).newest_first()
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    def _with_access(self, webhook: Webhook, code: int = status.HTTP_200_OK) -> Response:
        data = WebhookAccessSerializer(webhook, context={"request": self.request}).data
        return Response(data, code, headers={"Cache-Control": "no-store"})
