"""What the product says of a graph before it runs: from its own runs, and from what its blocks took elsewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.insight import estimates, paces
from executions.models import NodeExecution, Pace
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


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_same_questions_for_any_number_of_nodes(user, count, django_assert_num_queries):
    graph = drawing({str(n): ("test_idempotent", {}) for n in range(count)})
    version = save(user, graph)
    with django_assert_num_queries(3):
        estimates.analysis_of(version.graph, graph)
