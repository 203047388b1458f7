"""What the product says of a graph before it runs: from its own runs, and from what its blocks took elsewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.insight import estimates, overheads, paces
from executions.models import Execution, NodeExecution, Overhead, Pace
from executions.tasks import learn
from tests.executions.scene import drawing, run, save
from tests.factories import ExecutionFactory

pytestmark = pytest.mark.django_db(transaction=True)

CHAIN = drawing(
    {"a": ("test_idempotent", {}), "b": ("test_idempotent", {})}, ["a.value -> b.value"]
)


def has_taken(user, block_id, *seconds, **values):
    """Completed firings of a block, in some run."""
    execution, now = ExecutionFactory(user=user), timezone.now()
    for position, took in enumerate(seconds):
        NodeExecution.objects.create(
            execution=execution,
            node_id="elsewhere",
            block_id=block_id,
            position=position,
            status="COMPLETED",
            started_at=now - timedelta(seconds=took),
            ended_at=now,
            **values,
        )


def test_a_graph_that_never_ran_is_judged_by_its_blocks(user):
    has_taken(user, "test_idempotent", 1, 2, 2, 2, 7)
    learn()

    found = estimates.analysis_of(save(user, CHAIN).graph, CHAIN)

    assert found.seconds == pytest.approx(4)
    assert found.total_seconds == pytest.approx(4)
    assert found.slow_seconds == pytest.approx(4 + (3**2 + 3**2) ** 0.5)  # each p90 is 5


def test_nothing_is_made_up_for_a_block_that_never_ran(user):
    has_taken(user, "test_pure", 1, 1, 1)
    learn()

    assert estimates.analysis_of(save(user, CHAIN).graph, CHAIN).seconds == 0


def test_two_firings_say_nothing(user):
    has_taken(user, "test_idempotent", 9, 9)
    learn()

    assert not Pace.objects.exists()


def test_language_models_are_told_apart(user):
    has_taken(user, "llm_call_block", 1, 1, 1, 1, inputs={"model": "small"})
    has_taken(user, "llm_call_block", 8, 8, 8, inputs={"model": "large"})
    learn()
    known = paces.Paces.read(["llm_call_block"])

    assert known.of("llm_call_block", "large").median == pytest.approx(8)
    assert known.of("llm_call_block", "unheard of").median == pytest.approx(1)


def test_what_a_graph_itself_took_counts_more_than_its_blocks(user):
    has_taken(user, "test_idempotent", 9, 9, 9)
    learn()
    execution = run(user, CHAIN)

    assert estimates.analysis_of(execution.graph, CHAIN).seconds < 9


def test_a_block_that_has_not_run_lately_keeps_what_was_learnt(user, monkeypatch):
    has_taken(user, "test_idempotent", 3, 3, 3)
    learn()
    has_taken(user, "test_pure", *[0.1] * 5)
    monkeypatch.setattr(paces, "_NEWEST", 5)
    learn()

    assert dict(Pace.objects.values_list("block_id", "count")) == {
        "test_idempotent": 3,
        "test_pure": 5,
    }


def has_run(user, firings, before=0.0, each=0.0, between=0.0, after=0.0, **values):
    """A completed run of firings in a row, with gaps around them, in seconds."""
    began = timezone.now()
    fields = {"user": user, "status": "COMPLETED", "node_count": firings, "created_at": began}
    execution = ExecutionFactory(**fields | values)
    at = began + timedelta(seconds=before)
    for position in range(firings):
        ended = at + timedelta(seconds=each)
        NodeExecution.objects.create(
            execution=execution,
            node_id=str(position),
            block_id="test_pure",
            position=position,
            status="COMPLETED",
            started_at=at,
            ended_at=ended,
        )
        at = ended + timedelta(seconds=between)
    end = at + timedelta(seconds=after - between)
    Execution.objects.filter(pk=execution.pk).update(ended_at=end)


def test_what_the_engine_adds_is_learnt_from_small_runs_and_from_large_ones(user):
    has_run(user, 3, before=2, each=10, after=3)
    has_run(user, 60, before=2, each=10, between=1, after=4)
    learn()
    found = overheads.Overheads.read()

    assert (found.of_run, found.of_firing) == (pytest.approx(5), pytest.approx(1))
    assert found.of(10) == pytest.approx(15)
    assert found.of(0) == 0


def test_firings_beside_one_another_leave_no_gap(user):
    has_run(user, 5, before=1, each=20, between=-15, after=1)
    learn()

    assert overheads.Overheads.read().of_run == pytest.approx(2)


def test_runs_that_waited_for_a_worker_say_little_of_the_engine(user):
    for wait in (1, 1, 500, 500, 500):
        has_run(user, 2, before=wait, each=1)
    learn()

    assert overheads.Overheads.read().of_run == pytest.approx(1)


def test_runs_that_have_not_completed_are_not_asked(user):
    has_run(user, 3, before=9, status="FAILED")
    learn()

    assert not Overhead.objects.exists()


def test_a_graph_that_never_ran_takes_what_its_blocks_do_and_the_engine_adds(user):
    has_taken(user, "test_idempotent", 2, 2, 2)
    learn()
    Overhead.objects.create(per="run", seconds=5, measured_at=timezone.now())
    Overhead.objects.create(per="firing", seconds=1, measured_at=timezone.now())

    found = estimates.analysis_of(save(user, CHAIN).graph, CHAIN)

    assert (found.seconds, found.total_seconds) == (pytest.approx(4 + 5 + 2), pytest.approx(4))


def test_a_graph_that_ran_takes_as_long_again(user):
    execution = run(user, CHAIN)
    Execution.objects.update(ended_at=execution.created_at + timedelta(seconds=7))
    Overhead.objects.create(per="run", seconds=1_000, measured_at=timezone.now())

    assert estimates.analysis_of(execution.graph, CHAIN).seconds == pytest.approx(7)


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_questions_for_any_number_of_nodes(user, count, django_assert_num_queries):
    graph = drawing({str(n): ("test_idempotent", {}) for n in range(count)})
    version = save(user, graph)
    with django_assert_num_queries(4):
        estimates.analysis_of(version.graph, graph)
