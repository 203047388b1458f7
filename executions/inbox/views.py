"""The pages of what waits for somebody, and the one that a link in a mail leads to."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import NotMemberError
from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from accounts.models import User
from executions.errors import NotWaitingError
from executions.inbox import links, services
from executions.inbox.forms import ApprovalForm, DelegateForm
from executions.inbox.models import asked_of
from executions.inbox.questions import question_of
from executions.models import NodeExecution

PER_PAGE = 25
NOT_FOUND, UNPROCESSABLE = 404, 422


@login_required
@require_GET
def question_list(request: UserRequest) -> HttpResponse:
    page = Paginator(asked_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    questions = [question_of(firing) for firing in page]
    return render(request, "inbox/list.html", {"page": page, "questions": questions})


@login_required
@require_http_methods(["GET", "POST"])
def question(request: UserRequest, pk: UUID) -> HttpResponse:
    firing = _find(request, pk)
    form = ApprovalForm(firing, request.POST or None)
    if request.method == "POST" and _answered(request, firing, request.user, form):
        return redirect("inbox:list")
    return _detail(request, firing, form)


def _detail(request: UserRequest, firing: NodeExecution, form: ApprovalForm) -> HttpResponse:
    context = {
        "question": question_of(firing),
        "form": form,
        "delegate_form": DelegateForm(firing, request.user),
    }
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "inbox/question.html", context, status=status)


def _answered(request: HttpRequest, firing: NodeExecution, user: User, form: ApprovalForm) -> bool:
    """Whether there is nothing more to do for this question."""
    if not form.is_valid():
        return False
    try:
        services.answer(firing, user, form.answer())
    except NotWaitingError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your answer is kept; the run goes on."))
    return True


@login_required
@require_POST
def delegate(request: UserRequest, pk: UUID) -> HttpResponse:
    firing = _find(request, pk)
    form = DelegateForm(firing, request.user, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose somebody of the graph's team."))
        return redirect("inbox:question", pk)
    given: dict[str, Any] = form.cleaned_data
    try:
        services.delegate(firing, request.user, given["user"].pk, given["note"])
    except (NotMemberError, NotWaitingError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(who)s is asked to answer.") % {"who": given["user"]})
    return redirect("inbox:list")


@login_required
@require_POST
def take_back(request: UserRequest, pk: UUID) -> HttpResponse:
    services.take_back(_find(request, pk))
    return redirect("inbox:list")


@limited_as(RouteClass.VISIT)
@require_http_methods(["GET", "POST"])
@cache_control(private=True, no_store=True)
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    found = links.opened(token)
    if found is None:
        return render(request, "inbox/link_ended.html", status=NOT_FOUND)
    firing, user = found
    form = ApprovalForm(firing, request.POST or None)
    is_done = request.method == "POST" and _answered(request, firing, user, form)
    context = {"question": question_of(firing), "form": form, "is_done": is_done}
    status = UNPROCESSABLE if form.errors else None
    answer = render(request, "inbox/by_link.html", context, status=status)
    # The address is a secret: no search engine lists it, no other site learns it.
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def _find(request: UserRequest, pk: UUID) -> NodeExecution:
    return get_object_or_404(asked_of(request.user), pk=pk)
