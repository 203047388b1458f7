"""One run's part in a burst: the engine works on what was loaded, within limits."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from structlog.contextvars import bound_contextvars

from blocks import registry
from executions import tracing
from executions.attempts import running, world
from executions.engine import outcome
from executions.engine.burst import Burst
from executions.engine.firing import Firing, Outcome
from executions.engine.outcome import Failure
from executions.engine.plan import NodePlan, Plan
from executions.engine.recording import Asked, asked_of
from executions.engine.status import Status
from executions.engine.values import dump
from executions.models import new_id
from executions.rows import loading, recordings, turns

MAX_FIRINGS = 5_000


class Shift:
    """Runs pure firings of one run, and says how the run stands afterwards."""

    def __init__(
        self, run: turns.Run, plan: Plan, work: loading.Loaded, called: Sequence[Firing]
    ) -> None:
        self.run = run
        self.plan = plan
        self.engine = Burst(plan, work.state, new_id)
        self.called = called  # firings that were opened for others, and are not run here
        self.breach: str | None = None  # which limit the run has passed
        self._work = work
        self._asked: set[Asked] = set()  # of which the number is new
        self._began = time.perf_counter()
        self._deadline = 0.0
        self._fired = 0
        self._cancelled = threading.Event()  # never set: a burst is too short to be told

    def work(self, deadline: float) -> None:
        """Deliver what has ended and run what is ready, as long as the clock of `perf_counter` shows less."""
        run = self.run
        with (
            bound_contextvars(execution_id=str(run.id), user_id=str(run.user_id)),
            tracing.span("burst", run.trace, execution_id=run.id),
        ):
            self._work_until(deadline)

    def _work_until(self, deadline: float) -> None:
        self._deadline = deadline
        engine, work = self.engine, self._work
        engine.take(work.taken)
        for firing in work.finished:
            if firing.outcome:
                engine.finish(firing, firing.outcome)
        for firing in work.ready:
            engine.make_ready(firing)
        engine.run(self._execute, self._may_go_on)
        while engine.settle(work.open_places, is_idle=not self._is_open()):
            engine.run(self._execute, self._may_go_on)
        self.breach = self._find_breach()
        if self.breach:
            self._drop_open()

    @property
    def changed(self) -> list[Firing]:
        """What has to be written."""
        return list(self.engine.changed.values())

    @property
    def standing(self) -> Status | None:
        """The run's status now; None when it is over."""
        if self.breach:
            return None
        here = {firing.status for firing in (*self.changed, *self.engine.ready)}
        open_here = {status for status in here if status.is_open}
        return outcome.standing(open_here | self._work.open_elsewhere)

    @property
    def is_more_to_do(self) -> bool:
        """Whether another burst may find something at once."""
        others_may_have_ended = self._work.open_elsewhere & {Status.QUEUED, Status.RUNNING}
        return bool(self.engine.ready) or bool(others_may_have_ended)

    @property
    def is_whole(self) -> bool:
        """Whether every firing that the run ever had is here."""
        return len(self.engine.changed) == self.engine.next_position

    @property
    def failures(self) -> list[Failure]:
        """What failed here and was not handled, in order."""
        unhandled = [
            each
            for each in self.engine.failures
            if each.caller_id is None and not self.engine.is_handled(each)
        ]
        unhandled.sort(key=lambda firing: firing.position)
        return [
            Failure(firing.node_id, (firing.outcome and firing.outcome.error) or "")
            for firing in unhandled
        ]

    @property
    def kept_values(self) -> Iterator[tuple[str, str, Any]]:
        """What the run has to remember beside its firings: (node id, pin, value)."""
        delivery = self.engine.delivery
        yield from delivery.static_values
        for (node_id, scope), count in delivery.counts:
            yield node_id, f"{loading.COUNT}{dump(scope)}", count
        for node_id, position, sent in delivery.sent_items:
            yield node_id, f"{loading.SENT}{position}", sent
        for node_id, digest in self._asked:
            yield node_id, f"{loading.ASKED}{digest}", self._work.asked[node_id, digest]

    @property
    def now(self) -> datetime:
        """The database's time, by the clock of this process since the burst began."""
        return self.run.now + timedelta(seconds=time.perf_counter() - self._began)

    def _may_go_on(self) -> bool:
        self._fired += 1
        return (
            self._fired <= MAX_FIRINGS
            and time.perf_counter() < self._deadline
            and self._find_breach() is None
        )

    def _execute(self, node: NodePlan, firing: Firing) -> Outcome:
        context = world.NodeContext(
            firing.id,
            node.id,
            self.run.id,
            self.run.timezone,
            self._cancelled,
            world.answer_of(firing.answer),
        )
        firing.started_at = firing.started_at or self.now
        with tracing.span(node.block_id, node_execution_id=firing.id, node_id=node.id):
            result = self._recorded(node, firing) or self._run(node, firing, context)
        context.flush()
        firing.ended_at = self.now
        return result

    def _recorded(self, node: NodePlan, firing: Firing) -> Outcome | None:
        """What was recorded; None when the block is to run."""
        if node.id not in self.plan.recorded:
            return None
        recording = recordings.recording_of(self.run.id)
        unasked = node.traits.credentials
        asked = asked_of(
            node.id, {pin: value for pin, value in firing.inputs.items() if pin not in unasked}
        )
        before = self._work.asked.get(asked, 0)
        if recording.is_ambiguous(asked):
            self._work.asked[asked] = before + 1
            self._asked.add(asked)
        return recording.outcome_of(asked, before) or running.not_recorded(node.block_id)

    def _run(self, node: NodePlan, firing: Firing, context: world.NodeContext) -> Outcome:
        if node.block_id in self.run.switched_off:
            return running.switched_off()
        block = registry.find(node.block_id)
        return running.refusal(firing.answer) or running.run_block(
            block, firing.inputs, world.ports_of_pure(context)
        )

    def _is_open(self) -> bool:
        """Whether something in the run could still bring values."""
        changed = any(firing.status.is_open for firing in self.engine.changed.values())
        return changed or bool(self.engine.ready) or bool(self._work.open_elsewhere)

    def _find_breach(self) -> str | None:
        run, limits = self.run, self.plan.limits
        if self.engine.next_position > limits.node_executions:
            return f"The run was stopped: it wanted more than {limits.node_executions:,} node executions"
        if run.now - run.created_at > timedelta(seconds=limits.seconds):
            return f"The run was stopped: it took longer than {limits.seconds:,.0f} seconds"
        if self.plan.on_error == "stop" and (failures := self.failures):
            return f"{self.plan.nodes[failures[0].node_id].title}: {failures[0].message}"
        return None

    def _drop_open(self) -> None:
        """The run ends here: what this burst would have left open is cancelled."""
        for firing in self.engine.ready:
            self.engine.changed[firing.position] = firing
        for firing in self.engine.changed.values():
            if firing.status.is_open:
                firing.status = Status.CANCELLED
