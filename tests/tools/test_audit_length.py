"""A long text is read in time that grows with its length: no seller can hold up the others."""

import time

import pytest

from tools.audit.matching import phrase_claims

LONGEST = 20_000
"""Characters of a description that may be published."""


@pytest.mark.parametrize("piece", ["0", "9.", "9,,", "1 ", "12-", "a", " ", "A1"])
def test_the_longest_text_is_read_at_once(piece: str) -> None:
    began = time.process_time()
    list(phrase_claims("description", (piece * LONGEST)[:LONGEST]))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "attribute", "words"),
    [
        ("for sale,50 € now", "price", "50 €"),
        ("12.500,00 € asked", "price", "12.500,00 €"),
        ("3 months old", "history", "3 months old"),
        ("24-month guarantee", "warranty", "24-month guarantee"),
    ],
)
def test_what_it_claims_stays(text: str, attribute: str, words: str) -> None:
    assert (attribute, words) in [(c.attribute, c.text) for c in phrase_claims("description", text)]
