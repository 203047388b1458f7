"""Buttons on the page of one thing: each does one verb with it, and leads to a page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.views.decorators.http import require_POST

from accounts.http import UserRequest

Find = Callable[[UserRequest, UUID], Any]
View = Callable[..., HttpResponse]


def own(model: type[Model]) -> Find:
    """Finds what the user has of a kind. The rest is missing: `Http404`."""

    def find(request: UserRequest, pk: UUID) -> Model:
        rows: Any = model._default_manager
        found: Model = get_object_or_404(rows.owned_by(request.user).select_related("user"), pk=pk)
        return found

    return find


def button(
    find: Find,
    do: Callable[[Any], object],
    *,
    back: str = "",
    away: str = "",
    message: str | Promise = "",
) -> View:
    """The view of a button, which leads back to the page of the thing, or away from it, and says this."""

    @login_required
    @require_POST
    def press(request: UserRequest, pk: UUID) -> HttpResponse:
        do(find(request, pk))
        if message:
            messages.success(request, str(message))
        return redirect(back, pk) if back else redirect(away)

    return press
