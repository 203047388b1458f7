"""What the page of the builder begins with."""

from dataclasses import asdict
from typing import Any

from django.urls import reverse

from accounts.models import User
from blocks import catalogue
from graphs import drafts, files
from graphs.builder_texts import texts
from graphs.models import Draft, GraphVersion
from graphs.translating import translated
from graphs.validation import Problem


def builder_page(version: GraphVersion, user: User, *, is_chosen: bool) -> dict[str, Any]:
    """The page with the user's draft if there is one, else with the version; `is_chosen` asks for the version."""
    draft = Draft.objects.owned_by(user).filter(graph_id=version.graph_id).first()
    return {
        "graph": version.graph,
        "versions": version.graph.versions.newest_first()[:20],
        "categories": catalogue.search(),
        "start": _start(version, user, draft, shows_draft=bool(draft) and not is_chosen),
        "texts": texts(),
    }


def _start(
    version: GraphVersion, user: User, draft: Draft | None, *, shows_draft: bool
) -> dict[str, Any]:
    """What the builder's modules need to know."""
    newest = version.graph.versions.newest_first().values_list("version", flat=True)[0]
    is_draft = draft is not None and shows_draft
    document = draft.document if draft and is_draft else files.document_of(version)
    return {
        "graph": str(version.graph_id),
        "document": document,
        "saved": files.document_of(version) if is_draft else None,
        "version": version.version,
        "newest_version": newest,
        "base_version": draft.base_version if draft and is_draft else newest,
        "revision": draft.revision if draft else 0,
        "draft_from": draft.updated_at if draft and is_draft else None,
        "problems": [_problem(each) for each in drafts.problems_for(user, version.graph, document)],
        "addresses": _addresses(version),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return asdict(problem) | {"message": translated(problem.message)}


def _addresses(version: GraphVersion) -> dict[str, str]:
    graph = version.graph_id
    api = f"/api/graphs/{graph}"
    return {
        "catalogue": reverse("blocks:catalogue"),
        "form": f"{reverse('graphs:block-form', args=['BLOCK'])}?graph={graph}",
        "draft": f"{api}/draft",
        "publish": f"{api}/draft/publish",
    }
