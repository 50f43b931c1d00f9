"""The report as one self-contained web page: nothing is loaded, nothing recorded is run.

Every recorded word is escaped. The page's policy allows its own style and script by hash and
nothing else, so that no mark carries a style of its own: places and widths are attributes of SVG.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from eval_traces.report import wording
from eval_traces.report.compare import Comparison
from eval_traces.report.page import sections
from eval_traces.report.report import Report
from eval_traces.report.worst import WorstList
from eval_traces.web_page import render_page

_FOLDER = Path(__file__).parent
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
__all__ = ["render_report_page"]


def render_report_page(
    report: Report,
    comparison: Comparison | None = None,
    *,
    worst: tuple[WorstList, ...] = (),
    links: Mapping[str, str] | None = None,
) -> str:
    """Return the HTML document.

    Args:
        report: what it shows.
        comparison: with a baseline, if there is one.
        worst: the runs to look at first.
        links: by trace id, the address of the run's audit page beside this one.
    """
    headlines = [report.book.of(name) for name in sections.headline_names(report)]
    against = {} if comparison is None else {d.metric: d for d in comparison.differences}
    return render_page(
        _FOLDER,
        {"shown": _shown, "number": wording.number, "signed": wording.signed},
        report=report,
        comparison=comparison,
        against=against,
        headlines=headlines,
        sections=sections,
        words=wording,
        worst=worst,
        links=links or {},
    )


def _shown(text: object) -> str:
    """A recorded word without the characters that steer how what follows is displayed."""
    return _STEERING.sub(lambda found: f"⟨{ord(found[0]):04X}⟩", str(text))
