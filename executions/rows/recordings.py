"""Reads what a run takes from a former one."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from database import statements
from database.statements import Statement
from executions.engine.recording import Answer, Recording
from executions.engine.values import load


@lru_cache(maxsize=16)
def recording_of(run_id: UUID) -> Recording:
    """The recording of a run that has one, kept in memory: it never changes."""
    text = "SELECT answers::text FROM executions_recording WHERE execution_id = %s"
    (rows,) = statements.run(Statement(text, [run_id]))
    return Recording(answer_of(each) for each in load(rows[0][0]))


def answer_of(stored: dict[str, Any]) -> Answer:
    """An answer as it is stored."""
    return Answer(**{**stored, "outputs": [(pin, value) for pin, value in stored["outputs"]]})
