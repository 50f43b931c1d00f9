"""The claims of a draft that was edited, its questions, rules and quality, up to date.

Rule: no model; English is read by matching, as the audit does without one, and what a model read
before is kept where its words still stand. Other languages are read by the values that may be
stated, Chinese with the catalogue's words for them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from listing import (
    AttributeSpec,
    AttributeTemplate,
    Claim,
    EvidenceLedger,
    ListingDocument,
    Question,
    SpannedValue,
)
from listing.claim import ClaimField
from tools.attribute_extract import find_value
from tools.audit import ClaimCandidate, draft_text, find_claims, judge, questions
from tools.audit.candidate import settle
from tools.audit.claims import visible_specs
from tools.audit.matching import (
    evidence_values,
    phrase_claims,
    settle_measures,
    slot_of,
    stated_values,
)
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.own_words import left_open
from tools.normalise import attribute_key, canonical, same_value, siblings
from tools.normalise.data import flexible
from tools.quality import listing_quality
from tools.safety import Policy
from tools.taxonomy import Taxonomy, general_template

_CJK = re.compile(r"[\u3400-\u9fff]")
_ANY = ("condition", "accessories", "colour")
"""Attributes that any draft may state, whatever the template."""


@dataclass(frozen=True)
class DraftReader:
    """Reads drafts by one taxonomy and policy; questions are worded in `language`."""

    taxonomy: Taxonomy
    policy: Policy
    language: str = "en"

    def template(self, document: ListingDocument) -> AttributeTemplate:
        """Return the template of the document's category, or that of any goods."""
        if document.category is None:
            return general_template(self.taxonomy)
        return self.taxonomy.template(document.category.id)

    def spec(self, document: ListingDocument, attribute: str) -> AttributeSpec:
        """Return the template's attribute, or a plain open one of the item under that name."""
        name = attribute_key(attribute)
        template = self.template(document)
        known = template.get(attribute) or template.get(name)
        return known or AttributeSpec(name=name, label=name.replace("_", " "), scope="item")

    def refreshed(
        self, document: ListingDocument, readings: Sequence[SpannedValue] = ()
    ) -> ListingDocument:
        """Return the document with claims, questions, text findings and quality as they are now.

        `readings` are a model's of `draft_text(title, description)`. A document whose draft was
        refused or halted keeps its report.
        """
        claims = self.claims(document, readings)
        document = document.model_copy(update={"claims": claims})
        update: dict[str, object] = {
            "questions": self.questions(document),
            "quality": listing_quality(
                document.title,
                document.description,
                claims,
                category=document.category is not None,
                stated=len(document.attributes),
                photos=len(document.photos),
                priced=any(r.price for r in document.references),
            ),
        }
        if document.status not in ("refused", "halted"):
            update["safety"] = self._safety(document)
        return document.model_copy(update=update)

    def claims(
        self, document: ListingDocument, readings: Sequence[SpannedValue] = ()
    ) -> list[Claim]:
        """Return the claims of title and description with their verdicts, in text order."""
        ledger = EvidenceLedger(document.evidence)
        template = self.template(document)
        if document.language != "en":
            found = _value_candidates(document, template, ledger)
        else:
            found = find_claims(
                document.title, document.description, template, ledger,
                extracted=[*readings, *_read_before(document, template)],
            )  # fmt: skip
        found = [_owned(c, document, ledger) for c in found]
        asked = {(c.attribute, canonical(c.attribute, c.value)): c.probability
                 for c in document.claims}  # fmt: skip
        return [
            c.model_copy(
                update={"probability": asked.get((c.attribute, canonical(c.attribute, c.value)))}
            )
            for c in judge(found, ledger, references=document.references)
        ]

    def questions(self, document: ListingDocument, limit: int = 3) -> list[Question]:
        """Return at most `limit` questions, those already asked first; none that is left open."""
        words, template = catalogue(self.language), self.template(document)
        skipped = left_open(document)
        before = [q.attribute for q in document.questions]
        open_ = [
            _worded(words, spec)
            for q in questions(template, document.attributes, document.claims, limit=99)
            if q.attribute not in skipped and (spec := template.get(q.attribute)) is not None
        ]
        open_.sort(key=lambda q: before.index(q.attribute) if q.attribute in before else 99)
        if document.category is None and "category" not in skipped and document.photos:
            open_.insert(0, Question(attribute="category", text=words.say("ask_category")))
        return open_[: max(0, limit)]

    def _safety(self, document: ListingDocument) -> object:
        text = document.title.strip() or document.description.strip()
        found = self.policy.check_draft(document.title, document.description) if text else []
        elsewhere = [f for f in document.safety.text if f.where not in ("title", "description")]
        blocked = [f for f in found if f.action == "block"]
        return document.safety.model_copy(
            update={
                "text": [*elsewhere, *found],
                "notice": blocked[0].notice if blocked else None,
            }
        )


def _worded(words: Catalogue, spec: AttributeSpec) -> Question:
    values = [words.value(spec.name, v) for v in spec.values]
    return Question(attribute=spec.name, text=words.question(spec), values=values)


def _owned(
    claim: ClaimCandidate, document: ListingDocument, ledger: EvidenceLedger
) -> ClaimCandidate:
    """A quantity as the claim of that attribute of its dimension which is named or known so."""
    text = document.title if claim.field == "title" else document.description
    if slot_of(claim.attribute, text, claim.start, claim.end):
        return claim
    own = any(same_value(claim.attribute, v, claim.value)
              for v in evidence_values(claim.attribute, ledger))  # fmt: skip
    for other in siblings(claim.attribute):
        known = evidence_values(other, ledger)
        named = bool(known) and slot_of(other, text, claim.start, claim.end)
        if named or (not own and any(same_value(other, v, claim.value) for v in known)):
            return replace(claim, attribute=other)
    return claim


def _read_before(document: ListingDocument, template: AttributeTemplate) -> Iterator[SpannedValue]:
    """Earlier claims whose words still stand, as readings of the present draft."""
    text = draft_text(document.title, document.description)
    offset = {"title": 0, "description": len(document.title) + 1}
    for claim in document.claims:
        if template.get(claim.attribute) is None or not claim.value or not claim.text.strip():
            continue
        places = find_value(text, claim.text)
        if places:
            meant = offset[claim.field] + claim.start
            start, end = min(places, key=lambda p: abs(p[0] - meant))
            yield SpannedValue(
                attribute=claim.attribute, value=text[start:end], start=start, end=end
            )


def _value_candidates(
    document: ListingDocument, template: AttributeTemplate, ledger: EvidenceLedger
) -> list[ClaimCandidate]:
    specs = {s.name: s for s in (*template.attributes, *visible_specs(template))}
    for name in (*_ANY, *(attribute_key(e.attribute) for e in ledger if e.attribute and e.value)):
        specs.setdefault(name, AttributeSpec(name=name, label=name.replace("_", " "), scope="item"))
    return [
        *_zh_field("title", document.title, list(specs.values()), ledger),
        *_zh_field("description", document.description, list(specs.values()), ledger),
    ]


def _zh_field(
    field: ClaimField, text: str, specs: Sequence[AttributeSpec], ledger: EvidenceLedger
) -> list[ClaimCandidate]:
    found = [c for spec in specs for c in stated_values(field, text, spec, ledger)]
    found += [c for spec in specs for c in _written(field, text, spec, ledger)]
    found = [c for c in found if not _stray(text, c)]
    found = settle_measures(text, specs, found)
    return settle([*found, *_zh_statements(field, text)])


def _written(
    field: ClaimField, text: str, spec: AttributeSpec, ledger: EvidenceLedger
) -> Iterator[ClaimCandidate]:
    """Values in the catalogue's Chinese, and any value behind its attribute's Chinese name."""
    words = catalogue("zh")
    table = words.file.values.get(spec.name, {})
    label = re.escape(words.label(spec.name, spec))
    for value in dict.fromkeys((*spec.values, *table, *evidence_values(spec.name, ledger))):
        forms = words.forms(spec.name, value)
        patterns = [flexible(form) for form in forms]
        named = {form.removeprefix(words.label(spec.name, spec)) for form in (*forms, value)} - {""}
        patterns += [rf"(?<={label}[ ：]){flexible(form)}" for form in sorted(named)]
        for match in re.finditer("|".join(patterns), text, re.IGNORECASE):
            place = match.start()
            if spec.name != "accessories" or _comes_along(text, place):
                denied = spec.name == "accessories" and _denied(text, place)
                said = f"no {value}" if denied else value
                yield ClaimCandidate(
                    field, place, match.end(), match[0], spec.name, said, scope=spec.scope
                )


def _comes_along(text: str, start: int) -> bool:
    """Whether the sentence says so before the thing: 附带充电器, not 电池耐用."""
    sentence = re.search(r"[^。！？；\n]*$", text[:start])
    return (
        sentence is not None and re.search(r"[附带送含配有包无没缺]|、$", sentence[0]) is not None
    )


def _denied(text: str, start: int) -> bool:
    return re.search(r"(?:不含|不带|没有|没带|无|缺)[^，。；、]{0,2}$", text[:start]) is not None


def _stray(text: str, claim: ClaimCandidate) -> bool:
    """A single Chinese character, which may be a part of any word, or a word of its own."""
    return len(claim.text) == 1 and _CJK.match(claim.text) is not None


def _zh_statements(field: ClaimField, text: str) -> Iterator[ClaimCandidate]:
    """Known claims beyond the template: the catalogue's sentences, and the audit's phrases."""
    for attribute, table in catalogue("zh").file.statements.items():
        for value, words in table.items():
            for match in re.finditer(re.escape(words), text):
                yield ClaimCandidate(field, match.start(), match.end(), match[0], attribute, value)
    yield from (c for c in phrase_claims(field, text) if c.attribute != "quantity")
