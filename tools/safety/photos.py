"""The photo check: every photo is asked, before anything else, which class of risk it shows.

It fails closed: when the model cannot answer, the item is blocked and the notice says why.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from listing import SafetyFinding
from listing.errors import ModelError
from models.decoding import achoose
from models.prompts import render
from tools.safety.policy import PhotoClass, Policy

HARMLESS = "none"
"""The choice for a photo that shows nothing of the photo classes."""


async def check_photos(
    model: BaseChatModel,
    photo_blocks: Sequence[dict[str, Any]],
    policy: Policy,
    *,
    config: RunnableConfig | None = None,
) -> list[SafetyFinding]:
    """Return what the photos show that `policy` has a class for: one finding per class.

    Each photo is one question; of several photos of a class the surest is kept. When the model
    fails, or names no class at all, a finding `checker-failed` blocks, since a class that blocks
    may be in the photo.
    """
    classes = {c.label: c for c in policy.photo_classes}
    if not classes:
        return []
    found: dict[str, SafetyFinding] = {}
    for block in photo_blocks:
        try:
            finding = await _check_photo(model, block, classes, config)
        except ModelError:
            return [_failed()]
        if finding is not None:
            known = found.get(finding.rule)
            if known is None or known.confidence < finding.confidence:
                found[finding.rule] = finding
    return list(found.values())


async def _check_photo(
    model: BaseChatModel,
    block: dict[str, Any],
    classes: dict[str, PhotoClass],
    config: RunnableConfig | None,
) -> SafetyFinding | None:
    labels = [HARMLESS, *classes]
    prompt = render("photo_safety")
    content: list[str | dict[str, Any]] = [block, {"type": "text", "text": prompt.text}]
    answers = await achoose(
        model,
        [HumanMessage(content=content)],
        labels,
        top_k=len(labels),
        config=merge_configs(config, {"metadata": prompt.metadata}),
    )
    if not answers:
        return _failed()
    for answer in answers:
        shown = classes.get(answer.text)
        if shown is not None and answer.probability >= shown.threshold:
            return SafetyFinding(
                rule=shown.rule,
                risk=shown.risk,
                action=shown.action,
                where="photo",
                notice=shown.notice,
                confidence=min(answer.probability, 1.0),
            )
    return None


def _failed() -> SafetyFinding:
    return SafetyFinding(
        rule="checker-failed",
        risk="G1",
        action="block",
        where="photo",
        notice="The photos could not be checked, so no draft is written. Try again later, or fill "
        "in the form yourself; your photos are kept.",
    )
