"""Presets and schedules in the file of their graph: without credentials, files and secret inputs. Schedules come paused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError

from accounts.models import User
from accounts.viewsets import shared
from executions.errors import TimingError
from executions.triggers import presets, schedules
from executions.triggers.models import Kept, Preset, Schedule
from executions.triggers.serializers import KeptSerializer, ScheduleFieldsSerializer
from graphs import interface
from graphs.errors import InvalidGraphError
from graphs.formats.bundle import About, Remark
from graphs.formats.secrets import bare
from graphs.models import GraphVersion

_FILE = "workspace://"
_WHEN = ("kind", "cron", "timezone", "every_seconds", "catch_up", "overlap")
_MOST = 100  # of one kind in a file
Row = Mapping[str, Any]


class Presets:
    """Presets of one graph, as a companion of it."""

    key = "presets"

    def packed(self, version: GraphVersion, user: User) -> list[Row]:
        """By name."""
        return [_kept(version, each) for each in _of(Preset, version, user)]

    def unpack(self, version: GraphVersion, user: User, rows: Sequence[Row]) -> Iterator[Remark]:
        """Make those that the graph can have."""

        def make(row: Row) -> None:
            body = shared(KeptSerializer).run_validation(dict(row))
            presets.create_preset(user=user, version=version, **{**body, "credentials_inputs": {}})

        yield from _made(self.key, rows, make)


class Schedules:
    """Schedules of one graph, as a companion of it."""

    key = "schedules"

    def packed(self, version: GraphVersion, user: User) -> list[Row]:
        """By name."""
        return [
            _kept(version, each)
            | {name: getattr(each, name) for name in _WHEN}
            | {"starts_at": each.starts_at.isoformat()}
            for each in _of(Schedule, version, user)
        ]

    def unpack(self, version: GraphVersion, user: User, rows: Sequence[Row]) -> Iterator[Remark]:
        """Make those that the graph can have, paused: importing starts nothing."""

        def make(row: Row) -> None:
            body = shared(ScheduleFieldsSerializer).run_validation(dict(row))
            body |= {"credentials_inputs": {}, "is_paused": True}
            schedules.create_schedule(user=user, version=version, is_pinned=False, values=body)

        yield from _made(self.key, rows, make)
        if rows:
            yield Remark(About.CONFIGURE, "", "The schedules of this file are paused")


def _of(model: type[Preset | Schedule], version: GraphVersion, user: User) -> Any:
    rows = model.objects.owned_by(user).filter(graph_id=version.graph_id)
    return rows.order_by("name", "pk")


def _kept(version: GraphVersion, kept: Kept) -> dict[str, Any]:
    """Its name, and those of its inputs that may leave."""
    properties = interface.input_schema(version.load())["properties"]
    inputs: dict[str, Any] = {
        name: value
        for name, value in bare(kept.inputs).items()
        if not properties.get(name, {}).get("secret") and not _is_file(value)
    }
    return {"name": kept.name, "inputs": inputs}


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_FILE)


def _made(key: str, rows: Sequence[Row], make: Callable[[Row], None]) -> Iterator[Remark]:
    """Make one after the other; what cannot be made is told, and keeps nothing else from being made."""
    for row in rows[:_MOST]:
        try:
            with transaction.atomic():
                make(row)
        except (ValidationError, InvalidGraphError, TimingError) as error:
            name = str(row.get("name", ""))[:100]
            yield Remark(About.CHANGED, "", f'"{name}" of the {key} was left out: {_why(error)}')


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        return ", ".join(sorted(error.detail))
    return str(error)
