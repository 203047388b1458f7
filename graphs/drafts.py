"""What can be done with drafts: keep one, make a version of it, throw it away. And what is wrong with one."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from graphs import documents, services, spec, switches, uses, validation
from graphs.errors import DraftConflictError, InvalidGraphError
from graphs.models import Draft, Graph, GraphVersion
from graphs.validation import Problem


@transaction.atomic
def keep(
    *, graph: Graph, user: User, document: dict[str, Any], base_version: int, revision: int
) -> Draft:
    """Write the user's draft of the graph; `revision` is the one that the writer has seen, 0 for none.

    Raises `DraftConflictError` when another window has written in the meantime.
    """
    draft = _current(graph, user, revision)
    if draft is None:
        draft = Draft(graph=graph, user=user, revision=0)
    draft.document, draft.base_version = document, base_version
    draft.revision += 1
    draft.save()
    return draft


@transaction.atomic
def publish(*, graph: Graph, user: User, revision: int, message: str = "") -> GraphVersion:
    """Save the draft as the next version, and drop it.

    Raises `InvalidGraphError`, `DraftConflictError`, and `VersionConflictError` when a version was saved since the
    draft was begun.
    """
    draft = _current(graph, user, revision)
    if draft is None:
        raise DraftConflictError(
            _("There is no draft any more; it was saved or discarded elsewhere")
        )
    document = documents.parse(draft.document)
    version = services.save_version(
        graph=graph,
        name=document.name,
        description=document.description,
        drawing=document.drawing(),
        base_version=draft.base_version,
        message=message,
    )
    draft.delete()
    return version


def discard(*, graph: Graph, user: User) -> None:
    """Throw the draft away, if there is one."""
    Draft.objects.filter(graph=graph, user=user).delete()


def drawing_of(*, graph: Graph, user: User) -> spec.Graph:
    """What the user sees in the builder: their draft, else the active version. Raises `InvalidGraphError`."""
    draft = Draft.objects.filter(graph=graph, user=user).first()
    if draft:
        return documents.parse(draft.document).drawing()
    return graph.versions.get(is_active=True).load()


def _current(graph: Graph, user: User, revision: int) -> Draft | None:
    """The draft that the caller has seen. Two windows that begin one at once come one after the other."""
    Graph.objects.select_for_update().get(pk=graph.pk)
    draft = Draft.objects.filter(graph=graph, user=user).first()
    if (draft.revision if draft else 0) != revision:
        raise DraftConflictError(_("This graph was changed in another window in the meantime"))
    return draft


def problems_of(document: dict[str, Any]) -> list[Problem]:
    """Everything that keeps the document from being saved or, when it can be saved, from being run."""
    try:
        return _problems(documents.parse(document).drawing())
    except InvalidGraphError as error:
        return error.problems()


def problems_for(user: User, graph: Graph, document: dict[str, Any]) -> list[Problem]:
    """As `problems_of`, and warnings of what the graph would be with this document."""
    try:
        drawing = documents.parse(document).drawing()
    except InvalidGraphError as error:
        return error.problems()
    return [*_problems(drawing), *uses.warnings(drawing, graph, user)]


def _problems(drawing: spec.Graph) -> list[Problem]:
    unsound = [*validation.structure_problems(drawing), *switches.problems(drawing)]
    return unsound or [*validation.run_problems(drawing)]
