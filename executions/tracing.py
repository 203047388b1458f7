"""Traces by OpenTelemetry, an extra: one from the request that starts a run to its last node, whichever workers do it.

A run's row carries where its trace began. While nothing is set up, a span is a context that does nothing.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NO_TRACE = ""
_OFF: AbstractContextManager[Any] = nullcontext()

_tracer: Any = None  # of OpenTelemetry, which may not be installed


def start(url: str, version: str, *, exporter: Any = None) -> None:
    """Send spans of this process to a collector, by OTLP over HTTP, from a thread of its own."""
    global _tracer  # noqa: PLW0603 - one a process
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above

        exporter = exporter or _exporter(url)
    except ImportError as error:
        raise ImproperlyConfigured(
            "TRACES_URL needs OpenTelemetry: install the extra `tracing`"
        ) from error
    about = {"service.name": "agentloom", "service.version": version}
    provider = TracerProvider(resource=Resource.create(about))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("agentloom", version)


def _exporter(url: str) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
        OTLPSpanExporter,
    )

    return OTLPSpanExporter(endpoint=url)


def span(name: str, parent: str | None = None, **attributes: object) -> AbstractContextManager[Any]:
    """A span, which ends with the context. `parent` is what a row carries; without one it is the span around this."""
    if _tracer is None:
        return _OFF
    return _tracer.start_as_current_span(  # type: ignore[no-any-return]  # see above
        name,
        context=_context(parent),
        attributes={f"agentloom.{key}": str(value) for key, value in attributes.items()},
    )


def _context(parent: str | None) -> Any:
    return _of_header(parent) if parent else None


def _of_header(traceparent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - an extra
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


def carried() -> str:
    """Where we are, in the form of W3C's `traceparent`; a new trace if we are nowhere."""
    if _tracer is None:
        return NO_TRACE
    from opentelemetry.trace import get_current_span  # noqa: PLC0415 - an extra

    context = get_current_span().get_span_context()
    if not context.is_valid:
        with span("run accepted") as begun:
            context = begun.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
