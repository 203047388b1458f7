"""Everything that people, workers, clocks and accidents can do to runs, in any order, on the real tables.

One thread plays two workers (`actors`), so that hypothesis decides who does what next. When it is over everything is
brought to its end: a run that cannot be ended is a failure too.
"""

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from blocks.base import WaitsFor
from chaos import invariants
from executions import services
from executions.engine.status import Status
from executions.models import Execution, NodeExecution
from executions.rows import turns
from executions.workers import children, recovery, work
from tests.model import audit, drawings
from tests.model.accidents import Accidents
from tests.model.people import picks, starts_of, which


class Runs(Accidents):
    """What workers do, and what is always true."""

    # Messages

    @precondition(lambda self: self.has_runs)
    @rule(who=which, pick=picks)
    def a_wake_up_for_a_run_arrives(self, who, pick):
        self._advance(self.actors[who], self.run_at(pick))

    @precondition(lambda self: self.has_runs)
    @rule(pick=picks)
    def a_wake_up_arrives_at_both(self, pick):
        for actor in self.actors:
            self._advance(actor, self.run_at(pick))

    def _advance(self, actor, run):
        with actor.acting():
            work.advance(run.pk)

    @precondition(lambda self: self.has_runs)
    @rule(who=which, pick=picks)
    def a_wake_up_for_a_node_arrives_in_time_or_late(self, who, pick):
        with self.actors[who].acting():
            work.run_nodes([self.node_at(pick).pk])

    # Workers

    @rule(who=which)
    def a_worker_fills_its_slots(self, who):
        with self.actors[who].acting():
            work.fill_slots()

    @rule(who=which)
    def a_worker_polls(self, who):
        self.actors[who].do(recovery.find_work(16))

    @rule(who=which)
    def a_worker_beats(self, who):
        self.actors[who].beat()

    @rule(who=which)
    def a_worker_takes_back_what_others_lost(self, who):
        safe = audit.safe_attempts([actor.id for actor in self.actors])
        found = recovery.take_back_lost()
        assert safe == audit.safe_attempts([actor.id for actor in self.actors]), (
            "a living worker lost an attempt"
        )
        self.actors[who].do(found)

    @rule()
    def a_worker_stops_orphans(self):
        before = set(Execution.objects.unfinished().values_list("pk", flat=True))
        children.stop_orphans()
        for run_id in before - set(Execution.objects.unfinished().values_list("pk", flat=True)):
            self._note_stop(run_id)

    def _finish(self, who, pick, told="echo"):
        actor = self.actors[who] if self.actors[who].jobs else self.actors[1 - who]
        self.told = told
        actor.finish(self.job_at(actor, pick))
        self.told = "echo"

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_succeeds(self, who, pick):
        self._finish(who, pick)

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_fails(self, who, pick):
        self._finish(who, pick, "fail")

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_fails_for_now(self, who, pick):
        self._finish(who, pick, "fail for now")

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_yields_an_error(self, who, pick):
        self._finish(who, pick, "yield an error")

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_has_a_bug(self, who, pick):
        self._finish(who, pick, "crash")

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_waits_for_a_time(self, who, pick):
        self._finish(who, pick, "wait for a time")

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks)
    def a_block_waits_for_a_person(self, who, pick):
        self._finish(who, pick, "wait for a person")

    @precondition(lambda self: any(actor.held() for actor in self.actors))
    @rule(who=which, pick=picks)
    def a_block_takes_too_long(self, who, pick):
        actor = self.actors[who] if self.actors[who].held() else self.actors[1 - who]
        held = actor.held()
        actor.time_out(held[pick % len(held)])

    @precondition(lambda self: self.has_jobs)
    @rule(who=which, pick=picks, told=st.sampled_from(["echo", "fail", "fail for now"]))
    def a_block_ends_and_its_outcome_is_slow(self, who, pick, told):
        actor = self.actors[who] if self.actors[who].jobs else self.actors[1 - who]
        self.told = told
        actor.run_block(self.job_at(actor, pick))
        self.told = "echo"

    @precondition(lambda self: any(actor.ended for actor in self.actors))
    @rule(who=which, pick=picks)
    def a_slow_outcome_arrives(self, who, pick):
        actor = self.actors[who] if self.actors[who].ended else self.actors[1 - who]
        actor.commit(*actor.ended[pick % len(actor.ended)])

    @precondition(lambda self: any(actor.ended for actor in self.actors))
    @rule(who=which, pick=picks)
    def an_outcome_arrives_while_another_process_has_the_turn(self, who, pick):
        actor = self.actors[who] if self.actors[who].ended else self.actors[1 - who]
        held, outcome = actor.ended[pick % len(actor.ended)]
        key = [turns._lock_key(held.attempt.execution_id)]
        self.locks.execute("SELECT pg_advisory_lock(%s)", key)
        actor.commit(held, outcome)
        self.locks.execute("SELECT pg_advisory_unlock(%s)", key)

    # What is always true

    @invariant()
    def all_promises_are_kept(self):
        self.the_tables_are_sound()
        self.what_has_ended_does_not_change()
        self.nothing_starts_after_a_stop()
        self.an_effect_that_must_not_happen_twice_does_not()
        self.workers_keep_alive_what_they_run()
        self.no_wake_up_comes_before_its_commit()

    def the_tables_are_sound(self):
        audit.check_events()
        audit.check_credits()
        audit.check_runs()
        audit.check_attempts(drawings.RETRIES, self.waits)

    def what_has_ended_does_not_change(self):
        ended = audit.ended()
        assert {id_: ended.get(id_) for id_ in self.ended} == self.ended
        self.ended = ended

    def nothing_starts_after_a_stop(self):
        for run_id, starts in self.stopped.items():
            assert starts_of(run_id) == starts
            children_of = Execution.objects.filter(parent__execution=run_id)
            assert not children_of.unfinished().exists(), "a child of a stopped run goes on"

    def an_effect_that_must_not_happen_twice_does_not(self):
        once = NodeExecution.objects.filter(block_id="test_at_most_once")
        assert all(
            self.acts[id_] <= 1 + self.waits[id_] for id_ in once.values_list("pk", flat=True)
        )
        assert all(len(keys) == 1 for keys in self.keys.values()), "an effect had two keys"

    def workers_keep_alive_what_they_run(self):
        for actor in self.actors:
            held = {(each.attempt.id, each.attempt.fence) for each in actor.held()}
            running = [*actor.jobs, *(each for each, _outcome in actor.ended)]
            for attempt in (each.attempt for each in running):
                is_ours = NodeExecution.objects.filter(
                    pk=attempt.id, fence=attempt.fence, status=Status.RUNNING, for_advance=False
                )
                assert (attempt.id, attempt.fence) in held or not is_ours.exists()

    def no_wake_up_comes_before_its_commit(self):
        assert self.woken_early == []

    # The end

    def teardown(self):
        """Whatever has happened: with a worker and some time, every run comes to its end."""
        try:
            if hasattr(self, "user"):
                self._heal()
        finally:
            self.leave()
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE accounts_user, executions_worker CASCADE")

    def _heal(self):
        for _ in range(40):
            if not Execution.objects.unfinished().exists():
                break
            self._settle_down()
        assert not Execution.objects.unfinished().exists(), "a run cannot come to its end"
        self.all_promises_are_kept()
        assert invariants.check() == []

    def _settle_down(self):
        for actor in self.actors:
            while actor.ended:
                actor.commit(*actor.ended[0])
            while actor.jobs:
                actor.finish(actor.jobs[0])
        for node in NodeExecution.objects.filter(status=Status.WAITING, waits_for=WaitsFor.PERSON):
            services.answer(node, {"approved": True})
        self.an_hour_passes(0)
        self.a_worker_stops_orphans()
        self.a_worker_takes_back_what_others_lost(0)
        self.a_worker_polls(0)
