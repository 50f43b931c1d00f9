"""Both clients against the whole service over real HTTP."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.client import (
    AsyncVouchClient,
    Call,
    DoneEvent,
    Edit,
    Event,
    Patience,
    UnknownEvent,
    VouchApiError,
    VouchClient,
    VouchConnectionError,
)
from tests.agent.served import Served, cutting, served
from tests.graphs.conftest import jpeg

QUICK = Patience(backoff_s=0.01)
BLUE = [("set_attribute", {"attribute": "colour", "value": "blue"})]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("service")) as it:
        yield it


@pytest.fixture
def client(service: Served) -> Iterator[VouchClient]:
    with VouchClient(service.address) as client:
        yield client


def test_from_photo_to_published(service: Served, client: VouchClient) -> None:
    service.mind.when("it is blue", BLUE)
    first = client.draft([jpeg("red")], "a mug").result()
    thread, listing = first.thread_id, first.document.listing_id
    assert first.document.status == "drafted" and first.document.price is not None
    corrected = client.send(thread, "it is blue").document()
    assert corrected.attributes["colour"].value == "blue"
    assert corrected.attributes["colour"].source == "seller"
    priced = client.send(thread, edits=[Edit(field="price", value="11 EUR")]).document()
    assert priced.asking_price is not None and priced.asking_price.amount == 11
    assert client.thread(thread).can_undo
    assert client.undo(thread).document.asking_price is None
    asked = client.send(thread, call=Call(name="publish")).result()
    assert asked.interrupt is not None and asked.interrupt.kind == "publish"
    assert client.thread(thread).interrupt is not None
    done = client.resume(thread, asked.interrupt.id, {"confirm": True}).document()
    assert done.published is not None and done.published.kept == 0.75  # red became blue
    assert client.listing(listing).published == done.published
    assert client.text(listing).startswith(done.title)
    assert [t.thread_id for t in client.threads() if t.status == "published"] == [thread]


def test_a_listing_is_published_in_other_words(client: VouchClient) -> None:
    drafted = client.draft([jpeg("red")]).document()
    published = client.publish(drafted.listing_id, "Mug", "A red mug, hardly used.", "9 EUR")
    assert published.title == "Mug" and published.price is not None
    assert published.price.amount == 9 and 0 < published.kept < 1


def test_every_event_has_its_type(client: VouchClient) -> None:
    events = list(client.draft([jpeg("red")]))
    kinds = {event.event for event in events}
    assert {"step", "category", "reference", "token", "claim", "tool_result", "message"} <= kinds
    assert not [event for event in events if isinstance(event, UnknownEvent)]
    assert isinstance(events[-1], DoneEvent) and events[-1].usage is not None
    assert events[-1].usage.input_tokens > 0


def test_a_run_can_be_looked_into(client: VouchClient) -> None:
    trace_id = client.draft([jpeg("red")]).document().trace_id
    assert client.trace(trace_id)[0]["resourceSpans"]
    names = [step["name"] for step in client.steps(trace_id)["steps"]]
    assert "node write_draft" in names
    assert "<html" in client.audit(trace_id)


def test_what_is_forgotten_is_gone(client: VouchClient) -> None:
    thread = client.new_thread()
    client.delete(thread)
    with pytest.raises(VouchApiError) as raised:
        client.thread(thread)
    assert raised.value.status == 404
    with pytest.raises(VouchApiError, match="404"):
        client.send(thread, "hello")


def test_a_thread_in_which_nothing_was_said(client: VouchClient) -> None:
    thread = client.new_thread()
    assert client.thread(thread).listing is None and client.stop(thread) is False
    with pytest.raises(VouchConnectionError, match="no turn to go on with"):
        client.follow(thread)


def test_the_last_turn_can_be_read_again(client: VouchClient) -> None:
    turn = client.draft([jpeg("red")])
    events = list(turn)
    again = list(client.follow(turn.thread_id or ""))
    rest = list(client.follow(turn.thread_id or "", after=events[5].event_id))
    assert again == events and rest == events[6:]


def test_a_bad_photo_is_named(client: VouchClient, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("not a photo")
    with pytest.raises(VouchApiError, match=r"notes\.jpg") as raised:
        client.draft([tmp_path / "notes.jpg"])
    assert raised.value.status == 422


CUTS = ((1300,), (1500, 300), (2000, 1400, 2500), (9000,))
"""The head of an answer is about 1,000 bytes."""


@pytest.mark.parametrize("budgets", CUTS)
def test_no_event_is_lost_or_doubled_on_a_line_that_breaks(
    service: Served, budgets: tuple[int, ...]
) -> None:
    with (
        cutting(service.address, *budgets) as (line, cuts),
        VouchClient(line, patience=QUICK) as client,
        client.draft([jpeg("red")]) as turn,
    ):
        events = list(turn)
        whole = list(client.follow(turn.thread_id or ""))
    assert cuts.used > len(budgets)
    assert events == whole and turn.document().status == "drafted"


async def test_many_at_once_on_a_line_that_breaks(service: Served) -> None:
    async def one(client: AsyncVouchClient) -> tuple[list[Event], list[Event]]:
        async with await client.draft([jpeg("red")]) as turn:
            events = [event async for event in turn]
        async with await client.follow(turn.thread_id or "") as again:
            return events, [event async for event in again]

    with cutting(service.address, *[1400, 2200, 5000] * 4) as (line, _):
        async with AsyncVouchClient(line, patience=QUICK) as client:
            found = await asyncio.gather(*(one(client) for _ in range(4)))
    threads = {_thread(events) for events, _ in found}
    assert len(threads) == 4
    for events, whole in found:
        assert events == whole


def _thread(events: list[Event]) -> Any:
    last = events[-1]
    assert isinstance(last, DoneEvent)
    return last.document.thread_id
