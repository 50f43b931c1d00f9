"""Who may vouch for what: an item of evidence, an attribute, and whether the item says the words.

Rule: the seller and the photo speak of any attribute, an identical listing of the model and the
variant, a similar one of the model alone. No code of the audit or of normalisation is used.
"""

from bench.injected_errors.drafts import RecordedDraft
from bench.injected_errors.values import agrees, quantities, tokens
from listing import AttributeSpec, Evidence

UNKNOWN = "unknown"
"""The attribute of a word that neither the market nor an honest draft has."""
_ANYTHING = ("seller", "photo")


def may_speak(evidence: Evidence, attribute: str, draft: RecordedDraft) -> bool:
    """Tell whether an item of evidence may vouch for a value of the attribute."""
    if evidence.kind in _ANYTHING:
        return True
    if evidence.kind in ("category", "template"):
        return attribute == UNKNOWN
    if evidence.kind != "reference":
        return False
    if attribute == UNKNOWN:
        return True
    spec = next((s for s in specs_of(draft) if s.name == attribute), None)
    scope = spec.scope if spec else "item"
    match = {r.id: r.match for r in draft.references}.get(evidence.source.partition(":")[2])
    return scope == "model" or (scope == "variant" and match == "identical")


def says(evidence: Evidence, attribute: str, words: str) -> bool:
    """Tell whether an item of evidence states the words for the attribute."""
    if evidence.attribute and evidence.value:
        return evidence.attribute == attribute and agrees(attribute, words, evidence.value)
    if attribute != UNKNOWN and any(True for _ in quantities(words)):
        return any(agrees(attribute, text, words) for text, _, _ in quantities(evidence.text))
    said, asked = tokens(evidence.text), tokens(words)
    return any(said[i : i + len(asked)] == asked for i in range(len(said) - len(asked) + 1))


def specs_of(draft: RecordedDraft) -> list[AttributeSpec]:
    """Return the attributes of the true category, then those of the one that the run took."""
    both = (*draft.true_template.attributes, *draft.template.attributes)
    return list({spec.name: spec for spec in reversed(both)}.values())[::-1]
