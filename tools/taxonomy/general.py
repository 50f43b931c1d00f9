"""The template of a thing whose category nobody knows.

Rule: only attributes that any goods may have, in the taxonomy's own wording.
"""

from listing import AttributeTemplate
from tools.taxonomy.tree import Taxonomy


def general_template(taxonomy: Taxonomy) -> AttributeTemplate:
    """Return brand, model, colour, size, material, condition as the taxonomy knows them."""
    wanted = ("brand", "model", "colour", "size", "material", "condition", "accessories")
    found = {}
    for leaf in taxonomy.leaves:
        for spec in leaf.template.attributes:
            if spec.name in wanted and (spec.name not in found):
                found[spec.name] = (
                    spec
                    if spec.name in ("colour", "condition")
                    else spec.model_copy(update={"values": (), "label": spec.name})
                )
        if len(found) == len(wanted):
            break
    return AttributeTemplate(attributes=tuple(found[n] for n in wanted if n in found))
