"""How recorded values read on the page: texts made safe to show, times, shares, names, changes."""

import base64
import difflib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from eval_traces.audit.view import AuditPhoto, AuditView, Revision, Source, StepPlace
from eval_traces.audit.words import STEERING, percent, seconds

MAX_CONTENT = 6000
"""Characters of a step's input or output that the page shows."""
_KEPT = 24
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_RANKS = {
    1: "the seller's own word, the highest rank",
    2: "what the photo shows, second rank",
    3: "an identical listing, third rank",
    4: "a similar listing, lowest rank",
}
_WHERE = {"photo": "the photo", "seller": "the seller's words", "reference": "a listing"}


def shown(text: str) -> Markup:
    """Return a recorded text for the page: escaped, with steering characters shown by code."""
    pieces, at = [], 0
    for found in STEERING.finditer(text):
        pieces.append(escape(text[at : found.start()]))
        pieces.append(Markup('<code class="ctl">U+{:04X}</code>').format(ord(found[0])))
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def parted(text: str) -> tuple[str, str]:
    """Cut a text before its last word, with which the verdict's mark stays on one line.

    A last word too long for any line is not kept whole, so the second part is then empty.
    """
    head, gap, tail = text.rpartition(" ")
    return (head + gap, tail) if len(tail) <= _KEPT else (text, "")


def marked(source: Source) -> Markup:
    """Return a source's text with its words highlighted, where they are known."""
    if source.start is None or source.end is None:
        return shown(source.text)
    before, after = source.text[: source.start], source.text[source.end :]
    words = source.text[source.start : source.end]
    return Markup("{}<mark>{}</mark>{}").format(shown(before), shown(words), shown(after))


def moment(iso: str) -> str:
    """Return an ISO time for a reader, UTC."""
    return f"{datetime.fromisoformat(iso):%d %b %Y, %H:%M:%S} UTC"


def label(name: str) -> str:
    """Return an attribute's or node's name in words."""
    return name.replace("_", " ")


def pretty(value: Any) -> str:
    """Return a step's input or output as indented JSON, cut to `MAX_CONTENT`."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
    if len(text) <= MAX_CONTENT:
        return text
    return f"{text[:MAX_CONTENT]}\n… {len(text) - MAX_CONTENT} more characters in the trace"


def picture(photo: AuditPhoto) -> str:
    """Return the photo as a data: address; empty where the picture is not at hand."""
    if photo.data is None:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(photo.data).decode()


def source_title(source: Source, numbers: Mapping[str, int]) -> str:
    """Return what a source is, in words: `Photo 1`, `Listing m1`, `The seller's message`."""
    name = source.source.partition(":")[2]
    if source.kind == "photo":
        return f"Photo {numbers[name]}" if name in numbers else "A photo"
    titles = {
        "reference": f"Listing {name}",
        "seller": "The seller's message",
        "category": "The category",
        "template": "The category's template",
        "policy": f"Policy {name}",
    }
    return titles.get(source.kind, source.source)


def rank_words(source: Source) -> str:
    """Return the rank of a source in words; empty where it has none."""
    return _RANKS.get(source.rank or 0, "")


def bar(place: StepPlace, total: float | None) -> Markup:
    """Return attributes of the rectangle that shows when a step ran, on a line of 1000 units."""
    whole = total or (place.start_s + (place.duration_s or 0)) or 1.0
    left = min(1000.0, max(0.0, 1000 * place.start_s / whole))
    wide = 1000 - left if place.duration_s is None else 1000 * place.duration_s / whole
    wide = max(4.0, min(wide, 1000 - left))
    return Markup('x="{:.1f}" width="{:.1f}"').format(min(left, 1000 - wide), wide)


def changes(revision: Revision, field: str) -> dict[str, Markup]:
    """Return the text before, with what went marked, and after, with what came marked."""
    old = _WORDS.findall(getattr(revision, f"{field}_before"))
    new = _WORDS.findall(getattr(revision, f"{field}_after"))
    before, after = [], []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, came = shown("".join(old[i1:i2])), shown("".join(new[j1:j2]))
        if kind == "equal":
            before.append(gone)
            after.append(came)
            continue
        before += [Markup("<del>{}</del>").format(gone)] * bool(gone)
        after += [Markup("<ins>{}</ins>").format(came)] * bool(came)
    return {"before": Markup("").join(before), "after": Markup("").join(after)}


def where(place: str) -> str:
    """Return where a safety finding is, in words."""
    return _WHERE.get(place, f"the {place}")


def first_marks(view: AuditView) -> dict[int, tuple[str, int]]:
    """Return for each claim the field and the index of the first piece that shows it."""
    first: dict[int, tuple[str, int]] = {}
    fields = {"title": view.draft.title_segments, "description": view.draft.description_segments}
    for field, segments in fields.items():
        for index, segment in enumerate(segments):
            if segment.claims:
                first.setdefault(segment.claims[0], (field, index))
    return first


FILTERS: dict[str, Callable[..., Any]] = {
    "bar": bar,
    "changes": changes,
    "label": label,
    "marked": marked,
    "moment": moment,
    "parted": parted,
    "percent": percent,
    "picture": picture,
    "pretty": pretty,
    "rank_words": rank_words,
    "seconds": seconds,
    "shown": shown,
    "source_title": source_title,
    "where": where,
}
