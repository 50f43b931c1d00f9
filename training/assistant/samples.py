"""Training samples of the assistant: one for each choice of a call, and answers in words.

Rule: the prompts are those of serving; an answer says what its outcomes say and nothing more.
"""

import json
import random
from collections.abc import Sequence

from transformers import PreTrainedTokenizerFast

from tools.assistant import turn_prompt
from training.assistant.parts import Call
from training.assistant.steps import turn_steps
from training.assistant.turns import GeneratedTurn, generated_turns
from training.assistant.wordings import Split
from training.sequences import Sample, TokenSequence, behind_one_front, encode_samples

ENDINGS = 0.25
"""Of the last steps of turns, which are all alike, the share that is trained on."""
LONGEST = 1400
"""Tokens of the sequences that are joined into one; attention's cost grows with the square."""


def call_text(call: Call) -> str:
    """Return a call as the model writes it."""
    body = {"name": call.name, "arguments": dict(call.arguments)}
    return f"<tool_call>\n{json.dumps(body, ensure_ascii=False)}\n</tool_call>"


def turn_samples(turn: GeneratedTurn, rng: random.Random) -> list[Sample]:
    """Return a sample for each step of a turn; of the endings, which are all alike, a share."""
    return [
        Sample(f"turn_{turn.kind}", turn_prompt(brief).text, call_text(call), tools=True)
        for brief, call in turn_steps(turn, rng)
        if call.arguments.get("topic") != "done" or rng.random() < ENDINGS
    ]


def assistant_samples(
    count: int, seed: int, split: Split = "train", together: int = 2
) -> list[list[Sample]]:
    """Return about `count` samples of choosing calls in groups whose prompts begin alike.

    A group is that of `together` turns of one scene.
    """
    rng = random.Random(f"assistant {split} {seed}")
    groups: list[list[Sample]] = []
    while sum(map(len, groups)) < count:
        turns = generated_turns(rng, split, together)
        group = [sample for turn in turns for sample in turn_samples(turn, rng)]
        groups += [group] if group else []
    return groups


def joined_turns(
    groups: Sequence[Sequence[Sample]], tokenizer: PreTrainedTokenizerFast
) -> list[TokenSequence]:
    """Return the groups as sequences, each behind one front and of bounded length."""
    found: list[TokenSequence] = []
    for group in groups:
        items = encode_samples(group, tokenizer, 0)
        parts = 1 + sum(len(item.ids) for item in items) // LONGEST
        size = -(-len(items) // parts)
        for at in range(0, len(items), size):
            part = items[at : at + size]
            found.append(behind_one_front(part) if len(part) > 1 else part[0])
    return found
