"""How the audit words numbers and sources, in the terminal and on the page alike."""

import re

STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, marks that turn the direction of writing, invisible characters, halves of pairs."""
_GAP = "\N{NO-BREAK SPACE}"
"""A number stays on one line with its unit."""


def seconds(value: float | None) -> str:
    """Return a duration: `0.4 ms`, `48 ms`, `1.64 s`."""
    if value is None:
        return "not ended"
    if value < 0.01:
        return f"{1000 * value:.1f}{_GAP}ms"
    return f"{1000 * value:.0f}{_GAP}ms" if value < 1 else f"{value:.2f}{_GAP}s"


def percent(value: float) -> str:
    """Return a share in percent, never rounded to a certainty that it is not."""
    if 0 < value < 0.01:
        return f"under 1{_GAP}%"
    return f"over 99{_GAP}%" if 0.99 < value < 1 else f"{100 * value:.0f}{_GAP}%"
