"""Graph files of the terminal: JSON as the API takes it, `{name, description, nodes, links, settings}`."""

import time
from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from executions.engine.status import Status
from executions.models import Event, Execution
from graphs import documents, json_text, services, spec
from graphs.documents import GraphDocument
from graphs.models import Graph, GraphVersion

_POLL_SECONDS = 0.05
_PAGE = 200


def load(path: Path) -> GraphDocument:
    """The graph in a file. Raises `OSError`, `JsonError` and `InvalidGraphError`."""
    return documents.parse(json_text.read(path.read_bytes()))


def save(user: User, document: GraphDocument) -> GraphVersion:
    """The user's graph of this name as the file has it: made, or saved anew where the file differs from it."""
    graph = Graph.objects.owned_by(user).filter(name=document.name).newest_first().first()
    drawing = document.drawing()
    if graph is None:
        return services.create_graph(
            owner=user, name=document.name, description=document.description, drawing=drawing
        )
    active = graph.versions.filter(is_active=True).first()
    if active is not None and _is_same(active.load(), drawing):
        return active
    return services.save_version(
        graph=graph, name=document.name, description=document.description, drawing=drawing
    )


def _is_same(one: spec.Graph, other: spec.Graph) -> bool:
    """Links are compared by their ends: a file need not give them ids."""
    return (one.nodes, one.settings, _ends(one)) == (other.nodes, other.settings, _ends(other))


def _ends(drawing: spec.Graph) -> list[tuple[str, str, str, str]]:
    return [
        (link.source_id, link.source_name, link.sink_id, link.sink_name) for link in drawing.links
    ]


def follow(execution: Execution) -> Iterator[Event]:
    """The run's events as they are committed, to the end of the run. The log is polled: this needs no Redis."""
    seq = 0
    while True:
        log = execution.events.filter(seq__gt=seq).order_by("seq")
        for event in log[:_PAGE]:
            seq = event.seq
            yield event
            if event.kind == Event.Kind.EXECUTION and Status(event.data["status"]).is_final:
                return
        time.sleep(_POLL_SECONDS)
