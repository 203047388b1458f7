"""What came of a campaign or a scenario: figures, the limits that were promised, and what was violated."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; with a limit it is a promise."""

    what: str
    figure: float
    unit: str = ""
    limit: float | None = None

    @property
    def holds(self) -> bool:
        return self.limit is None or self.figure <= self.limit

    def cells(self) -> tuple[str, str, str]:
        """As the table shows it."""
        number = f"{self.figure:,.2f}" if self.unit else f"{self.figure:,.0f}"
        limit = "" if self.limit is None else f"≤ {self.limit:g}"
        return self.what, f"{number} {self.unit}".strip(), limit

    def as_json(self) -> dict[str, object]:
        return {
            "figure": self.figure,
            "unit": self.unit,
            "limit": self.limit,
            "holds": self.holds,
        }


@dataclass
class Table:
    """All lines, and a sentence for each thing that must not have happened."""

    lines: list[Line] = field(default_factory=list)
    violations: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        return not self.violations and all(line.holds for line in self.lines)
