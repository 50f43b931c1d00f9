"""What there is to read in a message, apart from any call: its labels, and a tag for each token.

Rule: labels and tags follow from the expected calls of the turn; answers to a question are left
out of what attributes a message states, since the question decides that.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerFast

from tools.assistant import PRICE, TOOLS
from training.assistant.parts import Call
from training.assistant.turns import GeneratedTurn, generated_turn
from training.assistant.wordings import Split
from training.marketplace.goods import goods

UNKNOWN = -100
"""The tag of tokens that cannot be told from the message alone."""
_LEAD, _END = "Seller: ", "<|im_end|>"


@dataclass(frozen=True)
class Reading:
    """A message's tokens as they stand in a prompt, the labels that hold, and each token's tag."""

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    tags: tuple[int, ...]


def attribute_names() -> tuple[str, ...]:
    """Return the names of all attributes of the market, and the price."""
    names = {n: None for one in goods().values() for n in one.template.names}
    return (*names, PRICE)


def label_names() -> tuple[str, ...]:
    """Return the labels: tools, topics and wishes, attributes stated, a value taken back."""
    topics = ("help", "small_talk", "off_topic", "abuse", "steering", "unclear")
    wishes = ("shorter", "longer", "warmer", "plainer", "translate")
    return (*TOOLS, *topics, *wishes, *attribute_names(), "taken back")


def tag_names() -> tuple[str, ...]:
    """Return the tags: none, each attribute, words that are asked about."""
    return ("", *attribute_names(), "words")


def readings(
    tokenizer: PreTrainedTokenizerFast, count: int, seed: int, split: Split = "train"
) -> list[Reading]:
    """Return the readings of `count` messages, the shortest first."""
    rng = random.Random(f"readings {split} {seed}")
    turns = [generated_turn(rng, split) for _ in range(count)]
    texts = [f"{_LEAD}{turn.brief.message}{_END}" for turn in turns]
    made = tokenizer(texts, add_special_tokens=False, return_offsets_mapping=True)
    places = {name: i for i, name in enumerate(label_names())}
    found = [
        Reading(tuple(ids), tuple(places[n] for n in _labels(turn)), _tags(turn, offsets))
        for turn, ids, offsets in zip(turns, made["input_ids"], made["offset_mapping"], strict=True)
    ]
    return sorted(found, key=lambda reading: len(reading.ids))


def _acts(turn: GeneratedTurn) -> Iterator[Call]:
    return (c for c in turn.calls if c.arguments.get("topic") != "done")


def _labels(turn: GeneratedTurn) -> set[str]:
    found: set[str] = set()
    for call in _acts(turn):
        given = call.arguments
        found.add(call.name)
        found |= {str(given[key]) for key in ("topic", "wish") if key in given}
        if call.name == "set_attribute":
            found |= {"taken back"} if given["value"] is None else set()
            found |= set() if turn.kind == "answers" else {str(given["attribute"])}
    return found


def _tags(turn: GeneratedTurn, offsets: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    places = {name: i for i, name in enumerate(tag_names())}
    tags = [0] * len(offsets)
    for call in _acts(turn):
        name = call.arguments.get("attribute") or "words"
        words = call.arguments.get("value") or call.arguments.get("words")
        if not words:
            continue
        start = len(_LEAD) + turn.brief.message.index(words)
        tag = UNKNOWN if turn.kind == "answers" else places[name]
        for at, (begin, end) in enumerate(offsets):
            if end > start and begin < start + len(words):
                tags[at] = tag
    return tuple(tags)
