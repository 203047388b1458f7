"""Looks at every state that can be reached, nearest first, and whether the run can still end from each of them."""

import gc
from array import array
from dataclasses import dataclass

from tests.model.invariants import Invariants
from tests.model.protocol import Protocol
from tests.model.state import State


class BrokenPromiseError(AssertionError):
    """A state or step that must not be, and the shortest way there."""

    def __init__(self, problem: str, way: list[str]) -> None:
        super().__init__("\n".join([problem, *(f"  {n}. {what}" for n, what in enumerate(way, 1))]))
        self.problem = problem


@dataclass(frozen=True)
class Found:
    """How large a search was."""

    states: int
    steps: int
    ends: int  # states in which the run has ended


class Search:
    """An exhaustive search. `run` raises `BrokenPromiseError`."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._invariants = Invariants(protocol)
        self._states: list[State] = []
        self._index: dict[State, int] = {}
        self._origin: list[tuple[int, str]] = []  # of each state: the state before, and the step
        self._sources = array("l")  # of the steps that come about by themselves
        self._targets = array("l")

    def run(self) -> Found:
        """Search everything."""
        gc.disable()  # nothing here is garbage, and there is much of it
        try:
            return self._run()
        finally:
            gc.enable()

    def _run(self) -> Found:
        self._add(self._protocol.start().canonical, 0, "")
        steps = 0
        number = 0
        while number < len(self._states):
            state = self._states[number]
            for step in self._protocol.steps(state):
                steps += 1
                reached = step.after()
                for problem in self._invariants.of_step(state, reached):
                    raise BrokenPromiseError(problem, [*self._way(number), step.what])
                after = self._add(reached.canonical, number, step.what)
                if step.must_happen and after != number:
                    self._sources.append(number)
                    self._targets.append(after)
            number += 1
        self._check_progress()
        ends = sum(state.run.is_final for state in self._states)
        return Found(len(self._states), steps, ends)

    def _add(self, state: State, before: int, what: str) -> int:
        number = self._index.get(state)
        if number is not None:
            return number
        number = self._index[state] = len(self._states)
        self._states.append(state)
        self._origin.append((before, what))
        for problem in self._invariants.of_state(state):
            raise BrokenPromiseError(problem, self._way(number))
        return number

    def _way(self, number: int) -> list[str]:
        way = []
        while number:
            number, what = self._origin[number]
            way.append(what)
        return way[::-1]

    def _check_progress(self) -> None:
        """From every state, a run comes to its end by what happens by itself, as long as a worker is up."""
        into: list[list[int]] = [[] for _ in self._states]
        for source, target in zip(self._sources, self._targets, strict=True):
            into[target].append(source)
        todo = [number for number, state in enumerate(self._states) if state.run.is_final]
        ending = bytearray(len(self._states))
        for number in todo:
            ending[number] = True
        while todo:
            for source in into[todo.pop()]:
                if not ending[source]:
                    ending[source] = True
                    todo.append(source)
        if not all(ending):
            raise BrokenPromiseError("the run can never end", self._way(ending.index(False)))
