"""I4 and I5: what blocks did to the world, by the log of the sink."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from blocks import registry
from blocks.base import Effect
from chaos.rows import StoredRun, name_of
from chaos.sink import Entry
from executions.engine.status import Status

REPORTS = "chaos_"  # how the ids of the blocks begin that tell the sink what they do


def violations(run: StoredRun, log: Sequence[Entry]) -> Iterator[str]:
    """A sentence for each effect of the run that is missing, or came once too often."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for entry in log:
        if entry.run == str(run.execution.pk):
            keys[entry.node_execution].append(entry.key)
    known = {str(firing.pk) for firing in run.firings}
    for id_ in keys.keys() - known:
        yield f"the world saw an effect of {id_}, which is not in the database (I5)"
    for firing in run.firings:
        block = registry.find(firing.block_id)
        if block and block.id.startswith(REPORTS) and block.effect is not Effect.PURE:
            seen = keys[str(firing.pk)]
            is_risky = block.effect is Effect.AT_MOST_ONCE
            for sentence in _wrong(
                seen, is_risky=is_risky, is_completed=firing.status == Status.COMPLETED
            ):
                yield f"{name_of(firing)} {sentence}"


def _wrong(keys: Sequence[str], *, is_risky: bool, is_completed: bool) -> Iterator[str]:
    if is_risky and len(keys) > 1:
        yield f"had its effect {len(keys)} times, though at most once is allowed (I4)"
    if is_completed and not keys:
        yield "had no effect (I5)"
    if len(Counter(keys)) > 1:
        yield f"came with {len(Counter(keys))} different keys (I5)"
