"""Replays that shall differ, and say where: a prompt, a limit, the state, a call that is gone."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.replay import DIVERGED
from eval_traces import Trace, open_memory_trace, read_trace
from graphs.replay import Replay, listing_nodes, read_changes, replay_listing
from models import prompts
from tests.golden.record import golden_file
from tests.golden.world import World

Line = dict[str, Any]


async def _replay(trace: Trace, world: World, *changes: str) -> Replay:
    edits = read_changes(changes, listing_nodes())
    return await replay_listing(trace, world.ground, open_memory_trace(), edits)


def _golden(case: str) -> Trace:
    return read_trace(golden_file(case))


def _late(trace: Trace) -> list[str]:
    return [node.label for node in trace.nodes() if node.status == "cancelled"]


@pytest.fixture
def rewritten(tmp_path: Path) -> Callable[..., Trace]:
    """A golden run whose spans a function went over: it returns what shall stand for each."""

    def rewrite(case: str, change: Callable[[Line], list[Line]]) -> Trace:
        lines = []
        for text in golden_file(case).read_text(encoding="utf-8").splitlines():
            request = json.loads(text)
            if "resourceSpans" in request:
                scoped = request["resourceSpans"][0]["scopeSpans"][0]
                scoped["spans"] = change(scoped["spans"][0])
            lines.append(json.dumps(request))
        path = tmp_path / f"{case}.otlp.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_trace(path)

    return rewrite


async def test_another_prompt_is_named_where_it_is_first_asked(world: World) -> None:
    source = Path(prompts.__file__).with_name("describe.jinja").read_text(encoding="utf-8")
    other = source.replace("leave out the rest", "leave out all else")
    replay = await _replay(_golden("reference"), world, f"prompt.describe={other}")
    first = replay.differences[0]
    assert (first.node, first.call, first.what) == ("write_draft", "model", "arguments")
    assert "leave out all else" in str(first.replayed)
    assert "leave out all else" not in str(first.recorded)
    assert replay.listing is not None and replay.listing.identical, "the same words came back"


async def test_a_lower_limit_cuts_the_draft_and_says_so(world: World) -> None:
    replay = await _replay(_golden("length-limit"), world, "limits.max_chars=60")
    assert [(s.name, s.recorded, s.replayed) for s in replay.settings] == [
        ("limits.max_chars", 120, 60)
    ]
    assert replay.differences[0].node == "write_draft"
    assert replay.listing is not None
    assert "description" in [change.field for change in replay.listing.fields]


async def test_another_limit_of_revisions_takes_another_route(world: World) -> None:
    replay = await _replay(_golden("revised-twice"), world, "limits.max_revisions=1")
    first = replay.differences[0]
    assert (first.node, first.what) == ("audit_draft", "route")
    assert replay.unasked, "what was recorded of the second revision is not asked for"


async def test_a_lower_threshold_changes_what_a_score_means(world: World) -> None:
    replay = await _replay(_golden("similar-only"), world, "thresholds.identical=0.96")
    assert replay.document is not None
    assert [r.match for r in replay.document.references] == ["identical"]
    assert replay.differences[0].node == "search_similar"


async def test_an_edit_of_the_state_shows_at_the_node_that_sees_it(world: World) -> None:
    edit = "write_draft.attributes.colour.value=blue"
    replay = await _replay(_golden("template"), world, edit)
    first = replay.differences[0]
    assert (first.node, first.what) == ("write_draft", "input")
    assert (first.recorded, first.replayed) == ("red", "blue")


async def test_another_message_of_the_seller_is_followed_from_its_first_step(world: World) -> None:
    replay = await _replay(_golden("seller-facts"), world, "seller=null")
    assert replay.differences[0].node == "check_photos"
    assert {str(call.place) for call in replay.unasked} >= {"read_seller > extract_attributes"}
    assert replay.stopped.startswith("audit_draft"), "what nobody told now goes round revise"


async def test_a_call_that_the_tape_lacks_stops_the_replay_there(
    world: World, rewritten: Callable[..., Trace]
) -> None:
    nodes = {s.span_id for s in _golden("template").find("node write_draft")}

    def without_the_writing(span: Line) -> list[Line]:
        is_it = span["name"].startswith("chat") and span["parentSpanId"] in nodes
        return [] if is_it else [span]

    replay = await _replay(rewritten("template", without_the_writing), world)
    assert replay.stopped == "write_draft > model: the record has no such call"
    assert replay.document is None and replay.diverged


async def test_a_tool_call_that_the_tape_lacks_stops_the_replay_there(
    world: World, rewritten: Callable[..., Trace]
) -> None:
    def without_the_reading(span: Line) -> list[Line]:
        return [] if span["name"] == "execute_tool extract_attributes" else [span]

    replay = await _replay(rewritten("reference", without_the_reading), world)
    assert replay.stopped.startswith("extract_attributes > extract_attributes")


async def test_a_call_that_is_recorded_once_more_is_told_as_never_asked_for(
    world: World, rewritten: Callable[..., Trace]
) -> None:
    def searched_twice(span: Line) -> list[Line]:
        twin = {**span, "spanId": "5a00000000000fff"}
        return [span, twin] if span["name"] == "execute_tool search_similar" else [span]

    replay = await _replay(rewritten("reference", searched_twice), world)
    assert [str(call.place) for call in replay.unasked] == ["search_similar > search_similar"]
    assert replay.diverged and replay.listing is not None and replay.listing.identical


async def test_parallel_branches_replay_in_any_order(
    world: World, rewritten: Callable[..., Trace]
) -> None:
    """The search began before the category was asked, or after: that is no difference."""
    trace = _golden("market-phone")
    search = trace.find("node search_similar")[0]
    below = {span.span_id for span in search.walk()}

    def earlier(span: Line) -> list[Line]:
        if span["spanId"] not in below:
            return [span]
        shifted = {
            key: str(int(span[key]) - 500_000) for key in ("startTimeUnixNano", "endTimeUnixNano")
        }
        return [{**span, **shifted}]

    changed = rewritten("market-phone", earlier)
    order = [n.label for n in changed.nodes()]
    assert order.index("search_similar") < order.index("predict_category")
    replay = await _replay(changed, world)
    assert not replay.diverged and replay.answered_by_turn == 0


@pytest.mark.parametrize("case", ["late-checking", "late-looking", "late-reading", "late-writing"])
async def test_a_late_run_is_late_in_the_same_place(case: str, world: World) -> None:
    trace = _golden(case)
    replay = await _replay(trace, world)
    assert _late(replay.replayed) == _late(trace) != []
    assert replay.document is not None and replay.document.status == "manual"
    assert any("deadline" in warning for warning in replay.document.warnings)


async def test_a_run_that_broke_breaks_again(world: World) -> None:
    trace = _golden("run-breaks")
    replay = await _replay(trace, world, 'choose_mode.photo_values=[{"value": "red"}]')
    assert replay.document is None and not replay.diverged
    assert replay.replayed.root.message == trace.root.message
    mended = await _replay(trace, world)
    assert mended.diverged, "without the edit it would go on, and the tape has nothing for it"


async def test_a_halt_over_masked_words_halts_again(world: World) -> None:
    replay = await _replay(_golden("halted-contact"), world)
    assert not replay.diverged and replay.document is not None
    assert replay.document.status == "halted" and replay.document.safety.halted


def test_the_commands_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path))
    lines = (root / "docs" / "golden.md").read_text(encoding="utf-8").splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("vouch ")]
    assert len(commands) >= 3
    for words in commands:
        result = CliRunner().invoke(app, words[1:], prog_name="vouch")
        changed = "--set" in words
        assert result.exit_code == (DIVERGED if changed else 0), f"{words}: {result.output}"
