"""The table of the ablation: our figures under IPL's, and what moves when the photo is taken away.

Rule: every figure of ours comes from the report of a setting's recorded runs, with its n and its
interval; IPL's are copied from the paper (arXiv 2410.16977, table 7) and have neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.ablation_runs import SETTINGS, Setting
from eval_traces.report import Comparison, Difference, Figure, Report, compare

NOT_MEASURED = "—"
_VERDICTS = {True: "", False: "does not measure sight", None: "cannot be told"}
SIMILARITY = "text.bertscore"


@dataclass(frozen=True)
class Column:
    """A figure of the table."""

    title: str
    metric: str
    ipl: tuple[float, ...] = ()
    """IPL's, by setting, in the order of their table; empty where they have none."""


COLUMNS = (
    Column("ACC", "truth.attribute_accuracy", (0.36, 0.35, 0.74, 0.75)),
    Column("SIM", SIMILARITY, (0.633, 0.639, 0.720, 0.718)),
    Column("BLEU1", "text.bleu_1", (0.132, 0.134, 0.173, 0.174)),
    Column("BLEU2", "text.bleu_2", (0.027, 0.027, 0.057, 0.056)),
    Column("BLEU3", "text.bleu_3", (0.009, 0.009, 0.029, 0.028)),
    Column("BLEU4", "text.bleu_4", (0.003, 0.004, 0.018, 0.016)),
    Column("ROUGE1", "text.rouge_1", (0.155, 0.157, 0.216, 0.216)),
    Column("ROUGE2", "text.rouge_2", (0.034, 0.036, 0.080, 0.078)),
    Column("ROUGEL", "text.rouge_l", (0.153, 0.156, 0.191, 0.193)),
    Column("facts told", "truth.attribute_coverage"),
    Column("claims true", "claims.precision_truth"),
    Column("claims vouched", "claims.precision"),
    Column("hallucinated", "claims.hallucination_any"),
    Column("drafts with one", "claims.hallucinating_drafts_any"),
    Column("F1@K", "claims.f1_at_k"),
    Column("drafted", "ladder.status.drafted"),
)


@dataclass(frozen=True)
class Control:
    """A blind control against the setting that it is the control of."""

    setting: Setting
    comparison: Comparison

    def difference(self, metric: str) -> Difference | None:
        """Return how a metric moved when the photo went, or None where neither side has it."""
        found = (d for d in self.comparison.differences if d.metric == metric)
        return next(found, None)

    def moves(self, metric: str) -> bool | None:
        """Tell whether a metric measures sight: its interval of the difference leaves out 0.

        None where it cannot be told: too few pairs have it.
        """
        found = self.difference(metric)
        if found is None or found.low is None or found.high is None:
            return None
        return not found.low <= 0 <= found.high


@dataclass(frozen=True)
class Ablation:
    """The reports of all settings."""

    reports: Mapping[str, Report]
    about: Mapping[str, str]

    def figure(self, setting: Setting, column: Column) -> Figure | None:
        """Return a figure; None where no run of the setting has it."""
        return self.reports[setting.name].figures.get(column.metric)

    @property
    def settings(self) -> Sequence[Setting]:
        """The settings that were run, in the table's order."""
        return [s for s in SETTINGS if s.name in self.reports]

    @property
    def columns(self) -> Sequence[Column]:
        """The table's columns but those without any figure, SIM apart: it is said to be missing."""
        seen = {m for r in self.reports.values() for m in r.figures}
        return [c for c in COLUMNS if c.metric in seen or c.ipl]

    @property
    def controls(self) -> Sequence[Control]:
        """The blind controls whose sighted setting was run too."""
        return [
            Control(s, compare(self.reports[s.name], self.reports[s.sighted], name=s.sighted))
            for s in self.settings
            if s.sighted in self.reports
        ]

    def markdown(self) -> str:
        """Return the tables to read."""
        parts = [self._ours_under_theirs(), self._intervals()]
        parts += [self._blind(control) for control in self.controls]
        parts.append("\n".join(f"{name}: {said}" for name, said in self.about.items()))
        return "\n\n".join(parts)

    def as_json(self) -> dict[str, Any]:
        """Return everything as one JSON document."""
        return {
            "about": dict(self.about),
            "ipl": {c.title: list(c.ipl) for c in COLUMNS if c.ipl},
            "settings": [self._setting(s) for s in self.settings],
            "blind": [_control(c, self.columns) for c in self.controls],
        }

    def _setting(self, setting: Setting) -> dict[str, Any]:
        report = self.reports[setting.name]
        found = ((c, self.figure(setting, c)) for c in self.columns)
        return {
            "name": setting.name,
            "inputs": setting.label,
            "runs": report.runs,
            "modes": {g.key: g.runs for g in report.by("mode")},
            "status": {g.key: g.runs for g in report.by("status")},
            "figures": {c.title: None if f is None else _figure(f) for c, f in found},
            "problems": [{"what": p.text, "runs": p.runs} for p in report.problems],
        }

    def _ours_under_theirs(self) -> str:
        columns = self.columns
        rows = [["inputs", "n", *(c.title for c in columns)]]
        compared = [s for s in SETTINGS if s.blind == "no"]
        for place, setting in enumerate(compared):
            theirs = (f"{c.ipl[place]:.3f}" if c.ipl else NOT_MEASURED for c in columns)
            rows.append([f"IPL: {setting.label}", NOT_MEASURED, *theirs])
        for setting in self.settings:
            ours = (self.figure(setting, c) for c in columns)
            shown = (NOT_MEASURED if f is None else f"{f.value:.3f}" for f in ours)
            rows.append([f"ours: {setting.label}", str(self.reports[setting.name].runs), *shown])
        return table(rows)

    def _intervals(self) -> str:
        rows = [["figure", *(s.label for s in self.settings)]]
        for column in self.columns:
            found = (self.figure(s, column) for s in self.settings)
            rows.append([column.title, *map(_with_interval, found)])
        return "Ours with 95 % intervals and (n):\n\n" + table(rows)

    def _blind(self, control: Control) -> str:
        setting, columns = control.setting, self.columns
        rows = [["figure", "with the photo", "without", "difference", "pairs", "lost", ""]]
        for column in columns:
            moved = control.difference(column.metric)
            if moved is None:
                continue
            verdict = _VERDICTS[control.moves(column.metric)]
            if moved.outcome == "improved":
                verdict = "is better without the photo"
            elif verdict and setting.blind == "writer":
                verdict += " (the writer's)"
            rows.append([column.title, *_moved(moved), verdict])
        return f"Blind control: {setting.label} (lost: drafts that then lack it)\n\n" + table(rows)


def _figure(figure: Figure) -> dict[str, Any]:
    ends = {"low": figure.low, "high": figure.high}
    return {"value": figure.value, **ends, "n": figure.n}


def _control(control: Control, columns: Iterable[Column]) -> dict[str, Any]:
    moved = []
    for column in columns:
        found = control.difference(column.metric)
        if found is not None:
            ends = {"difference": found.difference, "low": found.low, "high": found.high}
            sides = {"before": found.before, "after": found.after}
            counts = {"pairs": found.n, "lost": found.lost}
            told = {"measures_sight": control.moves(column.metric)}
            moved.append({"figure": column.title, **sides, **ends, **counts, **told})
    return {"name": control.setting.name, "of": control.setting.sighted, "moved": moved}


def _with_interval(figure: Figure | None) -> str:
    if figure is None:
        return NOT_MEASURED
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f} ({figure.n})"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] ({figure.n})"


def _moved(moved: Difference) -> list[str]:
    sides = [NOT_MEASURED if v is None else f"{v:.3f}" for v in (moved.before, moved.after)]
    if moved.difference is None or moved.low is None or moved.high is None:
        return [*sides, NOT_MEASURED, str(moved.n), str(moved.lost)]
    change = f"{moved.difference:+.3f} [{moved.low:+.3f}, {moved.high:+.3f}]"
    return [*sides, change, str(moved.n), str(moved.lost)]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table with aligned columns; the first row is the head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |"
             for r in rows]  # fmt: skip
    rule = "| " + " | ".join("-" * w for w in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])
