"""Untrusted work: templates and everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Templates(Protocol):
    """Renders untrusted templates under limits."""

    def render(self, template: str, values: Mapping[str, Any], *, escape_html: bool = False) -> str:
        """Fill a Jinja template. Raises `BlockError` when it is wrong or exceeds its limits."""
        ...


class Sandbox(Protocol):
    """Does untrusted work in a process without rights: no network, no files, little memory and time."""

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        *,
        subject: str = "The work",
        seconds: float = 10.0,
    ) -> Any:
        """What the function ("package.module:name") gives for these JSON arguments, also as JSON.

        Raises `BlockError`, whose sentence begins with the subject when a limit is exceeded or a parser gives up.
        """
        ...
