"""Named moments at which tests break the product. Outside of tests `hit` does nothing.

`chaos.failures` puts a function that kills, raises or cuts connections in the place of `hit`.
"""

NAMES = (
    "accept.before",
    "accept.key_kept",
    "wake_up.before",  # the commit is done, nobody has been told
    "burst.has_turn",
    "burst.loaded",
    "burst.worked",
    "burst.before_commit",
    "commit.before",
    "commit.after",
    "claim.before",
    "claim.before_commit",
    "claim.after",
    "attempt.before_block",
    "attempt.effect_marked",
    "attempt.after_block",
    "heartbeat.before",
    "heartbeat.after",
    "recovery.lost_taken",
    "recovery.due_released",
    "schedule.taken",
    "schedule.before_commit",
    "child.before_start",
    "child.started",
    "child.told_parent",
    "parent.asleep",
    "answer.before_commit",
    "stop.before_commit",
    "stop.after_commit",
    "delete.before",
)
# Beside runs, in what else workers do; the tests of each room break there.
BESIDE = (
    "spread.before_commit",
    "dispatch.claimed",
    "dispatch.sent",
    "digest.before_commit",
    "evaluation.taken",
    "evaluation.before_commit",
    "delegate.before_commit",
    "export.made",
    "sweep.before_commit",
    "sweep.after_commit",
    "mail.found",
    "mail.before_commit",
    "mail.taken",
    "mail.marked",
)


def hit(name: str) -> None:
    """A moment has come."""
