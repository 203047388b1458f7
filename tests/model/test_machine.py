"""The services, the workers' code and the tables, against everything that can happen, in random order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Runs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(0)]


@pytest.fixture
def _no_clock(settings):
    """Leases run out and messages get lost when a rule says so, not by the time that passes."""
    settings.POLL_SECONDS = 0
    settings.LEASE_SECONDS = 3600


@pytest.mark.usefixtures("_no_clock")
def test_no_sequence_of_events_breaks_a_promise(is_long):
    """The suite takes the same sequences every time; `--long` looks for new ones."""
    run_state_machine_as_test(
        Runs,
        settings=settings(
            max_examples=1_000 if is_long else 12,
            stateful_step_count=60 if is_long else 25,
            derandomize=not is_long,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
