"""Where other programs deliver: /api/hooks/{token}. Open to everybody; who may is said by the token and the signature."""

from asgiref.sync import async_to_sync
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import gate
from accounts.limits.rates import RouteClass
from accounts.viewsets import ApiViewSet
from executions.live import following
from executions.webhooks import receiving
from executions.webhooks.errors import DeliveryTooLargeError
from executions.webhooks.models import Webhook
from executions.webhooks.receiving import Receipt
from executions.webhooks.serializers import ReceiptSerializer
from executions.webhooks.services import hash_of
from executions.webhooks.signing import Message

MAX_BYTES = 1_000_000


class HookViewSet(ApiViewSet):
    """Deliveries."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    route_class = RouteClass.WEBHOOK

    @extend_schema(
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={200: ReceiptSerializer, 202: ReceiptSerializer},
    )
    def receive(self, request: Request, token: str) -> Response:
        """Deliver something to a webhook, signed as it wants it.

        202 when a run was started; 200 when it has ended already, when this delivery came before, and when the
        condition of the webhook does not hold.
        """
        webhook = _find(token)
        gate.admit(RouteClass.WEBHOOK, f"webhook:{webhook.pk}")
        receipt = _received(webhook, _message_in(request))
        return _answer(webhook, receipt)


def _find(token: str) -> Webhook:
    found = Webhook.objects.open().filter(token_hash=hash_of(token)).first()
    if found is None:
        raise Http404
    return found


def _message_in(request: Request) -> Message:
    kind = request.content_type.partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(kind)
    body = request._request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise DeliveryTooLargeError(
            _("A delivery may have %(count)s bytes at most") % {"count": f"{MAX_BYTES:,}"}
        )
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Message(headers, body)


def _received(webhook: Webhook, message: Message) -> Receipt:
    try:
        return receiving.receive(webhook, message)
    except IntegrityError:
        if Webhook.objects.filter(pk=webhook.pk).exists():
            raise
        raise Http404 from None  # it was deleted while this came


def _answer(webhook: Webhook, receipt: Receipt) -> Response:
    execution = receipt.delivery.execution
    if execution is None:
        return Response(ReceiptSerializer(receipt).data)
    if webhook.wait_seconds and not receipt.is_copy:
        async_to_sync(following.wait_for_end)(execution.pk, webhook.wait_seconds)
        execution.refresh_from_db()
    is_done = receipt.is_copy or (webhook.wait_seconds and execution.has_ended)
    data = ReceiptSerializer(receipt, context={"with_outputs": bool(webhook.wait_seconds)}).data
    return Response(data, 200 if is_done else 202)
