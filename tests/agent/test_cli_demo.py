"""`vouch demo`: a first listing, and commands that can be pasted."""

import shlex
from pathlib import Path

from tests.agent.conftest import Vouch


def test_a_first_listing_and_what_to_try_next(vouch: Vouch, home: Path, source: Path) -> None:
    vouch("index", "build", "demo", "--limit", "5")
    result = vouch("demo")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("drafted")
    assert "Index: " in result.stdout
    pasted = [
        shlex.split(line)
        for line in result.stdout.partition("Try next:")[2].splitlines()
        if line.strip().startswith("vouch draft /")
    ]
    photos = {Path(words[2]) for words in pasted}
    assert {p.name for p in photos} == {
        "phone.jpg", "phone-other-colour.jpg", "not-in-market.jpg", "prohibited.jpg",
        "lookalike.jpg",
    }  # fmt: skip
    assert all(p.is_file() and p.parent == home / "demo" for p in photos)
    for words in pasted[:1]:
        assert vouch(*words[1:]).exit_code == 0


def test_with_a_market_of_ones_own(vouch: Vouch, source: Path) -> None:
    vouch("index", "build", source)
    result = vouch("demo")
    assert result.exit_code == 0
    assert "is not the demo market" in result.stderr
