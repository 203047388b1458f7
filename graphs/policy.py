"""How a node runs: the part of its metadata that the engine reads (`executions/engine/retry.py`)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

MAX_PRIORITY = 100

_Code = Annotated[str, Field(min_length=1, max_length=40)]


class Retry(BaseModel):
    """How often, after how many seconds, and after which errors a node is tried again."""

    model_config = ConfigDict(extra="forbid", strict=True)

    count: int = Field(0, ge=0, le=100)
    base: float = Field(1.0, ge=0, le=3600)
    factor: float = Field(2.0, ge=1, le=100)
    jitter: float = Field(0.0, ge=0, le=1)
    on: list[_Code] | None = Field(None, min_length=1, max_length=20)


class Policy(BaseModel):
    """Everything else in the metadata is the client's."""

    model_config = ConfigDict(strict=True)

    retry: Retry | None = None
    timeout: Annotated[float, Field(gt=0, le=86_400)] | None = None
    fallback: dict[str, Any] | None = None
    priority: Annotated[int, Field(ge=-MAX_PRIORITY, le=MAX_PRIORITY)] | None = None
