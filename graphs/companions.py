"""What goes along with a graph in its file although this app knows nothing of it, such as presets and schedules.

Apps above register what they keep for a graph when they are ready; the file has a list of objects under each `key`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from accounts.models import User
from graphs.formats.bundle import Remark
from graphs.models import GraphVersion


class Companion(Protocol):
    """One kind of thing that goes along."""

    key: str

    def packed(self, version: GraphVersion, user: User) -> Sequence[Mapping[str, Any]]:
        """What this user keeps for the graph, without secrets and credentials."""
        ...

    def unpack(
        self, version: GraphVersion, user: User, rows: Sequence[Mapping[str, Any]]
    ) -> Iterable[Remark]:
        """Keep it for a graph that was made; tells what could not be kept, or is to be chosen."""
        ...


_companions: list[Companion] = []


def register(companion: Companion) -> None:
    """Have it go along from now on."""
    _companions.append(companion)


def packed(version: GraphVersion, user: User) -> dict[str, list[Mapping[str, Any]]]:
    """Everything that this user keeps for the graph, by key; nothing under keys without any."""
    found = {each.key: list(each.packed(version, user)) for each in _companions}
    return {key: rows for key, rows in found.items() if rows}


def unpack(
    version: GraphVersion, user: User, along: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Remark]:
    """Keep everything that a file has."""
    remarks: list[Remark] = []
    for each in _companions:
        remarks += each.unpack(version, user, along.get(each.key, ()))
    return remarks
