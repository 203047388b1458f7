"""Where Prometheus looks."""

import ipaddress
import secrets

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from accounts.models import User
from executions.metrics import exposition, system


@never_cache
@require_safe
def system_page(request: HttpRequest) -> HttpResponse:
    """How everything goes; the admin lets operators in only."""
    context = {**admin.site.each_context(request), "system": system.look()}
    return TemplateResponse(request, "admin/system.html", context)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics of the whole installation, whichever process answers."""
    if not _may_read(request):
        text = "Send the METRICS_TOKEN of this installation as `Authorization: Bearer …`.\n"
        return HttpResponse(text, status=401, content_type="text/plain; charset=utf-8")
    return HttpResponse(exposition.text(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """Whoever has the token; operators; and without a token, programs on this machine."""
    if isinstance(request.user, User) and request.user.is_staff:
        return True
    if settings.METRICS_TOKEN:
        expected = f"Bearer {settings.METRICS_TOKEN}"
        return secrets.compare_digest(
            request.headers.get("Authorization", "").encode(), expected.encode()
        )
    return _is_local(request)


def _is_local(request: HttpRequest) -> bool:
    """Whether it comes from this machine, and not from a proxy on it."""
    if "X-Forwarded-For" in request.headers or settings.HTTPS:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
