"""What the product says of a graph before it runs."""

from bench.stage import GRAPHS, Stage
from executions.insight.estimates import Past, analysis_of, estimate


def expected(stage: Stage, name: str) -> tuple[float, float] | None:
    """Seconds by its former runs, and by its blocks alone; None for a workload that is not runs of one graph."""
    if name not in GRAPHS:
        return None
    version = stage.version(name)
    drawing = version.load()
    return analysis_of(version.graph, drawing).seconds, estimate(drawing, Past()).seconds
