"""What retrieved listings may vouch for: pure functions over what was read of them.

A listing speaks for the model, an identical one also for the variant, none for the item itself; and
only where the reading of it can be trusted.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from listing import AttributeSpec, AttributeTemplate, AttributeValue, Reference
from tools.normalise import phrase_key, same_value


def contradicted(
    reference: Reference, attributes: Mapping[str, AttributeValue], template: AttributeTemplate
) -> AttributeSpec | None:
    """The first visible attribute for which the photo shows another value than `reference` says."""
    for spec in template.attributes:
        seen, said = attributes.get(spec.name), reference.attributes.get(spec.name)
        shown = spec.visible and seen is not None and seen.source == "photo"
        if shown and said and seen and not same_value(spec.name, seen.value, said):
            return spec
    return None


def vouched(spec: AttributeSpec, read: Sequence[Reference]) -> str | None:
    """The value that references may vouch for, by the attribute's scope; None without agreement.

    Item-scope values are another item's. Variant values need an identical listing. Where listings
    differ, a value counts only with two thirds of those that state one.
    """
    if spec.scope == "item":
        return None
    allowed = [r for r in read if spec.scope == "model" or r.match == "identical"]
    stated = [r.attributes[spec.name] for r in allowed if r.attributes.get(spec.name)]
    if not stated:
        return None
    groups: Counter[int] = Counter()
    for i, value in enumerate(stated):
        first = next(j for j in range(i + 1) if same_value(spec.name, stated[j], value))
        groups[first] += 1
    best, votes = groups.most_common(1)[0]
    return stated[best] if 3 * votes >= 2 * len(stated) else None


def without_doubtful_brands(
    read: Sequence[Reference], announced: Collection[str] = ()
) -> list[Reference]:
    """Return the listings, each without a brand that may be its model's name misread.

    A listing that names its model alone ("WTS Skonis 24 mug") reads as if that were a brand. So a
    brand counts where another listing reads the same one, where the same listing also states a
    model that does not begin with it, or where the listing calls it a brand ("made by", "brand:"):
    then its id is in `announced`. What is left out is asked.
    """
    kept = []
    for i, one in enumerate(read):
        brand = one.attributes.get("brand")
        others = [r.attributes.get("brand") for j, r in enumerate(read) if j != i]
        agreed = one.id in announced or any(
            o and brand and same_value("brand", o, brand) for o in others
        )
        if brand and not agreed and not _beside_a_model(brand, one.attributes.get("model")):
            rest = {n: v for n, v in one.attributes.items() if n != "brand"}
            one = one.model_copy(update={"attributes": rest})
        kept.append(one)
    return kept


def _beside_a_model(brand: str, model: str | None) -> bool:
    if not model:
        return False
    name, start = phrase_key(model).split(), phrase_key(brand).split()
    return name[: len(start)] != start
