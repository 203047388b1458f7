"""What owners do with published pages, and the one way in which visitors start runs."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from executions import plans, services
from executions.models import Source
from executions.published import chats
from executions.published.errors import NoChatError, PageClosedError
from executions.published.models import PageRun, PublishedPage, new_token
from executions.triggers import keeping, kept
from graphs.models import GraphVersion
from graphs.sentences import Sentence

AT_ONCE = 10  # runs of one page


@transaction.atomic
def create_page(*, user: User, version: GraphVersion, values: Mapping[str, Any]) -> PublishedPage:
    """Make a page from its fields. Raises `InvalidGraphError` and `NoChatError`."""
    return _put(PublishedPage(user=user, graph_id=version.graph_id), version, values, "create")


@transaction.atomic
def change_page(
    page: PublishedPage, version: GraphVersion, values: Mapping[str, Any]
) -> PublishedPage:
    """Replace what it does; its address stays. Raises as `create_page` does."""
    return _put(keeping.locked(page), version, values, "change")


@transaction.atomic
def renew(page: PublishedPage) -> PublishedPage:
    """Give it another address; the one that it had leads nowhere."""
    page = keeping.locked(page)
    page.token = new_token()
    page.save(update_fields=["token", "updated_at"])
    keeping.audit(page, "renew")
    return page


@transaction.atomic
def start(
    page: PublishedPage, visitor: str, inputs: Mapping[str, Any], *, message: str = ""
) -> PageRun:
    """Start a run for a visitor, within the limits of the page. Of several at once each sees what the others cost.

    Raises `PageClosedError`, and what starting a run raises.
    """
    page = keeping.locked(page)
    if page.is_paused:
        raise PageClosedError(Sentence("This page is paused"))
    if PageRun.objects.open_on(page) >= AT_ONCE:
        raise PageClosedError(
            Sentence("Too many people use this page just now; try again in a moment")
        )
    spent = PageRun.objects.spent_on(page)
    execution = services.start_execution(
        version=keeping.version_of(page),
        user=page.user,
        inputs={**inputs, **page.inputs},
        source=Source.UI,
        credentials_inputs=page.credentials_inputs,
    )
    if spent + execution.planned_cost > page.daily_credits:
        raise PageClosedError(
            Sentence("This page has used up its credits for today; come back tomorrow")
        )
    return PageRun.objects.create(page=page, execution=execution, visitor=visitor, message=message)


def _put(
    page: PublishedPage, version: GraphVersion, values: Mapping[str, Any], verb: str
) -> PublishedPage:
    for name, value in values.items():
        setattr(page, name, value)
    inputs, given = page.inputs, page.credentials_inputs
    kept.require_sound(page.user, version, inputs, given, is_complete=False)
    if page.kind == PublishedPage.Kind.CHAT:
        _require_chat(version)
    page.save()
    keeping.audit(page, verb, kind=page.kind, is_public=page.is_public)
    return page


def _require_chat(version: GraphVersion) -> None:
    if chats.pins_of(plans.graph_of_version(version.pk)) is None:
        raise NoChatError(Sentence("A chat needs a graph with a text input"))
