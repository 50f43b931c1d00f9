"""The audit of a draft in one call: the model reads it, matching completes, evidence judges."""

from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from listing import AttributeTemplate, Claim, EvidenceLedger, Reference
from tools.attribute_extract import aextract_attributes
from tools.audit.claims import draft_text, find_claims
from tools.audit.verdicts import judge


async def acheck(
    model: BaseChatModel | None,
    title: str,
    description: str,
    template: AttributeTemplate,
    ledger: EvidenceLedger,
    *,
    references: Sequence[Reference] = (),
    config: RunnableConfig | None = None,
) -> list[Claim]:
    """Return the draft's claims with their verdicts, the title's first, in text order.

    Without a model the draft is read by matching alone. `references` as for `judge`.
    """
    text = draft_text(title, description)
    extracted = (
        [] if model is None else await aextract_attributes(model, text, template, config=config)
    )
    candidates = find_claims(title, description, template, ledger, extracted=extracted)
    return judge(candidates, ledger, references=references)
