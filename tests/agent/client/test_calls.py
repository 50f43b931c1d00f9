"""What goes over the wire for each method, and what comes back."""

import base64
import json
from pathlib import Path

import httpx
import pytest

from agent.client import Call, Edit, VouchApiError, VouchProtocolError
from listing.errors import PhotoError
from tests.agent.client.wire import DOCUMENT, Driver, Service, done, problem, stream
from tests.graphs.conftest import jpeg


def body(service: Service) -> dict[str, object]:
    found: dict[str, object] = json.loads(service.bodies[0])
    return found


def test_a_draft_is_a_form_with_files(either: Driver, tmp_path: Path) -> None:
    (tmp_path / "mug.jpg").write_bytes(jpeg("red"))
    service = Service(stream(done(1)))
    either.result(service, "draft", [tmp_path / "mug.jpg", jpeg("blue")], "128 GB", language="zh")
    request, sent = service.asked[0], service.bodies[0]
    assert (request.method, request.url.path) == ("POST", "/v1/listings")
    assert request.headers["content-type"].startswith("multipart/form-data")
    assert jpeg("red") in sent and jpeg("blue") in sent and b"128 GB" in sent
    assert b'filename="mug.jpg"\r\nContent-Type: image/jpeg' in sent
    assert b'name="thread_id"' not in sent


def test_a_message_is_json(either: Driver) -> None:
    service = Service(stream(done(1)))
    edit, call = Edit(field="price", value="120 EUR"), Call(name="undo")
    either.result(service, "send", "t1", "hello", photos=[jpeg("red")], edits=[edit], call=call)
    sent = body(service)
    assert service.asked[0].url.path == "/v1/threads/t1/messages"
    assert sent["text"] == "hello" and sent["call"] == {"name": "undo", "arguments": {}}
    assert sent["edits"] == [{"field": "price", "value": "120 EUR", "attribute": None}]
    (photo,) = sent["photos"]  # type: ignore[misc]
    kind, _, data = str(photo).partition(",")
    assert kind == "data:image/jpeg;base64" and base64.b64decode(data) == jpeg("red")


def test_an_answer_names_its_interrupt(either: Driver) -> None:
    service = Service(stream(done(1)))
    either.result(service, "resume", "t1", "i1", {"confirm": True})
    assert service.asked[0].url.path == "/v1/threads/t1/resume"
    assert body(service) == {"interrupt_id": "i1", "answer": {"confirm": True}}


def test_an_id_is_one_part_of_the_path(either: Driver) -> None:
    service = Service(problem(404, "Not Found"))
    with pytest.raises(VouchApiError):
        either.call(service, "thread", "../listings/x?y")
    assert service.asked[0].url.raw_path == b"/v1/threads/..%2Flistings%2Fx%3Fy"


def test_a_listing_is_a_document(either: Driver) -> None:
    service = Service(httpx.Response(200, json=DOCUMENT))
    assert either.call(service, "listing", "l1").listing_id == "l1"


def test_the_text_of_a_listing_is_text(either: Driver) -> None:
    service = Service(httpx.Response(200, text="Red mug\n\nA red mug."))
    assert either.call(service, "text", "l1") == "Red mug\n\nA red mug."
    assert service.asked[0].url.path == "/v1/listings/l1/text"


def test_a_thread_says_what_it_waits_for(either: Driver) -> None:
    view = {
        "thread_id": "t1",
        "listing": DOCUMENT,
        "messages": [{"role": "seller", "text": "hi", "photos": [], "at": None}],
        "interrupt": {"id": "i1", "kind": "publish", "schema": {}},
        "unfinished": False,
        "can_undo": "colour",
    }
    thread = either.call(Service(httpx.Response(200, json=view)), "thread", "t1")
    assert thread.interrupt.kind == "publish" and thread.messages[0].text == "hi"
    assert thread.listing.status == "drafted"


def test_a_thread_is_forgotten(either: Driver) -> None:
    service = Service(httpx.Response(204))
    assert either.call(service, "delete", "t1") is None
    assert service.asked[0].method == "DELETE"


def test_the_key_goes_with_every_call(either: Driver) -> None:
    service = Service(stream(done(1)))
    either.result(service, "send", "t1", "hi", options={"api_key": "secret"})
    assert service.asked[0].headers["authorization"] == "Bearer secret"


def test_a_refusal_is_its_problem_document(either: Driver) -> None:
    refused = problem(422, "Unprocessable", "no phone numbers", type="urn:x", rule="L3")
    with pytest.raises(VouchApiError, match="no phone numbers") as raised:
        either.call(Service(refused), "publish", "l1", "Mug", "Call 555 0100")
    assert raised.value.type == "urn:x" and raised.value.problem["rule"] == "L3"


@pytest.mark.parametrize("content", [b"<html>", b"[]", b'{"title": 7}', b""])
def test_a_refusal_without_a_problem_document_has_its_status(
    either: Driver, content: bytes
) -> None:
    bare = httpx.Response(403, headers={"content-type": "application/json"}, content=content)
    with pytest.raises(VouchApiError, match="403 Forbidden"):
        either.call(Service(bare), "listing", "l1")


def test_another_programs_answer_is_not_read(either: Driver) -> None:
    service = Service(httpx.Response(200, json={"hello": "world"}))
    with pytest.raises(VouchProtocolError, match="/v1/listings/l1"):
        either.call(service, "listing", "l1")


@pytest.mark.parametrize("photo", ["https://example.org/mug.jpg", "missing.jpg", Path(".")])
def test_a_photo_that_is_no_file_is_refused_before_anything_is_sent(
    either: Driver, photo: str | Path
) -> None:
    service = Service()
    with pytest.raises(PhotoError):
        either.result(service, "draft", [photo])
    assert service.asked == []


def test_a_trace_is_its_lines(either: Driver) -> None:
    lines = b'{"resourceSpans": []}\n{"resourceLogs": []}\n'
    found = either.call(Service(httpx.Response(200, content=lines)), "trace", "ab")
    assert found == [{"resourceSpans": []}, {"resourceLogs": []}]


def test_what_was_undone_is_told(either: Driver) -> None:
    answer = httpx.Response(200, json={"says": "The colour is red again.", "document": DOCUMENT})
    undone = either.call(Service(answer), "undo", "t1")
    assert undone.says.startswith("The colour") and undone.document.listing_id == "l1"


def test_a_stop_says_whether_there_was_a_turn(either: Driver) -> None:
    assert either.call(Service(httpx.Response(200, json={"stopped": False})), "stop", "t1") is False
