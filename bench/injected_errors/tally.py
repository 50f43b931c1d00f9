"""What an audited draft adds to the figures, as pairs of a part and the whole that it is part of.

Definitions. **Recall**: injected false spans that a claim marked unsupported or contradicted
touches, of all of them. **Precision**: claims so marked that touch the words put in to state the
error, or another statement that the judge finds false (`statements.Judge`: it contradicts the
truth, or nothing in the ledger that may speak says it), of all claims so marked; the strict one
lets only the false words themselves count of those put in ("Model: X200": not "Model").
**Hallucination** (CHAIR-i): false statements of all statements; CHAIR-s: drafts with one; of it,
the ledger's own are those that the evidence really states (a misread listing, a wrong match): no
audit against the ledger can find them. An injected span counts as still there while a word of it
that the draft did not have stands in its field; one that states function or condition in a
sentence, while more than half of its words do, in a row. **Damage**: attributes that the draft
stated truly and no longer states, of those that it stated truly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.injected_errors.audited import Audited
from bench.injected_errors.causes import CAUSES, cause
from bench.injected_errors.drafts import FIELDS, DraftText, RecordedDraft
from bench.injected_errors.grammar import grammar_faults
from bench.injected_errors.inject import FalseSpan, InjectedDraft
from bench.injected_errors.statements import Judge, Statement, false_of
from bench.injected_errors.values import agrees, tokens
from listing import Claim

NATURAL, RECORDED = "natural", "recorded"
LEDGER_WRONG = "of it, the ledger's own"
_EMPTY = frozenset({"a", "an", "the", "and", "of", "in", "to", "with", "its", "it", "for"})


@dataclass(frozen=True)
class Share:
    """One draft's part of a figure."""

    figure: str
    part: float
    whole: float


@dataclass(frozen=True)
class Tally:
    """One audited draft: its shares, and what went wrong with it."""

    listing: str
    group: str
    """Kind of error, or `natural`."""
    shares: tuple[Share, ...]
    missed: tuple[FalseSpan, ...] = ()
    alarms: tuple[Claim, ...] = ()
    left: tuple[FalseSpan, ...] = ()


def tally_injected(judge: Judge, made: InjectedDraft, done: Audited) -> Tally:
    """Score an injected draft."""
    draft, flagged = made.draft, done.flagged
    natural = _apart(judge.statements(draft, made.text, made.added), made.spans)
    missed = [s for s in made.spans if not any(_touches(c, s) for c in flagged)]
    astray = [
        c for c in flagged
        if not any(_touches(c, s) for s in made.spans)
        and not any(_touches(c, s) for s in false_of(natural))
    ]  # fmt: skip
    alarms = [c for c in astray if not any(_within(c, s) for s in made.spans)]
    after = judge.statements(draft, done.text, made.added)
    left = [s for s in made.spans if still_there(s, made, done.text)]
    others = [s for s in after if not _of_injected(s, left)]
    shares = [
        Share("recall", len(made.spans) - len(missed), len(made.spans)),
        Share("precision", len(flagged) - len(alarms), len(flagged)),
        Share("precision, strict", len(flagged) - len(astray), len(flagged)),
        *_hallucination("without audit", false_of(natural), len(natural), len(made.spans)),
        *_hallucination("after audit", false_of(others), len(others), len(left)),
        _ledger_wrong(others, len(left)),
        Share("injected error left", float(bool(left)), 1),
        *_revised(made.text, natural, after, done),
    ]
    return Tally(draft.name, made.kind, tuple(shares), tuple(missed), tuple(alarms), tuple(left))


def tally_natural(judge: Judge, draft: RecordedDraft, done: Audited) -> Tally:
    """Score the draft as the model wrote it; `done` is what the audit made of that."""
    before = judge.statements(draft, draft.first)
    after = judge.statements(draft, done.text)
    false = false_of(before)
    missed = [s for s in false if not any(_touches(c, s) for c in done.flagged)]
    alarms = [c for c in done.flagged if not any(_touches(c, s) for s in false)]
    shares = [
        Share("recall", len(false) - len(missed), len(false)),
        Share("precision", len(done.flagged) - len(alarms), len(done.flagged)),
        *_hallucination("without audit", false, len(before), 0),
        *_hallucination("after audit", false_of(after), len(after), 0),
        _ledger_wrong(after, 0),
        *_revised(draft.first, before, after, done),
    ]
    spans = (
        FalseSpan(s.field, s.start, s.end, s.words, s.attribute, s.start, s.end) for s in missed
    )
    return Tally(draft.name, NATURAL, tuple(shares), tuple(spans), tuple(alarms))


def tally_recorded(judge: Judge, draft: RecordedDraft) -> Tally:
    """Score the recorded run as it ended: what listings vouched for alone, what nobody knew.

    **Reference-copy error**: attributes whose only support is a retrieved listing and that a photo
    can tell: share that are not so. **Abstention**: attributes that neither photo nor listing nor
    seller determines (`market_runs.knowable`): share that the draft does not state, and that the
    seller is asked (at most three questions). **Causes**: false statements by what brought them in
    (`causes.CAUSES`), of all statements.
    """
    visible = [a.name for a in draft.true_template.attributes if a.visible]
    copied = [
        (n, v.value) for n, v in draft.document.attributes.items()
        if n in visible and v.source == "reference"
    ]  # fmt: skip
    wrong = [n for n, value in copied if not agrees(n, value, draft.truth.attributes.get(n, ""))]
    unknown = set(draft.true_template.names) - set(draft.truth.knowable)
    statements = judge.statements(draft, draft.text)
    found = [cause(judge.market, draft, s) for s in false_of(statements)]
    stated = {s.attribute for s in statements}
    asked = {q.attribute for q in draft.document.questions}
    shares = (
        Share("reference-copy error", len(wrong), len(copied)),
        Share("unknowable: left out or asked", len(unknown - stated), len(unknown)),
        Share("unknowable: asked", len(unknown & asked), len(unknown)),
        *_hallucination("as recorded", false_of(statements), len(statements), 0),
        *(Share(name, found.count(name), len(statements)) for name in CAUSES),
    )
    return Tally(draft.name, RECORDED, shares)


def _hallucination(
    when: str, false: Sequence[Statement], all_others: int, injected: int
) -> list[Share]:
    count = len(false) + injected
    return [
        Share(f"CHAIR-i {when}", count, all_others + injected),
        Share(f"CHAIR-s {when}", float(count > 0), 1),
    ]


def _ledger_wrong(statements: Sequence[Statement], injected: int) -> Share:
    """Of all statements, those that are not true though the ledger says so."""
    wrong = sum(1 for s in statements if s.fault and s.said)
    return Share(LEDGER_WRONG, wrong, len(statements) + injected)


def _revised(
    before: DraftText, stated: Sequence[Statement], after: Sequence[Statement], done: Audited
) -> list[Share]:
    true = {s.attribute for s in stated if not s.fault}
    kept = {s.attribute for s in after if not s.fault}
    faults = grammar_faults(done.text) - grammar_faults(before)
    changed = done.text != before
    return [
        Share("true facts lost", len(true - kept), len(true)),
        Share("ungrammatical after revise", float(changed and bool(faults)), float(changed)),
    ]


def _touches(one: Claim | FalseSpan, other: FalseSpan | Statement) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _within(claim: Claim, span: FalseSpan) -> bool:
    return claim.field == span.field and claim.start < span.last and span.first < claim.end


def _apart(statements: Iterable[Statement], spans: Sequence[FalseSpan]) -> list[Statement]:
    return [s for s in statements if not any(_touches(span, s) for span in spans)]


def _of_injected(statement: Statement, left: Sequence[FalseSpan]) -> bool:
    """A statement of the final draft that is an injected error which is counted by itself."""
    words = set(tokens(statement.words))
    return any(s.field == statement.field and words & set(tokens(s.words)) for s in left)


def still_there(span: FalseSpan, made: InjectedDraft, text: DraftText) -> bool:
    """Tell whether an injected error is still in its field of the final draft."""
    final, words = tokens(text.of(span.field)), tokens(span.words)
    if made.kind == "function" or (made.kind == "condition" and made.how == "sentence"):
        return 2 * _longest_run(words, final) > len(words)
    had = {w for f in FIELDS for w in tokens(made.draft.text.of(f))} | _EMPTY
    new = set(words) - had
    return bool(new & set(final)) if new else _longest_run(words, final) == len(words)


def _longest_run(words: Sequence[str], text: Sequence[str]) -> int:
    """How many of the words stand in the text in a row, at most."""
    best = 0
    for i in range(len(words)):
        for j in range(len(text)):
            run = 0
            while i + run < len(words) and j + run < len(text) and words[i + run] == text[j + run]:
                run += 1
            best = max(best, run)
    return best
