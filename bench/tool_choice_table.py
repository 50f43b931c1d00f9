"""The table of the choice of tools.

Rule: every share stands with its count and its interval.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

_HEAD = (
    "| turns | n | right tools | 95 % | right arguments too | 95 % | facts stated | kept | lost "
    "| wrongly added | ms a decision |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(frozen=True)
class Figure:
    """One row: a group of turns. `right` is the share of turns in which every call was right."""

    name: str
    n: int
    tools: float
    tools_interval: tuple[float, float]
    right: float
    right_interval: tuple[float, float]
    stated: int
    kept: int
    added: int
    ms: float

    def as_json(self) -> dict[str, Any]:
        """The row as JSON."""
        return {**asdict(self), "lost": self.stated - self.kept}

    def line(self) -> str:
        """The row as a line of Markdown."""
        cells = (
            self.name, str(self.n), f"{self.tools:.3f}", _span(self.tools_interval),
            f"{self.right:.3f}", _span(self.right_interval), str(self.stated), str(self.kept),
            str(self.stated - self.kept), str(self.added), f"{self.ms:.0f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


def _span(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def markdown(rows: Sequence[Figure]) -> str:
    """Return the rows as a Markdown table."""
    return "\n".join([_HEAD, *(row.line() for row in rows)])
