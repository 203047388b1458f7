"""Graphs that come from files and go into files, with the graphs that they run."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from accounts.models import User
from graphs import companions, documents, services, spec
from graphs.formats import own
from graphs.formats.bundle import Bundle, Remark, Sheet, child_of
from graphs.formats.cases import Case
from graphs.formats.secrets import without_secrets
from graphs.models import Graph, GraphQuerySet, GraphVersion, TestCase

Child = tuple[str, int | None]  # a graph that a node runs, and the version if it names one


@dataclass(frozen=True, slots=True)
class Imported:
    """The graph that a file has become, those that were made beside it, and what there is to say."""

    version: GraphVersion
    remarks: tuple[Remark, ...]
    parts: tuple[GraphVersion, ...]


@transaction.atomic
def save(owner: User, bundle: Bundle) -> Imported:
    """Make the graphs of a file. Raises `InvalidGraphError`."""
    made = [(sheet, uuid4()) for sheet in bundle.sheets()]
    ids = {sheet.key: str(id_) for sheet, id_ in made if sheet.key}
    *parts, version = (_made(owner, sheet, id_, ids) for sheet, id_ in made)
    TestCase.objects.bulk_create(
        TestCase(graph=version.graph, **case.model_dump(mode="json")) for case in bundle.cases
    )
    along = companions.unpack(version, owner, bundle.along)
    return Imported(version, (*bundle.remarks, *along), tuple(parts))


def _made(owner: User, sheet: Sheet, id_: UUID, ids: Mapping[str, str]) -> GraphVersion:
    drawing = _pointing(sheet.drawing, lambda node: ids.get(child_of(node)))
    document = documents.parse(own.write(Bundle(dataclasses.replace(sheet, drawing=drawing))))
    return services.create_graph(
        id_=id_,
        owner=owner,
        name=document.name,
        description=document.description,
        drawing=document.drawing(),
    )


def bundle_of(version: GraphVersion, among: GraphQuerySet) -> Bundle:
    """A version with those of these graphs that it runs, without secrets."""
    main, parts = _sheet(version), parts_of(version, among)
    sheets = [dataclasses.replace(_sheet(parts[each]), key=_key_of(each)) for each in parts]
    names = dict.fromkeys(_itself(version), main.key) | {each: _key_of(each) for each in parts}
    main, *others = (
        dataclasses.replace(
            sheet, drawing=_pointing(sheet.drawing, lambda node: names.get(_child_of(node)))
        )
        for sheet in (main, *sorted(sheets, key=lambda sheet: sheet.key))
    )
    return Bundle(main, tuple(others), cases=_cases_of(version.graph))


def parts_of(version: GraphVersion, among: GraphQuerySet) -> dict[Child, GraphVersion]:
    """What it runs of these graphs, and what these run: by how nodes name it, the version that is run now."""
    found: dict[Child, GraphVersion] = {}
    todo = _children(version) - _itself(version)
    while todo:
        wanted = todo.pop()
        child = _version_of(wanted, among)
        if child is not None:
            found[wanted] = child
            todo |= _children(child) - found.keys() - _itself(version)
    return found


def _itself(version: GraphVersion) -> set[Child]:
    return {(str(version.graph_id), None), (str(version.graph_id), version.version)}


def _children(version: GraphVersion) -> set[Child]:
    return {_child_of(node) for node in version.load().nodes.values() if child_of(node)}


def _child_of(node: spec.Node) -> Child:
    number = node.input_default.get("graph_version")
    return child_of(node), number if isinstance(number, int) else None


def _key_of(wanted: Child) -> str:
    """How a file names it: a certain version has another id than the graph, because others may go along, too."""
    graph_id, number = wanted
    return graph_id if number is None else str(uuid5(UUID(graph_id), str(number)))


def _pointing(drawing: spec.Graph, name_of: Callable[[spec.Node], str | None]) -> spec.Graph:
    """The drawing with other names for the graphs that its nodes run, of which there is one version each."""
    nodes = {id_: _pointed(node, name_of(node)) for id_, node in drawing.nodes.items()}
    return dataclasses.replace(drawing, nodes=nodes)


def _pointed(node: spec.Node, name: str | None) -> spec.Node:
    if name is None:
        return node
    values = {**node.input_default, "graph_id": name}
    if values.get("graph_version") is not None:
        values["graph_version"] = 1
    return dataclasses.replace(node, input_default=values)


def _cases_of(graph: Graph) -> tuple[Case, ...]:
    columns = ("name", "inputs", "checks", "answers")
    return tuple(Case(**row) for row in graph.test_cases.values(*columns))


def _version_of(wanted: Child, among: GraphQuerySet) -> GraphVersion | None:
    graph_id, number = wanted
    which = {"is_active": True} if number is None else {"version": number}
    try:
        versions = GraphVersion.objects.filter(graph_id=UUID(graph_id), graph__in=among, **which)
    except ValueError:
        return None
    return versions.select_related("graph__owner").first()


def _sheet(version: GraphVersion) -> Sheet:
    graph = version.graph
    drawing = without_secrets(version.load())
    return Sheet(graph.name, graph.description, drawing, str(graph.pk))
