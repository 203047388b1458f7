"""Graphs that come from files and go into files, with the graphs that they run."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from graphs import companions, documents, services, spec
from graphs.formats import own
from graphs.formats.bundle import Bundle, FormatError, Remark, Sheet, child_of
from graphs.formats.cases import Case
from graphs.formats.secrets import without_secrets
from graphs.models import Graph, GraphVersion, TestCase
from graphs.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Imported:
    """The graph that a file has become, and what there is to say about it."""

    version: GraphVersion
    remarks: tuple[Remark, ...]


@transaction.atomic
def save(owner: User, bundle: Bundle) -> Imported:
    """Make the graphs of a file, those that others run first. Raises `InvalidGraphError` and `FormatError`."""
    ids: dict[str, str] = {}
    for sheet in _children_first(bundle.parts):
        ids[sheet.key] = str(_made(owner, sheet, ids).graph_id)
    version = _made(owner, bundle.main, ids)
    TestCase.objects.bulk_create(
        TestCase(graph=version.graph, **case.model_dump(mode="json")) for case in bundle.cases
    )
    along = companions.unpack(version, owner, bundle.along)
    return Imported(version, (*bundle.remarks, *along))


def _children_first(parts: Iterable[Sheet]) -> Iterator[Sheet]:
    """The graphs of a file in the order in which they can be made. Raises `FormatError` for those that run each other."""
    waiting = list(parts)
    while waiting:
        keys = {sheet.key for sheet in waiting}
        ready = [sheet for sheet in waiting if keys.isdisjoint(_children(sheet) - {sheet.key})]
        if not ready:
            raise FormatError(Sentence("The graphs of this file run each other"))
        yield from ready
        waiting = [sheet for sheet in waiting if sheet not in ready]


def _children(sheet: Sheet) -> set[str]:
    return {child_of(node) for node in sheet.drawing.nodes.values()} - {""}


def _made(owner: User, sheet: Sheet, ids: Mapping[str, str]) -> GraphVersion:
    drawing = with_children(sheet.drawing, ids)
    document = documents.parse(own.write(Bundle(dataclasses.replace(sheet, drawing=drawing))))
    return services.create_graph(
        owner=owner,
        name=document.name,
        description=document.description,
        drawing=document.drawing(),
    )


def with_children(drawing: spec.Graph, ids: Mapping[str, str]) -> spec.Graph:
    """The drawing with other ids for the graphs that its nodes run."""
    nodes = {
        id_: dataclasses.replace(
            node, input_default={**node.input_default, "graph_id": ids[child_of(node)]}
        )
        if child_of(node) in ids
        else node
        for id_, node in drawing.nodes.items()
    }
    return dataclasses.replace(drawing, nodes=nodes)


def bundle_of(version: GraphVersion) -> Bundle:
    """A version with the graphs of its owner that it runs, without secrets. Children are those that run now."""
    main = _sheet(version)
    found: dict[str, Sheet] = {}
    todo = _children(main) - {main.key}
    while todo:
        key = todo.pop()
        child = _child(version.graph.owner, key)
        if child is not None:
            found[key] = _sheet(child)
            todo |= _children(found[key]) - found.keys() - {main.key}
    return Bundle(main, tuple(found[key] for key in sorted(found)), cases=_cases_of(version.graph))


def _cases_of(graph: Graph) -> tuple[Case, ...]:
    columns = ("name", "inputs", "checks", "answers")
    return tuple(Case(**row) for row in graph.test_cases.values(*columns))


def _child(owner: User, key: str) -> GraphVersion | None:
    try:
        versions = GraphVersion.objects.visible_to(owner).filter(graph_id=UUID(key), is_active=True)
    except ValueError:
        return None
    return versions.select_related("graph__owner").first()


def _sheet(version: GraphVersion) -> Sheet:
    graph = version.graph
    drawing = without_secrets(version.load())
    return Sheet(graph.name, graph.description, drawing, str(graph.pk))
