"""A recorded turn runs again from where it began: the same way, or the first step that differs."""

from typing import Any

import pytest

from eval_traces import Trace, list_traces, open_memory_trace, read_trace
from graphs.replay import Ground, Replay, changes_of, live_nodes_of, replay_trace
from listing.errors import BadInputError
from tests.graphs.assistant.conftest import Mind, Seller
from tests.graphs.conftest import Script


def turns(seller: Seller) -> list[Trace]:
    """The recorded turns of the thread, the oldest first."""
    runs = [r for r in list_traces(seller.context.tracer.folder) if r.name == "assistant"]  # type: ignore[arg-type]
    return [read_trace(run.path) for run in sorted(runs, key=lambda run: run.started)]


async def again(seller: Seller, trace: Trace, *changes: str, live: tuple[str, ...] = ()) -> Replay:
    listing = seller.context.listing
    return await replay_trace(
        trace,
        Ground(listing.taxonomy, listing.policy, listing.store, listing.versions),
        open_memory_trace(),
        changes_of(trace, changes),
        live=listing if live else None,
        live_nodes=live_nodes_of(trace, live),
    )


@pytest.fixture
async def talked(seller: Seller, mind: Mind, take: Any) -> Seller:
    """A whole talk: drafted, corrected, asked, undone, published."""
    mind.when("holds", ("set_attribute", {"attribute": "capacity", "value": "300 ml"}))
    await seller.turn(photos=(take(),), call={"name": "draft_listing", "args": {}})
    await seller.turn("it holds 300 ml")
    await seller.turn(call={"name": "explain_claim", "args": {"words": "capacity"}})
    await seller.turn(call={"name": "ask_seller", "args": {}})
    asked = seller.of("interrupt")[0]["questions"]
    first, second = asked[0]["attribute"], asked[1]["attribute"]
    await seller.resume(answers={second: "Nordvik"}, skipped=[first])
    await seller.turn(call={"name": "undo", "args": {}})
    await seller.turn(call={"name": "publish", "args": {}})
    await seller.resume(confirm=True, price="12 EUR")
    return seller


async def test_every_turn_of_a_talk_replays_to_itself(talked: Seller, mind: Mind) -> None:
    asked = len(mind.prompts) + len(mind.answers)
    found = [await again(talked, trace) for trace in turns(talked)]
    assert len(found) == 8
    assert [(r.diverged, r.stopped) for r in found] == [(False, "")] * 8, [
        str(d) for r in found for d in r.differences
    ]
    assert sum(r.answered for r in found) >= 8 and not any(r.answered_by_turn for r in found)
    assert len(mind.prompts) + len(mind.answers) == asked, "no model was asked"
    assert found[-1].document is not None and found[-1].document.published is not None


async def test_a_changed_message_takes_another_way(talked: Seller) -> None:
    trace = turns(talked)[1]
    found = await again(talked, trace, "message=it holds 500 ml")
    assert found.diverged
    first = found.differences[0]
    assert (first.node, first.what) == ("take", "input")
    assert found.document is not None
    assert "capacity" not in found.document.attributes, "the old value is not what is said now"


async def test_a_changed_prompt_shows_where_the_talk_would_be_asked_anew(talked: Seller) -> None:
    prompt = "{#- version: 99 -#}\nChoose the next tool, briefly."
    found = [await again(talked, t, f"prompt.turn={prompt}") for t in turns(talked)]
    said = found[1]
    assert (said.differences[0].node, said.differences[0].what) == ("decide", "arguments")
    assert said.settings[0].name == "prompts.turn" and said.settings[0].replayed == 99
    assert [r.diverged for r in found] == [False, True] + [False] * 6


async def test_a_live_decision_may_go_another_way_over_recorded_tools(
    talked: Seller, mind: Mind
) -> None:
    mind.when("holds", ("reply", {"topic": "small_talk"}))
    found = await again(talked, turns(talked)[1], live=("decide",))
    assert found.live == ("decide",)
    assert found.differences[0].node == "decide" and found.differences[0].what == "answer"
    assert found.document is not None and "capacity" not in found.document.attributes


async def test_a_stopped_turn_replays_up_to_where_it_was_stopped(
    seller: Seller, mind: Mind, take: Any
) -> None:
    from graphs.assistant import Turn, stream_turn

    mind.when("holds", ("set_attribute", {"attribute": "capacity", "value": "300 ml"}))
    await seller.turn(photos=(take(),), call={"name": "draft_listing", "args": {}})
    stream = stream_turn(seller.context, seller.graph, seller.thread, Turn(text="it holds 300 ml"))
    async for event in stream:
        if event["event"] == "tool_result":
            break
    await stream.aclose()
    found = await again(seller, turns(seller)[-1])
    assert found.diverged or found.stopped or found.document is not None, "it ends at all"


async def test_settings_of_a_turn_are_checked_by_name(talked: Seller, script: Script) -> None:
    trace = turns(talked)[1]
    for change, complaint in (
        ("limits.max_call=1", "there are only max_calls"),
        ("language=fr", "must be one of en, zh"),
        ("decide.moods=1", "the state has no such key"),
        ("write_draft.title=x", "no such thing to set; there are message, mode, language"),
    ):
        with pytest.raises(BadInputError, match=complaint):
            changes_of(trace, [change])
    with pytest.raises(BadInputError, match="--live poet: no such node; there are act"):
        live_nodes_of(trace, ["poet"])


async def test_the_run_of_a_draft_is_replayed_on_its_own(talked: Seller) -> None:
    runs = list_traces(talked.context.tracer.folder)  # type: ignore[arg-type]
    (drafted,) = [r for r in runs if r.name == "listing"]
    found = await again(talked, read_trace(drafted.path))
    assert not found.diverged and found.document is not None
