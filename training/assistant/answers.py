"""Samples of answering: what came of a message, told in one or two short sentences.

Rule: an answer says its outcomes in their own words; before them stands at most a word or two that
state nothing.
"""

import random
from collections.abc import Mapping

from tools.assistant import answer_prompt
from tools.editing.catalogue import catalogue
from training.assistant.parts import Call
from training.assistant.turns import generated_turn
from training.assistant.values import money
from training.assistant.wordings import Language, Split
from training.marketplace.lots import chance
from training.sequences import Sample

_LEADS: Mapping[Language, tuple[str, ...]] = {
    "en": ("", "", "", "", "", "Done. ", "All right. ", "Okay. "),
    "zh": ("", "", "", "", "", "好的。", "好了。"),
}
_SAYS: Mapping[str, tuple[str, ...]] = {
    "set_attribute": ("stated", "stated", "corrected", "already", "unclear_value"),
    "rewrite": ("rewritten", "rewrite_failed", "rewrite_same"),
    "skip_question": ("skipped",),
    "explain_claim": ("why_seller", "why_photo", "why_unsupported", "why_general", "why_plain"),
}


def answer_samples(count: int, seed: int, split: Split = "train") -> list[Sample]:
    """Return `count` samples of wording an answer."""
    rng = random.Random(f"answers {split} {seed}")
    samples: list[Sample] = []
    while len(samples) < count:
        turn = generated_turn(rng, split)
        said = [s for c in turn.calls if (s := _outcome(rng, turn.language, c, turn.brief.facts))]
        if said:
            prompt = answer_prompt(turn.brief.message, said, turn.language).text
            between = "" if turn.language == "zh" else " "
            lead = rng.choice(_LEADS[turn.language])
            samples.append(Sample("answer", prompt, lead + between.join(said)))
    return samples


def _outcome(
    rng: random.Random, language: Language, made: Call, facts: Mapping[str, str]
) -> str | None:
    """Return what could come of a call, in the words of the product; None where it has none."""
    given = made.arguments
    key = _key(rng, made)
    if key is None:
        return None
    name = given.get("attribute") or rng.choice(list(facts) or ["condition"])
    value = given.get("value") or given.get("words") or facts.get(name, "")
    words = catalogue(language)
    fields = {
        "label": words.label(name), "value": value, "words": value,
        "old": facts.get(name, rng.choice(list(facts.values()) or [value])),
        "price": money(rng, language), "quote": value,
        "low": str(rng.randint(10, 60)), "high": str(rng.randint(61, 400)),
        "language": words.file.languages.get(given.get("language") or "", ""), "other": value,
        "count": str(rng.randint(2, 30)), "suggested": str(rng.randint(5, 300)), "currency": "EUR",
    }  # fmt: skip
    return words.say(key, **fields)


def _key(rng: random.Random, made: Call) -> str | None:
    given = made.arguments
    if made.name == "set_attribute" and given["value"] is None:
        return "taken_back"
    if given.get("attribute") == "price":
        return rng.choice(("price", "price", "price_already"))
    if made.name == "rewrite" and chance(rng, 0.7):
        return "translated" if given["wish"] == "translate" else f"rewritten_{given['wish']}"
    if made.name == "suggest_price":
        return "price_far"
    found = _SAYS.get(made.name)
    return rng.choice(found) if found else None
