"""Questions to the seller: what the template wants and nobody knows."""

from collections.abc import Iterable, Mapping

from listing import AttributeTemplate, AttributeValue, Claim, Question


def questions(
    template: AttributeTemplate,
    attributes: Mapping[str, AttributeValue],
    claims: Iterable[Claim],
    limit: int = 3,
) -> list[Question]:
    """Return at most `limit` questions, in the template's order, the most important first.

    An attribute is known when it has a value or a supported claim; a contradicted or unsupported
    claim leaves it open.
    """
    known = set(attributes) | {c.attribute for c in claims if c.verdict == "supported"}
    wanted = (spec for spec in template.attributes if spec.name not in known)
    found = [
        Question(
            attribute=spec.name,
            text=spec.question or f"What is the {spec.label}?",
            values=list(spec.values),
        )
        for spec in wanted
    ]
    return found[: max(0, limit)]
