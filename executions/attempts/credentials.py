"""Which credential each attempt uses, and what becomes of its secret: opened for the attempt, hidden in what it leaves.

Rule 1: rows, events and messages name credentials; the secret is read when the attempt begins, and stays in memory.
Rule 2: a credential is looked up among those of the user who runs the graph, and those lent to the graph's team.
Rule 3: what the run was given counts most, then what the node names, then the user's default for the provider, then
the team's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Subquery

from accounts.errors import CredentialUnavailableError
from accounts.models import User
from accounts.vault import services as vault
from accounts.vault.models import Credential, TeamOfGraph
from blocks.base import BlockError
from blocks.credentials import (
    UNAVAILABLE,
    Ask,
    Reference,
    Secret,
    asks_of,
    is_reference,
    unavailable,
)
from blocks.masking import Mask
from blocks.registry import AnyBlock
from graphs.credentials import Need
from graphs.models import Graph
from graphs.sentences import Sentence
from graphs.validation import GRAPH, NO_REFERENCE, Problem


class NoCredentialError(BlockError):
    """Nobody has named a credential, and there is no default."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"It needs a credential for {wanted}", code=UNAVAILABLE)


References = Mapping[str, Mapping[str, Any]]  # by the name in `credentials_inputs`


@dataclass(frozen=True)
class Opened:
    """The `credentials` port: the secrets of one attempt, by the id of their credential."""

    secrets: Mapping[str, Secret]

    def read(self, reference: Reference) -> Secret:
        """The secret. Raises `BlockError` for one that no credentials pin has named."""
        try:
            return self.secrets[reference.id]
        except KeyError:
            raise unavailable("This credential was not asked for by a pin of the block") from None

    def texts(self) -> Iterator[str]:
        """Everything about them that nobody may read."""
        for secret in self.secrets.values():
            yield from secret.texts()

    def mask(self) -> Mask:
        """Hides them."""
        return Mask(self.texts())


NOTHING = Opened({})


@dataclass(frozen=True, slots=True)
class Chooser:
    """Chooses for one node."""

    user_id: UUID
    given: References
    defaults: Mapping[str, Any]  # of the node: they decide under which name it is given something
    team: TeamOfGraph = None  # of the graph

    def open(
        self, block: AnyBlock, inputs: Mapping[str, Any], use: vault.Use
    ) -> tuple[dict[str, Any], Opened]:
        """The inputs with references to the chosen credentials, and their secrets.

        Raises `BlockError` (`credential_unavailable`).
        """
        chosen, secrets = dict(inputs), {}
        for ask in asks_of(block):
            value = self.given.get(ask.narrowed(self.defaults).key) or inputs.get(ask.pin) or None
            reference = self._reference(ask.narrowed(inputs), value)
            if reference is None:
                continue
            secrets[reference.id] = self._open(ask.narrowed(inputs), reference, use)
            chosen[ask.pin] = reference.model_dump(exclude_defaults=True)
        return chosen, Opened(secrets)

    def _reference(self, ask: Ask, value: Any) -> Reference | None:
        if value is not None:
            return _parsed(value)
        if not ask.takes_default:
            return None
        credential = vault.default_for(self.user_id, ask.providers, ask.types, team=self.team)
        if credential is None and ask.is_required:
            raise NoCredentialError(ask.wanted())
        return Reference(id=str(credential.pk)) if credential else None

    def _open(self, ask: Ask, reference: Reference, use: vault.Use) -> Secret:
        try:
            secret = vault.open_for(self.user_id, _id_of(reference), use, team=self.team)
        except CredentialUnavailableError as error:
            raise unavailable(str(error), retryable=error.retryable) from error
        if not ask.takes(secret.provider, secret.type):
            raise unavailable(
                f"The credential is for {secret.provider} ({secret.type}); needed is one for {ask.wanted()}"
            )
        return secret


def is_named(block: AnyBlock, inputs: Mapping[str, Any], given: References) -> bool:
    """Whether somebody names a credential for the block, before it is opened."""
    return any(given.get(ask.key) or inputs.get(ask.pin) for ask in asks_of(block))


def team_of(graph_id: UUID) -> TeamOfGraph:
    """The question for the team that a graph is shared with."""
    return Subquery(Graph.objects.filter(pk=graph_id).values("team"))


def problems(
    needs: Sequence[Need], user: User, given: References, graph_id: UUID, *, is_inherited: bool
) -> Iterator[Problem]:
    """What is wrong with the credentials of a run before it starts; inherited ones may be for other nodes."""
    keys = {need.ask.key for need in needs}
    for key in () if is_inherited else sorted(set(given) - keys):
        names = ", ".join(sorted(keys)) or Sentence("none")
        yield Problem(
            GRAPH,
            key,
            Sentence(
                'This graph asks for no credentials "{key}"; it asks for: {names}',
                key=key,
                names=names,
            ),
        )
    if not needs:
        return
    open_ = Credential.objects.open_to(user.pk, team_of(graph_id)).usable()
    usable = {str(each.pk): each for each in open_}
    for need in needs:
        problem = _problem(need, given.get(need.ask.key) or need.own, usable)
        if problem:
            yield Problem(
                need.node.id,
                need.ask.pin,
                Sentence("{title}: {problem}", title=need.node.title, problem=problem),
            )


def _problem(need: Need, value: Any, usable: Mapping[str, Credential]) -> str:
    """A sentence, or nothing."""
    ask = need.ask
    if value is not None:
        return _mismatch(ask, usable.get(str(value["id"]))) if is_reference(value) else NO_REFERENCE
    if not need.is_required or need.is_linked:
        return ""
    has_default = any(
        each.is_usual and ask.takes(each.provider, each.type) for each in usable.values()
    )
    return (
        "" if has_default else Sentence("it needs a credential for {wanted}", wanted=ask.wanted())
    )


def _mismatch(ask: Ask, credential: Credential | None) -> str:
    if credential is None:
        return Sentence("the credential does not exist, was revoked or has expired")
    if ask.takes(credential.provider, credential.type):
        return ""
    return Sentence(
        "the credential is for {provider} ({type}); needed is one for {wanted}",
        provider=credential.provider,
        type=credential.type,
        wanted=ask.wanted(),
    )


def _parsed(value: Any) -> Reference:
    if not is_reference(value):
        raise unavailable(NO_REFERENCE)
    return Reference.model_validate(value)


def _id_of(reference: Reference) -> UUID:
    try:
        return UUID(reference.id)
    except ValueError:
        raise unavailable("This is not the id of a credential") from None
