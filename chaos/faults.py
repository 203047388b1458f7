"""What is broken, when, and how it is put right again: a timetable that a seed decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from chaos import messages
from chaos.stage import Stage

EVERY = 1.2  # seconds between two faults, on average
CALM = 1.0  # seconds in which a part that was put right is left alone

Deed = Callable[[Stage, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to break a part, and to put it right after some seconds, from and to."""

    name: str
    parts: Sequence[str]
    weight: int
    break_it: Deed
    seconds: tuple[float, float] = (0.0, 0.0)
    mend: Deed | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the timetable."""

    at: float  # seconds from the beginning
    do: Deed
    part: str
    fault: str = ""  # the name of the kind; empty where something is put right


def kinds(workers: Sequence[str], lease: float) -> list[Kind]:
    """Everything that a campaign does to an installation whose leases last so many seconds."""
    too_long = (lease + 1, lease + 3)
    return [
        Kind("worker killed", workers, 8, _kill, (0.0, 1.0), _start),
        Kind("worker frozen beyond its lease", workers, 4, _freeze, too_long, _thaw),
        Kind("web process killed", ["web"], 1, _kill, (0.0, 0.5), _start),
        Kind("Redis killed", ["valkey"], 2, _kill, (0.5, 5.0), _start_broker),
        Kind("Redis frozen", ["valkey"], 2, _freeze, (1.0, 5.0), _thaw),
        Kind("Redis emptied", ["valkey"], 3, _empty_broker),
        Kind("PostgreSQL restarted", ["postgres"], 2, _kill_database, (0.0, 2.0), _start_database),
        Kind("database sessions ended", ["postgres"], 6, _end_sessions),
        Kind("wake-ups repeated", ["messages"], 5, _repeat_wake_ups),
    ]


def timetable(random: Random, known: Sequence[Kind], seconds: float) -> list[Act]:
    """Each kind once, then as often as their weights say, until the time is over."""
    acts: list[Act] = []
    free_at: dict[str, float] = {}
    deck = random.sample(known, len(known))
    now = 0.0
    while (now := now + random.uniform(0.3, 1.7) * EVERY) < seconds:
        kind = deck.pop()
        free = [part for part in kind.parts if free_at.get(part, 0.0) <= now]
        if not free:
            deck.insert(0, kind)
            continue
        deck = deck or _shuffled(random, known)
        part, length = random.choice(free), random.uniform(*kind.seconds)
        free_at[part] = now + length + CALM
        acts.append(Act(now, kind.break_it, part, kind.name))
        if kind.mend:
            acts.append(Act(now + length, kind.mend, part))
    return sorted(acts, key=lambda act: act.at)


def _shuffled(random: Random, known: Sequence[Kind]) -> list[Kind]:
    weights = [kind.weight for kind in known]
    return random.sample(known, sum(weights), counts=weights)


def _kill(stage: Stage, part: str) -> None:
    stage.actors[part].kill()


def _start(stage: Stage, part: str) -> None:
    stage.actors[part].start()


def _freeze(stage: Stage, part: str) -> None:
    stage.actors[part].freeze()


def _thaw(stage: Stage, part: str) -> None:
    stage.actors[part].thaw()


def _start_broker(stage: Stage, part: str) -> None:
    stage.start_broker()


def _empty_broker(stage: Stage, part: str) -> None:
    stage.forget_wake_ups()


def _kill_database(stage: Stage, part: str) -> None:
    stage.kill_database()


def _start_database(stage: Stage, part: str) -> None:
    stage.start_database()


def _end_sessions(stage: Stage, part: str) -> None:
    stage.end_sessions()


def _repeat_wake_ups(stage: Stage, part: str) -> None:
    messages.repeat_wake_ups(stage.ask)
