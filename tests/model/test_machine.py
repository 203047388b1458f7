"""The services, the workers' code and the tables, against everything that can happen, in random order."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from chaos import history
from tests.model.machine import Runs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(0)]


EFFORT = settings(
    max_examples=12,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
LONG = settings(EFFORT, max_examples=1_000, stateful_step_count=60, derandomize=False)


@pytest.fixture
def _no_clock(settings):
    """Leases run out and messages get lost when a rule says so, not by the time that passes."""
    settings.POLL_SECONDS = 0
    settings.LEASE_SECONDS = 3600


@pytest.fixture(autouse=True)
def _kept_history(transactional_db):
    history.install()
    yield
    history.remove()


@pytest.mark.usefixtures("_no_clock")
def test_no_sequence_of_events_breaks_a_promise(is_long):
    """The suite takes the same sequences every time; `--long` looks for new ones."""
    run_state_machine_as_test(Runs, settings=LONG if is_long else EFFORT)
