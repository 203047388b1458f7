"""One trace from the request to the last node, and nothing at all while it is off."""

import os
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from executions import services, tracing
from executions.models import Execution
from executions.workers import work
from tests.executions.scene import drawing, save
from tests.security.test_one_way import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
GRAPH = {"a": ("test_pure", {"value": 1}), "b": ("test_idempotent", {}), "c": ("test_pure", {})}
LINKS = ["a.value -> b.value", "b.value -> c.value"]


@pytest.fixture
def spans(monkeypatch):
    """The spans that were sent."""
    exporter = InMemorySpanExporter()
    tracing.start("", "0", exporter=exporter)

    def spans():
        tracing._tracer.span_processor.force_flush()
        return exporter.get_finished_spans()

    yield spans
    tracing._tracer = None


def post(api, user, settings, **headers):
    settings.MIDDLEWARE = [
        settings.MIDDLEWARE[0],
        "executions.tracing_middleware.TracingMiddleware",
        *settings.MIDDLEWARE[1:],
    ]
    version = save(user, drawing(GRAPH, LINKS))
    answer = api.post(f"/api/graphs/{version.graph_id}/execute", {"inputs": {}}, **headers)
    return Execution.objects.get(pk=answer.json()["id"])


def test_a_run_is_one_trace_from_the_request_to_the_last_node(api, user, settings, spans):
    execution = post(api, user, settings)
    work.advance(execution.pk)
    work.fill_slots()

    of_run = [
        span for span in spans() if f"{span.context.trace_id:032x}" == execution.trace.split("-")[1]
    ]
    names = [span.name for span in of_run]
    assert "POST /api/graphs/<uuid:graph_id>/execute" in names
    assert [name for name in names if name.startswith("test_")] == [
        *("test_pure", "test_idempotent", "test_pure")
    ]


def test_a_run_without_a_request_has_a_trace_of_its_own(user, spans):
    execution = services.start_execution(
        version=save(user, drawing(GRAPH, LINKS)), user=user, inputs={}
    )
    work.advance(execution.pk)

    trace_ids = {f"{span.context.trace_id:032x}" for span in spans()}
    assert trace_ids == {execution.trace.split("-")[1]}


def test_while_it_is_off_a_row_carries_nothing(api, user):
    version = save(user, drawing(GRAPH, LINKS))
    api.post(f"/api/graphs/{version.graph_id}/execute", {"inputs": {}})

    assert Execution.objects.get().trace == ""
    assert tracing.span("a") is tracing.span("b")


@pytest.mark.parametrize("library", ["opentelemetry", "sentry_sdk"])
def test_nothing_needs_the_extras(library):
    """As if it were not installed."""
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "import django; django.setup(); import config.asgi; print('ok')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )

    assert result.stdout.strip() == "ok"
