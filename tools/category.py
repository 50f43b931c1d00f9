"""Which category of a taxonomy the photographed item belongs to, with honest confidence.

The model chooses among the leaf labels and nothing else; below the threshold the answer is None,
and the run goes on without a category rather than with a wrong one.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from listing import CategoryCandidate, CategoryPrediction
from models.decoding import achoose, choose
from models.logprobs import Choice
from models.prompts import RenderedPrompt, render
from tools.taxonomy import Taxonomy

PhotoBlocks = Sequence[dict[str, Any]]
"""Content blocks of one item's photos, as `models.decoding.image_block` makes them."""


def predict_category(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    taxonomy: Taxonomy,
    *,
    top_k: int = 5,
    threshold: float = 0.3,
    config: RunnableConfig | None = None,
) -> CategoryPrediction | None:
    """Return the likeliest leaf with up to `top_k - 1` alternatives, best first.

    All photos go into one question. None when there is no photo, the model names no category, or
    the best one's probability is below `threshold`.
    """
    if not photo_blocks:
        return None
    prompt = render("category")
    choices = choose(
        model,
        [photo_question(photo_blocks, prompt)],
        tuple(taxonomy.labels),
        top_k=top_k,
        config=merge_configs(config, {"metadata": prompt.metadata}),
    )
    return _prediction(choices, taxonomy, threshold)


async def apredict_category(
    model: BaseChatModel,
    photo_blocks: PhotoBlocks,
    taxonomy: Taxonomy,
    *,
    top_k: int = 5,
    threshold: float = 0.3,
    config: RunnableConfig | None = None,
) -> CategoryPrediction | None:
    """Return what `predict_category` returns, without blocking the event loop."""
    if not photo_blocks:
        return None
    prompt = render("category")
    choices = await achoose(
        model,
        [photo_question(photo_blocks, prompt)],
        tuple(taxonomy.labels),
        top_k=top_k,
        config=merge_configs(config, {"metadata": prompt.metadata}),
    )
    return _prediction(choices, taxonomy, threshold)


def photo_question(photo_blocks: PhotoBlocks, prompt: RenderedPrompt) -> HumanMessage:
    """Return the one message of a question about photos: the photos, then the prompt."""
    return HumanMessage(content=[*photo_blocks, {"type": "text", "text": prompt.text}])


def _prediction(
    choices: Sequence[Choice], taxonomy: Taxonomy, threshold: float
) -> CategoryPrediction | None:
    candidates = [c for choice in choices if (c := _candidate(choice, taxonomy)) is not None]
    if not candidates or candidates[0].confidence < threshold:
        return None
    return CategoryPrediction(**candidates[0].model_dump(), alternatives=candidates[1:])


def _candidate(choice: Choice, taxonomy: Taxonomy) -> CategoryCandidate | None:
    category = taxonomy.get(taxonomy.labels.get(choice.text, ""))
    if category is None:
        return None
    confidence = min(1.0, max(0.0, choice.probability))
    return CategoryCandidate(id=category.id, path=list(category.path), confidence=confidence)
