"""Values that outlive a run."""

from types import SimpleNamespace

import pytest

from blocks.base import BlockError
from blocks.ports import Kept
from executions.attempts import stored_values
from executions.attempts.stored_values import StoredValues
from executions.models import StoredValue
from tests.executions.scene import drawing, run
from tests.factories import UserFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def storage_of(version):
    """The port, as a run of this graph gets it."""
    graph = version.graph
    return StoredValues(SimpleNamespace(user_id=graph.owner_id, graph_id=graph.pk))


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
