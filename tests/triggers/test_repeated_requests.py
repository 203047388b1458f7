"""`Idempotency-Key`, `?wait=` and the stream of events: what programs need to start runs and hear of their end."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.db import connection
from django.db.models import F

from accounts import keys
from accounts.models import Scope
from chaos import failures
from config.asgi import application
from executions import failpoints, services
from executions.engine.values import load
from executions.models import Execution
from executions.triggers import idempotency, tasks
from executions.triggers.models import IdempotencyKey
from executions.workers import work
from tests.factories import VersionFactory

BODY = {"inputs": {"text": "hello"}}


@pytest.fixture
def execute(api, version):
    def execute(key=None, body=BODY, query="", graph_id=version.graph_id):
        headers = {} if key is None else {"Idempotency-Key": key}
        return api.post(f"/api/graphs/{graph_id}/execute{query}", body, headers=headers)

    return execute


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """Raise at a moment."""

    @contextmanager
    def broken(name):
        with monkeypatch.context() as patch:
            patch.setattr(failpoints, "hit", failures.Armed(f"{name}=raise", tmp_path / "report"))
            yield

    return broken


def test_the_same_key_gets_the_same_run(execute):
    first, second = execute("a"), execute("a")
    assert first.json() == second.json()
    assert (first.status_code, second.status_code) == (200, 200)
    assert [each.headers.get("Idempotent-Replayed") for each in (first, second)] == [None, "true"]
    assert Execution.objects.count() == 1


def test_another_key_or_none_gets_another_run(execute):
    ids = {execute(key).json()["id"] for key in ("a", "b", None, None)}
    assert len(ids) == 4


def test_the_order_of_names_in_a_body_is_no_difference(execute):
    one = {"inputs": {"text": "x"}, "credentials_inputs": {}}
    other = {"credentials_inputs": {}, "inputs": {"text": "x"}}
    assert execute("a", one).json()["id"] == execute("a", other).json()["id"]


@pytest.mark.parametrize("query", ["", "/1"])
def test_a_key_with_another_request_is_422(execute, query):
    execute("a")
    body = {"inputs": {"text": "hello" if query else "other"}}
    answer = execute("a", body, query)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (
        422,
        "idempotency_key_reused",
    )
    assert Execution.objects.count() == 1


def test_a_key_with_another_graph_is_422(execute, user):
    execute("a")
    assert execute("a", graph_id=VersionFactory(owner=user).graph_id).status_code == 422


def test_keys_of_others_are_others(execute, stranger, stranger_api):
    mine = execute("a").json()["id"]
    theirs = VersionFactory(owner=stranger)
    answer = stranger_api.post(
        f"/api/graphs/{theirs.graph_id}/execute", BODY, headers={"Idempotency-Key": "a"}
    )
    assert answer.status_code == 200
    assert answer.json()["id"] != mine


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb"])
def test_a_key_that_cannot_be_one_is_refused(execute, key):
    answer = execute(key)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (
        400,
        "invalid_idempotency_key",
    )
    assert Execution.objects.count() == 0


def test_a_refused_request_does_not_use_its_key(execute):
    assert execute("a", {"inputs": {}}).status_code == 400
    assert execute("a").status_code == 200


@pytest.mark.parametrize("is_cleaned", [True, False])
def test_a_key_is_free_again_after_a_day(execute, is_cleaned):
    first = execute("a").json()["id"]
    execute("b")
    old = IdempotencyKey.objects.filter(key="a")
    old.update(created_at=F("created_at") - timedelta(hours=24))
    if is_cleaned:
        tasks.forget_old()
        assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["b"]
    assert execute("a", {"inputs": {"text": "other"}}).json()["id"] != first


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_with_one_key_get_one_run(user, version):
    ids, ready = [], threading.Barrier(8)

    def ask():
        try:
            ready.wait()
            execution, _ = idempotency.start_once(user, "a", "f" * 64, start)
            ids.append(execution.pk)
        finally:
            connection.close()

    def start():
        return services.start_execution(version=version, user=user, inputs={"text": "x"})

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids == [Execution.objects.get().pk] * 8


@pytest.mark.django_db(transaction=True)
def test_what_breaks_before_the_commit_leaves_neither_run_nor_key(execute, broken):
    with broken("accept.key_kept"):
        assert execute("a").status_code == 500
    assert (Execution.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert execute("a").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_lost_can_be_asked_for_again(execute, broken):
    """As after a kill between the commit and the answer."""
    with broken("wake_up.before"):
        execute("a")
    [execution] = Execution.objects.all()
    assert execute("a").json()["id"] == str(execution.pk)


@pytest.mark.django_db(transaction=True)
def test_waiting_gives_the_outputs_or_202(execute, run_to_end):
    early = execute("a", query="?wait=0.01")
    assert (early.status_code, early.json()["status"]) == (202, "QUEUED")
    run_to_end(early)
    late = execute("a", query="?wait=30")
    assert (late.status_code, late.json()["outputs"]) == (200, {"answer": ["hello"]})


@pytest.mark.django_db(transaction=True)
def test_who_waits_is_told_when_the_run_ends(execute, settings):
    settings.POLL_SECONDS = 20  # what ends sooner was told
    run = Execution.objects
    worker = threading.Thread(target=_work_on_the_first_run, args=[run])
    worker.start()
    answer = execute(query="?wait=30")
    worker.join()
    assert (answer.status_code, answer.json()["status"]) == (200, "COMPLETED")


def _work_on_the_first_run(runs):
    try:
        while not (execution := runs.first()):
            threading.Event().wait(0.01)
        work.advance(execution.pk)
    finally:
        connection.close()


@pytest.mark.parametrize("wait", ["-1", "61", "x", "nan", ""])
def test_a_wait_that_cannot_be_is_refused(execute, wait):
    assert execute(query=f"?wait={wait}").status_code == 400
    assert Execution.objects.count() == 0


class Stream(ApplicationCommunicator):
    """A client of the event stream, on the real stack."""

    def __init__(self, key, execution_id, *headers, query=b""):
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/api/executions/{execution_id}/events",
            "query_string": query,
            "headers": [
                (b"host", b"localhost"),
                (b"x-api-key", key.encode()),
                (b"accept", b"text/event-stream"),
                *headers,
            ],
        }
        super().__init__(application, scope)

    async def begin(self):
        """The status of the answer."""
        await self.send_input({"type": "http.request"})
        return (await self.receive_output(timeout=10))["status"]

    async def status(self):
        """The status of an answer that is not read."""
        status = await self.begin()
        await self.wait()
        return status

    async def events(self):
        """Events as (number, kind, data), until the stream ends."""
        while True:
            message = await self.receive_output(timeout=10)
            for text in message.get("body", b"").decode().split("\n\n"):
                if text.startswith("id:"):
                    yield _event_of(text)
            if not message.get("more_body"):
                return


def _event_of(text):
    number, kind, data = (line.partition(": ")[2] for line in text.splitlines())
    return int(number), kind, load(data)


@pytest.fixture
def started(db, user, version):
    """A run that was accepted, and a key that may read it."""
    _key, text = keys.issue(user, name="x", permissions=[Scope.READ_EXECUTIONS])
    return services.start_execution(version=version, user=user, inputs={"text": "x"}), text


@pytest.mark.django_db(transaction=True)
async def test_a_stream_tells_the_log_and_then_what_comes(started):
    execution, key = started
    stream = Stream(key, execution.pk)
    assert await stream.begin() == 200
    events = stream.events()
    first = await anext(events)
    assert (first[0], first[2]["status"]) == (1, "QUEUED")
    await database_sync_to_async(work.advance)(execution.pk)
    others = [event async for event in events]
    await stream.wait()
    await database_sync_to_async(execution.refresh_from_db)()
    assert [number for number, _, _ in others] == list(range(2, execution.event_seq + 1))
    assert others[-1][2]["status"] == "COMPLETED"


@pytest.mark.django_db(transaction=True)
async def test_who_comes_back_gets_what_is_missing_and_no_more(started):
    execution, key = started
    await database_sync_to_async(work.advance)(execution.pk)
    seen = (b"last-event-id", b"1")
    stream = Stream(key, execution.pk, seen)
    await stream.begin()
    numbers = [number async for number, _, _ in stream.events()]
    await stream.wait()
    await database_sync_to_async(execution.refresh_from_db)()
    assert numbers == list(range(2, execution.event_seq + 1))
    done = str(execution.event_seq)
    assert await Stream(key, execution.pk, query=f"after_seq={done}".encode()).status() == 204
    assert await Stream(key, execution.pk, query=b"after_seq=x").status() == 400


@pytest.mark.django_db(transaction=True)
async def test_a_stream_asks_for_the_permission_and_the_owner(started, stranger):
    execution, _ = started
    _key, theirs = await database_sync_to_async(keys.issue)(
        stranger, name="x", permissions=Scope.values
    )
    _key, narrow = await database_sync_to_async(keys.issue)(
        execution.user, name="x", permissions=[Scope.IDENTITY]
    )
    assert await Stream(theirs, execution.pk).status() == 404
    assert await Stream(narrow, execution.pk).status() == 403
