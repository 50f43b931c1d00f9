"""Each kind of event is a type; what is new passes through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.client import ClaimEvent, InterruptEvent, TokenEvent, UnknownEvent
from agent.client.events import KINDS, read_event

FIELDS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8), max_size=4)


def test_a_claim_has_the_fields_of_a_claim() -> None:
    data = {
        "start": 2,
        "end": 5,
        "text": "red",
        "attribute": "colour",
        "value": "red",
        "verdict": "supported",
        "evidence": ["e3"],
    }
    event = read_event("claim", data, "a-7")
    assert isinstance(event, ClaimEvent)
    assert (event.verdict, event.evidence, event.event_id) == ("supported", ["e3"], "a-7")


def test_a_token_is_of_the_draft_unless_it_says_otherwise() -> None:
    draft, reply = (
        read_event("token", {"text": "a"}),
        read_event("token", {"text": "b", "of": "reply"}),
    )
    assert isinstance(draft, TokenEvent) and isinstance(reply, TokenEvent)
    assert (draft.of, reply.of) == ("draft", "reply")


def test_an_interrupt_keeps_the_schema_of_its_answer_and_its_own_id() -> None:
    event = read_event("interrupt", {"id": "i1", "kind": "publish", "schema": {"a": 1}}, "a-3")
    assert isinstance(event, InterruptEvent)
    assert (event.id, event.event_id, event.answer_schema) == ("i1", "a-3", {"a": 1})
    assert event.model_dump()["schema"] == {"a": 1}


def test_a_field_that_is_new_stays_on_its_event() -> None:
    assert (read_event("token", {"text": "a", "weight": 3}).model_extra or {})["weight"] == 3


@given(st.text(min_size=1, max_size=12), FIELDS)
def test_a_kind_that_is_new_passes_through(kind: str, data: dict[str, object]) -> None:
    if kind in KINDS:
        return
    event = read_event(kind, data, "a-1")
    assert isinstance(event, UnknownEvent) and event.event == kind
    own = {k: v for k, v in data.items() if k not in ("event", "event_id")}
    assert event.model_extra == own


def test_a_known_kind_with_a_wrong_value_is_an_error() -> None:
    with pytest.raises(ValidationError, match="status"):
        read_event("done", {"document": {"listing_id": "l", "status": "odd", "mode": "manual"}})
