"""Questions to the seller: what the template wants and nobody knows."""

from collections.abc import Iterable, Mapping

from listing import AttributeTemplate, AttributeValue, Claim, Question
from tools.normalise import attribute_key, is_placeholder


def questions(
    template: AttributeTemplate,
    attributes: Mapping[str, AttributeValue],
    claims: Iterable[Claim],
    limit: int = 3,
    *,
    taken_back: Iterable[str] = (),
) -> list[Question]:
    """Return at most `limit` questions: first what was taken back, then in the template's order.

    An attribute is known when it has a value, other than a placeholder, or a supported claim; a
    contradicted or unsupported claim leaves it open. `taken_back` names attributes that the draft
    stated and `revise` cut; what is known, or not in the template, is not asked even so.
    """
    known = {name for name, value in attributes.items() if not is_placeholder(value.value)}
    known |= {c.attribute for c in claims if c.verdict == "supported"}
    first = {attribute_key(name) for name in taken_back}
    wanted = [spec for spec in template.attributes if spec.name not in known]
    wanted.sort(key=lambda spec: spec.name not in first)
    found = [
        Question(
            attribute=spec.name,
            text=spec.question or f"What is the {spec.label}?",
            values=list(spec.values),
        )
        for spec in wanted
    ]
    return found[: max(0, limit)]
