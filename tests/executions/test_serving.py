"""Workers that serve some classes of blocks: each takes what is its own, and nothing waits for a worker that does not serve it."""

import pytest
from django.core import checks

from executions import queue, serving
from executions.engine.status import Status
from executions.models import NodeExecution
from executions.workers import keeper, recovery, work
from tests.executions.scene import drawing, run, start, statuses

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = drawing(
    {
        "light": ("test_idempotent", {"value": 1}),
        "heavy": ("test_at_most_once", {}),
        "after": ("test_idempotent", {}),
    },
    ["light.value -> heavy.value", "heavy.value -> after.value"],
)


@pytest.fixture
def serve(settings):
    """Become a worker that serves these classes; the heavy one has one block."""

    def serve(*classes):
        settings.BLOCK_CLASSES = {"heavy": ["test_at_most_once"]}
        settings.WORKER_CLASSES = list(classes)
        serving.served.cache_clear()

    yield serve
    serving.served.cache_clear()


@pytest.fixture
def told(monkeypatch):
    """The node executions for which workers were woken."""
    woken = []
    monkeypatch.setattr(queue, "enqueue_node", woken.append)
    return woken


def test_each_worker_takes_what_it_serves(user, serve):
    serve("default")
    execution = run(user, BOTH)
    assert statuses(execution) == {"light": ["COMPLETED"], "heavy": ["QUEUED"]}

    serve("heavy")
    work.fill_slots()
    assert statuses(execution)["heavy"] == ["COMPLETED"]
    assert statuses(execution)["after"] == ["QUEUED"]

    serve("default")
    work.fill_slots()
    execution.refresh_from_db()
    assert execution.status == Status.COMPLETED


@pytest.mark.parametrize("classes", [[], ["default", "heavy"]])
def test_a_worker_of_all_classes_takes_everything(user, serve, classes):
    serve(*classes)

    assert run(user, BOTH).status == Status.COMPLETED


def test_who_queues_what_it_does_not_serve_wakes_others(user, serve, told):
    serve("default")
    run(user, BOTH)

    heavy = NodeExecution.objects.get(node_id="heavy")
    assert told[-1] == heavy.pk


def test_a_poller_finds_what_it_serves_behind_what_it_does_not(user, serve, settings):
    settings.POLL_SECONDS = 0
    serve("default")
    for _ in range(3):
        run(user, BOTH)
    light = start(user, drawing({"light": ("test_idempotent", {})}))

    assert recovery.find_work(2).nodes == list(light.node_executions.values_list("pk", flat=True))


def test_a_category_stands_for_its_blocks(settings, serve):
    serve("heavy")
    settings.BLOCK_CLASSES = {"heavy": ["ai"]}
    serving.served.cache_clear()

    assert serving.served().takes("llm_call_block")
    assert not serving.served().takes("test_idempotent")


def test_a_class_with_a_mistake_in_it_is_named(settings, serve):
    serve("heavy")
    settings.BLOCK_CLASSES = {"heavy": ["ia"]}

    [error] = [each for each in checks.run_checks() if each.id == "agentloom.E001"]
    assert "names ia:" in error.msg


class _Queues:
    def __init__(self):
        self.selected = None
        self.app = self.amqp = self.queues = self

    def select(self, names):
        self.selected = names


@pytest.mark.parametrize(
    ("classes", "selected"), [(["heavy"], ["agentloom.aside"]), (["default"], None), ([], None)]
)
def test_a_worker_of_special_classes_alone_leaves_wake_ups_to_the_others(serve, classes, selected):
    serve(*classes)
    instance = _Queues()
    keeper.leave_wake_ups(instance=instance)

    assert instance.selected == selected
