"""A recorded run as the measurement uses it: the draft, the ledger behind it, the truth about it.

Rule: everything is read from the trace and the truth file; no model is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.market_runs import RecordedCase, Truth
from eval_traces import read_trace
from listing import AttributeTemplate, Evidence, EvidenceLedger, ListingDocument, Reference
from listing.claim import ClaimField
from tools.taxonomy import Taxonomy, general_template

FIELDS: tuple[ClaimField, ...] = ("title", "description")


@dataclass(frozen=True)
class DraftText:
    """Title and description."""

    title: str
    description: str

    def of(self, field: ClaimField) -> str:
        """Return the text of a field."""
        return self.title if field == "title" else self.description


@dataclass(frozen=True)
class RecordedDraft:
    """One run that ended in a draft."""

    truth: Truth
    document: ListingDocument
    first: DraftText
    """The draft as the model wrote it, before any audit."""
    template: AttributeTemplate
    """As the audit saw it: of the category that the run took."""
    true_template: AttributeTemplate
    evidence: Sequence[Evidence] = field(default_factory=tuple)
    references: Sequence[Reference] = field(default_factory=tuple)

    @property
    def name(self) -> str:
        """The case."""
        return self.truth.case

    @property
    def text(self) -> DraftText:
        """The draft that the seller gets."""
        return DraftText(self.document.title, self.document.description)

    @property
    def ledger(self) -> EvidenceLedger:
        """The evidence, as a ledger of its own."""
        return EvidenceLedger(self.evidence)

    @property
    def category_name(self) -> str:
        """The category that the run took; empty without one."""
        return self.document.category.path[-1] if self.document.category else ""


def open_drafts(recorded: Iterable[RecordedCase], taxonomy: Taxonomy) -> list[RecordedDraft]:
    """Return the runs that ended in a draft; refused, halted and manual ones are left out."""
    found = []
    for one in recorded:
        trace = read_trace(one.trace)
        document = trace.document()
        if document is None or document.status != "drafted":
            continue
        audits = [s.input for s in trace.tool_calls() if s.label == "audit"]
        first = audits[0] if audits else {}
        category = document.category
        found.append(
            RecordedDraft(
                truth=one.truth,
                document=document,
                first=DraftText(
                    first.get("title", document.title),
                    first.get("description", document.description),
                ),
                template=taxonomy.template(category.id) if category else general_template(taxonomy),
                true_template=taxonomy.template(one.truth.category),
                evidence=tuple(document.evidence),
                references=tuple(document.references),
            )
        )
    return found
