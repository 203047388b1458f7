"""The pages that make a graph from words: describe, look at the proposal, accept it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import InsufficientCreditsError
from accounts.http import UserRequest
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from blocks.base import BlockError
from executions.drafting import services
from executions.drafting.services import Proposal
from graphs import documents, drawing, pages
from graphs import services as graphs
from graphs.errors import InvalidGraphError
from graphs.forms import GraphTextForm

UNPROCESSABLE = 422


class WordsForm(forms.Form):
    """What the graph is to do."""

    words = forms.CharField(
        label=_("What shall it do?"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what goes in, what is to happen, and what comes out."),
    )


@limited_as(RouteClass.EXECUTE)
@login_required
@require_http_methods(["GET", "POST"])
def describe(request: UserRequest) -> HttpResponse:
    form = WordsForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "can_draft": services.can_draft()}
    if request.method == "POST" and form.is_valid():
        try:
            proposal = services.propose(user=request.user, words=form.cleaned_data["words"])
        except (BlockError, InsufficientCreditsError) as error:
            form.add_error(None, str(error))
        else:
            context |= _shown(proposal)
    status = UNPROCESSABLE if form.errors else None
    return render(request, "graphs/words.html", context, status=status)


def _shown(proposal: Proposal) -> dict[str, Any]:
    """The proposal as a drawing, if it is one."""
    shown: dict[str, Any] = {"proposal": proposal}
    try:
        graph = documents.parse(proposal.document).drawing()
    except InvalidGraphError as error:
        return shown | {"problems": pages.untitled(error.problems())}
    return shown | {
        "drawing": drawing.draw(graph),
        "outline": pages.outline(graph),
        "problems": pages.titled(graph, proposal.problems),
    }


@login_required
@require_POST
def accept(request: UserRequest) -> HttpResponse:
    form = GraphTextForm(request.POST)
    document = form.document() if form.is_valid() else None
    try:
        if document:
            version = graphs.create_graph(
                owner=request.user,
                name=document.name,
                description=document.description,
                drawing=document.drawing(),
            )
            return redirect("graphs:edit", version.graph_id)
    except InvalidGraphError as error:
        form.refuse(error)
    for reason in form.non_field_errors():
        messages.error(request, str(reason))
    return redirect("executions:words")
