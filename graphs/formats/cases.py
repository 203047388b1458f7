"""Test cases of a graph in our own files: `"tests": [{"name", "inputs", "checks", "answers"}]`."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from graphs.formats.bundle import MAX_NAME, FormatError
from graphs.sentences import Sentence

MAX_CASES = 200


class CheckKind(StrEnum):
    """How an output is looked at."""

    EQUAL = "equal"  # as JSON
    CONTAINS = "contains"  # a text is in its text
    PATTERN = "pattern"  # of RE2, found in its text
    SCHEMA = "schema"  # JSON Schema
    JUDGED = "judged"  # a language model says whether this holds, in words


class Check(BaseModel):
    """What is expected of an output."""

    model_config = ConfigDict(extra="forbid")
    output: str = Field(max_length=200)
    kind: CheckKind
    value: Any


class RecordedAnswer(BaseModel):
    """What a firing got and gave."""

    model_config = ConfigDict(extra="forbid")
    node_id: str
    inputs: dict[str, Any]
    outputs: list[tuple[str, Any]]
    error: str = ""
    error_code: str = ""


class Case(BaseModel):
    """A test case."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=MAX_NAME)
    inputs: dict[str, Any] = {}
    checks: list[Check] = []
    answers: list[RecordedAnswer] = []


_CASES = TypeAdapter(list[Case])


def read(data: Any) -> tuple[Case, ...]:
    """The test cases of a file. Raises `FormatError`."""
    try:
        cases = _CASES.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(each) for each in first["loc"])
        raise FormatError(
            Sentence(
                '"tests" cannot be read: {place}: {problem}', place=place, problem=first["msg"]
            )
        ) from None
    if len(cases) > MAX_CASES:
        raise FormatError(Sentence("A graph may have {count} test cases at most", count=MAX_CASES))
    return tuple(cases)
