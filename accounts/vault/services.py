"""What people do with their credentials, and the only place that opens one."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.log import record
from accounts.audit.models import Action
from accounts.errors import CredentialUnavailableError
from accounts.models import User
from accounts.teams.models import Team
from accounts.teams.services import require_member
from accounts.vault import cipher, oauth, rules
from accounts.vault.cipher import UnreadableSecretError
from accounts.vault.models import Credential, Sealed, TeamOfGraph
from blocks.credentials import CredentialType, Secret

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Use:
    """What opens a credential."""

    block_id: str
    node_id: str = ""
    execution_id: UUID | None = None
    at_most_every: timedelta = timedelta(0)  # what comes again sooner is noted once


@transaction.atomic
def create(
    user: User,
    *,
    title: str,
    provider: str,
    type: str,
    secret: Mapping[str, Any],
    **where: Any,
) -> Credential:
    """Keep a secret. `where` may have `hosts`, `base_url`, `expires_at`, `is_default`.

    Raises `ValidationError` for one that could not be used.
    """
    rules.check_provider(provider, type)
    base_url = rules.checked_base_url(provider, where.get("base_url", ""))
    credential = Credential(
        user=user,
        title=title,
        provider=provider,
        type=type,
        base_url=base_url,
        hosts=rules.checked_hosts(provider, where.get("hosts", ()), base_url),
        expires_at=where.get("expires_at"),
    )
    credential.secret = cipher.encrypt(credential.pk, rules.checked_secret(type, secret))
    credential.save()
    if where.get("is_default"):
        make_default(credential)
    _audit(credential, "create")
    return credential


@transaction.atomic
def change(credential: Credential, *, secret: Mapping[str, Any], **changes: Any) -> Credential:
    """Change what is given of `title`, `hosts`, `base_url` and `expires_at`; replace the secret if one is given.

    Raises `ValidationError`, also when hosts change without the secret: who does not know it may not send it
    elsewhere. Raises `CredentialUnavailableError` for one that was revoked.
    """
    credential = _locked(credential)
    _require_not_revoked(credential)
    is_moved = _move(credential, changes.get("hosts"), changes.get("base_url"))
    if any(secret.values()):
        checked = rules.checked_secret(credential.type, secret)
        credential.secret = cipher.encrypt(credential.pk, checked)
    elif is_moved:
        rules.checked_secret(credential.type, {})
    for field in changes.keys() & {"title", "expires_at"}:
        setattr(credential, field, changes[field])
    credential.changed_at = timezone.now()
    credential.save()
    _audit(credential, "change", is_new_secret=any(secret.values()))
    return credential


def _move(credential: Credential, hosts: Iterable[str] | None, base_url: str | None) -> bool:
    """Bind it to other hosts; tell whether they are others."""
    if hosts is None and base_url is None:
        return False
    before = (credential.hosts, credential.base_url)
    credential.base_url = rules.checked_base_url(
        credential.provider, credential.base_url if base_url is None else base_url
    )
    credential.hosts = rules.checked_hosts(
        credential.provider, credential.hosts if hosts is None else hosts, credential.base_url
    )
    return before != (credential.hosts, credential.base_url)


@transaction.atomic
def make_default(credential: Credential) -> Credential:
    """Let runs that name no credential for its provider use this one."""
    # Of two who do this at once, the second waits, and wins.
    User.objects.select_for_update().get(pk=credential.user_id)
    credential = _locked(credential)
    _require_not_revoked(credential)
    others = Credential.objects.filter(user=credential.user_id, provider=credential.provider)
    others.update(is_default=False)
    credential.is_default = True
    credential.save(update_fields=["is_default"])
    return credential


@transaction.atomic
def lend(credential: Credential, team: Team | None, *, is_default: bool = False) -> Credential:
    """Let the members of a team that its user is in use it in runs of the team's graphs; with None, nobody else.

    With `is_default` such runs use it where neither they nor their user name one for its provider. Raises
    `NotMemberError`, and `CredentialUnavailableError` for one that was revoked.
    """
    credential = _locked(credential)
    _require_not_revoked(credential)
    if team:
        require_member(team, credential.user_id)
    credential.team, credential.is_team_default = team, bool(team) and is_default
    if credential.is_team_default:
        others = Credential.objects.filter(team=team, provider=credential.provider)
        others.update(is_team_default=False)
    credential.save(update_fields=["team", "is_team_default"])
    _audit(credential, "lend", team=str(team.pk) if team else None)
    return credential


@transaction.atomic
def revoke(credential: Credential) -> Credential:
    """Forget the secret; the log of its uses stays. What starts from now on cannot use it."""
    Credential.objects.filter(pk=credential.pk, revoked_at=None).update(
        secret="",
        is_default=False,
        team=None,
        is_team_default=False,
        revoked_at=timezone.now(),
    )
    credential.refresh_from_db()
    _audit(credential, "revoke")
    return credential


@transaction.atomic
def delete(credential: Credential) -> None:
    """Forget the credential and the log of its uses."""
    _audit(credential, "delete")
    credential.delete()


def _audit(credential: Credential, verb: str, **details: Any) -> None:
    target = f"{credential.provider}: {credential.title} ({credential.pk})"
    record(Action.CREDENTIAL, actor=credential.user, target=target, verb=verb, **details)


def open_for(user_id: UUID, credential_id: UUID, use: Use, *, team: TeamOfGraph = None) -> Secret:
    """Open a credential for one use by this user, which is noted. Raises `CredentialUnavailableError`.

    `team` is that of the graph which is run: what is lent to it may be used, too.
    """
    credential = Credential.objects.open_to(user_id, team).filter(pk=credential_id).first()
    if credential is None:
        raise _missing(credential_id)
    secret = open_secret(credential)
    try:
        _note(credential, use)
    except IntegrityError:  # it was deleted while it was opened
        raise _missing(credential_id) from None
    return secret


def _note(credential: Credential, use: Use) -> None:
    facts = {
        "execution_id": use.execution_id,
        "node_id": use.node_id,
        "block_id": use.block_id,
    }
    now = timezone.now()
    recent = credential.uses.filter(**facts, used_at__gt=now - use.at_most_every)
    if not (use.at_most_every and recent.exists()):
        credential.uses.create(**facts)
    Credential.objects.filter(pk=credential.pk).update(last_used_at=now)


def _missing(credential_id: UUID) -> CredentialUnavailableError:
    return CredentialUnavailableError(
        _("There is no credential %(id)s here (any more)") % {"id": credential_id}
    )


def open_secret(credential: Credential) -> Secret:
    """The secret; an OAuth token is renewed first if need be. Raises `CredentialUnavailableError`."""
    _require_not_revoked(credential)
    try:
        if credential.type == CredentialType.OAUTH2:
            values: Mapping[str, Any] = {"access_token": oauth.access_token(credential)}
        elif credential.is_expired():
            raise CredentialUnavailableError(
                _("The credential “%(title)s” has expired") % {"title": credential.title}
            )
        else:
            values = cipher.decrypt(credential.pk, credential.secret)
    except UnreadableSecretError as error:
        logger.error("Credential %s cannot be read: %s", credential.pk, error)  # noqa: TRY400 - the trace says no more
        raise CredentialUnavailableError(
            _("The credential “%(title)s” cannot be read any more; enter its secret again")
            % {"title": credential.title}
        ) from error
    return Secret(
        provider=credential.provider,
        type=CredentialType(credential.type),
        hosts=tuple(credential.hosts),
        values=values,
        base_url=credential.base_url,
    )


def rotate_keys() -> list[UUID]:
    """Encrypt every secret with the newest key; returns the rows whose secret no key can read."""
    kinds = [model for model in apps.get_models() if issubclass(model, Sealed)]
    return [
        pk
        for rows in (model._default_manager.exclude(secret="") for model in kinds)
        for pk in rows.order_by("pk").values_list("pk", flat=True)
        if not _rotate(rows, pk)
    ]


@transaction.atomic
def _rotate(rows: QuerySet[Any], pk: UUID) -> bool:
    """Whether it could be read; a row that is gone meanwhile needs nothing."""
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        return True
    try:
        row.secret = cipher.rotated(row.secret)
    except UnreadableSecretError:
        return False
    row.save(update_fields=["secret"])
    return True


def default_for(
    user_id: UUID, providers: Iterable[str], types: Iterable[str], *, team: TeamOfGraph = None
) -> Credential | None:
    """Their default for the first of these providers that has one, else that of the graph's team."""
    wanted = list(providers)
    usable = Credential.objects.open_to(user_id, team).usable().fitting(wanted, types)
    return usual_of(usable, user_id, wanted)


def usual_of(
    found: Iterable[Credential], user_id: UUID, wanted: Sequence[str]
) -> Credential | None:
    """Which of these, from `open_to`, is used where none is named: their own default, else their team's."""

    def rank(credential: Credential) -> tuple[bool, int]:
        is_own = credential.user_id == user_id and credential.is_default
        return (not is_own, wanted.index(credential.provider))

    usual = [each for each in found if each.is_usual]
    return min(usual, default=None, key=rank)


def _locked(credential: Credential) -> Credential:
    return Credential.objects.select_for_update().get(pk=credential.pk)


def _require_not_revoked(credential: Credential) -> None:
    if credential.revoked_at:
        raise CredentialUnavailableError(
            _("The credential “%(title)s” was revoked") % {"title": credential.title}
        )
