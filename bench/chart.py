"""Draws how much of each target was used, as SVG."""

from collections.abc import Sequence
from html import escape

from bench.results import Result

WIDTH, LEFT, RIGHT, TOP, STEP, BAR = 720, 130, 90, 44, 28, 16
LARGEST = 1.5  # of the target; what needs more is cut off there
HOLDS, FAILS, INK, RULE = "#2f6f8f", "#b3402e", "#333", "#999"


def of_targets(results: Sequence[Result]) -> str:
    """One bar a workload that has a target; a bar that passes the line has missed it."""
    judged = [result for result in results if result.workload.target]
    height = TOP + STEP * len(judged) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' font-family="sans-serif" font-size="13" fill="{INK}">',
        "<title>How much of each target was used</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        *(part for index, result in enumerate(judged) for part in _bar(index, result)),
        *_limit(height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bar(index: int, result: Result) -> list[str]:
    target = result.workload.target
    assert target
    share = target.share_used(result.judged)
    y, end = TOP + STEP * index, _x(min(share, LARGEST))
    middle = y + BAR - 3
    return [
        f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{escape(result.workload.name)}</text>',
        f'<rect x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{BAR}"'
        f' fill="{HOLDS if result.holds else FAILS}"/>',
        f'<text x="{max(end, _x(1)) + 8:.1f}" y="{middle}">{share:.0%}</text>',
    ]


def _limit(height: int) -> list[str]:
    x = _x(1)
    return [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 10}" y2="{height - 8}" stroke="{RULE}"'
        ' stroke-dasharray="4 3"/>',
        f'<text x="{x:.1f}" y="{TOP - 18}" text-anchor="middle">target</text>',
    ]


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * share / LARGEST
