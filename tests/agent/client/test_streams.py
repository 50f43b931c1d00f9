"""A turn as the caller sees it: whole, each event once, over lost connections and full queues."""

import asyncio

import httpx
import pytest

from agent.client import (
    DoneEvent,
    ErrorEvent,
    TokenEvent,
    UnknownEvent,
    VouchApiError,
    VouchConnectionError,
    VouchProtocolError,
)
from tests.agent.client.wire import (
    LOST,
    SHORT,
    Body,
    Driver,
    Service,
    done,
    frame,
    problem,
    stream,
)

PATIENT = {"patience": SHORT}


def tokens(events: list[object]) -> str:
    return "".join(e.text for e in events if isinstance(e, TokenEvent))


def test_a_turn_ends_with_the_document(either: Driver) -> None:
    service = Service(stream(frame("token", 1, text="Red "), frame("odd", 2, x=1), done(3)))
    events = either.events(service, "draft", [b"photo"])
    assert [type(e) for e in events] == [TokenEvent, UnknownEvent, DoneEvent]
    assert [e.event_id for e in events] == ["a-1", "a-2", "a-3"]


def test_the_result_names_the_interrupt_that_it_waits_in(either: Driver) -> None:
    asks = frame("interrupt", 1, id="i1", kind="ask_seller", schema={})
    service = Service(stream(asks, done(2, reply="Which?", interrupt="i1")))
    result = either.result(service, "send", "t1", "hello")
    assert result.reply == "Which?" and result.thread_id == "t1"
    assert result.interrupt is not None and result.interrupt.id == "i1"


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_a_lost_stream_goes_on_behind_the_last_event(either: Driver, cut: int) -> None:
    third = frame("token", 3, text="mug")
    service = Service(
        stream(frame("token", 1, text="A "), frame("token", 2, text="red "), third[:cut], LOST),
        stream(third, done(4)),
    )
    events = either.events(service, "draft", [b"photo"], options=PATIENT)
    assert tokens(list(events)) == "A red mug"
    assert service.asked[1].url.path == "/v1/threads/t1/events"
    assert service.asked[1].headers["last-event-id"] == "a-2"
    assert service.paused == [1.0]


def test_a_stream_that_just_ends_is_lost_too(either: Driver) -> None:
    service = Service(stream(frame("token", 1, text="A ")), stream(done(2)))
    assert isinstance(either.events(service, "send", "t1", "hi", options=PATIENT)[-1], DoneEvent)


def test_a_stream_lost_before_its_first_event_is_taken_from_its_beginning(either: Driver) -> None:
    service = Service(stream(LOST), stream(frame("token", 1, text="A"), done(2)))
    assert tokens(list(either.events(service, "send", "t1", "hi", options=PATIENT))) == "A"
    assert "last-event-id" not in service.asked[1].headers


def test_it_gives_up_after_so_many_tries_in_a_row(either: Driver) -> None:
    down = httpx.ConnectError("refused")
    service = Service(stream(frame("token", 1, text="A"), LOST), down, problem(502, "Bad"), down)
    with pytest.raises(VouchConnectionError, match=r"in 3 tries.*follow thread t1") as raised:
        either.events(service, "send", "t1", "hi", options=PATIENT)
    assert raised.value.thread_id == "t1" and service.paused == [1.0, 2.0, 4.0]


def test_an_event_makes_its_tries_anew(either: Driver) -> None:
    losses = [stream(frame("token", n, text=str(n)), LOST) for n in range(1, 6)]
    service = Service(*losses, stream(done(6)))
    assert tokens(list(either.events(service, "send", "t1", "hi", options=PATIENT))) == "12345"


def test_a_turn_that_is_gone_is_told_at_once(either: Driver) -> None:
    service = Service(stream(LOST), problem(404, "Not Found", "no such thread"))
    with pytest.raises(VouchApiError, match="no such thread"):
        either.events(service, "send", "t1", "hi", options=PATIENT)


def test_the_server_says_how_long_to_wait_before_connecting_anew(either: Driver) -> None:
    service = Service(stream(b"retry: 250\n\n", LOST), stream(done(1)))
    either.events(service, "send", "t1", "hi", options=PATIENT)
    assert service.paused == [0.25]


def test_a_turn_that_failed_is_its_problem_document(either: Driver) -> None:
    ends = frame("error", 1, status=503, title="Busy", detail="later", type="urn:x", retry_after=4)
    with pytest.raises(VouchApiError) as raised:
        either.result(Service(stream(ends)), "send", "t1", "hi")
    error = raised.value
    assert (error.status, error.title, error.detail, error.type) == (503, "Busy", "later", "urn:x")
    assert error.retry_after == 4


def test_events_show_a_failed_turn_as_its_last(either: Driver) -> None:
    service = Service(stream(frame("error", 1, status=500, title="Broken")))
    found = list[object]()
    with pytest.raises(VouchApiError, match="Broken"):
        found.extend(either.events(service, "send", "t1", "hi"))
    with Service(stream(frame("error", 1, status=500, title="Broken"))).client() as client:
        (only,) = client.send("t1", "hi")
    assert isinstance(only, ErrorEvent)


def test_nothing_behind_the_end_is_read(either: Driver) -> None:
    service = Service(stream(done(1) + frame("token", 2, text="late"), LOST))
    assert len(either.events(service, "send", "t1", "hi")) == 1


def test_a_full_queue_is_waited_for(either: Driver) -> None:
    full = [problem(429, "Too Many Requests", retry_after=3) for _ in range(2)]
    service = Service(*full, stream(done(1)))
    either.result(service, "draft", [b"photo"], options=PATIENT)
    assert service.paused == [3.0, 3.0]
    assert service.bodies[0].count(b"photo") == service.bodies[2].count(b"photo") > 0


def test_no_longer_than_the_caller_would(either: Driver) -> None:
    full = [problem(429, "Too Many Requests", "12 wait", retry_after=4) for _ in range(3)]
    service = Service(*full)
    with pytest.raises(VouchApiError) as raised:
        either.result(service, "draft", [b"photo"], options=PATIENT)
    assert (raised.value.status, raised.value.retry_after) == (429, 4.0)
    assert service.paused == [4.0, 4.0]


def test_an_address_that_does_not_answer_says_so(either: Driver) -> None:
    service = Service(httpx.ConnectError("refused"))
    with pytest.raises(VouchConnectionError, match=r"127\.0\.0\.1:8000.*refused.*vouch serve"):
        either.result(service, "draft", [b"photo"])


def test_a_page_where_a_stream_was_due_is_no_stream(either: Driver) -> None:
    page = httpx.Response(200, headers={"content-type": "text/html"}, stream=Body([b"<html>"]))
    with pytest.raises(VouchProtocolError, match="text/html"):
        either.result(Service(page), "draft", [b"photo"])


def test_an_event_that_is_not_what_it_says(either: Driver) -> None:
    service = Service(stream(frame("done", 1, document={"listing_id": "l"})))
    with pytest.raises(VouchProtocolError, match=r"'done'.*document\.status"):
        either.result(service, "send", "t1", "hi")


def test_a_closed_stream_is_let_go(either: Driver) -> None:
    body = Body([frame("token", 1, text="a"), frame("token", 2, text="b")])
    service = Service(
        httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=body)
    )
    if either.kind == "blocking":
        with service.client() as client, client.send("t1", "hi") as turn:
            assert next(turn).event_id == "a-1"
            turn.close()
            with pytest.raises(VouchConnectionError, match="closed before"):
                turn.result()
    else:

        async def run() -> None:
            async with service.async_client() as client, await client.send("t1", "hi") as turn:
                async for event in turn:
                    assert event.event_id == "a-1"
                    break

        asyncio.run(run())
    assert body.closed


def test_a_thread_without_a_turn_has_nothing_to_follow(either: Driver) -> None:
    with pytest.raises(VouchConnectionError, match="thread t1: there is no turn"):
        either.result(Service(httpx.Response(204)), "follow", "t1")


def test_a_call_that_may_have_been_carried_out_says_so(either: Driver) -> None:
    with pytest.raises(VouchConnectionError, match="may have been carried out"):
        either.result(Service(LOST), "draft", [b"photo"])
    with pytest.raises(VouchConnectionError, match="try again"):
        either.call(Service(LOST), "threads")
