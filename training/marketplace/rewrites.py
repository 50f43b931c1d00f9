"""Pairs for rewriting: a draft, a seller's wish in words, and the draft as it should then read.

One rule: a rewriting changes words, never facts: the target states the same values under the same
title.
"""

import random
from dataclasses import dataclass, replace
from typing import Literal

from training.marketplace.drafts import Draft, Style, honest_draft
from training.marketplace.sentences import phrases

Wish = Literal["shorter", "longer", "warmer", "plainer"]
_STYLES: dict[Wish, Style] = {
    "shorter": "short", "longer": "long", "warmer": "warm", "plainer": "bare",
}  # fmt: skip


@dataclass(frozen=True)
class Rewriting:
    """`words` is how the seller says the wish; `target` is what the rewriter should answer."""

    draft: Draft
    wish: Wish
    words: str
    target: Draft


def rewrite_pair(draft: Draft, wish: Wish, rng: random.Random) -> Rewriting:
    """Returns the pair for a wish. A shorter (longer) target really is shorter (longer)."""
    style = _STYLES[wish]
    words = rng.choice(phrases()["wishes"][style])
    source = draft
    while True:
        target = honest_draft(draft.kind, draft.category_name, draft.values, rng, style=style)
        grows = len(target.description) - len(source.description)
        fits = {"shorter": grows < 0, "longer": grows > 0}.get(wish, True)
        if fits and target.description != source.description:
            break
        if not fits:
            other: Style = "long" if wish == "shorter" else "short"
            source = honest_draft(draft.kind, draft.category_name, draft.values, rng, style=other)
            source = replace(source, title=draft.title, title_spans=draft.title_spans)
    target = replace(target, title=draft.title, title_spans=draft.title_spans)
    return Rewriting(source, wish, words, target)
