"""All that can happen to a small run, and much of what can happen to a larger one; then with broken rules."""

import pytest

from tests.model import settings
from tests.model.broken import BROKEN, NoFence
from tests.model.protocol import Protocol
from tests.model.search import BrokenPromiseError, Search
from tests.model.walk import Walk

pytestmark = pytest.mark.timeout(0)  # a machine under load takes a while


def test_no_order_of_claims_crashes_and_stops_breaks_a_promise():
    found = Search(Protocol(settings.join(may_fail=frozenset()))).run()

    assert found.states > 100_000


def test_no_wake_up_is_needed_and_none_does_harm():
    found = Search(Protocol(settings.pair())).run()

    assert found.states > 20_000


def test_an_attempt_that_fails_and_is_tried_again_breaks_no_promise():
    found = Search(Protocol(settings.pair(may_fail=frozenset({"first"})))).run()

    assert found.states > 20_000


@pytest.mark.parametrize("more", [{}, {"may_fail": frozenset(), "slots": 2}])
def test_no_order_of_anything_breaks_a_promise_with_retries_or_two_slots(is_long, more):
    if not is_long:
        pytest.skip("half a million states: --long")

    assert Search(Protocol(settings.join(**more))).run().states > 300_000


def test_random_schedules_of_a_larger_run_break_no_promise(is_long, first_seed):
    walk = Walk(Protocol(settings.fan_out()))
    count = 100_000 if is_long else 500

    ends = {walk.walk(first_seed + nth).run for nth in range(count)}

    assert ends == {"COMPLETED", "FAILED", "CANCELLED"}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.__name__)
def test_the_search_finds_what_a_missing_rule_breaks(broken):
    setting = getattr(broken, "setting_of", settings.pair)()

    with pytest.raises(BrokenPromiseError):
        Search(broken(setting)).run()


def test_a_random_schedule_finds_a_missing_fence():
    walk = Walk(NoFence(settings.fan_out()))

    with pytest.raises(BrokenPromiseError, match="seed"):
        list(map(walk.walk, range(2_000)))
