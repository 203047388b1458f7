"""The pages of versions: what has changed between two, and taking an old one up again."""

import re
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.http import UserRequest
from graphs import services, version_pages
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version, visible_version
from graphs.translating import said

_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@login_required
@require_GET
def changes(request: UserRequest, pk: UUID, number: int) -> HttpResponse:
    version = visible_version(request.user, pk, number)
    against = request.GET.get("against", "")
    before = int(against) if _NUMBER.fullmatch(against) else number - 1
    other = version.graph.versions.filter(version=before).first()
    context = version_pages.changes_page(version, other)
    return render(request, "graphs/changes.html", context)


@login_required
@require_POST
def restore(request: UserRequest, pk: UUID, number: int) -> HttpResponse:
    version = editable_version(request.user, pk, number)
    try:
        saved = services.restore_version(version)
    except InvalidGraphError as error:
        messages.error(request, said(error))
    else:
        words = {"old": number, "new": saved.version}
        messages.success(request, _("Version %(old)s is back as version %(new)s.") % words)
    return redirect("graphs:detail", pk)
