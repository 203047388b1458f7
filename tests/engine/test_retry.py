"""When a failed attempt is worth another one, and how long it waits."""

from typing import Any

import pytest

from executions.engine.firing import Outcome
from executions.engine.retry import NodePolicy

BROKEN = Outcome([], "no", "timeout", retryable=True)


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
        (
            {"retry": {"count": 1, "jitter": 0.5, "on": ["timeout"]}},
            NodePolicy(retries=1, jitter=0.5, retry_on=frozenset({"timeout"})),
        ),
        (
            {"fallback": {"out": None}, "priority": 7},
            NodePolicy(fallback={"out": None}, priority=7),
        ),
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
    waits = [policy.wait_before_retry(BROKEN, nth, "") for nth in range(1, len(delays) + 1)]
    assert waits == delays


def test_the_thousandth_retry_still_waits_an_hour() -> None:
    assert NodePolicy(retries=2000).wait_before_retry(BROKEN, 1500, "") == 3600.0


def test_jitter_makes_waits_longer_each_by_its_own_part() -> None:
    policy = NodePolicy(retries=9, base=10, factor=1, jitter=0.5)
    waits = {policy.wait_before_retry(BROKEN, 1, key) for key in range(50)}
    assert len(waits) == 50
    assert all(10 <= wait <= 15 for wait in waits if wait is not None)
    assert policy.wait_before_retry(BROKEN, 1, 7) in waits  # the same again for the same attempt


@pytest.mark.parametrize(
    ("retry_on", "code", "retryable", "is_tried_again"),
    [
        (None, "timeout", True, True),
        (None, "timeout", False, False),
        (["timeout"], "timeout", False, True),
        (["timeout"], "block_failed", True, False),
        (["any"], "block_failed", False, True),
    ],
)
def test_a_policy_says_after_which_errors_a_node_is_tried_again(
    retry_on: list[str] | None, code: str, *, retryable: bool, is_tried_again: bool
) -> None:
    policy = NodePolicy.from_metadata({"retry": {"count": 1, "on": retry_on}})
    outcome = Outcome([], "no", code, retryable=retryable)
    assert (policy.wait_before_retry(outcome, 1, "") is not None) is is_tried_again


def test_an_attempt_that_did_not_fail_is_not_tried_again() -> None:
    assert (
        NodePolicy(retries=3, retry_on=frozenset({"any"})).wait_before_retry(Outcome([]), 1, "")
        is None
    )
