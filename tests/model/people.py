"""What people can do to graphs, runs and credits, in any order, and what test blocks do in those runs."""

from collections import Counter, defaultdict
from uuid import UUID

import psycopg
from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from accounts import credits
from accounts.errors import InsufficientCreditsError
from accounts.models import User
from blocks.base import BlockError, Suspend, WaitsFor
from executions import outbox, services
from executions.engine.status import OPEN, Status
from executions.errors import NotWaitingError, StillRunningError
from executions.models import Event, Execution, NodeExecution
from executions.workers import work
from graphs import services as graph_services
from tests.executions import scene
from tests.model import drawings
from tests.model.actors import Actor

picks = st.integers(0, 7)
which = st.integers(0, 1)
shapes = drawings.shapes
_IS_THERE = (
    "SELECT EXISTS (SELECT FROM executions_execution WHERE id = %s)"
    " OR EXISTS (SELECT FROM executions_nodeexecution WHERE id = %s)"
)
_send_wake_up = outbox.send_wake_up
CHILD = scene.drawing({"do": ("test_idempotent", {"does": "as told", "value": "from the child"})})


class People(RuleBasedStateMachine):
    """What people do. `told` is what the next test block does."""

    def __init__(self) -> None:
        super().__init__()
        self.locks = psycopg.connect(**_connection_parameters(), autocommit=True)
        self.actors = [Actor(self.locks), Actor(self.locks)]
        self.told = "echo"
        self.acts: Counter[UUID] = Counter()  # by node execution
        self.keys: defaultdict[UUID, set[str]] = defaultdict(set)  # of its effect
        self.woken_early: list[str] = []  # what a wake-up named that nobody else could see
        self.waits: Counter[UUID] = Counter()  # how often each let go of its attempt
        self.ended: dict[UUID, tuple] = {}
        self.stopped: dict[UUID, list[tuple]] = {}
        self.seen: dict[UUID, int] = {}  # the last event that a watcher has read
        scene.behaviours["as told"] = self._behave
        outbox.send_wake_up = self._note_wake_up

    def leave(self) -> None:
        """Give back what was taken for the time of the play."""
        outbox.send_wake_up = _send_wake_up
        self.locks.close()

    def _note_wake_up(self, task: str, id_: str) -> None:
        (is_there,) = self.locks.execute(_IS_THERE, [id_, id_]).fetchone()
        self.woken_early += [] if is_there else [id_]

    @initialize(balance=st.sampled_from([0, 10, 1_000]), shape=shapes)
    def somebody_signs_up_and_starts_a_run(self, balance, shape):
        self.user = User.objects.create_user(f"{timezone.now().timestamp()}@example.com", "x")
        credits.grant(self.user, balance - self.balance or 1)
        self.child = scene.save(self.user, CHILD)
        self.graphs = [self.child.graph]
        self.somebody_starts_a_run(shape)

    @property
    def balance(self) -> int:
        return User.objects.get(pk=self.user.pk).credits

    def _behave(self, value, ports):
        id_ = ports.run.id
        self.acts[id_] += 1
        self.keys[id_].add(ports.run.idempotency_key)
        told = self.told
        if told.startswith("wait") and ports.run.answer is None:
            self.waits[id_] += 1
            waits_for = WaitsFor.TIMER if told == "wait for a time" else WaitsFor.PERSON
            raise Suspend(waits_for, seconds=3600 if waits_for == WaitsFor.TIMER else None)
        if told == "fail":
            raise BlockError("it cannot be done")
        if told == "fail for now":
            raise BlockError("not yet", retryable=True)
        if told == "crash":
            raise RuntimeError("a bug in the block")
        yield ("error" if told == "yield an error" else "value"), value

    # What there is

    def run_at(self, pick: int) -> Execution | None:
        runs = list(Execution.objects.filter(user=self.user).order_by("created_at", "pk"))
        return runs[-1 - pick % len(runs)] if runs else None

    def node_at(self, pick: int, **having) -> NodeExecution | None:
        nodes = NodeExecution.objects.filter(execution__user=self.user, **having)
        found = list(nodes.order_by("execution__created_at", "execution", "position"))
        return found[-1 - pick % len(found)] if found else None

    def job_at(self, actor: Actor, pick: int) -> work.Held | None:
        return actor.jobs[pick % len(actor.jobs)] if actor.jobs else None

    @property
    def has_jobs(self) -> bool:
        return any(actor.jobs for actor in self.actors)

    @property
    def has_runs(self) -> bool:
        return Execution.objects.filter(user=self.user).exists()

    # People

    @rule(shape=shapes)
    def somebody_starts_a_run(self, shape):
        version = scene.save(self.user, drawings.draw(shape, str(self.child.graph_id)))
        self.graphs.append(version.graph)
        self._start(version)

    @rule(pick=picks)
    def somebody_runs_a_graph_again(self, pick):
        graph = self.graphs[pick % len(self.graphs)]
        self._start(graph.versions.get(is_active=True))

    def _start(self, version):
        count = Execution.objects.count()
        try:
            services.start_execution(version=version, user=self.user, inputs={})
        except InsufficientCreditsError:
            assert Execution.objects.count() == count

    @precondition(lambda self: self.has_runs)
    @rule(pick=picks)
    def somebody_stops_a_run(self, pick):
        run = self.run_at(pick)
        was_open = run.status in OPEN
        stopped = services.stop(run)
        assert (stopped is not None) is was_open
        if stopped:
            self._note_stop(run.pk)

    def _note_stop(self, run_id):
        self.stopped[run_id] = starts_of(run_id)
        for child in Execution.objects.filter(parent__execution=run_id, status=Status.CANCELLED):
            self._note_stop(child.pk)

    @precondition(lambda self: self.stopped)
    @rule(pick=picks)
    def somebody_stops_a_run_twice(self, pick):
        run_id = list(self.stopped)[pick % len(self.stopped)]
        assert services.stop(Execution.objects.get(pk=run_id)) is None

    @rule(pick=picks, approved=st.booleans())
    def somebody_answers(self, pick, approved):
        node = self.node_at(pick, status=Status.WAITING, waits_for=WaitsFor.PERSON)
        if node:
            services.answer(node, {"approved": approved})
            self._answer_in_vain(node)

    @rule(pick=picks)
    def somebody_answers_what_nobody_asks(self, pick):
        node = self.node_at(pick)
        if node and (node.status, node.waits_for) != (Status.WAITING, WaitsFor.PERSON):
            self._answer_in_vain(node)

    def _answer_in_vain(self, node):
        try:
            services.answer(node, {"approved": True})
        except NotWaitingError:
            return
        raise AssertionError("a second answer was taken")

    @precondition(lambda self: self.has_runs)
    @rule(pick=picks)
    def somebody_deletes_a_run(self, pick):
        run = self.run_at(pick)
        try:
            services.delete_execution(run)
        except StillRunningError:
            assert run.status in OPEN
        else:
            assert run.status not in OPEN

    @rule(pick=picks, shape=shapes)
    def somebody_edits_a_graph(self, pick, shape):
        graph = self.graphs[pick % len(self.graphs)]
        if graph != self.child.graph:  # else it could run itself without end
            drawing = drawings.draw(shape, str(self.child.graph_id))
            graph_services.save_version(graph=graph, name="x", description="", drawing=drawing)

    @rule(pick=picks)
    def somebody_activates_another_version(self, pick):
        graph = self.graphs[pick % len(self.graphs)]
        versions = list(graph.versions.order_by("version"))
        graph_services.activate_version(versions[pick % len(versions)])

    @rule(pick=picks)
    def somebody_deletes_a_graph(self, pick):
        if len(self.graphs) > 1:
            graph = self.graphs.pop(1 + pick % (len(self.graphs) - 1))
            graph_services.delete_graph(graph, by=graph.owner)

    @rule(amount=st.sampled_from([1, 5, 20]))
    def somebody_gets_credits(self, amount):
        credits.grant(self.user, amount)

    @precondition(lambda self: self.balance)
    @rule()
    def somebody_runs_out_of_credits(self):
        credits.grant(self.user, -self.balance)

    @precondition(lambda self: self.has_runs)
    @rule(pick=picks)
    def somebody_reads_on_in_the_log(self, pick):
        run = self.run_at(pick)
        after = self.seen.get(run.pk, 0)
        read = Event.objects.filter(execution=run, seq__gt=after).order_by("seq")
        numbers = list(read.values_list("seq", flat=True))
        assert numbers == list(range(after + 1, run.event_seq + 1))
        self.seen[run.pk] = run.event_seq


def starts_of(run_id: UUID) -> list[tuple]:
    """How the node executions of a run stand, and how often they started."""
    rows = NodeExecution.objects.filter(execution=run_id).order_by("position")
    return list(rows.values_list("pk", "status", "attempts", "fence"))


def _connection_parameters() -> dict:
    parameters = connection.get_connection_params()
    for name in ("pool", "cursor_factory", "context"):
        parameters.pop(name, None)
    return parameters
