"""One error put into a recorded draft, and where it stands.

Rule: everything is drawn from a generator named by seed, set, case and turn, so a run can be made
again; each injected draft has one error, stated once or wherever the true value stood.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from bench.injected_errors.copied import copied_value
from bench.injected_errors.drafts import FIELDS, DraftText, RecordedDraft
from bench.injected_errors.statements import Judge
from bench.injected_errors.wording import Form, Wording, WordingSet, wording
from bench.injected_errors.wrong_values import wrong_value
from listing.claim import ClaimField
from training.marketplace import lots

ErrorKind = Literal[
    "brand", "model", "colour", "capacity", "size", "condition", "accessories", "function",
    "reference_copy",
]  # fmt: skip
KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
_ATTRIBUTES: dict[ErrorKind, tuple[str, ...]] = {
    "brand": ("brand", "author"),
    "model": ("model", "title"),
    "colour": ("colour",),
    "capacity": ("storage", "memory", "capacity", "power"),
    "size": ("size", "wheel_size", "screen_size", "scale"),
}
_SUBSTITUTED, _EVERYWHERE, _SAID = 0.6, 0.5, 0.45
"""Shares: a stated true value is replaced; in all places; a condition is told in a sentence."""
_FORMS: tuple[Form, ...] = ("sentence", "phrase", "title")


@dataclass(frozen=True)
class FalseSpan:
    """Words of an injected draft that are false."""

    field: ClaimField
    start: int
    end: int
    words: str
    attribute: str
    first: int
    last: int
    """Around it, what was put in to say it: the sentence or phrase; nothing vouches for that."""


@dataclass(frozen=True)
class InjectedDraft:
    """A draft with one error; `draft` has the ledger that the audit is given."""

    draft: RecordedDraft
    kind: ErrorKind
    set: WordingSet
    how: str
    """`substituted`, `sentence`, `phrase` or `title`."""
    text: DraftText
    spans: tuple[FalseSpan, ...]
    added: str
    """Everything that was put in: words that the judge takes for known."""


@dataclass(frozen=True)
class _Edit:
    """`text[start:end]` of a field becomes `new`; what is false in it is from `first` to `last`."""

    field: ClaimField
    start: int
    end: int
    new: str
    first: int = 0
    last: int = 0


def injected_drafts(
    judge: Judge, drafts: Sequence[RecordedDraft], name: WordingSet, count: int, seed: int = 0
) -> list[InjectedDraft]:
    """Return `count` injected drafts, the kinds as even as the drafts allow, the drafts in turn."""
    found: list[InjectedDraft] = []
    tally = dict.fromkeys(KINDS, 0)
    turn = 0
    while len(found) < count and drafts and turn < 2 * count:
        draft = drafts[turn % len(drafts)]
        rng = lots("inject", seed, name, draft.name, turn // len(drafts))
        for kind in sorted(KINDS, key=lambda k: (tally[k], rng.random())):
            made = inject(rng, judge, draft, kind, name)
            if made is not None:
                found.append(made)
                tally[kind] += 1
                break
        turn += 1
    return found


def inject(
    rng: random.Random, judge: Judge, draft: RecordedDraft, kind: ErrorKind, name: WordingSet
) -> InjectedDraft | None:
    """Return the draft with an error of that kind; None where the item can have none."""
    words = wording(name)
    if kind == "function" or (kind == "condition" and rng.random() < _SAID):
        return _said(rng, draft, kind, name)
    if kind == "reference_copy":
        copied = copied_value(rng, judge, draft)
        if copied is None:
            return None
        draft, attribute, value = copied.draft, copied.attribute, copied.value
    else:
        has = [a for a in _ATTRIBUTES.get(kind, (kind,)) if _has(draft, kind, a)]
        if not has:
            return None
        attribute = rng.choice(has)
        value = wrong_value(rng, judge, draft, attribute, words) or ""
    if not value:
        return None
    edits = _substitutions(rng, judge, draft, attribute, value)
    how = "substituted"
    if not edits:
        how, edits = _added(rng, draft.text, attribute, value, words)
    return _injected(draft, kind, name, how, attribute, edits)


def _has(draft: RecordedDraft, kind: ErrorKind, attribute: str) -> bool:
    """Whether the item can have such a value; anything can come with anything."""
    return kind == "accessories" or draft.true_template.get(attribute) is not None


def _substitutions(
    rng: random.Random, judge: Judge, draft: RecordedDraft, attribute: str, value: str
) -> list[_Edit]:
    """The true value replaced where the draft states it; nothing where it is to be added."""
    if attribute == "accessories" or rng.random() >= _SUBSTITUTED:
        return []
    true = [
        s for s in judge.statements(draft, draft.text) if s.attribute == attribute and not s.fault
    ]
    if not true:
        return []
    chosen = true if rng.random() < _EVERYWHERE else [rng.choice(true)]
    return [_Edit(s.field, s.start, s.end, value, 0, len(value)) for s in chosen]


def _added(
    rng: random.Random, text: DraftText, attribute: str, value: str, words: Wording
) -> tuple[str, list[_Edit]]:
    """The value said in a sentence, a phrase or the title."""
    says = words.says[attribute]
    form = rng.choices(_FORMS, (5, 3, 2))[0]
    pattern = rng.choice(says[form])
    capital = "{V}" in pattern
    if capital:
        pattern, value = pattern.replace("{V}", "{v}"), value[0].upper() + value[1:]
    if form == "title":
        return form, list(_around("title", 0, len(text.title), pattern, "{t}", value))
    ends = [m for m in re.finditer(r"[^\s.][^.]*(?=\.(?:\s|$))", text.description)]
    if form == "phrase" and ends:
        one = rng.choice(ends)
        start, end = one.start(), one.end()
        return form, list(
            _around("description", start, end, pattern.removesuffix("."), "{s}", value)
        )
    sentence = rng.choice(says["sentence"]) if form == "phrase" else pattern
    if "{V}" in sentence:
        sentence, value = sentence.replace("{V}", "{v}"), value[0].upper() + value[1:]
    at = sentence.index("{v}")
    if at == 0:
        value = value[0].upper() + value[1:]
    whole = sentence.replace("{v}", value)
    return "sentence", [_sentence(rng, text, whole, at, at + len(value))]


def _around(
    field: ClaimField, start: int, end: int, pattern: str, slot: str, value: str
) -> Iterator[_Edit]:
    """Insertions before and after a text, as a pattern with a slot for that text says."""
    for part, place in zip(pattern.split(slot), (start, end), strict=True):
        if part:
            at = part.find("{v}")
            new = part.replace("{v}", value)
            yield _Edit(field, place, place, new, max(at, 0), at + len(value) if at >= 0 else 0)


def _sentence(rng: random.Random, text: DraftText, whole: str, first: int, last: int) -> _Edit:
    """A sentence put at the end, at the start, or between two others."""
    breaks = [m.end() for m in re.finditer(r"\.\s+", text.description)]
    place = rng.choices(("end", "start", "between"), (5, 2, 3))[0]
    if place == "end" or not text.description.strip() or (place == "between" and not breaks):
        gap = " " if text.description else ""
        at = len(text.description)
        return _Edit("description", at, at, gap + whole, first + len(gap), last + len(gap))
    at = 0 if place == "start" else rng.choice(breaks)
    return _Edit("description", at, at, whole + " ", first, last)


def _said(
    rng: random.Random, draft: RecordedDraft, kind: ErrorKind, name: WordingSet
) -> InjectedDraft | None:
    """A sentence of its own: the item's function, or its condition in other words."""
    by_meaning = wording(name).statements[kind]
    told = draft.truth.told.get("condition")
    said = rng.choice(
        [s for meaning, texts in by_meaning.items() if meaning != told for s in texts]
    )
    edit = _sentence(rng, draft.text, said.text, said.start, said.end)
    return _injected(draft, kind, name, "sentence", kind, [edit])


def _injected(
    draft: RecordedDraft,
    kind: ErrorKind,
    name: WordingSet,
    how: str,
    attribute: str,
    edits: Sequence[_Edit],
) -> InjectedDraft:
    texts = {field: draft.text.of(field) for field in FIELDS}
    spans: list[FalseSpan] = []
    for field in FIELDS:
        moved = 0
        for edit in sorted((e for e in edits if e.field == field), key=lambda e: e.start):
            start, end = edit.start + moved, edit.end + moved
            texts[field] = texts[field][:start] + edit.new + texts[field][end:]
            if edit.last:
                a, b = start + edit.first, start + edit.last
                words = texts[field][a:b]
                spans.append(FalseSpan(field, a, b, words, attribute, start, start + len(edit.new)))
            moved += len(edit.new) - (edit.end - edit.start)
    added = " ".join(e.new for e in edits)
    text = replace(draft.text, title=texts["title"], description=texts["description"])
    return InjectedDraft(draft, kind, name, how, text, tuple(spans), added)
