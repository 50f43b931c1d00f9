"""Seeded chance: every random choice of the market is drawn from a generator named by its purpose.

One rule: a generator depends on its fields alone, never on what was drawn before, so that any part
of the market can be made again by itself, in any process, byte for byte.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def seed_of(*fields: object) -> int:
    """Returns a 63-bit seed made of the fields' text."""
    digest = hashlib.blake2b(repr(fields).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def lots(*fields: object) -> random.Random:
    """Returns the generator that the fields name, alike in every process."""
    return random.Random(seed_of(*fields))


def shuffled(rng: random.Random, items: Sequence[T]) -> list[T]:
    """Returns the items in a random order."""
    return rng.sample(items, len(items))


def chance(rng: random.Random, share: float) -> bool:
    """Returns True in `share` of the cases."""
    return rng.random() < share
