"""Tests that take `play` run twice: in bursts as long as can be, and cut after every pure firing."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.harness import UNLIMITED, Machine
from tests.engine.parts import Part, draw

settings.register_profile(
    "ci", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")

Play = Callable[..., Machine]


@pytest.fixture(params=[UNLIMITED, 1], ids=["whole", "cut"])
def play(request: pytest.FixtureRequest) -> Play:
    """Runs a drawing to its end, effectful firings in the order in which they were queued."""

    def run(
        parts: Mapping[str, Part],
        links: str = "",
        inputs: Mapping[str, Any] | None = None,
        **policy: Any,
    ) -> Machine:
        return Machine(parts, draw(parts, links, **policy), inputs).play(budget=request.param)

    return run
