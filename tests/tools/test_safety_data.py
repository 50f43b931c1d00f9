"""The policy on real data: clean listings, real word lists, known instruction attacks."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tools.safety import Policy, StreamGuard

SHARED = Path(
    os.environ.get("VOUCH_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data")
)
POLICY = Policy.load()


def rows(name: str) -> list[dict[str, Any]]:
    file = SHARED / name
    if not file.is_file():
        pytest.skip(f"no shared data at {file}")
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_clean_listings_are_hardly_ever_blocked() -> None:
    listings = rows("listings/listings.jsonl")[::4]
    blocked = instructed = 0
    for row in listings:
        text = f"{row['title']}\n{row['description'] or ''}"
        blocked += any(f.action == "block" for f in POLICY.check_text(text, "seller"))
        instructed += bool(POLICY.find_instructions(text))
    assert 1000 * blocked / len(listings) < 3
    assert 1000 * instructed / len(listings) < 1


def test_most_english_instruction_attacks_are_flagged() -> None:
    attacks = [r for r in rows("safety/prompt_injection.jsonl") if r["lang"] == "English"]
    found = sum(bool(POLICY.find_instructions(r["text"])) for r in attacks)
    assert found / len(attacks) > 0.7


def test_big_word_lists_stay_fast() -> None:
    rows("safety/profanity.jsonl")
    folder = SHARED / "safety"
    policy = Policy.load(lexicons=[folder / "profanity.jsonl", folder / "zh_sensitive_terms.jsonl"])
    assert policy.term_count > 40_000
    text = "Blue bicycle, two years old, with small scratches on the frame. " * 20
    guard = StreamGuard(policy, "description")
    started = time.process_time()
    for at in range(0, len(text), 4):
        guard.feed(text[at : at + 4])
    assert guard.finish().finding is None
    assert time.process_time() - started < 1.0
    terms = [r["term"] for r in rows("safety/zh_sensitive_terms.jsonl") if len(r["term"]) == 4]
    hit = sum(bool(policy.check_text(f"好用的{t}。", "description")) for t in terms)
    assert hit / len(terms) > 0.98
