"""What somebody keeps for a graph in the file of the graph: without credentials, files and secret inputs.

Importing starts nothing: what would start runs by itself comes paused.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction
from rest_framework.exceptions import ValidationError

from accounts.models import User
from accounts.serializers import StrictSerializer
from accounts.viewsets import shared
from executions.errors import ExecutionError
from executions.triggers import presets, schedules
from executions.triggers.models import Kept, Preset, Schedule
from executions.triggers.serializers import KeptSerializer, ScheduleFieldsSerializer
from graphs import interface
from graphs.errors import GraphError
from graphs.formats.bundle import About, Remark
from graphs.formats.secrets import bare
from graphs.models import GraphVersion
from graphs.sentences import Sentence

_FILE = "workspace://"
_MOST = 100  # of one kind in a file
_FILES_VERSION = 1  # the only one of a graph in a file
Row = Mapping[str, Any]


class Packed:
    """One kind of what somebody keeps for a graph, as a companion of it. `fields` go along beside name and inputs."""

    key: ClassVar[str]
    model: ClassVar[type[Kept]]
    serializer: ClassVar[type[StrictSerializer]]  # reads a row
    fields: ClassVar[Sequence[str]] = ()
    told: ClassVar[str] = ""  # a sentence for whoever imports some

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> object:
        """Keep it for a graph that was made, paused if it starts runs. Raises `GraphError` and `ExecutionError`."""
        raise NotImplementedError

    def packed(self, version: GraphVersion, user: User) -> list[dict[str, Any]]:
        """By name."""
        rows: Any = self.model._default_manager
        own = rows.owned_by(user).filter(graph_id=version.graph_id)
        return [self.row_of(each, version) for each in own.order_by("name", "pk")]

    def row_of(self, kept: Any, version: GraphVersion) -> dict[str, Any]:
        """What goes along. What is for just this version is for the only version of the file."""
        pinned = {"graph_version": _FILES_VERSION} if _is_pinned(kept, version) else {}
        values = {name: getattr(kept, name) for name in self.fields}
        return {"name": kept.name, "inputs": _inputs(version, kept), **values, **pinned}

    def unpack(self, version: GraphVersion, user: User, rows: Sequence[Row]) -> Iterator[Remark]:
        """Make one after the other; what cannot be made is told, and keeps nothing else from being made."""
        for row in rows[:_MOST]:
            why = self._tried(version, user, row)
            if why:
                yield _left_out(self.key, row, why)
        if len(rows) > _MOST:
            sentence = Sentence(
                "Of the {key} only the first {count} were taken", key=self.key, count=_MOST
            )
            yield Remark(About.CHANGED, "", sentence)
        if rows and self.told:
            yield Remark(About.CONFIGURE, "", self.told)

    def _tried(self, version: GraphVersion, user: User, row: Row) -> str:
        """Empty, or why it could not be made."""
        try:
            with transaction.atomic():
                values = shared(self.serializer).run_validation(dict(row))
                is_pinned = values.pop("graph_version", None) is not None
                values["credentials_inputs"] = {}
                self.make(user, version, values, is_pinned=is_pinned)
        except ValidationError as error:
            return ", ".join(sorted(error.detail)) if isinstance(error.detail, dict) else str(error)
        except (GraphError, ExecutionError) as error:
            why: str = error.args[0]  # as it is: it may be a sentence to be translated
            return why
        return ""


class Presets(Packed):
    """Presets of one graph."""

    key, model, serializer = "presets", Preset, KeptSerializer

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> Preset:
        """Raises `InvalidGraphError`."""
        return presets.create_preset(user=user, version=version, **values)


class Schedules(Packed):
    """Schedules of one graph."""

    key, model, serializer = "schedules", Schedule, ScheduleFieldsSerializer
    fields = ("kind", "cron", "timezone", "every_seconds", "catch_up", "overlap")
    told = Sentence("The schedules of this file are paused")

    def row_of(self, kept: Schedule, version: GraphVersion) -> dict[str, Any]:
        """With its first moment."""
        return super().row_of(kept, version) | {"starts_at": kept.starts_at.isoformat()}

    def make(
        self, user: User, version: GraphVersion, values: dict[str, Any], *, is_pinned: bool
    ) -> Schedule:
        """Raises `TimingError` and `InvalidGraphError`."""
        return schedules.lay_by_schedule(
            user=user, version=version, is_pinned=is_pinned, values=values
        )


def _is_pinned(kept: Kept, version: GraphVersion) -> bool:
    return getattr(kept, "version", None) == version.version


def _inputs(version: GraphVersion, kept: Kept) -> dict[str, Any]:
    """Those that may leave."""
    properties = interface.input_schema(version.load())["properties"]
    return {
        name: value
        for name, value in bare(kept.inputs).items()
        if not properties.get(name, {}).get("secret") and not _is_file(value)
    }


def _is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_FILE)


def _left_out(key: str, row: Row, why: str) -> Remark:
    name = str(row.get("name", ""))[:100]
    sentence = Sentence('"{name}" of the {key} was left out: {why}', name=name, key=key, why=why)
    return Remark(About.CHANGED, "", sentence)
