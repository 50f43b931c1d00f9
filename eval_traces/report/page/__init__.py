"""The report as one self-contained web page: nothing is loaded, nothing recorded is run.

Every recorded word is escaped. The page's policy allows its own style and script by hash and
nothing else, so that no mark carries a style of its own: places and widths are attributes of SVG.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval_traces.report import wording
from eval_traces.report.compare import Comparison
from eval_traces.report.page import sections
from eval_traces.report.report import Report
from eval_traces.report.worst import WorstList

if TYPE_CHECKING:  # brings jinja2
    from jinja2 import Environment

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
    style, script = _file("page.css"), _file("page.js")
    headlines = [report.book.of(name) for name in sections.headline_names(report)]
    against = {} if comparison is None else {d.metric: d for d in comparison.differences}
    text = (
        _environment()
        .get_template("page.html.jinja")
        .render(
            report=report,
            comparison=comparison,
            against=against,
            headlines=headlines,
            sections=sections,
            words=wording,
            worst=worst,
            links=links or {},
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )
    return text.encode("utf-8", "replace").decode("utf-8")


def _shown(text: object) -> str:
    """A recorded word without the characters that steer how what follows is displayed."""
    return _STEERING.sub(lambda found: f"⟨{ord(found[0]):04X}⟩", str(text))


def _policy(style: str, script: str) -> str:
    """The content security policy: no address may be asked for anything."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; "
        f"script-src 'sha256-{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = _shown
    environment.filters["number"] = wording.number
    environment.filters["signed"] = wording.signed
    return environment
