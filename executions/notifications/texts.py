"""What notifications say, in the language that is active."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from executions.notifications.models import Notification
from executions.rows.notifications import Event
from graphs.translating import translated

MOST_ERROR = 1_000  # characters


@dataclass(frozen=True, slots=True)
class Said:
    """A notification for people."""

    title: str
    text: str
    path: str  # of the page that shows what it is about

    @property
    def url(self) -> str:
        """The same page, from anywhere."""
        return absolute(self.path)


def absolute(path: str) -> str:
    """The address of a page of this installation in a mail."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def said(notification: Notification) -> Said:
    """Title, text and page of it."""
    return _SAYS[Event(notification.event)](notification, notification.data)


def _finished(notification: Notification, data: Mapping[str, Any]) -> Said:
    title = _("“%(graph)s” has ended well") % {"graph": _graph(notification)}
    return Said(title, "", _run(notification))


def _failed(notification: Notification, data: Mapping[str, Any]) -> Said:
    title = _("“%(graph)s” has failed") % {"graph": _graph(notification)}
    return Said(title, translated(data["error"])[:MOST_ERROR], _run(notification))


def _waiting(notification: Notification, data: Mapping[str, Any]) -> Said:
    title = _("“%(graph)s” waits for your answer") % {"graph": _graph(notification)}
    if data.get("by"):
        title = _("%(name)s asks you to answer for “%(graph)s”") % {
            "name": data["by"],
            "graph": _graph(notification),
        }
    count = data["count"]
    text = ngettext("%(count)s question", "%(count)s questions", count) % {"count": count}
    return Said(title, data.get("note") or text, reverse("inbox:list"))


def _schedule(notification: Notification, data: Mapping[str, Any]) -> Said:
    title = _("The schedule “%(name)s” fails") % {"name": data["name"]}
    return Said(
        title,
        translated(data["error"])[:MOST_ERROR],
        reverse("triggers:detail", args=[data["schedule_id"]]),
    )


def _credits(notification: Notification, data: Mapping[str, Any]) -> Said:
    credits = data["credits"]
    title = _("Your credits run low")
    text = ngettext("%(count)s credit is left.", "%(count)s credits are left.", credits)
    return Said(title, text % {"count": credits}, reverse("accounts:credits"))


def _credential(notification: Notification, data: Mapping[str, Any]) -> Said:
    title = _("The credential “%(title)s” has expired") % {"title": data["title"]}
    moment = parse_datetime(data["expires_at"]) or notification.created_at
    text = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return Said(title, text, reverse("vault:detail", args=[data["credential_id"]]))


def _graph(notification: Notification) -> str:
    return notification.execution.graph.name if notification.execution else ""


def _run(notification: Notification) -> str:
    return reverse("executions:detail", args=[notification.execution_id])


_SAYS: Mapping[Event, Callable[[Notification, Mapping[str, Any]], Said]] = {
    Event.FINISHED: _finished,
    Event.FAILED: _failed,
    Event.WAITING: _waiting,
    Event.SCHEDULE: _schedule,
    Event.CREDITS: _credits,
    Event.CREDENTIAL: _credential,
}
