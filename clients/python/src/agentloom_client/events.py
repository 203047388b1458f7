"""Server-sent events (WHATWG HTML, 9.2) of a run, read line by line."""

import json
from dataclasses import dataclass
from typing import Any

from agentloom_client.types import ENDED


@dataclass(frozen=True, slots=True)
class Event:
    """`execution`: the run's status in `data`; `nodes`: what happened to some of its nodes. `seq` has no gaps."""

    seq: int
    kind: str
    data: dict[str, Any]

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self.kind == "execution" and self.data["status"] in ENDED


class Reader:
    """Takes lines, gives events."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def take(self, line: str) -> Event | None:
        """The event that ends with this line, if one does."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        if "data" not in fields:
            return None
        return Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
