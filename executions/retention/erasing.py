"""Deletes accounts, piece by piece: whoever is killed goes on where the rows say that something is left.

What stays is a user without name, address and login, to whom the ledger of credits belongs, and the audit log, which
nobody can change. Graphs that others have run stay hidden until those runs are gone.
"""

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import LastOwnerError
from accounts.models import CreditEntry, TokenUsage, User
from accounts.teams.models import Team, TeamRole
from executions import services
from executions.files import services as files
from executions.files.models import StoredFile
from executions.models import Execution
from executions.retention import exporting, sweeping
from executions.retention.due import ended
from executions.retention.models import DataExport, Erasure
from graphs.models import Graph

_AT_ONCE = 500
# What is deleted in a way of its own, or stays.
_KEPT = {CreditEntry, TokenUsage, Erasure, Execution, Graph, StoredFile, DataExport}


@transaction.atomic
def ask(user: User) -> None:
    """Close an account now, and delete it soon. Raises `LastOwnerError` where a team would be left without an owner."""
    _require_no_team(user)
    Erasure.objects.get_or_create(user=user)
    record(Action.ACCOUNT, actor=user, target=f"user {user.pk}", verb="delete")
    User.objects.filter(pk=user.pk).update(
        is_active=False, login_generation=models.F("login_generation") + 1
    )


def _require_no_team(user: User) -> None:
    for team in Team.objects.governed_by(user):
        others = team.memberships.exclude(user=user)
        if others.exists() and not others.filter(role=TeamRole.OWNER).exists():
            raise LastOwnerError(
                _("Make somebody else an owner of the team “%(name)s” first") % {"name": team.name}
            )


def work_off() -> int:
    """Go on with what was asked for; returns how many accounts are gone now."""
    # In any order: one that cannot be ended, by a fault, must not keep the others waiting for ever.
    open_ = Erasure.objects.filter(done_at=None).select_related("user").order_by("?")
    return sum(_erase(each.user) for each in open_)


def _erase(user: User) -> bool:
    """False when something is left for the next time."""
    for run in Execution.objects.unfinished().filter(user=user):
        services.stop(run)
    sweeping.delete_runs(ended().filter(user=user))
    if Execution.objects.filter(user=user).exists():
        return False
    for file in StoredFile.objects.filter(owner=user):
        files.delete(file)
    for made in DataExport.objects.filter(user=user):
        exporting.delete(made)
    _delete_graphs(user)
    _delete_rows(user)
    _forget(user)
    return True


def _delete_graphs(user: User) -> None:
    """Those that nobody else has run; the others are hidden, without a name."""
    own = Graph.objects.filter(owner=user)
    own.filter(deleted_at=None).update(deleted_at=timezone.now())
    own.update(name="-", description="", team=None)
    own.filter(executions=None).delete()


def _delete_rows(user: User) -> None:
    """Everything else that is theirs, whatever it is."""
    for relation in User._meta.related_objects:
        model: type[models.Model] = relation.related_model
        if model in _KEPT or relation.on_delete is not models.CASCADE:
            continue
        rows = model._base_manager.filter(**{relation.field.name: user})
        while ids := list(rows.values_list("pk", flat=True)[:_AT_ONCE]):
            model._base_manager.filter(pk__in=ids).delete()


@transaction.atomic
def _forget(user: User) -> None:
    user.email, user.name = f"deleted-{user.pk}@deleted.invalid", ""
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "password"])
    Team.objects.filter(memberships=None).delete()
    Erasure.objects.filter(user=user).update(done_at=timezone.now())
