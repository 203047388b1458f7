"""What is sent of notifications: mails, in the language of their reader, and posts to endpoints."""

import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from executions.engine.values import dump
from executions.inbox import links
from executions.models import Execution
from executions.notifications.models import Dispatch, Endpoint, Notification
from executions.notifications.texts import absolute, said

_SUBJECT = 200  # characters
TRY = "test"  # the type of what is posted to try an endpoint


@contextmanager
def as_read_by(user: User) -> Iterator[None]:
    """Speak the language of this user, with times in their zone."""
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zoneinfo.ZoneInfo(user.timezone)):
        yield


def mail_of(notification: Notification) -> Dispatch:
    """The mail about one notification."""
    user = notification.user
    with as_read_by(user):
        what = said(notification)
        body = "\n\n".join(filter(None, [what.title, what.text, what.url]))
    return Dispatch(
        user=user, notification=notification, subject=_on_one_line(what.title), body=body
    )


def answer_links(dispatch: Dispatch) -> list[str]:
    """A paragraph with addresses at which a mail's reader may answer what still waits for them, if anything does."""
    notification = dispatch.notification
    questions = notification.data.get("questions", ()) if notification else ()
    paths = links.paths_for(dispatch.user, questions) if questions else []
    if not paths:
        return []
    with as_read_by(dispatch.user):
        lead = _("Answer here, without logging in; each link works once and for a week:")
    return ["\n".join([lead, *map(absolute, paths)])]


def digest_of(user: User, notifications: Sequence[Notification]) -> Dispatch:
    """One mail about several, newest last."""
    count = len(notifications)
    with as_read_by(user):
        subject = ngettext(
            "%(count)s notification of Agentloom", "%(count)s notifications of Agentloom", count
        )
        parts = [_paragraph(each) for each in notifications]
    return Dispatch(user=user, subject=subject % {"count": count}, body="\n\n".join(parts))


def _paragraph(notification: Notification) -> str:
    what = said(notification)
    return "\n".join(filter(None, [what.title, what.text, what.url]))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())[:_SUBJECT]


def post_of(notification: Notification, endpoint: Endpoint) -> Dispatch:
    """What is posted to an endpoint."""
    data = {**notification.data, **_facts_of(notification.execution)}
    return _post(endpoint, notification, notification.event, notification.created_at, data)


def trial_of(endpoint: Endpoint) -> Dispatch:
    """Something to see whether it arrives."""
    with as_read_by(endpoint.user):
        data = {"message": _("This endpoint works.")}
    return _post(endpoint, None, TRY, timezone.now(), data)


def _post(
    endpoint: Endpoint,
    notification: Notification | None,
    kind: str,
    at: datetime,
    data: Mapping[str, Any],
) -> Dispatch:
    body = dump({"type": kind, "timestamp": at, "data": data})
    return Dispatch(
        user=endpoint.user, endpoint=endpoint, notification=notification, subject=kind, body=body
    )


def _facts_of(execution: Execution | None) -> dict[str, Any]:
    """The run that it is about, without its values: those are read with the permission to do so."""
    if execution is None:
        return {}
    return {
        "execution_id": execution.pk,
        "graph_id": execution.graph_id,
        "graph_name": execution.graph.name,
        "status": execution.status,
        "source": execution.source,
        "cost": execution.cost,
        "started_at": execution.started_at,
        "ended_at": execution.ended_at,
        "url": absolute(f"/executions/{execution.pk}/"),
    }
