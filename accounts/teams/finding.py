"""Finding what an address names when some may look at it and fewer may change it."""

from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.teams.models import Team

Row = TypeVar("Row", bound=Model)


def find(allowed: "QuerySet[Row]", visible: "QuerySet[Row]", **where: Any) -> Row:
    """The row among those that the caller may do this with.

    Raises `PermissionDenied` for one that they may look at only, `Http404` for one of which they may not know.
    """
    row = allowed.filter(**where).first()
    if row is not None:
        return row
    if visible.filter(**where).exists():
        raise look_only()
    raise Http404


def team_to_share_with(user: User, team_id: UUID | None) -> Team | None:
    """The team that they want to share something with, or None for none. Raises as `find` does."""
    if team_id is None:
        return None
    return find(Team.objects.editable_by(user), Team.objects.visible_to(user), pk=team_id)


def look_only() -> PermissionDenied:
    """What is said to whoever may only look."""
    return PermissionDenied(_("You may look at this, but not do that with it; ask its owner"))
