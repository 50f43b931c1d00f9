"""The stream guard: the same release, halt and finding whatever the chunking, and no leak."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import stream_guard
from listing import SafetyFinding
from tools.safety import Policy, StreamGuard

POLICY = Policy.load()
CLEAN = (
    "Blue bicycle, two years old, with small scratches on the frame and new tyres. "
    "Phone with 128 GB, the screen has no scratches. Water pistol, 500 ml. "
    "Bought on 2023-10-05 for 1,299.00. Model WH-1000XM4, size 42 x 30 cm. "
    "蓝色自行车，用了两年，有轻微划痕。厨房菜刀 不锈钢。"
)
HARMFUL = [
    (rule.spec.id, text)
    for rule in POLICY.rules
    if rule.halts_stream and "description" in rule.spec.places
    for text in rule.spec.must
]


def chunks(text: str, sizes: list[int]) -> list[str]:
    out: list[str] = []
    at = turn = 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        out.append(text[at : at + size])
        at, turn = at + size, turn + 1
    return out


def run(
    text: str,
    sizes: list[int],
    max_chars: int | None = None,
    scorer: Callable[[str], float] | None = None,
) -> tuple[str, SafetyFinding | None, bool]:
    guard = StreamGuard(POLICY, "description", max_chars, scorer=scorer)
    shown = "".join(guard.feed(piece).release for piece in chunks(text, sizes))
    shown += guard.finish().release
    return shown, guard.finding, guard.truncated


SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=6)
WORDS = st.lists(
    st.sampled_from(
        [*CLEAN.split(" "), "\n", "gun", "pistol grip", "toy", "at", "5", "42", "\u200b"]
    ),
    max_size=60,
).map(" ".join)


@given(SIZES)
def test_clean_text_comes_out_whole(sizes: list[int]) -> None:
    assert run(CLEAN * 2, sizes) == (CLEAN * 2, None, False)


@settings(deadline=None)
@given(WORDS, SIZES, st.none() | st.integers(10, 200))
def test_chunking_changes_nothing(text: str, sizes: list[int], limit: int | None) -> None:
    whole = run(text, [max(1, len(text))], limit)
    assert run(text, sizes, limit) == whole
    assert text.startswith(whole[0])
    if whole[1] is None and not whole[2]:
        assert whole[0] == text


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(HARMFUL), SIZES, st.integers(0, 200), st.integers(0, 120))
def test_nothing_of_a_harmful_match_is_shown(
    harm: tuple[str, str], sizes: list[int], before: int, after: int
) -> None:
    text = f"{CLEAN[:before]}\n{harm[1]}\n{CLEAN[:after]}"
    blocking = [f for f in POLICY.check_text(text, "description") if f.action == "block"]
    blocking = [f for f in blocking if f.rule not in ("placeholder", "missing-text")]
    shown, finding, _ = run(text, sizes)
    assert finding is not None
    assert finding == run(text, [len(text)])[1]
    assert finding.rule in {f.rule for f in blocking}
    starts = [f.start for f in blocking if f.start is not None]
    assert len(shown) <= min(starts)
    assert text.startswith(shown)


def test_a_match_stretched_with_invisible_signs_is_still_held_back() -> None:
    text = (
        CLEAN + "\u200b".join("w h a t s a p p ") + "\u200b" * 300 + " me now, or write. " + CLEAN
    )
    shown, finding, _ = run(text, [3])
    assert finding is not None
    assert shown == CLEAN[: len(shown)]


def test_guard_stops_early_and_then_stays_silent() -> None:
    guard = StreamGuard(POLICY, "description")
    text = "Nice handgun for sale. " + CLEAN * 10
    taken = 0
    for piece in chunks(text, [5]):
        step = guard.feed(piece)
        taken += len(piece)
        if step.done:
            break
    assert step.halted
    assert step.finding is not None
    assert step.finding.rule == "weapon"
    assert taken < 150
    assert guard.feed("more").release == ""
    assert guard.finish().release == ""


def test_warnings_and_restrictions_do_not_halt() -> None:
    text = "Bicycle helmet, 100 % authentic, lowest price. See photos."
    assert run(text, [4]) == (text, None, False)


@given(SIZES, st.integers(20, 300))
def test_long_text_is_cut_at_a_sentence_or_word(sizes: list[int], limit: int) -> None:
    text = "Blue bicycle with two wheels. It has a bell. " * 20
    shown, finding, truncated = run(text, sizes, limit)
    assert truncated
    assert finding is None
    assert len(shown) <= limit
    assert text.startswith(shown)
    assert not (text[len(shown)].isalnum() and shown[-1:].isalnum())


def test_text_of_exactly_the_limit_is_not_cut() -> None:
    assert run(CLEAN, [7], len(CLEAN)) == (CLEAN, None, False)


@given(SIZES)
def test_two_flagged_tokens_in_a_row_halt(sizes: list[int]) -> None:
    def scorer(text: str) -> float:
        return float(text.endswith(("foul", "vile")))

    text = f"{CLEAN} foul fine vile words. {CLEAN} foul vile {CLEAN}"
    shown, finding, _ = run(text, sizes, scorer=scorer)
    assert finding is not None
    assert finding.rule == "scorer"
    assert "foul vile" not in shown
    assert "foul fine vile" in shown
    alone = f"{CLEAN} foul fine vile words."
    assert run(alone, sizes, scorer=scorer) == (alone, None, False)


def test_bench_reports_no_leak(capsys: pytest.CaptureFixture[str]) -> None:
    assert stream_guard.main(["--drafts", "4", "--peer-drafts", "1", "--json"]) == 0
    out = capsys.readouterr().out
    assert '"caught"' in out
    assert '"drafts_leaking": 0' in out


def test_the_example_of_the_docs_does_what_it_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "safety.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    assert names["guard"].finding.rule == "contact-handle"
    assert names["guard"].done
