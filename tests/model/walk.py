"""Long walks at random where there are too many states to see them all: one seed, one schedule.

There is no clock: a lease runs out, and a retry falls due, when the walk says so. So a schedule can have any timing.
"""

from random import Random

from tests.model.invariants import Invariants
from tests.model.protocol import Protocol, Step
from tests.model.search import BrokenPromiseError
from tests.model.state import State

_ROUGH = 60  # steps in which anything may happen; then only what happens by itself
_MOST = 5_000
_STOP_RATE = 0.1  # most runs shall go on, or few would get far


class Walk:
    """Walks through one protocol. `walk` raises `BrokenPromiseError`, which names the seed."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._invariants = Invariants(protocol)

    def walk(self, seed: int) -> State:
        """One schedule, until its run has ended."""
        rng = Random(seed)
        roughness = rng.choice([0.0, 0.05, 0.2, 0.5])
        state = self._protocol.start()
        way: list[str] = [f"seed {seed}"]
        while len(way) < _ROUGH or not state.run.is_final:
            step = self._choose(rng, state, roughness if len(way) < _ROUGH else 0)
            way.append(step.what)
            state = self._check(state, step.after(), way)
            if len(way) == _MOST:
                raise BrokenPromiseError("the run does not end", way)
        return state

    def _choose(self, rng: Random, state: State, roughness: float) -> Step:
        steps = list(self._protocol.steps(state))
        usual = [step for step in steps if step.must_happen]
        rough = [step for step in steps if not step.must_happen]
        if rng.random() > _STOP_RATE:
            rough = [step for step in rough if step.what != "stop the run"]
        return rng.choice(rough if rough and rng.random() < roughness else usual or steps)

    def _check(self, before: State, after: State, way: list[str]) -> State:
        for problem in (
            *self._invariants.of_step(before, after),
            *self._invariants.of_state(after),
        ):
            raise BrokenPromiseError(problem, way)
        return after
