"""The protocol with one rule left out each: the search must find what goes wrong."""

from executions.engine.status import Status
from tests.model import settings
from tests.model.protocol import Protocol
from tests.model.state import DEAD, NOBODY, Held, Record, State


class NoFence(Protocol):
    """Whoever ends an attempt may write its outcome."""

    def is_ours(self, record: Record, held: Held) -> bool:
        return record.status is Status.RUNNING and not record.for_advance


class NoStatusInCommit(Protocol):
    """The fence alone decides, although a stop does not move it."""

    def is_ours(self, record: Record, held: Held) -> bool:
        return record.fence == held.fence


class ReaperWithoutLease(Protocol):
    """Whatever runs is taken back."""

    def is_lost(self, record: Record) -> bool:
        return True


class NoReaper(Protocol):
    """Nobody looks for lost attempts."""

    def is_lost(self, record: Record) -> bool:
        return False


class LivenessOnly(Protocol):
    """Only dead workers lose their attempts, hanging ones keep them."""

    def is_lost(self, record: Record) -> bool:
        return record.holder == DEAD


class LeaseOnTheWorkersClock(Protocol):
    """The lease is written by a worker whose clock is behind: it has run out when it begins."""

    def claimed(self, record: Record, worker: int) -> Record:
        return super().claimed(record, worker)._replace(is_leased=worker != 0)


class StopThatLeavesRows(Protocol):
    """A stop marks the run, and claims do not look at the run."""

    def cancelled(self, state: State) -> State:
        return state._replace(run=Status.CANCELLED, wake_ups=())


class StopThatLeavesQueuedRows(Protocol):
    """A stop ends what runs and forgets what is queued."""

    def cancelled(self, state: State) -> State:
        after = super().cancelled(state)
        pairs = zip(state.records, after.records, strict=True)
        records = [old if old.status is Status.QUEUED else new for old, new in pairs]
        return after._replace(records=tuple(records))


class JoinInMemory(Protocol):
    """What has arrived at a join is known to the worker that delivered it, and to no other."""

    setting_of = staticmethod(settings.join)

    def advanced(self, state: State, index: int) -> State:
        after = super().advanced(state, index)
        records = [
            each._replace(holder=index) if _is_unowned(each) else each for each in after.records
        ]
        return after._replace(records=tuple(records))

    def seen_by(self, worker: int, records: tuple[Record, ...]) -> tuple[Record, ...]:
        return tuple(
            each._replace(inputs="{}")
            if each.status is Status.INCOMPLETE and each.holder != worker
            else each
            for each in records
        )


class AttemptsNotCounted(Protocol):
    """A loss is not counted, so a node that kills its workers goes on for ever."""

    def lost(self, record: Record) -> Record:
        return super().lost(record)._replace(losses=record.losses)


class KeyOfTheAttempt(Protocol):
    """Every attempt has an idempotency key of its own."""

    def key(self, held: Held) -> int:
        return 100 * held.position + held.fence


class NoMarker(Protocol):
    """Nothing is noted before an at-most-once effect."""

    setting_of = staticmethod(settings.join)

    def needs_marker(self, node_id: str) -> bool:
        return False


class MarkerIgnored(Protocol):
    """The marker is there, and nobody looks at it after a loss."""

    setting_of = staticmethod(settings.join)

    def after_loss(self, record: Record) -> str | None:
        return super().after_loss(record._replace(has_begun=False))


class FenceFromTheLosses(Protocol):
    """The fence is not raised by a claim, so two attempts have the same one."""

    def claimed(self, record: Record, worker: int) -> Record:
        return super().claimed(record, worker)._replace(fence=max(record.fence, 1))


class OutcomeWithoutSuccessors(Protocol):
    """The outcome is committed as final, what follows from it in a transaction of its own."""

    def settle(self, state: State, held: Held) -> State:
        after = super().settle(state, held)
        if not after.records[held.position].for_advance:
            return after
        return after.with_record(held.position, status=Status.COMPLETED, for_advance=False)


class NoPolling(Protocol):
    """Only wake-ups make a worker look."""

    def can_find(self, state: State, wake_up: int) -> bool:
        return wake_up in state.wake_ups


def _is_unowned(record: Record) -> bool:
    return record.status is Status.INCOMPLETE and record.holder == NOBODY


BROKEN = [each for each in Protocol.__subclasses__() if each.__module__ == __name__]
