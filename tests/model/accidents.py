"""What befalls workers, and the time that passes: by changing rows, so that no test waits for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from chaos.statements import Counter
from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from executions.workers import recovery, work
from tests.model.actors import Actor
from tests.model.people import People, picks, which


class KilledError(BaseException):
    """Nothing of the product catches it, as nothing catches `kill -9`."""


class Death(Counter):
    """Comes at the n-th statement of the thread that calls `live`, and no statement comes after it."""

    def __init__(self, nth):
        super().__init__(self._die, nth)
        self._has_come = False

    def _die(self):
        self._has_come = True

    def step(self):
        if threading.current_thread() is self._thread:
            super().step()
            if self._has_come:
                raise KilledError

    def live(self, do):
        """Do it until death; its connection goes with it."""
        self._thread = threading.current_thread()
        self.install()
        try:
            do()
        except BaseException:
            if not self._has_come:
                raise
        finally:
            self.remove()
            if connection.connection:
                connection.connection.close()
            connection.close()


class Accidents(People):
    """Deaths, hangs, and hours that pass."""

    @rule(who=which)
    def a_worker_is_killed(self, who):
        self._bury(who)

    def _bury(self, who):
        self.actors[who].dies()
        self.actors[who] = Actor(self.locks)

    @precondition(lambda self: self.has_runs)
    @rule(who=which, pick=picks, nth=st.integers(1, 25))
    def a_worker_is_killed_at_a_statement(self, who, pick, nth):
        """While it advances a run, runs a block and commits what came of it."""
        actor, run = self.actors[who], self.run_at(pick)

        def work_on():
            with actor.acting():
                work.advance(run.pk)
                work.fill_slots()
            if actor.jobs:
                actor.finish(self.job_at(actor, pick))

        with ThreadPoolExecutor(1) as thread:
            thread.submit(Death(nth).live, work_on).result()
        self._bury(who)

    @rule(who=which)
    def a_worker_hangs_for_longer_than_its_leases(self, who):
        NodeExecution.objects.filter(worker=self.actors[who].id, status=Status.RUNNING).update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )

    @precondition(lambda self: self.has_runs)
    @rule(who=which, pick=picks)
    def a_commit_is_rolled_back(self, who, pick):
        with self.actors[who].acting(), transaction.atomic():
            work.burst.run([self.run_at(pick).pk], self.actors[who].id, partial(min, 3))
            transaction.set_rollback(True)

    @rule(who=which)
    def nothing_is_due_early(self, who):
        found = recovery.release_due()
        assert (found.runs, found.nodes) == (set(), [])

    @rule(who=which)
    def an_hour_passes(self, who):
        waiting = NodeExecution.objects.filter(status=Status.WAITING).exclude(due_at=None)
        ids = list(waiting.values_list("pk", flat=True))
        waiting.update(due_at=timezone.now())
        found = recovery.release_due()
        assert not NodeExecution.objects.filter(pk__in=ids, status=Status.WAITING).exists()
        self.actors[who].do(found)

    @precondition(lambda self: self.has_runs)
    @rule(who=which, pick=picks)
    def a_run_passes_its_deadline(self, who, pick):
        run = self.run_at(pick)
        long_ago = timezone.now() - timedelta(days=30)
        Execution.objects.filter(pk=run.pk).update(created_at=long_ago, deadline_at=long_ago)
        with self.actors[who].acting():
            work.advance(run.pk)
