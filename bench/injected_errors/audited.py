"""A draft put through the audit as the graph does it: check, take back, check again, twice at most.

Rule: the product's own functions, with the run's own ledger, template and references.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from bench.injected_errors.drafts import DraftText, RecordedDraft
from graphs.listing import Limits
from listing import Claim
from tools.audit import acheck, revise

FALSE = ("unsupported", "contradicted")


@dataclass(frozen=True)
class Audited:
    """What the audit said of a draft, and what it left."""

    claims: Sequence[Claim]
    """Of the draft as it came."""
    text: DraftText
    """The draft at the end."""
    last: Sequence[Claim]
    """Its claims."""
    rounds: int

    @property
    def flagged(self) -> list[Claim]:
        """The claims that it found false in the draft as it came."""
        return [c for c in self.claims if c.verdict in FALSE]


async def audited(model: BaseChatModel | None, draft: RecordedDraft, text: DraftText) -> Audited:
    """Audit and revise `text` against the ledger of `draft`; without a model by matching alone."""
    first = claims = await _claims(model, draft, text)
    rounds = 0
    while rounds < Limits().max_revisions and any(c.verdict in FALSE for c in claims):
        done = revise(
            text.title, text.description, claims, draft.ledger, category_name=draft.category_name
        )
        text, rounds = DraftText(done.title, done.description), rounds + 1
        claims = await _claims(model, draft, text)
    return Audited(first, text, claims, rounds)


async def _claims(
    model: BaseChatModel | None, draft: RecordedDraft, text: DraftText
) -> list[Claim]:
    return await acheck(
        model,
        text.title,
        text.description,
        draft.template,
        draft.ledger,
        references=list(draft.references),
    )
