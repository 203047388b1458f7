"""What owners do with published pages, and the one way in which visitors start runs."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.models import User
from executions import plans, services
from executions.errors import NotActiveError
from executions.models import Source
from executions.published import chats
from executions.published.errors import NoChatError, PageClosedError
from executions.published.models import PageRun, PublishedPage, new_token
from executions.triggers import kept
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
    return _put(_locked(page), version, values, "change")


@transaction.atomic
def set_paused(page: PublishedPage, is_paused: bool) -> None:
    """Start nothing, or go on."""
    page = _locked(page)
    page.is_paused = is_paused
    page.save(update_fields=["is_paused", "updated_at"])
    _audit(page, "pause" if is_paused else "resume")


@transaction.atomic
def renew(page: PublishedPage) -> None:
    """Give it another address; the one that it had leads nowhere."""
    page = _locked(page)
    page.token = new_token()
    page.save(update_fields=["token", "updated_at"])
    _audit(page, "renew")


@transaction.atomic
def delete_page(page: PublishedPage) -> None:
    """Close it; runs stay."""
    _audit(page, "delete")
    page.delete()


def version_of(page: PublishedPage) -> GraphVersion:
    """What it runs: the version that is active. Raises `NotActiveError`."""
    try:
        return GraphVersion.objects.runnable(page.user, page.graph_id, None)
    except (GraphVersion.DoesNotExist, PermissionDenied):
        raise NotActiveError(_("This graph has no version that could run")) from None


@transaction.atomic
def start(
    page: PublishedPage, visitor: str, inputs: Mapping[str, Any], *, message: str = ""
) -> PageRun:
    """Start a run for a visitor, within the limits of the page. Of several at once each sees what the others cost.

    Raises `PageClosedError`, and what starting a run raises.
    """
    page = _locked(page)
    if page.is_paused:
        raise PageClosedError(Sentence("This page is paused"))
    if PageRun.objects.open_on(page) >= AT_ONCE:
        raise PageClosedError(
            Sentence("Too many people use this page just now; try again in a moment")
        )
    spent = PageRun.objects.spent_on(page)
    execution = services.start_execution(
        version=version_of(page),
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
    _audit(page, verb, kind=page.kind, is_public=page.is_public)
    return page


def _require_chat(version: GraphVersion) -> None:
    if chats.pins_of(plans.graph_of_version(version.pk)) is None:
        raise NoChatError(Sentence("A chat needs a graph with a text input"))


def _locked(page: PublishedPage) -> PublishedPage:
    rows = PublishedPage.objects.select_for_update(of=("self",)).select_related("user", "graph")
    return rows.get(pk=page.pk)


def _audit(page: PublishedPage, verb: str, **details: Any) -> None:
    target = f"page: {page.name} ({page.pk})"
    record(Action.TRIGGER, actor=page.user, target=target, verb=verb, **details)
