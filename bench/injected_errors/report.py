"""The measurement as a table to read and as JSON to keep."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.injected_errors.causes import CAUSES
from bench.injected_errors.figures import ALL, Figure, figures
from bench.injected_errors.inject import KINDS
from bench.injected_errors.tally import LEDGER_WRONG, NATURAL, RECORDED, Tally

FOUND = ("recall", "precision", "precision, strict")
LEFT = (
    "CHAIR-i without audit", "CHAIR-i after audit", LEDGER_WRONG,
    "CHAIR-s without audit", "CHAIR-s after audit",
    "injected error left", "true facts lost", "ungrammatical after revise",
)  # fmt: skip
AS_RECORDED = (
    "CHAIR-i as recorded", "CHAIR-s as recorded", "reference-copy error",
    "unknowable: left out or asked", "unknowable: asked",
)  # fmt: skip
BECAUSE = tuple(CAUSES)


@dataclass(frozen=True)
class Part:
    """The figures of one set of drafts, read in one way."""

    set: str
    reading: str
    """`matching`: without a model; `model`: with it; `recorded`: the runs as they ended."""
    figures: tuple[Figure, ...]


def part(name: str, reading: str, tallies: Iterable[Tally]) -> Part:
    """Return the figures of the tallies, by kind of error; natural drafts are not in `all`."""
    every = list(tallies)
    injected = [t for t in every if t.group in KINDS]
    found = figures(injected, KINDS, (*FOUND, *LEFT)) if injected else []
    for group, names in ((NATURAL, (*FOUND, *LEFT)), (RECORDED, (*AS_RECORDED, *BECAUSE))):
        chosen = [t for t in every if t.group == group]
        found += [f for f in figures(chosen, (group,), names) if f.group != ALL]
    return Part(name, reading, tuple(found))


def table(one: Part) -> str:
    """Return the part as Markdown: a row for each kind of error."""
    lines = [f"### {one.set.replace('_', '-')} wordings, read by {one.reading}", ""]
    if one.reading == "recorded":
        lines[0] = f"### {one.set.replace('_', '-')} runs as recorded"
    for names in (FOUND, LEFT, AS_RECORDED, BECAUSE):
        shown = [n for n in names if any(f.name == n for f in one.figures)]
        if shown:
            lines += [*_rows(one.figures, shown), ""]
    return "\n".join(lines)


def _rows(found: Sequence[Figure], names: Sequence[str]) -> list[str]:
    groups = list(dict.fromkeys(f.group for f in found if f.name in names))
    cells = {(f.group, f.name): _cell(f) for f in found}
    rows = [f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    return rows + [
        f"| {group.replace('_', ' ')} | "
        + " | ".join(cells.get((group, n), "") for n in names)
        + " |"
        for group in groups
    ]


def _cell(one: Figure) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}] n={one.n}"


def as_json(parts: Iterable[Part], **about: Any) -> dict[str, Any]:
    """Return everything as plain data; `n` counts spans, claims, statements or drafts."""
    return {**about, "parts": [asdict(one) for one in parts]}
