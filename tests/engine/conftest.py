"""Every test of the engine's semantics runs twice: in long bursts, and cut wherever it can be cut."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.engine.harness import UNLIMITED, Machine, Part, draw

settings.register_profile(
    "ci", max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
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
