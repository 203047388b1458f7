"""What the product says of a graph before it runs, beside what was measured."""

from collections.abc import Iterable

from bench.results import Guess
from bench.stage import GRAPHS, Stage
from executions.insight.estimates import Past, analysis_of, estimate


def guesses(stage: Stage, measured: Iterable[tuple[str, float]]) -> list[Guess]:
    """For the workloads that are runs of one graph: (name, seconds)."""
    return [_guess(stage, name, seconds) for name, seconds in measured if name in GRAPHS]


def _guess(stage: Stage, name: str, seconds: float) -> Guess:
    version = stage.version(name)
    drawing = version.load()
    by_runs, by_blocks = analysis_of(version.graph, drawing), estimate(drawing, Past())
    return Guess(name, seconds, by_runs.seconds, by_blocks.seconds)
