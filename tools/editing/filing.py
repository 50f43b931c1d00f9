"""The category that a seller names.

Rule: it is one of the taxonomy's own, named so that only one is meant; goods that the rules keep
off the market are not filed.
"""

import re

from listing import Category, CategoryCandidate, CategoryPrediction, EvidenceLedger, ListingDocument
from tools.editing.catalogue import catalogue
from tools.editing.edited import Edited
from tools.editing.own_words import said
from tools.editing.reading import DraftReader
from tools.normalise.kinds import both_numbers
from tools.safety import Policy
from tools.taxonomy import Taxonomy

CATEGORY = "category"


def find_category(taxonomy: Taxonomy, policy: Policy, words: str) -> Category | None:
    """Return the category that goods are filed under and `words` name, in English or Chinese.

    Its whole name goes before a part of it ("phone" for Mobile phones); of several one that may be
    sold ("knife" is a kitchen knife), then the shortest.
    """
    wanted = words.strip().strip(".。!！").casefold()
    if not wanted:
        return None
    for category in taxonomy.leaves:
        names = {category.id, category.name.casefold(), *category.path_zh[-1:]}
        if wanted in names or re.sub(r"^(?:an?|the|my)\s+", "", wanted) in both(category.name):
            return category
    parts = {w for w in re.findall(r"\w+", wanted) if w not in ("a", "an", "the", "my", "it", "is")}
    found = [c for c in taxonomy.leaves if parts and parts <= both_numbers([c.name])]
    found += [c for c in taxonomy.leaves if c.path_zh and wanted in c.path_zh[-1]]
    return min(
        found,
        key=lambda c: (bool(policy.check_category(c.id, c.path)), len(c.name)),
        default=None,
    )


def both(name: str) -> set[str]:
    """Return the name without case, as it is and without a plural's s."""
    folded = name.casefold()
    return {folded, folded.removesuffix("s"), folded.removesuffix("es")}


def file_under(
    reader: DraftReader, document: ListingDocument, words: str, source: str, span_id: str = ""
) -> Edited:
    """Return the document filed under what the seller calls it; its questions follow."""
    say = catalogue(reader.language)
    category = find_category(reader.taxonomy, reader.policy, words)
    if category is None:
        return Edited(document, say.say("no_category", value=words), changed=False)
    shown = category.path_zh[-1] if say.language == "zh" and category.path_zh else category.name
    if document.category is not None and document.category.id == category.id:
        return Edited(document, say.say("category", value=shown), changed=False)
    blocked = reader.policy.check_category(category.id, category.path)
    if notice := next((f.notice for f in blocked if f.action == "block"), None):
        return Edited(document, say.say("blocked", notice=notice), changed=False)
    after, _ = said(
        document, source, words, span_id=span_id, attribute=CATEGORY, value=category.name
    )
    ledger = EvidenceLedger(after.evidence)
    ledger.add("category", f"category:{category.id}", category.name)
    asked = ", ".join(category.template.names)
    ledger.add("template", f"category:{category.id}", f"core attributes: {asked}")
    before = document.category
    others = [before, *before.alternatives] if before else []
    filed = CategoryPrediction(
        id=category.id, path=list(category.path), confidence=1.0,
        alternatives=[
            CategoryCandidate(id=c.id, path=c.path, confidence=c.confidence)
            for c in others if c.id != category.id
        ],
    )  # fmt: skip
    after = after.model_copy(update={"evidence": list(ledger), "category": filed})
    says = say.say("category", value=shown)
    return Edited(reader.refreshed(after), says, data={"category": category.id})
