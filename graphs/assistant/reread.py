"""The node that reads a statement once more, for facts that no call took up.

Rule: only where the model took the message for a statement, only values of closed sets, and never
over what the model chose itself.
"""

from graphs.assistant.context import AssistantContext
from graphs.assistant.decide import made_here
from graphs.assistant.state import AssistantState, document_of, template_of
from graphs.listing.calls import SPANNED
from graphs.step import Step, Update, node
from listing import AttributeTemplate, ListingDocument, SpannedValue
from tools.attribute_extract import aextract_attributes
from tools.editing import quoted
from tools.normalise import same_value


@node("reread", reads=("piece", "calls"))
async def reread(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Read a statement once more for facts that no call took up; then go to the next piece."""
    context, at = step.context, state["piece"]
    update: Update = {"piece": at + 1, "closed": False}
    tried = {c["args"].get("attribute") for c in made_here(state) if c["name"] == "set_attribute"}
    if not tried:
        step.span.route("next", "no statement")
        return update
    document, text = document_of(state), state["pieces"][at]
    template = template_of(document, context.listing.taxonomy)
    arguments = {"source": f"seller:{state.get('statements', 0)}", "text": text}
    found = await step.call(
        "extract_attributes",
        arguments,
        SPANNED,
        lambda: aextract_attributes(context.model, text, template, config=context.config),
    )
    left = [
        v
        for v in found.value
        if v.attribute not in tried and not _known(document, v) and _sure(template, text, v)
    ]
    step.span.route("act" if left else "next", f"{len(left)} fact(s) that no call took up")
    start, turn_id = len(state.get("calls", [])), state["turn"]["id"]
    update["queue"] = [
        {
            "id": f"{turn_id}-r{start + n}",
            "name": "set_attribute",
            "args": {"attribute": value.attribute, "value": value.value},
            "by": "reread",
            "piece": at,
        }
        for n, value in enumerate(left, 1)
    ]
    return update


def _sure(template: AttributeTemplate, text: str, value: SpannedValue) -> bool:
    """Whether it is a value of a closed set that the message says.

    Names (brand, model) are left out: read from chat, they were wrong more often than they helped.
    """
    spec = template.get(value.attribute)
    return spec is not None and bool(spec.values) and quoted(text, spec, value.value) is not None


def _known(document: ListingDocument, value: SpannedValue) -> bool:
    known = document.attributes.get(value.attribute)
    return known is not None and same_value(value.attribute, known.value, value.value)
