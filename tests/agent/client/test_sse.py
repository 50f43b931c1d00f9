"""Server-sent events from bytes, whatever way they are cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.client import VouchProtocolError, sse
from agent.client.sse import Frame, SseParser

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
NAMES = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=12)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[Frame]]:
    """A stream as bytes, with the frames that the standard reads in it."""
    text, frames, last = draw(st.sampled_from(["", "\ufeff"])), list[Frame](), ""
    for _ in range(draw(st.integers(0, 6))):
        end = draw(ENDS)
        kind, data = draw(NAMES), draw(st.lists(NAMES, max_size=3))
        if draw(st.booleans()):
            text += f": {draw(NAMES)}{end}"
        if draw(st.booleans()):
            last = draw(NAMES)
            text += f"id: {last}{end}"
        text += f"event: {kind}{end}" + "".join(f"data: {line}{end}" for line in data) + end
        if data:
            frames.append(Frame(kind or "message", "\n".join(data), last))
    return text.encode(), frames


@given(streams(), st.lists(st.integers(0, 400)))
def test_frames_are_the_same_however_the_bytes_are_cut(
    stream: tuple[bytes, list[Frame]], cuts: list[int]
) -> None:
    data, expected = stream
    edges = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    parser, found = SseParser(), list[Frame]()
    for start, end in itertools.pairwise(edges):
        found += parser.feed(data[start:end])
    found += parser.feed(b"\n")  # a lone CR at the end may have been half of CR LF
    assert found[: len(expected)] == expected and len(found) == len(expected)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_bytes_break_it(data: bytes, cut: int) -> None:
    whole, parts = SseParser(), SseParser()
    assert whole.feed(data) == [*parts.feed(data[:cut]), *parts.feed(data[cut:])]


def test_a_stream_that_ends_in_mid_event_sends_no_half_event() -> None:
    parser = SseParser()
    assert parser.feed(b"id: 1\nevent: token\ndata: half") == []


def test_a_colon_without_a_space_and_a_field_without_a_colon() -> None:
    parser = SseParser()
    assert parser.feed(b"data:a\ndata\ndata:  b\n\n") == [Frame("message", "a\n\n b", "")]


def test_the_server_says_how_long_to_wait() -> None:
    parser = SseParser()
    parser.feed(b"retry: 1500\nretry: soon\n")
    assert parser.retry_s == 1.5


def test_an_id_with_a_null_is_not_taken() -> None:
    assert SseParser().feed(b"id: a\nid: b\0\ndata: x\n\n") == [Frame("message", "x", "a")]


def test_an_event_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_FRAME", 100)
    parser = SseParser()
    with pytest.raises(VouchProtocolError, match="longer than 100"):
        for _ in range(30):
            parser.feed(b"data: more and more\n")
