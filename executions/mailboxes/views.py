"""The pages of mailboxes."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import UserRequest
from accounts.lists import list_page, own_rows, several
from executions.errors import NotActiveError
from executions.mailboxes import services
from executions.mailboxes.forms import MailboxForm
from executions.mailboxes.models import Arrival, Mailbox
from executions.triggers import keeping
from executions.triggers.buttons import button, own
from executions.triggers.listing import TRIGGER_VERBS, TriggerList
from executions.triggers.problems import say_problems
from graphs.errors import InvalidGraphError
from graphs.finding import editable_version
from graphs.models import GraphVersion
from graphs.pages import number_in
from graphs.translating import said

PER_PAGE = 25
UNPROCESSABLE = 422
_PAGE, _LIST = "mailboxes:detail", "mailboxes:list"

_find = own(Mailbox)


mailbox_list = list_page(own_rows(Mailbox), TriggerList, TRIGGER_VERBS, "mailboxes/list.html")
with_several = several(own_rows(Mailbox), TRIGGER_VERBS, _LIST)


@login_required
@require_http_methods(["GET", "POST"])
def new_mailbox(request: UserRequest, graph_pk: UUID) -> HttpResponse:
    version = editable_version(request.user, graph_pk, number_in(request))
    form = MailboxForm(request.user, request.POST or None)
    if request.method == "POST":
        mailbox = _saved(form, request, version)
        if mailbox:
            return redirect(_PAGE, mailbox.pk)
    context = {"graph": version.graph, "form": form}
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "mailboxes/new.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def mailbox_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    mailbox = _find(request, pk)
    initial = {name: getattr(mailbox, name) for name in MailboxForm.base_fields}
    form = MailboxForm(request.user, request.POST or None, initial=initial)
    if request.method == "POST" and _changed(form, request, mailbox):
        messages.success(request, _("The mailbox is changed."))
        return redirect(_PAGE, pk)
    rows = Arrival.objects.filter(mailbox=mailbox).newest_first()
    context = {
        "mailbox": mailbox,
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "mailboxes/detail.html", context, status=status)


def _changed(form: MailboxForm, request: UserRequest, mailbox: Mailbox) -> Mailbox | None:
    try:
        version = keeping.version_of(mailbox, mailbox.version)
    except NotActiveError as error:
        form.add_error(None, said(error))
        return None
    return _saved(form, request, version, mailbox)


def _saved(
    form: MailboxForm, request: UserRequest, version: GraphVersion, mailbox: Mailbox | None = None
) -> Mailbox | None:
    """The mailbox as it was filled in; None when the form says what is wrong."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    try:
        if mailbox is None:
            return services.create_mailbox(
                user=request.user, version=version, is_pinned=False, values=values
            )
        is_pinned = mailbox.version is not None
        return services.change_mailbox(mailbox, version, is_pinned=is_pinned, values=values)
    except InvalidGraphError as error:
        say_problems(form, error)
    return None


pause = button(_find, partial(keeping.set_paused, is_paused=True), back=_PAGE)
resume = button(_find, partial(keeping.set_paused, is_paused=False), back=_PAGE)
look = button(
    _find,
    services.look_now,
    back=_PAGE,
    message=gettext_lazy("It is looked into; what came is in the list below."),
)
delete = button(_find, keeping.delete, away=_LIST, message=gettext_lazy("The mailbox is deleted."))
