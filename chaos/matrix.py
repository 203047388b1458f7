"""The crash matrix: one run of the graph of twelve nodes, whose worker or client breaks at a failpoint.

A healthy worker is there, but sleeps until the failpoint has acted; then it finishes what is left.
"""

import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.utils import OperationalError

from chaos import invariants, scene, steps
from chaos.crew import Crew
from chaos.sink import Sink
from executions import failpoints
from executions.engine.status import Status
from executions.models import Execution, NodeExecution, Worker
from executions.triggers import schedules
from executions.triggers.models import Schedule, Tick
from executions.triggers.timing import Kind
from graphs.models import GraphVersion

ACTIONS = ("kill", "raise", "drop-conn")
# Moments in the life of a client; all others are in that of a worker.
CLIENTS = {
    "accept.before": "start",
    "accept.key_kept": "start",
    "answer.before_commit": "answer",
    "stop.before_commit": "stop",
    "stop.after_commit": "stop",
    "delete.before": "delete",
}
# Some moments come only after another worker has died.
_DEAD_BEFORE = {"recovery.lost_taken": "attempt.after_block=kill@1"}
# Moments in the life of a schedule, which the cell then has.
_OF_SCHEDULES = {"schedule.taken", "schedule.before_commit"}
_PATIENCE = 30.0  # seconds

assert CLIENTS.keys() <= set(failpoints.NAMES)


class CellError(AssertionError):
    """The run did not go as it must."""


@dataclass
class Stage:
    """What all cells share."""

    crew: Crew
    sink: Sink
    version: GraphVersion
    healthy: int = 0  # the process that finishes what the others leave

    def open(self) -> None:
        """Start the healthy worker."""
        self.healthy = self.crew.start()
        self.wait(lambda: Worker.objects.filter(pid=self.healthy).exists(), "the worker is up")

    def close(self) -> None:
        """End all processes."""
        self._end_all_but(set())

    def clear(self) -> None:
        """Nothing is left of the last cell but the healthy worker."""
        self._end_all_but({self.healthy})
        self.crew.signal(self.healthy, signal.SIGCONT)
        self.wait(_forgets, "nobody is in the way of forgetting")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Until it is true; raises `CellError`."""
        end = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise CellError(f"In vain waited until {what}\n{self.picture()}")
            time.sleep(0.01)

    def step(self, step: str, argument: UUID, plan: str = "") -> None:
        """Have a client do something, and again if it was broken: as people do."""
        for failpoint in (plan, ""):
            pid = self.crew.start(step=step, argument=str(argument), failpoints=failpoint)
            self.wait(lambda pid=pid: not self.crew.is_alive(pid), f"the client did {step}")  # type: ignore[misc]
            if not plan:
                return

    def picture(self) -> str:
        """How the node executions stand, and what the processes said."""
        nodes = NodeExecution.objects.order_by("execution_id", "position").values_list(
            "node_id", "status", "attempts", "losses", "for_advance", "due_at", "lease_until"
        )
        return "\n".join([*map(str, nodes), self.crew.logs()])

    def run(self) -> Execution | None:
        """The run of this cell."""
        return Execution.objects.filter(version=self.version, parent=None).first()

    def _end_all_but(self, some: set[int]) -> None:
        for pid in self.crew.alive() - some:
            self.crew.signal(pid, signal.SIGKILL)
        self.wait(lambda: self.crew.alive() <= some, "the others have ended")


def _forgets() -> bool:
    """Empty the tables, at once with what workers write about runs meanwhile, such as posts of what their users are told.

    False when one of them and this waited for each other, and PostgreSQL has ended this.
    """
    tables = f"{Schedule._meta.db_table}, {Execution._meta.db_table}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables} CASCADE")
    except OperationalError:
        return False
    return True


def play(stage: Stage, name: str, action: str) -> None:
    """One cell. Raises `CellError` when anything is not as it must be."""
    stage.clear()
    step = CLIENTS.get(name, "")
    plan = f"{name}={action}@1"
    before = len(stage.crew.acted())
    _begin(stage, plan if step == "start" else "")
    if name in _OF_SCHEDULES:
        _have_due(stage)
    if not step:
        _break_workers(stage, name, plan, before)
    execution = stage.run()
    assert execution
    _finish(stage, execution, step, plan)
    if name in _OF_SCHEDULES:
        stage.wait(
            lambda: Tick.objects.filter(execution__ended_at__isnull=False).exists(), "it ran"
        )
    if f"{name}={action}" not in stage.crew.acted()[before:]:
        raise CellError(f"{plan} did not act\n{stage.picture()}")
    _judge(stage, execution, _end_after(name, action))


def _begin(stage: Stage, plan: str) -> None:
    """Start the run; a client that saw no answer looks first whether the run is there."""
    stage.crew.signal(stage.healthy, signal.SIGSTOP)
    for failpoint in (plan, ""):
        if stage.run() is None:
            pid = stage.crew.start(
                step="start", argument=str(stage.version.pk), failpoints=failpoint
            )
            stage.wait(lambda pid=pid: not stage.crew.is_alive(pid), "the client is done")  # type: ignore[misc]


def _have_due(stage: Stage) -> None:
    """A schedule of the other graph is due now, once."""
    child = GraphVersion.objects.exclude(pk=stage.version.pk).select_related("graph").get()
    now = schedules.now()
    Schedule.objects.create(
        user_id=child.graph.owner_id,
        graph=child.graph,
        name="Once",
        inputs=steps.INPUTS,
        kind=Kind.ONCE,
        starts_at=now,
        next_due_at=now,
    )


def _break_workers(stage: Stage, name: str, plan: str, before: int) -> None:
    plans = [each for each in (_DEAD_BEFORE.get(name), plan) if each]
    for number, each in enumerate(plans, start=1):
        stage.crew.start(failpoints=each)
        stage.wait(lambda number=number: _has_acted(stage, before + number), f"{each} acts")  # type: ignore[misc]


def _has_acted(stage: Stage, count: int) -> bool:
    """Whether so many failpoints have acted. A person answers as soon as they are asked."""
    _answer(stage, "")
    return len(stage.crew.acted()) >= count


def _answer(stage: Stage, plan: str) -> bool:
    asked = NodeExecution.objects.filter(
        node_id="review", status=Status.WAITING, execution__version=stage.version
    )
    node = asked.first()
    if node:
        stage.step("answer", node.pk, plan)
    return node is not None


def _finish(stage: Stage, execution: Execution, step: str, plan: str) -> None:
    stage.crew.signal(stage.healthy, signal.SIGCONT)
    if step == "stop":
        stage.wait(lambda: _asks(stage), "the node asks")
        stage.step("stop", execution.pk, plan)
    else:
        stage.wait(
            lambda: (
                _has_ended(execution)
                or (_answer(stage, plan if step == "answer" else "") and False)
            ),
            "the run ends",
        )
    stage.wait(lambda: not Execution.objects.unfinished().exists(), "child runs end")
    if step == "delete":
        stage.step("delete", execution.pk, plan)


def _asks(stage: Stage) -> bool:
    return NodeExecution.objects.filter(node_id="review", status=Status.WAITING).exists()


def _has_ended(execution: Execution) -> bool:
    execution.refresh_from_db()
    return execution.has_ended


def _end_after(name: str, action: str) -> Status:
    if CLIENTS.get(name) == "stop":
        return Status.CANCELLED
    # There it is the block that has the bug.
    is_in_block = name in {"child.before_start", "child.started"}
    return Status.FAILED if is_in_block and action == "raise" else Status.COMPLETED


def _judge(stage: Stage, execution: Execution, end: Status) -> None:
    ids = list(Execution.objects.values_list("pk", flat=True))
    problems = invariants.check(ids, sink_log=stage.sink.entries())
    execution.refresh_from_db()
    outputs = [scene.expected(unsure=False), scene.expected(unsure=True)]
    if execution.status != end or (end is Status.COMPLETED and execution.outputs not in outputs):
        problems.append(f"It is {execution.status} ({execution.error}) with {execution.outputs}")
    if problems:
        raise CellError("\n".join([*problems, stage.picture()]))


def failures(stage: Stage, cells: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells (failpoint, action) that went wrong, and how."""
    found = {}
    for name, action in cells:
        try:
            play(stage, name, action)
        except CellError as error:
            found[f"{name}={action}"] = str(error)
    return found


def play_statement(stage: Stage, nth: int) -> bool:
    """Kill the worker of a run at its n-th statement; False when the run had ended before."""
    stage.clear()
    before = len(stage.crew.acted())
    _begin(stage, "")
    execution = stage.run()
    assert execution
    stage.crew.start(statement=f"kill@{nth}")
    stage.wait(lambda: _has_acted(stage, before + 1) or _has_ended(execution), "it acts or ends")
    _finish(stage, execution, "", "")
    _judge(stage, execution, Status.COMPLETED)
    return len(stage.crew.acted()) > before
