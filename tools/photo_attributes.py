"""What a photo alone can tell: the value of a visible attribute, and whether a value holds.

A value that came from a listing is checked against the seller's own photo before it is trusted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from listing import AttributeSpec
from models.decoding import achoose, choose
from models.logprobs import Choice
from models.prompts import render
from tools.category import PhotoBlocks, photo_question

_ANSWERS = ("yes", "no")


@dataclass(frozen=True)
class PhotoReading:
    """A value of the closed set of `attribute`, with the model's probability for it."""

    attribute: str
    value: str
    probability: float


def read_photo_attribute(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    spec: AttributeSpec,
    *,
    config: RunnableConfig | None = None,
) -> PhotoReading | None:
    """Return the likeliest of `spec.values` for the photographed item.

    None when there is no photo, the set is open, or the model names none of its values.
    """
    if not photo_blocks or not spec.values:
        return None
    prompt = render("photo_attribute", label=spec.label)
    config = merge_configs(config, {"metadata": prompt.metadata})
    question = [photo_question(photo_blocks, prompt)]
    return _reading(spec, choose(model, question, spec.values, config=config))


async def aread_photo_attribute(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    spec: AttributeSpec,
    *,
    config: RunnableConfig | None = None,
) -> PhotoReading | None:
    """Return what `read_photo_attribute` returns, without blocking the event loop."""
    if not photo_blocks or not spec.values:
        return None
    prompt = render("photo_attribute", label=spec.label)
    config = merge_configs(config, {"metadata": prompt.metadata})
    question = [photo_question(photo_blocks, prompt)]
    return _reading(spec, await achoose(model, question, spec.values, config=config))


def check_value(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    spec: AttributeSpec,
    value: str,
    *,
    config: RunnableConfig | None = None,
) -> float:
    """Return the probability, in [0, 1], that the photo shows `value`; 0.5 when nobody can tell."""
    if not photo_blocks:
        return 0.5
    prompt = render("photo_check", label=spec.label, value=value)
    config = merge_configs(config, {"metadata": prompt.metadata})
    question = [photo_question(photo_blocks, prompt)]
    return _yes(choose(model, question, _ANSWERS, top_k=2, config=config))


async def acheck_value(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    spec: AttributeSpec,
    value: str,
    *,
    config: RunnableConfig | None = None,
) -> float:
    """Return what `check_value` returns, without blocking the event loop."""
    if not photo_blocks:
        return 0.5
    prompt = render("photo_check", label=spec.label, value=value)
    config = merge_configs(config, {"metadata": prompt.metadata})
    question = [photo_question(photo_blocks, prompt)]
    return _yes(await achoose(model, question, _ANSWERS, top_k=2, config=config))


def _reading(spec: AttributeSpec, choices: Sequence[Choice]) -> PhotoReading | None:
    if not choices:
        return None
    return PhotoReading(spec.name, choices[0].text, choices[0].probability)


def _yes(choices: Sequence[Choice]) -> float:
    probability = {choice.text: choice.probability for choice in choices}
    if "yes" in probability:
        return probability["yes"]
    return 1.0 - probability["no"] if "no" in probability else 0.5
