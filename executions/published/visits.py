"""Published pages for visitors: a form or a chat, and what came of it. A visitor is known by their session alone."""

from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import RunRefusedError
from accounts.limits.middleware import limited_as
from accounts.limits.rates import RouteClass
from executions import plans, results
from executions.errors import NotActiveError
from executions.live import following
from executions.published import chats, services
from executions.published.chats import ChatPins
from executions.published.errors import PageClosedError
from executions.published.forms import MessageForm
from executions.published.models import PageRun, PublishedPage, new_token
from executions.triggers import keeping
from graphs import spec
from graphs.errors import InvalidGraphError
from graphs.input_forms import InputsForm
from graphs.translating import translated

UNPROCESSABLE = 422
TURNS = 50  # of a conversation that are shown and remembered
LONGEST = 120.0  # seconds of one stream; the browser comes back


@limited_as(RouteClass.VISIT)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, token: str) -> HttpResponse:
    page = _find(request, token)
    graph = _graph_of(page)
    if page.kind == PublishedPage.Kind.CHAT:
        return _chat(request, page, graph)
    return _form(request, page, graph)


def _form(request: HttpRequest, page: PublishedPage, graph: spec.Graph) -> HttpResponse:
    is_sent = request.method == "POST"
    form = InputsForm(
        graph,
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        fixed=page.inputs,
    )
    if is_sent and request.FILES:
        form.add_error(None, _("Files cannot be sent here; give the address of one on the web."))
    if is_sent and form.is_valid():
        run = _started(form, page, _visitor(request, page), form.inputs())
        if run:
            return redirect("published:result", page.token, run.execution_id)
    context = {"published": page, "form": form}
    status = UNPROCESSABLE if is_sent else None
    return render(request, "published/form.html", context, status=status)


def _chat(request: HttpRequest, page: PublishedPage, graph: spec.Graph) -> HttpResponse:
    pins = chats.pins_of(graph)
    if pins is None:  # the graph was changed since
        raise Http404
    visitor = _visitor(request, page)
    turns = _turns(page, visitor)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        message = form.cleaned_data["message"]
        inputs: dict[str, Any] = {pins.message: message}
        if pins.history:
            inputs[pins.history] = chats.history_of(_said(turns, pins))
        if _started(form, page, visitor, inputs, message):
            return redirect("published:visit", page.token)
    context = {"published": page, "form": form, "turns": [_shown(turn, pins) for turn in turns]}
    status = UNPROCESSABLE if request.method == "POST" else None
    return render(request, "published/chat.html", context, status=status)


def _turns(page: PublishedPage, visitor: str) -> list[PageRun]:
    found = PageRun.objects.of_visitor(page, visitor)
    return list(found.reverse()[:TURNS])[::-1]


def _said(turns: Iterable[PageRun], pins: ChatPins) -> Iterable[tuple[str, str]]:
    for turn in turns:
        yield turn.message, chats.answer_in(results.outputs_of(turn.execution), pins)


def _shown(run: PageRun, pins: ChatPins) -> dict[str, Any]:
    execution = run.execution
    answer = chats.answer_in(execution.outputs, pins) if execution.has_ended else ""
    return {"run": run, "execution": execution, "answer": answer}


def _started(
    form: Any, page: PublishedPage, visitor: str, inputs: dict[str, Any], message: str = ""
) -> PageRun | None:
    try:
        return services.start(page, visitor, inputs, message=message)
    except (PageClosedError, NotActiveError) as error:
        form.add_error(None, translated(error.args[0]))
    except (InvalidGraphError, RunRefusedError):
        form.add_error(None, _("This page cannot start anything just now."))
    return None


@limited_as(RouteClass.VISIT)
@require_POST
def begin_anew(request: HttpRequest, token: str) -> HttpResponse:
    page = _find(request, token)
    request.session.pop(_key(page), None)
    return redirect("published:visit", token)


@limited_as(RouteClass.VISIT)
@require_GET
def result(request: HttpRequest, token: str, run_pk: UUID) -> HttpResponse:
    page, run = _find_run(request, token, run_pk)
    execution = run.execution
    if page.kind == PublishedPage.Kind.CHAT:
        pins = chats.pins_of(_graph_of(page))
        turn = _shown(run, pins) if pins else {}
        return render(request, "published/turn.html", {"published": page, "turn": turn})
    context = {
        "published": page,
        "execution": execution,
        "outputs": execution.outputs if execution.has_ended else {},
    }
    part = (
        "published/result_part.html"
        if request.headers.get("HX-Request")
        else "published/result.html"
    )
    return render(request, part, context)


@limited_as(RouteClass.VISIT)
@require_GET
def stream(request: HttpRequest, token: str, run_pk: UUID) -> HttpResponseBase:
    _page, run = _find_run(request, token, run_pk)
    graph = plans.graph_of_version(run.execution.version_id)
    pins = chats.pins_of(graph)
    writers = chats.writers_of(graph, pins) if pins else frozenset()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    lines = _lines(run.execution_id, writers)
    return StreamingHttpResponse(lines, content_type="text/event-stream", headers=headers)


async def _lines(execution_id: UUID, writers: frozenset[str]) -> AsyncIterator[bytes]:
    async for text in following.follow_texts(execution_id, writers, seconds=LONGEST):
        yield b"event: text\ndata: " + orjson.dumps(text) + b"\n\n"
    yield b"event: end\ndata: {}\n\n"


def _find(request: HttpRequest, token: str) -> PublishedPage:
    """The page; a private one is there for its owner alone."""
    page = get_object_or_404(PublishedPage.objects.open(), token=token)
    if not page.is_public and request.user != page.user:
        raise Http404
    return page


def _find_run(request: HttpRequest, token: str, run_pk: UUID) -> tuple[PublishedPage, PageRun]:
    page = _find(request, token)
    visitor = request.session.get(_key(page), "")
    runs = PageRun.objects.of_visitor(page, visitor)
    return page, get_object_or_404(runs, execution_id=run_pk)


def _graph_of(page: PublishedPage) -> spec.Graph:
    try:
        return plans.graph_of_version(keeping.version_of(page).pk)
    except NotActiveError:
        raise Http404 from None


def _visitor(request: HttpRequest, page: PublishedPage) -> str:
    """Who has this page open; a visitor who only looks gets no session."""
    key = _key(page)
    if request.method == "POST" and key not in request.session:
        request.session[key] = new_token()
    visitor: str = request.session.get(key, "")
    return visitor


def _key(page: PublishedPage) -> str:
    return f"visitor:{page.pk}"
