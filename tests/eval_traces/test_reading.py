import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eval_traces import (
    Evaluation,
    RunTracer,
    append_evaluations,
    find_trace,
    list_traces,
    read_trace,
    remove_trace,
)
from listing import CategoryPrediction, ListingDocument
from listing.errors import BadInputError, NotFoundError


def drafted(tracer: RunTracer, title: str = "Mug") -> Path:
    category = CategoryPrediction(id="hg-1", path=["Home", "Mugs"], confidence=0.9)
    document = ListingDocument(
        listing_id="l", status="drafted", mode="template", category=category, title=title
    )
    with tracer.run("listing", thread_id="t1") as run:
        with tracer.node("a") as node, tracer.tool("look", {"x": 1}) as tool:
            tool.result([1])
            node.route("b", "why not")
        run.set_output(document)
    assert run.path is not None
    return run.path


def test_spans_can_be_asked_for_by_name_kind_and_place(tracer: RunTracer) -> None:
    trace = read_trace(drafted(tracer))
    (node,) = trace.find(name="node a")
    assert trace.find("a") == (node,) and trace.nodes() == (node,)
    (call,) = trace.tool_calls()
    assert trace.node_of(call) is node and trace.node_of(trace.root) is None
    assert trace.span(call.span_id) is call
    assert trace.find("nothing") == () and trace.chats() == ()
    assert abs(trace.started - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(NotFoundError):
        trace.span("0" * 16)


def test_the_folder_is_listed_newest_first(tracer: RunTracer, tmp_path: Path) -> None:
    paths = [drafted(tracer, title) for title in ("One", "Two")]
    with pytest.raises(ValueError), tracer.run("listing"):
        raise ValueError("no")
    failed, two, one = list_traces(tmp_path)
    assert [two.title, one.title] == ["Two", "One"]
    assert (one.status, one.mode, one.category, one.name) == (
        "drafted",
        "template",
        "Mugs",
        "listing",
    )
    assert one.trace_id in str(paths[0]) and one.thread_id == "t1"
    assert one.duration_s is not None and one.duration_s >= 0
    assert failed.status == "error"
    assert list_traces(tmp_path / "nowhere") == []


def test_unfinished_and_broken_files_are_listed_as_such(tracer: RunTracer, tmp_path: Path) -> None:
    path = drafted(tracer)
    (path.parent / f"{'b' * 32}.otlp.jsonl").write_text("not json\n")
    with tracer.run("listing"):
        found = {s.trace_id: s for s in list_traces(tmp_path)}
    assert sorted(s.status for s in found.values()) == ["drafted", "unfinished", "unreadable"]


def test_a_run_is_found_by_the_head_of_its_id(tracer: RunTracer, tmp_path: Path) -> None:
    path = drafted(tracer)
    name = path.name.split(".")[0]
    assert find_trace(tmp_path, name) == find_trace(tmp_path, name[:8].upper()) == path
    twin = path.with_name(name[:8] + "f" * 24 + ".otlp.jsonl")
    twin.write_text(path.read_text())
    with pytest.raises(BadInputError, match="2 runs begin so"):
        find_trace(tmp_path, name[:8])
    for missing in ("zzzz", "", "../"):
        with pytest.raises(NotFoundError, match="vouch trace ls"):
            find_trace(tmp_path, missing)


def test_removing_takes_the_file_and_the_empty_day_away(tracer: RunTracer, tmp_path: Path) -> None:
    path = drafted(tracer)
    assert remove_trace(tmp_path, path.name[:10]) == path
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFoundError):
        remove_trace(tmp_path, path.name[:10])


def test_judgements_are_added_and_read_back(tracer: RunTracer) -> None:
    path = drafted(tracer)
    span = read_trace(path).root.span_id
    judged = Evaluation(span, "grounded", score=0.75, label="mostly", explanation="3 of 4")
    append_evaluations(path, [judged])
    append_evaluations(path, [Evaluation(span, "fluent", score=1)])
    again = read_trace(path)
    assert again.evaluations[0] == judged and len(again.evaluations) == 2
    assert len(again.spans) == 3
    with pytest.raises(NotFoundError):
        append_evaluations(path, [Evaluation("0" * 16, "x")])


def _edit_span(line: str, **changes: object) -> str:
    data = json.loads(line)
    data["resourceSpans"][0]["scopeSpans"][0]["spans"][0].update(changes)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("break_line", "complaint"),
    [
        (lambda line: line[: len(line) // 2], "not JSON"),
        (lambda line: "[]", "not OTLP JSON"),
        (lambda line: '{"spans": []}', "not OTLP JSON"),
        (lambda line: '{"resourceSpans": 5}', "not OTLP JSON"),
        (lambda line: '{"resourceSpans": [7]}', "not OTLP JSON"),
        (lambda line: _edit_span(line, traceId="zz"), "hex"),
        (lambda line: _edit_span(line, spanId=""), "span id"),
        (lambda line: _edit_span(line, startTimeUnixNano="soon"), "int64"),
        (lambda line: _edit_span(line, attributes=[{"key": 5}]), "not OTLP JSON"),
    ],
)
def test_a_broken_line_costs_only_itself_and_is_named(
    tracer: RunTracer, break_line: Callable[[str], str], complaint: str
) -> None:
    path = drafted(tracer)
    lines = path.read_text().splitlines()
    lines[1] = break_line(lines[1])
    path.write_text("\n".join(lines) + "\n")
    trace = read_trace(path)
    assert [s.name for s in trace.spans] == ["invoke_workflow listing", "execute_tool look"]
    told, orphans = trace.warnings
    assert told.startswith("line 2 was left out") and complaint in told
    assert orphans == "1 steps whose parent is missing hang from the root"
    assert not trace.complete


def test_files_that_are_no_run_are_refused(tracer: RunTracer, tmp_path: Path) -> None:
    one, other = drafted(tracer).read_text(), drafted(tracer).read_text()
    path = tmp_path / "odd.otlp.jsonl"
    for text, complaint in (
        ("", "holds no span"),
        ("\n \n", "holds no span"),
        ("nonsense\nmore\n", "no line of it can be read as OTLP JSON; line 1: not JSON"),
        (one + other, "2 traces"),
    ):
        path.write_text(text)
        with pytest.raises(BadInputError, match=complaint) as error:
            read_trace(path)
        assert str(path) in str(error.value)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_trace(tmp_path / "none.otlp.jsonl")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_trace(tmp_path)


def test_steps_that_are_each_others_parents_are_left_out(tracer: RunTracer) -> None:
    path = drafted(tracer)
    root, node, tool = path.read_text().splitlines()
    (looped,) = json.loads(node)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    path.write_text(root + "\n" + _edit_span(node, parentSpanId=looped["spanId"]) + "\n")
    trace = read_trace(path)
    assert [s.name for s in trace.spans] == ["invoke_workflow listing"]
    assert trace.warnings == ("1 steps that name each other as parents were left out",)
    path.write_text(_edit_span(root, parentSpanId=looped["spanId"]) + "\n" + node + "\n" + tool)
    everything_loops = read_trace(path)
    assert everything_loops.root.name == "run" and not everything_loops.complete


def test_a_step_without_its_parent_hangs_from_the_root(tracer: RunTracer) -> None:
    path = drafted(tracer)
    root, _, tool = path.read_text().splitlines()
    path.write_text(root + "\n" + tool + "\n")
    trace = read_trace(path)
    assert [s.name for s in trace.root.children] == ["execute_tool look"]


def test_many_spans_on_one_line_are_read_too(tracer: RunTracer) -> None:
    """Collectors write whole batches on a line."""
    path = drafted(tracer)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    merged = {"resourceSpans": [r for line in lines for r in line["resourceSpans"]]}
    path.write_text(json.dumps(merged))
    assert len(read_trace(path).spans) == 3
    (summary,) = list_traces(path.parent.parent)
    assert summary.title == "Mug"


def test_a_document_that_does_not_fit_is_said_so(tracer: RunTracer) -> None:
    with tracer.run("listing") as run:
        run.set_output({"schema": "vouch.listing/1", "status": "drafted"})
    assert run.path is not None
    with pytest.raises(BadInputError, match=r"does not fit vouch\.listing/1"):
        read_trace(run.path).document()


def test_a_deep_trace_is_read_without_recursion(tracer: RunTracer) -> None:
    from contextlib import ExitStack

    with ExitStack() as stack:
        run = stack.enter_context(tracer.run("listing"))
        for _ in range(1100):
            stack.enter_context(tracer.tool("t"))
    assert run.path is not None
    assert len(read_trace(run.path).spans) == 1101
