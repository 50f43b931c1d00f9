import asyncio
import contextvars
import json
import logging
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from opentelemetry import trace as otel_api
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from eval_traces import RunTracer, names, open_trace, read_trace
from listing import ListingDocument
from listing.errors import GenerationCancelled, SettingsError
from tests.eval_traces.recorded import only_trace, shape


def test_a_run_is_one_file_with_what_the_contract_names(tracer: RunTracer, tmp_path: Path) -> None:
    document = ListingDocument(listing_id="l1", status="drafted", mode="reference", title="Mug")
    with tracer.run("listing", thread_id="t-7", input={"seller": "blue mug"}) as run:
        with tracer.node("search_similar", attempt=2, checkpoint_id="c9") as node:
            with tracer.tool("visual_search", {"k": 5}, call_id="call-1") as tool:
                with tracer.embeddings("head", dimension=256, count=1):
                    pass
                with tracer.retrieval("market", top_k=5) as found:
                    found.documents([{"id": "a1", "score": 0.91, "match": "identical"}])
                tool.result(["a1"])
            node.route("template", "nothing identical")
            node.degraded("index is slow")
        run.set_output(document)
    assert run.path is not None and run.path.parent.parent == tmp_path
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [f"{run.trace_id}.otlp.jsonl"]

    trace = read_trace(run.path)
    assert shape(trace) == [
        "invoke_workflow listing",
        "  node search_similar",
        "    execute_tool visual_search",
        "      embeddings head",
        "      retrieval market",
    ]
    assert trace.complete and trace.thread_id == "t-7" and trace.trace_id == run.trace_id
    root, node_span, tool_span, embedded, searched = trace.spans
    assert root.attributes["gen_ai.operation.name"] == "invoke_workflow"
    assert root.attributes["gen_ai.conversation.id"] == "t-7"
    assert (root.attributes["listing.status"], root.attributes["listing.mode"]) == (
        "drafted",
        "reference",
    )
    assert trace.document() == document
    assert node_span.attributes["listing.node.name"] == "search_similar"
    assert node_span.attributes["listing.node.attempt"] == 2
    assert node_span.attributes["listing.checkpoint.id"] == "c9"
    assert (node_span.route, node_span.route_reason) == ("template", "nothing identical")
    assert node_span.degraded == "index is slow"
    assert tool_span.attributes["gen_ai.operation.name"] == "execute_tool"
    assert tool_span.attributes["gen_ai.tool.name"] == "visual_search"
    assert tool_span.attributes["gen_ai.tool.call.id"] == "call-1"
    assert (tool_span.input, tool_span.output) == ({"k": 5}, ["a1"])
    assert embedded.attributes["gen_ai.embeddings.dimension.count"] == 256
    assert searched.attributes["gen_ai.retrieval.top_k"] == 5
    assert searched.output == [{"id": "a1", "score": 0.91, "match": "identical"}]
    kinds = [s.attributes["openinference.span.kind"] for s in trace.spans]
    assert kinds == ["CHAIN", "CHAIN", "TOOL", "EMBEDDING", "RETRIEVER"]


def test_every_line_is_what_the_protobuf_reader_takes(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("assistant", agent=True, thread_id="t") as run:
        with tracer.tool(
            "tell", {"text": "说明\u2028é", "none": None, "zero": 0, "no": False}
        ) as tool:
            tool.result("")
        run.evaluation("grounded", score=0.5, label="half", explanation="one of two")
    (path,) = tmp_path.glob("*/*.otlp.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    spans = []
    for line in lines:
        data = json.loads(line)
        for key in ("traceId", "spanId", "parentSpanId"):  # protobuf's JSON wants base64 ids
            line = _with_base64_ids(line, key)
        kind = ExportTraceServiceRequest if "resourceSpans" in data else ExportLogsServiceRequest
        request = json_format.Parse(line, kind())
        if isinstance(request, ExportTraceServiceRequest):
            spans += [s for r in request.resource_spans for g in r.scope_spans for s in g.spans]
        else:
            (record,) = request.resource_logs[0].scope_logs[0].log_records
            assert record.event_name == "gen_ai.evaluation.result"
            assert record.span_id.hex() == run.span_id
    assert [s.name for s in spans] == ["invoke_agent assistant", "execute_tool tell"]
    assert spans[1].parent_span_id.hex() == run.span_id
    assert spans[1].end_time_unix_nano >= spans[1].start_time_unix_nano > 10**18


def _with_base64_ids(line: str, key: str) -> str:
    import base64
    import re

    def turn(match: "re.Match[str]") -> str:
        return f'"{key}":"{base64.b64encode(bytes.fromhex(match[1])).decode()}"'

    return re.sub(rf'"{key}":"([0-9a-f]+)"', turn, line)


async def test_parallel_tasks_nest_under_their_own_branch(
    tracer: RunTracer, tmp_path: Path
) -> None:
    async def branch(name: str, mine: asyncio.Event, other: asyncio.Event) -> None:
        with tracer.node(name):
            mine.set()
            await other.wait()
            with tracer.tool(f"{name}_tool"):
                await asyncio.sleep(0)

    a, b = asyncio.Event(), asyncio.Event()
    with tracer.run("listing"):
        await asyncio.gather(branch("left", a, b), branch("right", b, a))
    assert sorted(shape(only_trace(tmp_path))) == sorted(
        [
            "invoke_workflow listing",
            "  node left",
            "    execute_tool left_tool",
            "  node right",
            "    execute_tool right_tool",
        ]
    )


async def test_threads_nest_with_copied_context_or_by_attaching(
    tracer: RunTracer, tmp_path: Path
) -> None:
    def work(name: str) -> None:
        with tracer.tool(name):
            pass

    with tracer.run("listing"), tracer.node("busy") as node:
        await asyncio.to_thread(work, "to_thread")
        with ThreadPoolExecutor(2) as pool:
            pool.submit(contextvars.copy_context().run, work, "copied").result()

            def attached() -> None:
                with tracer.attach(node):
                    work("attached")

            pool.submit(attached).result()
            pool.submit(work, "a bare thread knows no run").result()
    trace = only_trace(tmp_path)
    assert [s.label for s in trace.tool_calls()] == ["to_thread", "copied", "attached"]
    assert {s.parent_id for s in trace.tool_calls()} == {node.span_id}


async def test_runs_at_the_same_time_go_to_their_own_files(
    tracer: RunTracer, tmp_path: Path
) -> None:
    async def one(number: int) -> None:
        with tracer.run("listing", thread_id=f"t{number}"):
            for _ in range(3):
                with tracer.node(f"n{number}"):
                    await asyncio.sleep(0)

    await asyncio.gather(*(one(i) for i in range(20)))
    traces = [read_trace(p) for p in tmp_path.glob("*/*.otlp.jsonl")]
    assert len(traces) == 20
    for trace in traces:
        assert {n.label for n in trace.nodes()} == {trace.thread_id.replace("t", "n")}
        assert len(trace.nodes()) == 3


def test_many_threads_write_one_run_whole(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing") as run:

        def work(number: int) -> None:
            with tracer.attach(run):
                for i in range(20):
                    with tracer.tool("t", {"thread": number, "i": i}) as tool:
                        tool.result(i)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    calls = only_trace(tmp_path).tool_calls()
    assert len({(c.input["thread"], c.input["i"]) for c in calls}) == 160


def test_a_run_inside_a_run_is_part_of_its_trace(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("assistant", agent=True, thread_id="t") as outer:
        with tracer.tool("draft_listing"), tracer.run("listing", thread_id="t") as inner:
            inner.set_output(ListingDocument(listing_id="l", status="drafted", mode="template"))
        outer.set_output({"text": "done"})
    assert inner.trace_id == outer.trace_id and inner.path is None
    trace = only_trace(tmp_path)
    assert shape(trace)[2] == "    invoke_workflow listing"
    document = trace.document()
    assert document is not None and document.mode == "template"


def test_the_global_provider_is_left_alone(tracer: RunTracer) -> None:
    before = otel_api.get_tracer_provider()
    with tracer.run("listing"):
        assert not otel_api.get_current_span().get_span_context().is_valid
    assert otel_api.get_tracer_provider() is before


def test_outside_a_run_nothing_is_recorded_and_nothing_breaks(
    tracer: RunTracer, tmp_path: Path
) -> None:
    with tracer.node("n") as node, tracer.tool("t", {"a": 1}) as tool:
        node.route("x", "y")
        tool.result({"b": 2})
        node.evaluation("good", score=1)
    assert node.span_id == "" and list(tmp_path.rglob("*")) == []


def test_without_a_folder_there_are_ids_but_no_file(tmp_path: Path) -> None:
    tracer = open_trace(None)
    with tracer.run("listing") as run, tracer.node("n") as node:
        pass
    assert len(run.trace_id) == 32 and len(node.span_id) == 16 and run.path is None


def test_an_exception_marks_its_spans_failed_without_local_values(
    tracer: RunTracer, tmp_path: Path
) -> None:
    secret = "local-secret-value"
    with (
        pytest.raises(ValueError),
        tracer.run("listing"),
        tracer.node("n"),
        tracer.tool("t"),
    ):
        raise ValueError(f"bad photo from anna@example.com, {len(secret)} characters")
    trace = only_trace(tmp_path)
    assert [s.status for s in trace.spans] == ["error"] * 3
    assert trace.root.attributes["error.type"] == "ValueError"
    assert trace.root.message.startswith("ValueError: bad photo from")
    text = next(tmp_path.glob("*/*")).read_text()
    assert secret not in text and "anna@" not in text and "Traceback" not in text


def test_an_exception_that_a_node_handles_leaves_the_run_well(
    tracer: RunTracer, tmp_path: Path
) -> None:
    with tracer.run("listing"), tracer.node("n") as node:
        try:
            with tracer.tool("t"):
                raise OSError("no index")
        except OSError:
            node.degraded("no index")
    assert [s.status for s in only_trace(tmp_path).spans] == ["ok", "ok", "error"]


@pytest.mark.parametrize("stop", [asyncio.CancelledError(), GenerationCancelled("stopped")])
def test_a_cancellation_is_no_failure(
    tracer: RunTracer, tmp_path: Path, stop: BaseException
) -> None:
    with pytest.raises(type(stop)), tracer.run("listing"), tracer.node("n"):
        raise stop
    assert [s.status for s in only_trace(tmp_path).spans] == ["cancelled", "cancelled"]


async def test_a_task_cancelled_at_a_deadline_is_recorded_as_cancelled(
    tracer: RunTracer, tmp_path: Path
) -> None:
    async def slow() -> None:
        with tracer.node("slow"):
            await asyncio.Event().wait()

    with tracer.run("listing") as run:
        task = asyncio.create_task(slow())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        run.set_status("manual", "manual")
    trace = only_trace(tmp_path)
    assert trace.root.status == "ok" and trace.nodes()[0].status == "cancelled"


def test_a_step_that_outlives_its_run_is_ended_with_it(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing") as run:
        left = tracer.tool("still running", {"a": 1})
        left.__enter__()
    left.__exit__(None, None, None)
    with tracer.attach(run), tracer.tool("begun after the end"):
        pass
    trace = only_trace(tmp_path)
    assert [s.status for s in trace.spans] == ["ok", "unfinished"]
    assert [p for p in tmp_path.rglob("*.partial")] == []


async def test_a_stream_that_its_consumer_closes_elsewhere_ends_its_span(
    tracer: RunTracer, tmp_path: Path
) -> None:
    async def stream() -> AsyncIterator[int]:
        with tracer.run("listing"):
            for i in range(3):
                with tracer.node(f"n{i}"):
                    yield i

    chunks = stream()
    assert await asyncio.create_task(_next(chunks)) == 0
    await asyncio.create_task(_close(chunks))
    trace = only_trace(tmp_path)
    assert [s.status for s in trace.spans] == ["cancelled", "cancelled"]
    assert tracer.current is None


async def _next(chunks: AsyncIterator[int]) -> int:
    return await anext(chunks)


async def _close(chunks: AsyncIterator[int]) -> None:
    await chunks.aclose()  # type: ignore[attr-defined]


CRASH = """
import os, sys
from pathlib import Path
from eval_traces import open_trace
tracer = open_trace(Path(sys.argv[1]))
with tracer.run("listing", thread_id="t", input={"a": 1}), tracer.node("first"):
    with tracer.tool("done", {"x": 1}) as tool:
        tool.result(2)
    under_way = tracer.tool("under way")
    under_way.__enter__()
    os._exit(9)
"""


def test_a_crash_leaves_what_was_recorded(tmp_path: Path) -> None:
    repository = Path(__file__).parents[2]
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path)], cwd=repository)
    assert crashed.returncode == 9
    (path,) = tmp_path.glob("*/*.partial")
    trace = read_trace(path)
    assert not trace.complete
    assert shape(trace) == [
        "invoke_workflow listing",
        "  node first",
        "    execute_tool done",
        "    execute_tool under way",
    ]
    assert [s.status for s in trace.spans] == ["unfinished", "unfinished", "ok", "unfinished"]
    assert trace.thread_id == "t" and trace.root.input == {"a": 1}
    with path.open("a") as stream:
        stream.write('{"resourceSpans":[{"cut sho')
    assert len(read_trace(path).spans) == 4


def test_a_folder_that_cannot_be_written_costs_the_record_not_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tracer = open_trace(tmp_path / "traces")
    (tmp_path / "traces").write_text("in the way")
    with caplog.at_level(logging.ERROR), tracer.run("listing") as run, tracer.node("n"):
        pass
    assert len(run.trace_id) == 32
    assert any("trace" in r.message for r in caplog.records)
    with pytest.raises(SettingsError, match="is a file"):
        open_trace(tmp_path / "traces")


def test_a_switched_off_sdk_is_an_error_not_a_silent_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with pytest.raises(SettingsError, match="OTEL_SDK_DISABLED"):
        open_trace(tmp_path)


def test_otel_variables_do_not_thin_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    monkeypatch.setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "8")
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "2")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "host.name=annas-laptop")
    with open_trace(tmp_path).run("listing", thread_id="t", input="word " * 50):
        pass
    trace = only_trace(tmp_path)
    assert trace.root.input == "word " * 50
    assert names.OI_SPAN_KIND in trace.root.attributes
    assert "annas-laptop" not in next(tmp_path.glob("*/*")).read_text()


def test_trace_files_are_for_their_owner_only(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing") as run:
        pass
    assert run.path is not None
    assert run.path.stat().st_mode & 0o077 == 0
    assert run.path.parent.stat().st_mode & 0o077 == 0


def test_closing_with_a_run_open_keeps_its_partial_file(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing"):
        with tracer.node("n"):
            pass
        tracer.close()
    (path,) = tmp_path.glob("*/*.partial")
    assert [s.name for s in read_trace(path).spans] == ["invoke_workflow listing", "node n"]
