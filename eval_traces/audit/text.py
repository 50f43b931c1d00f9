"""The audit for a terminal: the draft with its claims marked, then each claim with its evidence.

A claim bears its number and a sign for the verdict (+ supported, ! contradicted, ? unsupported,
~ general), so that colour is never needed. Recorded words are never read as markup and their
control characters are left out.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from rich.text import Text

from eval_traces.audit.view import VERDICTS, AuditClaim, AuditView, Segment, Source, StepPlace
from eval_traces.audit.words import STEERING, percent, seconds
from listing.claim import Verdict

T = TypeVar("T")
SIGNS: dict[Verdict, str] = {
    "supported": "+",
    "contradicted": "!",
    "unsupported": "?",
    "general": "~",
}
_STYLES: dict[Verdict, str] = {
    "supported": "underline green",
    "contradicted": "underline red",
    "unsupported": "underline yellow",
    "general": "underline bright_black",
}
_AROUND = 50
"""Characters of a source shown on either side of the words that matter."""


def render_audit(view: AuditView) -> Iterator[Text]:
    """Yield the audit part by part, ready to print one after the other."""
    yield _headline(view)
    for words in (view.safety_notice, view.note):
        if words:
            yield Text(_visible(words), style="bold red" if words is view.safety_notice else "bold")
    for gap in view.gaps:
        yield Text(_visible(f"cannot be shown: {gap}"), style="yellow")
    if view.draft.title or view.draft.description:
        yield Text()
        yield _marked(view.draft.title_segments, view.claims, bold=True)
        yield Text()
        yield _marked(view.draft.description_segments, view.claims)
    if view.claims:
        yield from _part("Claims", view.claims, _claim)
    yield from _part("Taken back on the way", _taken_back(view), _line)
    yield from _part("Questions for the seller", [q.text for q in view.questions], _line)
    yield from _part("Notices", [*(f.notice for f in view.findings), *view.warnings], _line)
    yield from _part("Photos", _photos(view), _line)


def _headline(view: AuditView) -> Text:
    line = Text(_visible(view.status), style="green" if view.status == "drafted" else "bold red")
    told = [f"mode {view.mode}" if view.mode else "", view.mode_reason, view.facts.category]
    told.append(seconds(view.duration_s))
    line.append("".join(f"  {_visible(t)}" for t in told if t), style="dim")
    line.append(f"  trace {view.trace_id}", style="dim")
    for verdict in VERDICTS:
        if view.counts[verdict]:
            line.append(f"\n{SIGNS[verdict]} {view.counts[verdict]} {verdict}", _plain(verdict))
    return line


def _marked(
    segments: Sequence[Segment], claims: Sequence[AuditClaim], *, bold: bool = False
) -> Text:
    text = Text(style="bold" if bold else "")
    for segment in segments:
        if not segment.claims:
            text.append(_visible(segment.text))
            continue
        verdict = claims[segment.claims[0] - 1].verdict
        text.append(_visible(segment.text), style=_STYLES[verdict])
        numbers = ",".join(str(n) for n in segment.claims)
        text.append(f"[{numbers}{SIGNS[verdict]}]", style=f"not bold {_plain(verdict)}")
    return text


def _claim(claim: AuditClaim) -> Text:
    text = Text(f"  {SIGNS[claim.verdict]} {claim.number:>2}  ", style=_plain(claim.verdict))
    text.append(_flat(claim.text), style=_STYLES[claim.verdict])
    value = f" = {claim.value}" if claim.value and claim.value != claim.text else ""
    text.append(_flat(f"  {claim.attribute}{value}  {claim.verdict}: {claim.reason}"))
    if claim.probability is not None:
        text.append(
            f" Asked whether the photo shows it, the model gave {percent(claim.probability)}."
        )
    for source in claim.cited:
        text.append("\n").append(_source(source))
    for heard in claim.heard:
        what = "says the same" if heard.agreement == "same" else f"says {heard.evidence.value}"
        told = f"\n        not counted: [{heard.evidence.id}] {_name(heard.evidence)} {what}"
        text.append(_flat(told, keep="\n"), style="dim")
    return text


def _source(source: Source) -> Text:
    text = Text(f"        [{_flat(source.id)}] {_flat(_name(source))}: ", style="dim")
    start, end = source.start, source.end
    if start is None or end is None:
        shown = _flat(source.statement)
        text.append(shown if len(shown) <= 2 * _AROUND else f"{shown[: 2 * _AROUND]}…")
    else:
        before, after = source.text[:start], source.text[end:]
        text.append("…" * (len(before) > _AROUND) + _flat(before[-_AROUND:]))
        text.append(f"»{_flat(source.text[start:end])}«", style="bold")
        text.append(_flat(after[:_AROUND]) + "…" * (len(after) > _AROUND))
    if source.probability is not None:
        text.append(f" ({percent(source.probability)} sure)")
    return text.append(f"\n             {_place(source.step)}", style="dim")


def _name(source: Source) -> str:
    name = source.source.partition(":")[2]
    if source.kind == "reference":
        return f"listing {name}" + (f" ({source.match})" if source.match else "")
    if source.kind == "photo":
        return f"photo {name[:12]}"
    return "the seller" if source.kind == "seller" else source.source


def _place(step: StepPlace | None) -> str:
    if step is None:
        return "the step that brought it in was not recorded"
    node = f" in {step.node}" if step.node and step.name != f"node {step.node}" else ""
    when = f"at +{step.start_s:.3f} s, {seconds(step.duration_s)}"
    return _flat(f"span {step.span_id}, {step.name}{node}, {when}")


def _taken_back(view: AuditView) -> list[str]:
    told = []
    for revision in view.revisions:
        gone = "; ".join(f'"{t.text}" ({t.attribute}, {t.verdict})' for t in revision.taken_back)
        told.append(f"{revision.number}. {revision.step.node}: {gone or revision.reason}")
    return told


def _photos(view: AuditView) -> list[str]:
    return [
        f"{p.sha256[:12]}  {p.width} x {p.height}" + (f"  {p.note}" if p.note else "")
        for p in view.photos
    ]


def _part(heading: str, items: Sequence[T], shown: Callable[[T], Text]) -> Iterator[Text]:
    if items:
        yield Text()
        yield Text(heading, style="bold")
        yield from (shown(item) for item in items)


def _line(text: str) -> Text:
    return Text(f"  - {_flat(text)}")


def _plain(verdict: Verdict) -> str:
    return _STYLES[verdict].removeprefix("underline ")


def _visible(text: str) -> str:
    return STEERING.sub("", text)


def _flat(text: str, keep: str = "") -> str:
    """On one line, but for a line break that the text begins with where that is kept."""
    head = keep if keep and text.startswith(keep) else ""
    return head + " ".join(_visible(text.removeprefix(head)).split("\n"))
