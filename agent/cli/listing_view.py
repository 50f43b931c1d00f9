"""A listing for a reader: the draft with its claims marked, and what vouches for each.

Where there is colour, claims are underlined in the colour of their verdict; everywhere each bears
the evidence's id in brackets, and the evidence stands below.
"""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from agent.cli.console import visible
from listing import Claim, Evidence, ListingDocument, Reference
from listing.claim import Verdict

_STYLES: dict[Verdict, str] = {
    "supported": "underline green",
    "contradicted": "underline red",
    "unsupported": "underline yellow",
    "general": "",
}
_QUOTE = 60
_VALUES = 6


def render_listing(
    document: ListingDocument, steps: Sequence[str] | None = None
) -> Iterator[RenderableType]:
    """Yield the listing part by part, ready to print one after the other.

    It ends with what may be done next: `steps`, or commands to try.
    """
    yield _headline(document)
    if document.safety.notice:
        yield Text(visible(document.safety.notice), style="bold red")
    if document.title or document.description:
        yield from render_draft(document)
        yield from _legend(document)
    if document.attributes:
        yield from _part("Attributes", _attributes(document))
    if document.references:
        yield from _part("References", references_table(document.references))
    if prices := _prices(document):
        yield from _part("Price", Text("\n".join(f"  {line}" for line in prices)))
    if others := _other_evidence(document):
        yield from _part("Evidence", _lines(others))
    if document.questions:
        yield from _part("Questions for you", _lines(_questions(document)))
    if document.warnings:
        yield from _part("Warnings", _lines(document.warnings))
    following = next_steps(document) if steps is None else steps
    if following:
        yield from _part("Next", _lines(following))


def marked(text: str, claims: Sequence[Claim]) -> Text:
    """Return the text with each claim in its style, followed by its mark.

    `[e3]` is evidence for it, `[!e3]` evidence against it, `[?]` says that there is none; common
    sense has no mark. A claim that overlaps an earlier one or the end is passed over.
    """
    shown, at = Text(), 0
    for claim in sorted(claims, key=lambda c: (c.start, c.end)):
        if claim.start < at or claim.end > len(text):
            continue
        shown.append(visible(text[at : claim.start]))
        shown.append(visible(text[claim.start : claim.end]), style=_STYLES[claim.verdict])
        shown.append(_mark(claim), style="dim")
        at = claim.end
    shown.append(visible(text[at:]))
    return shown


def next_steps(document: ListingDocument) -> list[str]:
    """Return commands to try after this listing."""
    steps = []
    if document.trace_id:
        steps.append(f"vouch trace show {document.trace_id[:12]}   (how this came about)")
        if document.claims:
            steps.append(f"vouch trace audit {document.trace_id[:12]}   (what each claim rests on)")
    if document.status == "drafted" and document.questions:
        steps.append('vouch draft ... --seller "..."   (answer the questions, draft again)')
    if any(warning.startswith("no listing index") for warning in document.warnings):
        steps.append("vouch index build SOURCE   (a market to compare with; `demo` makes one)")
    if document.status == "manual":
        steps.append("vouch doctor   (is everything in place?)")
    return steps


def _headline(document: ListingDocument) -> Text:
    colour = "green" if document.status == "drafted" else "bold red"
    line = Text().append(document.status, style=colour)
    if document.published:
        line.append(f", published {document.published.at}", style="green")
    line.append(f"  mode {document.mode}", style="dim")
    if document.category:
        line.append(f"  {visible(' > '.join(document.category.path))}")
        line.append(f" ({document.category.confidence:.0%})", style="dim")
    line.append(f"  {document.timings_ms.get('total', 0) / 1000:.1f} s", style="dim")
    return line


def render_draft(document: ListingDocument) -> Iterator[RenderableType]:
    """Yield title and description with their claims marked."""
    fields = {
        field: marked(text, [c for c in document.claims if c.field == field])
        for field, text in (("title", document.title), ("description", document.description))
    }
    fields["title"].stylize("bold")
    yield Text()
    yield fields["title"]
    yield Text()
    yield fields["description"]


def _legend(document: ListingDocument) -> Iterator[RenderableType]:
    """What the marks of a draft mean."""
    marks = {c.verdict for c in document.claims if c.verdict != "general"}
    said = {
        "supported": "[e3] vouched for by evidence e3",
        "contradicted": "[!e3] evidence e3 says otherwise",
        "unsupported": "[?] nobody vouches for it",
    }
    if marks:
        yield Text()
        yield Text("; ".join(said[v] for v in said if v in marks), style="dim")


def _mark(claim: Claim) -> str:
    if claim.verdict == "general":
        return ""
    against = "!" if claim.verdict == "contradicted" else ""
    return f" [{against}{','.join(claim.evidence)}]" if claim.evidence else f" [{against}?]"


def _part(heading: str, body: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Text(heading, style="bold")
    yield body


def _attributes(document: ListingDocument) -> Table:
    known = {e.id: e for e in document.evidence}
    table = _table("attribute", "value", "source", "vouched for by")
    for name, value in document.attributes.items():
        told = "; ".join(_told(known[i]) for i in value.evidence if i in known)
        table.add_row(*map(_cell, (name.replace("_", " "), value.value, value.source, told)))
    return table


def references_table(references: Sequence[Reference]) -> Table:
    """Return retrieved listings as a table, one a row."""
    table = _table("listing", "match", "score", "price", "title")
    for r in references:
        price = "" if r.price is None else f"{r.price:.2f} {r.currency}"
        table.add_row(*map(_cell, (r.id, r.match, f"{r.score:.3f}", price, r.title)))
    return table


def _prices(document: ListingDocument) -> list[str]:
    lines = []
    if asked := document.asking_price:
        lines.append(f"you ask {asked.amount:.2f} {visible(asked.currency)}".rstrip())
    if price := document.price:
        band = f"{price.low:.2f} to {price.high:.2f}, suggested {price.suggested:.2f}"
        lines.append(f"{band} {visible(price.currency)}{_ids(price.evidence)}")
    return lines


def _other_evidence(document: ListingDocument) -> list[str]:
    """What claims and price name and the attributes' table does not tell."""
    told = {i for value in document.attributes.values() for i in value.evidence}
    cited = {i for claim in document.claims for i in claim.evidence}
    cited |= set(document.price.evidence) if document.price else set()
    return [_told(e) for e in document.evidence if e.id in cited - told]


def _told(evidence: Evidence) -> str:
    """An item of evidence in words: where it comes from, and what it says there."""
    what = visible(evidence.text).replace("\n", " / ")
    what = what if len(what) <= _QUOTE else what[: _QUOTE - 1] + "…"
    kind, _, name = evidence.source.partition(":")
    where = {
        "photo": f"your photo: {what}",
        "listing": f'listing {name}: "{what}"',
        "seller": f'you: "{what}"',
        "category": f"category {what}",
    }
    return f"[{evidence.id}] {where.get(kind, f'{visible(evidence.source)}: {what}')}"


def _questions(document: ListingDocument) -> list[str]:
    asked = []
    for question in document.questions:
        some = ", ".join(question.values[:_VALUES])
        more = ", …" if len(question.values) > _VALUES else ""
        asked.append(f"{question.text} ({some}{more})" if some else question.text)
    return asked


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 2), collapse_padding=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _cell(text: str) -> Text:
    return Text(visible(text).replace("\n", " "))


def _lines(texts: Sequence[str]) -> Text:
    return Text("\n".join(f"  - {visible(text)}" for text in texts))


def _ids(evidence: Sequence[str]) -> str:
    return f" [{', '.join(evidence)}]" if evidence else ""
