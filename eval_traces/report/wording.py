"""Numbers and outcomes as people read them, the same in the terminal and on the page."""

from eval_traces.report.compare import Comparison, Difference, Outcome
from eval_traces.report.metrics import Unit

NOTHING = "–"
MARKS: dict[Outcome, str] = {
    "regressed": "✗",
    "worse within tolerance": "▽",
    "improved": "✓",
    "changed": "≠",
    "unchanged": "=",
    "undecided": "?",
    "only here": "+",
    "only in the baseline": "-",
}


def number(value: float | None, unit: Unit) -> str:
    """Return a figure in its unit: `0.940`, `1.20 s`, `85 ms`, `1,234`."""
    if value is None:
        return NOTHING
    if unit == "seconds":
        return _time(value)
    if unit in ("tokens", "count"):
        whole = abs(value) >= 100 or value == int(value)
        return f"{value:,.0f}" if whole else f"{value:.2f}"
    return f"{value:.5f}" if unit == "money" else f"{value:.3f}"


def signed(value: float | None, unit: Unit) -> str:
    """Return a difference with its sign, a true minus included."""
    if value is None:
        return NOTHING
    text = number(abs(value), unit)
    if not any(digit in text for digit in "123456789"):
        return text
    return f"+{text}" if value > 0 else f"\u2212{text}"


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    """Return `0.905 to 0.970`; a dash where there is none."""
    if low is None or high is None:
        return NOTHING
    return f"{number(low, unit)} to {number(high, unit)}"


def signed_interval(difference: Difference, unit: Unit) -> str:
    """Return the interval of a difference; a dash where there is none."""
    if difference.low is None or difference.high is None:
        return NOTHING
    return f"{signed(difference.low, unit)} to {signed(difference.high, unit)}"


def count(n: int, one: str, many: str = "") -> str:
    """Return `1 run`, `2,000 runs`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def pairing(comparison: Comparison) -> str:
    """Return in words which runs were compared, and which could not be."""
    if not comparison.rows_known:
        return "compared by intervals alone: a report was written without its runs"
    if not comparison.pairs:
        return "no run has a partner in the baseline, so the two are compared as strangers"
    text = f"{count(comparison.pairs, 'pair')} of runs"
    if comparison.only_here or comparison.only_there:
        text += (
            f"; without a partner: {comparison.only_here:,} here, "
            f"{comparison.only_there:,} in the baseline"
        )
    return text


def note(difference: Difference, comparison: Comparison) -> str:
    """Return what a reader must know of a difference beside its numbers; may be empty."""
    said = []
    if difference.difference is not None and not difference.paired and comparison.pairs:
        said.append("not paired")
    if difference.lost:
        said.append(f"{difference.lost:,} runs lost it")
    if difference.gained:
        said.append(f"{difference.gained:,} runs gained it")
    if difference.tolerance:
        said.append(f"tolerance {difference.tolerance:g}")
    return ", ".join(said)


def by_chance(comparison: Comparison, level: float) -> str:
    """Return how many metrics would look regressed if nothing had changed, in words."""
    expected = comparison.judged * (1 - level) / 2
    return (
        f"Of {count(comparison.judged, 'metric')} judged, about {expected:.1f} would look worse by "
        "chance alone where runs vary and no tolerance is set."
    )


def _time(seconds: float) -> str:
    if abs(seconds) >= 1:
        return f"{seconds:,.0f} s" if abs(seconds) >= 100 else f"{seconds:.2f} s"
    thousandths = seconds * 1000
    return f"{thousandths:.0f} ms" if abs(thousandths) >= 10 else f"{thousandths:.2g} ms"
