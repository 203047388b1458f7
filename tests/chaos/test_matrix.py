"""Crashes at every failpoint and at the n-th SQL statement, in real worker processes. `--long` tries all of them."""

import itertools

import pytest

import chaos.blocks  # noqa: F401 - they are in the catalogue now
from chaos import matrix, scene
from chaos.crew import Crew
from executions import failpoints
from tests.processes import on_this_database

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(900),
]

# One moment each of a burst, a claim, an attempt, the keeper and a child run; kills are tried at all of them.
SOME = {
    "accept.before",
    "commit.after",
    "claim.before_commit",
    "attempt.effect_marked",
    "heartbeat.after",
    "child.before_start",
    "parent.asleep",
}


@pytest.fixture(scope="module")
def crew(django_db_setup, tmp_path_factory):
    """With the blocks of `chaos`, and in a hurry."""
    crew = Crew(on_this_database(), tmp_path_factory.mktemp("crew"))
    yield crew
    crew.disband()


@pytest.fixture
def stage(user, sink, kept_history, crew):
    stage = matrix.Stage(crew, sink, scene.save(user, sink.url))
    try:
        stage.open()
        yield stage
    finally:
        stage.close()


@pytest.mark.parametrize("action", matrix.ACTIONS)
def test_a_run_survives_a_break_at_every_failpoint(stage, is_long, action):
    names = failpoints.NAMES if is_long or action == "kill" else SOME

    assert matrix.failures(stage, [(name, action) for name in names]) == {}


def test_a_run_survives_the_kill_of_its_worker_at_any_statement(stage, is_long):
    numbers = itertools.count(1) if is_long else (3, 20, 45, 80)

    for number in itertools.takewhile(lambda nth: matrix.play_statement(stage, nth), numbers):
        assert number
