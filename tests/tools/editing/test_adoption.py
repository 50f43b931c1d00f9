import random
import time

from hypothesis import given
from hypothesis import strategies as st

from tools.editing import kept_share
from tools.editing.adoption import tokens

_WORDS = st.lists(st.sampled_from(["a", "b", "c", "红", "色", "128"]), max_size=14).map(" ".join)


def _longest(a: list[str], b: list[str]) -> int:
    """The textbook table."""
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            same = table[i][j] + 1
            table[i + 1][j + 1] = same if x == y else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(_WORDS, _WORDS)
def test_the_share_is_the_longest_common_subsequence(draft: str, published: str) -> None:
    ours = tokens(draft)
    expected = _longest(ours, tokens(published)) / len(ours) if ours else 0.0
    assert kept_share(draft, published) == expected


@given(st.text(max_size=200))
def test_what_is_published_unchanged_is_kept_whole(text: str) -> None:
    assert kept_share(text, text) == (1.0 if tokens(text) else 0.0)


def test_chinese_characters_count_one_by_one() -> None:
    assert kept_share("蓝色手机", "红色手机") == 0.75
    assert kept_share("blue phone, 128 GB", "Blue phone 128 GB!") == 1.0
    assert kept_share("a b c d", "") == 0.0
    assert kept_share("", "a") == 0.0


def test_long_texts_are_compared_at_once() -> None:
    rng = random.Random(0)
    one, other = ("".join(rng.choices("的一是在不了有和人这", k=4000)) for _ in range(2))
    started = time.process_time()
    assert 0 < kept_share(one, other) < 1
    assert time.process_time() - started < 0.5
