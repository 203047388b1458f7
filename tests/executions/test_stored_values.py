"""Values that outlive a run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from blocks.base import BlockError
from blocks.ports import Kept
from blocks.registry import find
from executions import services
from executions.attempts import stored_values
from executions.attempts.stored_values import StoredValues
from executions.models import NodeExecution, StoredValue
from executions.workers import recovery, work
from tests.executions.scene import drawing, run, save
from tests.factories import UserFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def storage_of(version):
    """The port, as a run of this graph gets it."""
    graph = version.graph
    return StoredValues(graph.owner_id, SimpleNamespace(graph_id=graph.pk))


@pytest.fixture
def storage(user):
    return storage_of(VersionFactory(owner=user))


def test_a_run_finds_what_an_earlier_node_has_kept(user):
    key = {"key": "last", "scope": "across_agents"}
    nodes = {
        "ask": ("text_input_block", {"name": "text"}),
        "keep": ("persist_information_block", key),
        "find": ("retrieve_information_block", key),
        "out": ("output_block", {"name": "found"}),
    }
    links = [
        "ask.text -> keep.value",
        "keep.value -> find.default_value",
        "find.value -> out.value",
    ]
    first = run(user, drawing(nodes, links), text="tea")
    assert first.outputs == {"found": ["tea"]}

    del nodes["ask"], nodes["keep"]
    later = run(user, drawing(nodes, links[2:]))
    assert later.outputs == {"found": ["tea"]}


def test_the_last_value_counts_also_when_it_is_null(storage):
    for value in (1, {"a": [None]}, None):
        storage.keep("k", value, is_shared=False)
        assert storage.find("k", is_shared=False) == Kept(value)
    assert StoredValue.objects.count() == 1


def test_what_is_shared_is_kept_once_for_all_graphs(user, storage):
    other_graph = storage_of(VersionFactory(owner=user))
    storage.keep("k", 1, is_shared=True)
    other_graph.keep("k", 2, is_shared=True)
    assert storage.find("k", is_shared=True) == Kept(2)
    assert storage.find("k", is_shared=False) is None


def test_another_graph_and_another_user_find_nothing(user, storage):
    storage.keep("k", 1, is_shared=False)
    storage.keep("k", 2, is_shared=True)
    assert storage_of(VersionFactory(owner=user)).find("k", is_shared=False) is None
    assert storage_of(VersionFactory(owner=UserFactory())).find("k", is_shared=True) is None


def test_too_large_a_value_is_refused(storage):
    with pytest.raises(BlockError) as refusal:
        storage.keep("k", "x" * 1_000_000, is_shared=False)
    assert refusal.value.code == "output_too_large"


def test_too_many_values_are_refused_and_known_ones_still_change(storage, monkeypatch):
    monkeypatch.setattr(stored_values, "MAX_VALUES", 2)
    storage.keep("a", 1, is_shared=False)
    storage.keep("b", 1, is_shared=True)
    with pytest.raises(BlockError) as refusal:
        storage.keep("c", 1, is_shared=False)
    assert refusal.value.code == "storage_quota"
    storage.keep("a", 2, is_shared=False)
    assert storage.find("a", is_shared=False) == Kept(2)


def appending(**pins):
    """A graph that appends what it is given and counts itself."""
    return drawing(
        {
            "ask": ("text_input_block", {"name": "text"}),
            "append": ("append_kept_value_block", {"key": "log", **pins}),
            "count": ("count_kept_value_block", {"key": "n", **pins}),
            "list": ("output_block", {"name": "list"}),
            "sum": ("output_block", {"name": "n"}),
        },
        [
            "ask.text -> append.value",
            "append.values -> list.value",
            "append.count -> count.trigger",
            "count.count -> sum.value",
        ],
    )


def test_runs_append_to_one_list_and_count_on(user):
    version = save(user, appending(most=2))
    given = [run_version(user, version, text=text).outputs for text in ("tea", "milk", "bread")]
    assert given == [
        {"list": [["tea"]], "n": [1]},
        {"list": [["tea", "milk"]], "n": [2]},
        {"list": [["milk", "bread"]], "n": [3]},
    ]


def run_version(user, version, **inputs):
    execution = services.start_execution(version=version, user=user, inputs=inputs)
    work.advance(execution.pk)
    work.fill_slots()
    execution.refresh_from_db()
    return execution


def claimed(user, block_id, **pins):
    """An attempt at a node of this block, as a worker has it."""
    version = save(user, drawing({"a": (block_id, {"key": "k", "scope": "across_agents", **pins})}))
    services.start_execution(version=version, user=user, inputs={})
    with work.transaction.atomic():
        [attempt], _unpaid = work._claim(100, None)
    return attempt


def test_many_at_once_lose_nothing_and_count_differently(user):
    attempts = [claimed(user, "count_kept_value_block") for _ in range(12)]

    def count(attempt):
        try:
            storage = StoredValues(attempt.user_id, attempt)
            return storage.add("k", 1, is_shared=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        sums = sorted(pool.map(count, attempts))
    assert sums == [*range(1, 13)]


def test_lists_that_are_made_at_once_are_one_list(user):
    attempts = [claimed(user, "append_kept_value_block", value=0) for _ in range(12)]

    def append(numbered):
        try:
            number, attempt = numbered
            StoredValues(attempt.user_id, attempt).append("k", number, most=100, is_shared=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(append, enumerate(attempts)))
    assert sorted(StoredValue.objects.get().value) == [*range(12)]


def test_a_change_happens_once_however_often_its_attempt_is_begun(user):
    attempt = claimed(user, "count_kept_value_block")
    assert StoredValues(attempt.user_id, attempt).add("k", 1, is_shared=True) == 1
    NodeExecution.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    recovery.take_back_lost()
    with work.transaction.atomic():
        [again], _unpaid = work._claim(100, None)

    assert again.fence > attempt.fence
    assert StoredValues(again.user_id, again).add("k", 1, is_shared=True) == 1
    with pytest.raises(BlockError) as refusal:
        StoredValues(attempt.user_id, attempt).add("k", 1, is_shared=True)
    assert (refusal.value.code, StoredValue.objects.get().value) == ("lost", 1)


@pytest.mark.parametrize(
    ("kept", "block_id", "pins"),
    [
        ("text", "append_kept_value_block", {"value": 1}),
        (["a"], "count_kept_value_block", {}),
        (True, "count_kept_value_block", {}),
        (2**53, "count_kept_value_block", {}),
    ],
)
def test_what_cannot_be_changed_so_stays_as_it_is(user, kept, block_id, pins):
    StoredValue.objects.create(owner=user, key="k", value=kept)
    execution = run(
        user, drawing({"a": (block_id, {"key": "k", "scope": "across_agents", **pins})})
    )
    assert execution.status == "FAILED"
    assert StoredValue.objects.get().value == kept


def test_values_are_listed_by_the_beginning_of_their_keys_and_forgotten(user):
    for key, value in (("b/2", 2), ("b/1", 1), ("c", 3)):
        StoredValue.objects.create(owner=user, key=key, value=value)
    shared = {"scope": "across_agents"}
    listed = run(user, drawing({"l": ("list_kept_values_block", {"prefix": "b/", **shared})}))
    assert listed.outputs == {"values": [{"b/1": 1, "b/2": 2}], "keys": [["b/1", "b/2"]]}

    forget = drawing({"f": ("forget_kept_value_block", {"key": "c", **shared})})
    assert [run(user, forget).outputs["was_there"] for _ in range(2)] == [[True], [False]]
    assert StoredValue.objects.count() == 2


def test_more_than_fits_into_an_output_is_not_listed(user):
    for number in range(11):
        StoredValue.objects.create(owner=user, key=str(number), value="x" * 950_000)
    execution = run(user, drawing({"l": ("list_kept_values_block", {"scope": "across_agents"})}))
    assert execution.node_executions.get().error_code == "output_too_large"


def test_a_block_that_is_run_by_itself_keeps_values_for_all_graphs(user):
    def by_itself(block_id, **inputs):
        inputs = {"key": "k"} | inputs
        return services.run_block(block=find(block_id), user=user, inputs=inputs)

    assert by_itself("persist_information_block", value=7) == {"value": [7]}
    assert by_itself("count_kept_value_block", amount=2) == {"count": [9]}
    shared = {"scope": "across_agents"}
    assert by_itself("retrieve_information_block", **shared) == {"value": [9]}
    assert by_itself("forget_kept_value_block") == {"was_there": [True]}
