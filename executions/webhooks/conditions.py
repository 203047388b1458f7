"""Whether a delivery is one that a webhook wants: a JMESPath expression over its payload, worked out in the sandbox."""

from collections.abc import Mapping
from typing import Any

from blocks.base import BlockError
from executions.attempts import world
from executions.webhooks.errors import FilterError

_JOBS = "blocks.sandbox.jobs.queries"
_SECONDS = 2.0


def holds(condition: str, payload: Mapping[str, Any]) -> bool:
    """Whether the expression finds something that counts as true in JMESPath. Raises `FilterError`."""
    if not condition:
        return True
    is_true: bool = _call("search", expression=f"!!({condition})", value=payload)
    return is_true


def require_usable(condition: str) -> None:
    """Raise `FilterError` for text that is no expression."""
    if condition:
        _call("compile_query", expression=condition)


def _call(job: str, **arguments: Any) -> Any:
    try:
        return world.sandbox().call(
            f"{_JOBS}:{job}", arguments, subject="The condition", seconds=_SECONDS
        )
    except BlockError as error:
        raise FilterError(str(error)) from None
