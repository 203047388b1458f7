"""When a failed attempt is worth another one, and how long it waits."""

from typing import Any

import pytest

from executions.engine.retry import NodePolicy


@pytest.mark.parametrize(
    ("metadata", "policy"),
    [
        ({}, NodePolicy(retries=0, base=1.0, factor=2.0, timeout=None)),
        ({"title": "x", "position": {"x": 1, "y": 2}}, NodePolicy()),
        ({"retry": None}, NodePolicy()),
        ({"retry": {"count": 2}}, NodePolicy(retries=2)),
        (
            {"retry": {"count": 2, "base": 5, "factor": 3}},
            NodePolicy(retries=2, base=5.0, factor=3.0),
        ),
        ({"timeout": 30}, NodePolicy(timeout=30)),
    ],
)
def test_a_policy_is_read_from_metadata(metadata: dict[str, Any], policy: NodePolicy) -> None:
    assert NodePolicy.from_metadata(metadata) == policy


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        (NodePolicy(), [None]),
        (NodePolicy(retries=1), [1.0, None]),
        (NodePolicy(retries=3), [1.0, 2.0, 4.0, None]),
        (NodePolicy(retries=2, base=0.5, factor=1), [0.5, 0.5, None]),
        (NodePolicy(retries=3, base=0, factor=2), [0.0, 0.0, 0.0, None]),
        (NodePolicy(retries=4, base=1000, factor=2), [1000.0, 2000.0, 3600.0, 3600.0, None]),
    ],
)
def test_each_retry_waits_longer_and_none_more_than_an_hour(
    policy: NodePolicy, delays: list[float | None]
) -> None:
    assert [policy.next_delay(failures) for failures in range(1, len(delays) + 1)] == delays


def test_the_thousandth_retry_still_waits_an_hour() -> None:
    assert NodePolicy(retries=2000).next_delay(1500) == 3600.0
