"""Published pages for their owners."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest
from accounts.lists import list_page, own_rows, several
from executions.errors import NotActiveError
from executions.published import services
from executions.published.errors import NoChatError
from executions.published.forms import PageForm
from executions.published.listing import PublishedList
from executions.published.models import PageRun, PublishedPage
from executions.triggers import keeping
from executions.triggers.buttons import button, own
from executions.triggers.listing import TRIGGER_VERBS
from executions.triggers.problems import say_problems
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version
from graphs.models import GraphVersion
from graphs.pages import number_in
from graphs.translating import said

UNPROCESSABLE = 422
_PAGE, _LIST = "published:detail", "published:list"

_find = own(PublishedPage)


page_list = list_page(own_rows(PublishedPage), PublishedList, TRIGGER_VERBS, "published/list.html")
with_several = several(own_rows(PublishedPage), TRIGGER_VERBS, _LIST)


@login_required
@require_http_methods(["GET", "POST"])
def new_page(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    version = editable_version(request.user, graph_pk, number_in(request))
    given = {"name": version.graph.name, "description": version.graph.description}
    form = PageForm(request.POST or None, initial={**given, "daily_credits": 100})
    if request.method == "POST":
        made = _saved(form, request, version)
        if made:
            return redirect("published:detail", made.pk)
    status = UNPROCESSABLE if request.method == "POST" else None
    context = {"graph": version.graph, "form": form}
    return render(request, "published/new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def page_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    page = _find(request, pk)
    initial = {name: getattr(page, name) for name in PageForm.base_fields}
    form = PageForm(request.POST or None, initial=initial)
    if request.method == "POST":
        try:
            version = keeping.version_of(page)
        except NotActiveError as error:
            messages.error(request, said(error))
            return redirect(_PAGE, pk)
        if _saved(form, request, version, page):
            messages.success(request, _("The page is changed."))
            return redirect(_PAGE, pk)
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "published/detail.html", _context(request, page, form), status=status)


def _context(request: UserRequest, page: PublishedPage, form: PageForm) -> dict[str, Any]:
    return {
        "published": page,
        "url": request.build_absolute_uri(reverse("published:visit", args=[page.token])),
        "form": form,
        "spent": PageRun.objects.spent_on(page),
        "runs": PageRun.objects.filter(page=page).count(),
    }


def _saved(
    form: PageForm, request: UserRequest, version: GraphVersion, page: PublishedPage | None = None
) -> PublishedPage | None:
    if not form.is_valid():
        return None
    try:
        if page is None:
            return services.create_page(
                user=request.user, version=version, values=form.cleaned_data
            )
        return services.change_page(page, version, form.cleaned_data)
    except NoChatError as error:
        form.add_error("kind", said(error))
    except InvalidGraphError as error:
        say_problems(form, error)
    return None


pause = button(_find, partial(keeping.set_paused, is_paused=True), back=_PAGE)
resume = button(_find, partial(keeping.set_paused, is_paused=False), back=_PAGE)
renew = button(
    _find, services.renew, back=_PAGE, message=gettext_lazy("The page has another address now.")
)
delete = button(_find, keeping.delete, away=_LIST, message=gettext_lazy("The page is deleted."))
