"""The table of statuses."""

import itertools

import pytest

from executions.engine.status import NODE_ONLY, RUN_STATUSES, TRANSITIONS, Status, sources_of

LEGAL = {
    ("INCOMPLETE", "QUEUED"),
    ("INCOMPLETE", "CANCELLED"),
    ("QUEUED", "RUNNING"),
    ("QUEUED", "CANCELLED"),
    ("RUNNING", "SKIPPED"),
    ("RUNNING", "QUEUED"),
    ("RUNNING", "WAITING"),
    ("RUNNING", "COMPLETED"),
    ("RUNNING", "FAILED"),
    ("RUNNING", "CANCELLED"),
    ("WAITING", "QUEUED"),
    ("WAITING", "RUNNING"),
    ("WAITING", "COMPLETED"),
    ("WAITING", "FAILED"),
    ("WAITING", "CANCELLED"),
}
FINAL = {Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.SKIPPED}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_only_legal_moves_are_offered(before: Status, after: Status) -> None:
    assert (before in sources_of(after)) is ((before.value, after.value) in LEGAL)


def test_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.parametrize("status", Status)
def test_a_final_status_never_changes(status: Status) -> None:
    assert status.is_final is (status in FINAL)
    assert [target for target in Status if status in sources_of(target) and status in FINAL] == []


@pytest.mark.parametrize("status", Status)
def test_a_run_goes_on_for_what_is_queued_running_or_waiting(status: Status) -> None:
    assert status.is_open is (status.value in {"QUEUED", "RUNNING", "WAITING"})


@pytest.mark.parametrize("status", sorted(set(Status) - FINAL))
def test_whatever_is_not_final_can_be_cancelled_and_can_come_to_its_end(status: Status) -> None:
    reached = {status}
    for _ in Status:
        reached |= {target for each in reached for target in TRANSITIONS[each]}
    assert Status.CANCELLED in TRANSITIONS[status]
    assert Status.COMPLETED in reached


def test_runs_have_no_statuses_that_only_nodes_can_have() -> None:
    assert {Status.INCOMPLETE, Status.SKIPPED} == NODE_ONLY
    assert set(RUN_STATUSES) == set(Status) - NODE_ONLY
