"""What goes wrong, as HTTP: one table, one envelope."""

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template import loader
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from redis.exceptions import RedisError
from rest_framework import exceptions as api_errors
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts import errors as account_errors
from accounts.authentication import CHALLENGE
from accounts.limits.gate import refusal_headers
from blocks.base import BlockError
from config.json_format import BodyTooLargeError, dump
from config.severity import KINDS, OTHER, Category, Severity
from executions import errors as execution_errors
from executions.compat.absent import NotOfferedError
from executions.published.errors import NoChatError
from executions.webhooks import errors as webhook_errors
from graphs import errors as graph_errors
from graphs.formats.bundle import FormatError
from graphs.json_text import JsonError
from graphs.translating import said, translated

logger = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds, when a server that is needed cannot be reached


@dataclass(frozen=True, slots=True)
class Answer:
    """How an error is told; one that has a `code` of its own is told with that."""

    status: int
    code: str
    severity: Severity
    category: Category


_WRONG = (Severity.LOW, Category.VALIDATION)
_REFUSED = (Severity.MEDIUM, Category.AUTH)
_ABSENT = (Severity.LOW, Category.RESOURCE)
_CONFLICT = (Severity.LOW, Category.BUSINESS)
_DOWN = Answer(503, "service_unavailable", Severity.CRITICAL, Category.SYSTEM)

ERRORS: Mapping[type[Exception], Answer] = {
    api_errors.ValidationError: Answer(400, "validation_error", *_WRONG),
    django_errors.ValidationError: Answer(400, "validation_error", *_WRONG),
    graph_errors.InvalidGraphError: Answer(400, "invalid_graph", *_WRONG),
    graph_errors.BlockDisabledError: Answer(400, "block_disabled", *_WRONG),
    BlockError: Answer(400, "block_failed", Severity.LOW, Category.BUSINESS),
    JsonError: Answer(400, "invalid_json", *_WRONG),
    account_errors.ConnectionFailedError: Answer(400, "connection_failed", *_WRONG),
    FormatError: Answer(400, "unreadable_file", *_WRONG),
    api_errors.ParseError: Answer(400, "bad_request", *_WRONG),
    django_errors.SuspiciousOperation: Answer(
        400, "bad_request", Severity.MEDIUM, Category.VALIDATION
    ),
    api_errors.NotAuthenticated: Answer(401, "not_authenticated", *_REFUSED),
    api_errors.AuthenticationFailed: Answer(401, "authentication_failed", *_REFUSED),
    account_errors.InvalidCredentialsError: Answer(401, "invalid_credentials", *_REFUSED),
    account_errors.InvalidTokenError: Answer(401, "invalid_token", *_REFUSED),
    webhook_errors.SignatureError: Answer(401, "invalid_signature", *_REFUSED),
    account_errors.SecondFactorRequiredError: Answer(401, "second_factor_required", *_REFUSED),
    account_errors.InsufficientCreditsError: Answer(
        402, "insufficient_credits", Severity.MEDIUM, Category.BUSINESS
    ),
    api_errors.PermissionDenied: Answer(403, "permission_denied", *_REFUSED),
    django_errors.PermissionDenied: Answer(403, "permission_denied", *_REFUSED),
    account_errors.InsufficientScopeError: Answer(403, "insufficient_scope", *_REFUSED),
    account_errors.SignupClosedError: Answer(403, "signup_closed", *_REFUSED),
    account_errors.EmailNotVerifiedError: Answer(403, "email_not_verified", *_REFUSED),
    account_errors.SecondFactorError: Answer(403, "second_factor", *_REFUSED),
    api_errors.NotFound: Answer(404, "not_found", *_ABSENT),
    Http404: Answer(404, "not_found", *_ABSENT),
    account_errors.TeamGoneError: Answer(404, "not_found", *_ABSENT),
    api_errors.MethodNotAllowed: Answer(405, "method_not_allowed", *_WRONG),
    api_errors.NotAcceptable: Answer(406, "not_acceptable", *_WRONG),
    graph_errors.StaleVersionError: Answer(412, "precondition_failed", *_CONFLICT),
    graph_errors.VersionConflictError: Answer(409, "version_conflict", *_CONFLICT),
    graph_errors.NotSharedError: Answer(409, "not_shared", *_CONFLICT),
    graph_errors.OthersPartsError: Answer(409, "parts_of_others", *_CONFLICT),
    graph_errors.DraftConflictError: Answer(409, "draft_conflict", *_CONFLICT),
    execution_errors.NotActiveError: Answer(409, "not_active", *_CONFLICT),
    execution_errors.UnknownNameError: Answer(400, "unknown_name", *_WRONG),
    execution_errors.NotRecordableError: Answer(409, "not_recordable", *_CONFLICT),
    execution_errors.NotReplayableError: Answer(409, "not_replayable", *_CONFLICT),
    execution_errors.NotWaitingError: Answer(409, "not_waiting", *_CONFLICT),
    execution_errors.StillRunningError: Answer(409, "still_running", *_CONFLICT),
    execution_errors.NameTakenError: Answer(409, "name_taken", *_CONFLICT),
    execution_errors.KnowledgeLimitError: Answer(409, "knowledge_limit", *_CONFLICT),
    execution_errors.TooManyEndpointsError: Answer(409, "too_many_endpoints", *_CONFLICT),
    account_errors.EmailTakenError: Answer(409, "email_taken", *_CONFLICT),
    account_errors.AlreadyMemberError: Answer(409, "already_member", *_CONFLICT),
    account_errors.TeamFullError: Answer(409, "team_full", *_CONFLICT),
    account_errors.NotMemberError: Answer(409, "not_member", *_CONFLICT),
    account_errors.LastOwnerError: Answer(409, "last_owner", *_CONFLICT),
    account_errors.NoMailError: Answer(409, "no_mail", *_CONFLICT),
    account_errors.KeyRevokedError: Answer(409, "key_revoked", *_CONFLICT),
    account_errors.CredentialUnavailableError: Answer(409, "credential_unavailable", *_CONFLICT),
    webhook_errors.WebhookPausedError: Answer(409, "webhook_paused", *_CONFLICT),
    webhook_errors.WebhookSecretError: Answer(400, "invalid_secret", *_WRONG),
    webhook_errors.FilterError: Answer(400, "invalid_condition", *_WRONG),
    webhook_errors.DeliveryTooLargeError: Answer(413, "body_too_large", *_WRONG),
    execution_errors.InvalidKeyError: Answer(400, "invalid_idempotency_key", *_WRONG),
    NoChatError: Answer(400, "no_chat", *_WRONG),
    execution_errors.TimingError: Answer(400, "invalid_timing", *_WRONG),
    execution_errors.KeyReusedError: Answer(422, "idempotency_key_reused", *_CONFLICT),
    BodyTooLargeError: Answer(413, "body_too_large", *_WRONG),
    execution_errors.FileTooLargeError: Answer(413, "file_too_large", *_WRONG),
    execution_errors.StorageQuotaError: Answer(413, "storage_quota", *_CONFLICT),
    execution_errors.StorageAwayError: Answer(
        503, "storage_away", Severity.HIGH, Category.RESOURCE
    ),
    execution_errors.StorageFullError: Answer(
        507, "storage_full", Severity.CRITICAL, Category.RESOURCE
    ),
    django_errors.RequestDataTooBig: Answer(413, "body_too_large", *_WRONG),
    api_errors.UnsupportedMediaType: Answer(415, "unsupported_media_type", *_WRONG),
    account_errors.RateLimitedError: Answer(
        429, "rate_limit_exceeded", Severity.LOW, Category.RESOURCE
    ),
    account_errors.TooManyRunsError: Answer(429, "too_many_runs", Severity.LOW, Category.RESOURCE),
    api_errors.Throttled: Answer(429, "rate_limit_exceeded", Severity.LOW, Category.RESOURCE),
    OperationalError: _DOWN,
    InterfaceError: _DOWN,
    RedisError: _DOWN,
    NotOfferedError: Answer(410, "not_offered", *_ABSENT),
    Exception: Answer(500, "internal_error", Severity.CRITICAL, Category.SYSTEM),
}

# Said instead of the error's own text: to tell a foreign thing from a missing one, or what broke inside, is no
# business of the caller.
_FIXED = {
    404: gettext_lazy("There is nothing here that you may see"),
    500: gettext_lazy("Something went wrong on our side. The request's id helps to find out what"),
    503: gettext_lazy("A server that this needs cannot be reached now; try again in a moment"),
}


def answer_to(error: Exception) -> Answer:
    """The row of the table for an error; failures of blocks differ by their code."""
    answer = next(ERRORS[cls] for cls in type(error).__mro__ if cls in ERRORS)
    if isinstance(error, BlockError):
        severity, category = KINDS.get(error.code, OTHER)
        return replace(answer, severity=severity, category=category)
    return answer


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answers what a view of the API raises; what nobody expected is logged with the request's id."""
    answer = answer_to(error)
    request_id = context["request"].META.get("REQUEST_ID", "")
    if answer.status >= 500:
        logger.error("Request %s failed", request_id, exc_info=error)
    set_rollback()
    body = envelope(error, request_id)
    return Response(body, status=answer.status, headers=_headers(error, answer.status))


def envelope(error: Exception, request_id: str = "") -> dict[str, Any]:
    """The body of an error answer."""
    answer = answer_to(error)
    message = str(_FIXED.get(answer.status) or _message(error))
    details = _details(error) | ({"request_id": request_id} if answer.status >= 500 else {})
    return {
        "success": False,
        "error": {
            "error_code": _code(error, answer),
            "message": message,
            "severity": answer.severity,
            "category": answer.category,
            "details": details,
            "timestamp": timezone.now(),
        },
        "detail": {"type": "validation_error", "message": message, **details}
        if isinstance(error, graph_errors.InvalidGraphError)
        else message,
    }


def _code(error: Exception, answer: Answer) -> str:
    return error.code if isinstance(error, BlockError | JsonError) else answer.code


def _message(error: Exception) -> str:
    if isinstance(error, django_errors.ValidationError):
        return " ".join(error.messages)
    if isinstance(error, django_errors.SuspiciousOperation):
        return gettext("This request cannot be accepted")
    if isinstance(error, api_errors.APIException):
        return _first_sentence(error.detail)
    return said(error)


def _first_sentence(detail: Any) -> str:
    """The first of the messages of a framework's error, with the field that it is about."""
    place: list[str] = []
    while isinstance(detail, dict | list):
        key, detail = next(iter(detail.items() if isinstance(detail, dict) else enumerate(detail)))
        if isinstance(key, str) and key != "non_field_errors":
            place.append(key)
    return f"{'.'.join(place)}: {detail}" if place else str(detail)


def _details(error: Exception) -> dict[str, Any]:
    if isinstance(error, graph_errors.InvalidGraphError):
        return {
            "node_errors": {
                node_id: {field: translated(message) for field, message in fields.items()}
                for node_id, fields in error.node_errors.items()
            }
        }
    if isinstance(error, api_errors.ValidationError) and isinstance(error.detail, dict):
        return {"fields": error.detail}
    return {}


def _headers(error: Exception, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": CHALLENGE}
    if status == 503:
        return {"Retry-After": str(RETRY_AFTER)}
    if isinstance(error, account_errors.RateLimitedError):
        return refusal_headers(error)
    wait = getattr(error, "wait", None)
    return {"Retry-After": str(int(wait))} if wait else {}


@csrf_exempt  # there is nothing here to protect, and a program must get its envelope
def unknown_path(request: HttpRequest) -> HttpResponse:
    """Any address of the APIs that no route has."""
    return _json(Http404(), request)


@csrf_exempt  # as above
def not_offered(request: HttpRequest, rest: str, instead: str) -> HttpResponse:
    """Parts of the AutoGPT platform that mean nothing here."""
    return _json(NotOfferedError(instead), request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's answer to what it refuses before any view: an envelope for the API, a page for people."""
    return _json(exception, request) if _is_api(request) else _page("400.html", 400)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's answer to what breaks outside the API's views; Django has logged it, and is still handling it."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception) or answer_to(error) is not _DOWN:
        error = RuntimeError()
    if _is_api(request):
        return _json(error, request)
    status = answer_to(error).status
    return _page(f"{status}.html", status, _headers(error, status))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a page answers with to whom it lets nothing do."""
    return _page("403.html", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a page answers with where there is nothing for the caller."""
    return _page("404.html", 404)


def _page(template: str, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Without a look at the request: Django's own pages read its form once more, which may be what broke."""
    body = loader.get_template(template).render()
    return HttpResponse(body, status=status, headers=dict(headers or {}))


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/", "/external-api/"))


def _json(error: Exception, request: HttpRequest) -> HttpResponse:
    status, request_id = answer_to(error).status, request.META.get("REQUEST_ID", "")
    body = dump(envelope(error, request_id))
    return HttpResponse(body, "application/json", status, headers=_headers(error, status))
