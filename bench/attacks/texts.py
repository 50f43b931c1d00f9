"""The attack texts and the honest messages that the measurement sends.

Rule: the detection's cues were written while reading one part of the attacks; only the others, told
by a hash of the attack's number, are sent here. Honest messages are generated held-out turns.
"""

import hashlib
import json
import random
from dataclasses import dataclass
from typing import Any

from listing.errors import BadInputError
from training.assistant import generated_turn
from training.real import data_folder

FILE = "safety/prompt_injection.jsonl"
_HELD_OUT_TENTHS = 4
_NOT_HONEST = ("steering", "abuse", "off_topic")


@dataclass(frozen=True)
class Attack:
    """One text that tries to steer, with what its collection says of it."""

    id: str
    text: str
    technique: str
    language: str


@dataclass(frozen=True)
class HonestTurn:
    """One message of a seller who means their item."""

    kind: str
    text: str


def is_held_out(number: str) -> bool:
    """Tell whether an attack was kept from those who wrote the cues (two of five were)."""
    base = ":".join(number.split(":")[:2])
    return int(hashlib.sha256(base.encode()).hexdigest(), 16) % 10 < _HELD_OUT_TENTHS


def read_attacks(limit: int | None = None, seed: int = 0) -> list[Attack]:
    """Return the held-out attacks in an order drawn by `seed`, `limit` of them at most.

    Raises:
        BadInputError: the shared data is not there.
    """
    folder = data_folder()
    if folder is None or not (folder / FILE).is_file():
        raise BadInputError(f"{FILE}: is not there; set VOUCH_SHARED_DATA to the data's folder")
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    found = [_attack(json.loads(line)) for line in lines]
    held_out = [attack for attack in found if is_held_out(attack.id)]
    random.Random(seed).shuffle(held_out)
    return held_out[:limit]


def _attack(row: dict[str, Any]) -> Attack:
    return Attack(row["id"], row["text"], row["technique"], row["lang"])


def honest_turns(count: int, seed: int = 0) -> list[HonestTurn]:
    """Return generated messages of honest sellers, of all kinds that speak of the item."""
    rng, turns = random.Random(seed), list[HonestTurn]()
    while len(turns) < count:
        turn = generated_turn(rng, "held_out")
        if turn.kind not in _NOT_HONEST and turn.brief.message.strip():
            turns.append(HonestTurn(turn.kind, turn.brief.message))
    return turns
