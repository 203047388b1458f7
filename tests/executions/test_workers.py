"""Real worker processes, and what happens to runs when they are killed, stopped or lose Redis."""

import json
import os
import signal

import pytest
import redis
from django.conf import settings

from executions import services
from executions.engine.status import Status
from executions.models import NodeExecution, Worker
from tests.blocks.adapters.site import running_site
from tests.executions.provider import asks, said
from tests.executions.scene import drawing, start, statuses
from tests.processes import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture
def site(sink):
    """A server that holds its answers back until the gate is open, and counts who came."""
    sink.close_gate()
    return sink


def has_ended(execution):
    execution.refresh_from_db()
    return execution.has_ended


def fetches(site, count):
    """A graph that fetches pages in parallel and gives their paths in order."""
    return drawing(
        {
            "pages": (
                "step_through_items_block",
                {"items": [f"{site.url}/{n}" for n in range(count)]},
            ),
            "get": ("http_get_block", {}),
            "path": ("find_in_dictionary_block", {"key": "path"}),
            "out": ("output_block", {"name": "paths"}),
        },
        ["pages.item -> get.url", "get.response -> path.input", "path.output -> out.value"],
    )


def paths(count):
    return {"paths": [f"/{n}" for n in range(count)]}


def holder_of(execution):
    """The process that runs the run's nodes."""
    worker = NodeExecution.objects.filter(execution=execution, status=Status.RUNNING).values(
        "worker"
    )[:1]
    return Worker.objects.get(pk__in=worker).pid


def test_a_run_survives_the_kill_of_its_worker(user, site, workers):
    workers(2)
    execution = start(user, fetches(site, 10))
    until(lambda: len(site.hits()) == 10)

    os.kill(holder_of(execution), signal.SIGKILL)
    until(lambda: sum(site.hits().values()) == 20)  # the other worker has taken over
    site.open_gate()

    until(lambda: has_ended(execution))
    assert (execution.status, execution.outputs) == (Status.COMPLETED, paths(10))
    assert set(
        execution.node_executions.filter(node_id="get").values_list("attempts", flat=True)
    ) == {2}
    assert_events_are_whole(execution)


@pytest.fixture
def model():
    """A language model by script."""
    with running_site() as model:
        yield model


@pytest.mark.parametrize(
    ("tool", "hits", "told"),
    [("http_get_block", 2, '"path": "/a"'), ("send_web_request_block", 1, "it is not tried again")],
)
def test_a_kill_while_an_agents_tool_runs_repeats_no_model_call(
    user, site, model, workers, tool, hits, told
):
    model.says("/chat/completions", asks(("fetch", {"url": f"{site.url}/a"})), said("Done."))
    graph = drawing(
        {
            "agent": ("agent_block", {"prompt": "Fetch it.", "agent_mode_max_iterations": 5}),
            "fetch": (tool, {}),
            "out": ("output_block", {"name": "answer"}),
        },
        ["agent.tools -> fetch.url", "agent.finished -> out.value"],
        metadata={"fetch": {"title": "fetch"}},
    )
    workers(2, LLM_PROVIDER="openai", LLM_BASE_URL=model.url, LLM_MODEL="m")
    execution = start(user, graph)
    until(lambda: site.hits()["/a"] == 1)

    os.kill(holder_of(execution), signal.SIGKILL)
    until(lambda: site.hits()["/a"] == hits)
    site.open_gate()

    until(lambda: has_ended(execution))
    assert (execution.status, execution.outputs) == (Status.COMPLETED, {"answer": ["Done."]})
    assert (len(model.seen), site.hits()["/a"]) == (2, hits)
    assert told in json.loads(model.seen[1].body)["messages"][-1]["content"]
    assert_events_are_whole(execution)


def assert_events_are_whole(execution):
    numbers = list(execution.events.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, execution.event_seq + 1))


def test_a_run_survives_the_loss_of_everything_in_redis(user, site, workers):
    workers(1)
    client = redis.from_url(settings.REDIS_URL)
    executions = [start(user, fetches(site, 3)) for _ in range(5)]
    client.flushall()
    site.open_gate()

    until(lambda: all(has_ended(execution) for execution in executions))
    assert [execution.outputs for execution in executions] == [paths(3)] * 5


def test_a_worker_that_starts_while_redis_is_away_does_its_work(user, site, workers):
    workers(1, REDIS_URL="redis://127.0.0.1:1/0")
    execution = start(user, fetches(site, 3))
    site.open_gate()

    until(lambda: has_ended(execution))
    assert (execution.status, execution.outputs) == (Status.COMPLETED, paths(3))


def test_a_worker_that_comes_back_from_a_long_pause_changes_nothing(user, site, workers):
    workers(2)
    execution = start(user, fetches(site, 4))
    until(lambda: len(site.hits()) == 4)
    zombie = holder_of(execution)

    os.kill(zombie, signal.SIGSTOP)
    until(lambda: sum(site.hits().values()) == 8)  # the lease has run out, the other worker has it
    site.open_gate()
    until(lambda: has_ended(execution))
    events = execution.event_seq
    os.kill(zombie, signal.SIGCONT)
    seen = Worker.objects.get(pid=zombie).seen_at
    until(lambda: Worker.objects.get(pid=zombie).seen_at > seen)  # it works again

    execution.refresh_from_db()
    assert (execution.status, execution.outputs) == (Status.COMPLETED, paths(4))
    assert execution.event_seq == events


def test_a_stopped_run_sends_nothing_more(user, site, workers):
    workers(1)
    graph = drawing(
        {
            "get": ("http_get_block", {"url": f"{site.url}/a"}),
            "more": ("http_get_block", {"url": f"{site.url}/b"}),
        },
        ["get.status -> more.headers_#_x"],
    )
    execution = start(user, graph)
    until(lambda: site.hits()["/a"] == 1)

    assert services.stop(execution).status == Status.CANCELLED
    site.open_gate()
    other = start(
        user, fetches(site, 1)
    )  # by the time that it has run, the first would have gone on
    until(lambda: has_ended(other))

    assert site.hits()["/b"] == 0
    assert statuses(execution) == {"get": ["CANCELLED"]}


def test_a_worker_told_to_end_lets_others_go_on(user, site, workers):
    first, _second = workers(2)
    execution = start(user, fetches(site, 6))
    until(lambda: len(site.hits()) == 6)
    (first if first.pid == holder_of(execution) else _second).terminate()
    site.open_gate()

    until(lambda: has_ended(execution))
    assert (execution.status, execution.outputs) == (Status.COMPLETED, paths(6))


def test_a_node_that_takes_too_long_fails_while_its_thread_still_waits(user, site, workers):
    workers(1)
    graph = drawing(
        {"get": ("http_get_block", {"url": f"{site.url}/slow"})}, metadata={"get": {"timeout": 0.2}}
    )
    execution = start(user, graph)

    until(lambda: has_ended(execution))
    assert (execution.status, execution.error) == (
        Status.FAILED,
        "get: It took longer than 0.2 seconds",
    )
