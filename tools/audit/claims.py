"""Claims of a draft: each statement of an attribute, where it stands and what it says.

Matching is by wording data and by the values in the evidence, joined with what the model read; of
statements that overlap the longest is kept. Whether one is true is not decided here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from listing import AttributeSpec, AttributeTemplate, EvidenceLedger, SpannedValue
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate, settle
from tools.audit.counting import counted, without_pairs
from tools.audit.extras import extras
from tools.audit.grading import graded
from tools.audit.leftovers import leftovers
from tools.audit.matching import (
    announced_otherwise,
    evidence_values,
    general_statements,
    own_colour,
    phrase_claims,
    quantities,
    said_value,
    settle_measures,
    stated_values,
)
from tools.audit.names import unknown_names
from tools.audit.placeholders import placeholders
from tools.normalise import attribute_key, is_placeholder

_ALWAYS = (
    AttributeSpec(name="condition", label="condition", scope="item"),
    AttributeSpec(name="accessories", label="accessories", scope="item"),
    AttributeSpec(name="colour", label="colour", scope="variant", visible=True),
)


def visible_specs(template: AttributeTemplate) -> list[AttributeSpec]:
    """Return the attributes that a photo can tell: the template's, and the colour of anything."""
    specs = {spec.name: spec for spec in (*_ALWAYS, *template.attributes)}
    return [spec for spec in specs.values() if spec.visible]


def draft_text(title: str, description: str) -> str:
    """Return the draft as one text: what model-extracted spans count their offsets in."""
    return f"{title}\n{description}"


def find_claims(
    title: str,
    description: str,
    template: AttributeTemplate,
    ledger: EvidenceLedger,
    *,
    extracted: Sequence[SpannedValue] = (),
) -> list[ClaimCandidate]:
    """Return the draft's claims, the title's first, in text order and without overlaps.

    `extracted` are the model's readings of `draft_text(title, description)`; one that reaches over
    the end of the title is dropped.
    """
    offset = len(title) + 1
    in_title = [v for v in extracted if v.end <= len(title)]
    in_text = [
        v.model_copy(update={"start": v.start - offset, "end": v.end - offset})
        for v in extracted
        if v.start >= offset
    ]
    specs = _specs(template, ledger)
    return [
        *_field_claims("title", title, specs, ledger, in_title),
        *_field_claims("description", description, specs, ledger, in_text),
    ]


def _specs(template: AttributeTemplate, ledger: EvidenceLedger) -> list[AttributeSpec]:
    """The template's attributes, those that any draft may state, those that evidence speaks of."""
    specs = {spec.name: spec for spec in (*template.attributes, *_ALWAYS)}
    specs |= {spec.name: spec for spec in template.attributes}
    for item in ledger:
        if item.attribute and item.value and not is_placeholder(item.value):
            name = attribute_key(item.attribute)
            specs.setdefault(name, AttributeSpec(name=name, label=name.replace("_", " ")))
    return list(specs.values())


def _field_claims(
    field: ClaimField,
    text: str,
    specs: Sequence[AttributeSpec],
    ledger: EvidenceLedger,
    extracted: Sequence[SpannedValue],
) -> list[ClaimCandidate]:
    stated = [c for spec in specs for c in stated_values(field, text, spec, ledger)]
    found = [own_colour(text, c) for c in settle_measures(text, specs, stated)]
    taken = {(c.start, c.end) for c in found}
    found += [c for c in quantities(field, text) if (c.start, c.end) not in taken]
    found = [announced_otherwise(text, specs, c) for c in found]
    found += graded(field, text, found)
    found += extras(field, text, specs, found)
    texts = (text, *(e.text for e in ledger if e.kind == "category"))
    found += without_pairs(phrase_claims(field, text), texts)
    found += [c for c in counted(field, text) if not any(c.overlaps(other) for other in found)]
    found += _read_values(field, text, specs, ledger, extracted, found)
    found = [c for c in found if not _inside_label(text, c, specs)]
    found = settle([*found, *placeholders(field, text, specs), *general_statements(field, text)])
    found = settle([*found, *unknown_names(field, text, specs, found, ledger)])
    return settle([*found, *leftovers(field, text, specs, found, ledger)])


def _inside_label(text: str, claim: ClaimCandidate, specs: Sequence[AttributeSpec]) -> bool:
    """The words are a part of an attribute's name: the strap of "strap material"."""
    start = text[claim.start :].casefold()
    return any(
        " " in spec.label and start.startswith(spec.label) and len(claim.text) < len(spec.label)
        for spec in specs
        if spec.name != claim.attribute
    )


def _read_values(
    field: ClaimField,
    text: str,
    specs: Sequence[AttributeSpec],
    ledger: EvidenceLedger,
    extracted: Sequence[SpannedValue],
    found: Sequence[ClaimCandidate],
) -> Iterator[ClaimCandidate]:
    """The model's readings as candidates; a brand in front of a model's name is not part of it."""
    by_name = {spec.name: spec for spec in specs}
    for reading in extracted:
        spec = by_name.get(attribute_key(reading.attribute))
        if spec is None or text[reading.start : reading.end] != reading.value:
            continue
        if is_placeholder(reading.value):
            continue
        start = _after_brand(text, reading, found) if spec.name == "model" else reading.start
        known = (*spec.values, *evidence_values(spec.name, ledger))
        value = said_value(spec, text, start, reading.end, known)
        if value is None:
            continue
        words = text[start : reading.end]
        candidate = ClaimCandidate(field, start, reading.end, words, spec.name, value, spec.scope)
        yield replace(candidate, read=True)


def _after_brand(text: str, reading: SpannedValue, found: Sequence[ClaimCandidate]) -> int:
    for claim in found:
        if claim.attribute == "brand" and claim.start == reading.start and claim.end < reading.end:
            rest = text[claim.end : reading.end]
            return claim.end + len(rest) - len(rest.lstrip())
    return reading.start
