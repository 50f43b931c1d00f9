"""Fast reading of recorded runs: what `read_trace` reads, and damage told, not passed over."""

import gzip
import json
import shutil
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import given

from eval_traces import RunTracer, names, read_trace
from eval_traces.otlp import parse_line
from eval_traces.scoring.scan import OPEN_RUNS, ScannedTrace, scan_file
from eval_traces.scoring.scan_paths import find_traces
from eval_traces.scoring.scanned_span import ScannedSpan
from listing.errors import BadInputError
from tests.eval_traces.test_otlp import SPANS
from tests.eval_traces.written_runs import WrittenRun, draft

GOLDEN = Path(__file__).parents[2] / "eval_traces" / "golden"


def one(path: Path) -> ScannedTrace:
    (trace,) = scan_file(path)
    return trace


def agree(scanned: ScannedTrace, path: Path) -> None:
    trace = read_trace(path)
    assert scanned.trace_id == trace.trace_id
    assert scanned.complete == trace.complete
    by_id = {span.span_id: span for span in trace.spans}
    assert by_id.keys() == scanned.spans.keys()
    for span_id, span in scanned.spans.items():
        other = by_id[span_id]
        assert (span.name, span.kind, span.start, span.end) == (
            other.name, other.kind, other.start, other.end,
        )  # fmt: skip
        assert (span.failed, span.message, span.label) == (
            other.failed, other.message, other.label,
        )  # fmt: skip
        assert {k: v for k, v in span.attributes.items() if v is not None} == {
            k: v for k, v in other.attributes.items() if v is not None
        }
        assert (span.input, span.output) == (other.input, other.output)
        assert span.duration_s == other.duration_s


def scanned(line: str) -> ScannedSpan:
    with NamedTemporaryFile(suffix=".otlp.jsonl") as file:
        file.write(line.encode())
        file.flush()
        (span,) = one(Path(file.name)).spans.values()
    return span


@given(SPANS)
def test_a_span_reads_as_the_slow_reader_reads_it(wire: dict[str, Any]) -> None:
    line = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [wire]}]}]})
    (wanted,) = parse_line(line).spans
    span = scanned(line)
    assert (span.trace_id, span.span_id, span.parent_id, span.name) == wanted[:4]
    assert (span.start, span.end, span.failed, span.message) == (
        wanted.start, wanted.end, wanted.failed, wanted.message,
    )  # fmt: skip
    for key, value in wanted.attributes.items():
        assert repr(span.get(key)) == repr(value)  # NaN too
    assert set(span.attributes) <= set(wanted.attributes)


def test_a_recorded_run_reads_as_the_slow_reader_reads_it(
    tracer: RunTracer, tmp_path: Path
) -> None:
    with tracer.run("listing", thread_id="t", input={"seller": "mug"}) as run:
        with tracer.node("search_similar") as node:
            with tracer.retrieval("market", top_k=2) as found:
                found.documents([{"id": "a", "score": 0.5, "match": "similar"}])
            node.degraded("slow")
        with pytest.raises(ValueError), tracer.tool("audit", {"n": 1}):
            raise ValueError("no")
        run.set_output(draft())
    assert run.path is not None
    agree(one(run.path), run.path)


@pytest.mark.skipif(not any(GOLDEN.rglob("*.otlp.jsonl")), reason="no golden runs are recorded")
def test_golden_runs_read_as_the_slow_reader_reads_them() -> None:
    for path in find_traces([GOLDEN]):
        agree(one(path), path)


def test_a_run_that_was_cut_off_has_what_was_under_way(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing", thread_id="t"), tracer.node("write_draft"):
        (partial,) = tmp_path.glob("*/*.partial")
        kept = tmp_path / "kept.otlp.jsonl.partial"
        shutil.copy(partial, kept)
    trace = one(kept)
    assert not trace.complete
    assert [s.name for s in trace.spans.values()] == ["invoke_workflow listing", "node write_draft"]
    assert all(span.end is None for span in trace.spans.values())
    agree(trace, kept)


def test_damage_is_told_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    run = WrittenRun()
    run.node("choose_mode")
    path = run.write(tmp_path, draft())
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "garbage", "", '{"a": 1}', lines[1], lines[1][:50]]))
    trace = one(path)
    assert len(trace.spans) == 2
    assert not trace.complete
    assert [w.partition(":")[0] for w in trace.warnings] == ["line 2", "line 4", "line 6"]
    assert "cut short" in trace.warnings[2]


def test_damage_inside_a_value_that_nobody_asks_for_is_told(tmp_path: Path) -> None:
    run = WrittenRun()
    run.node("choose_mode", degraded="broken here")
    path = run.write(tmp_path, draft())
    damaged = tmp_path / "damaged.otlp.jsonl"
    for broken in (b"gr\xc3er", rb"\x", rb"\ud800", b"\x01"):
        damaged.write_bytes(path.read_bytes().replace(b"broken here", broken))
        trace = one(damaged)
        assert len(trace.spans) == 1 and not trace.complete
        assert len(trace.warnings) == 1 and "passed over" in trace.warnings[0]


def test_a_failed_step_and_requests_that_only_lack_a_line_feed(tmp_path: Path) -> None:
    run = WrittenRun()
    run.node("choose_mode")
    path = run.write(tmp_path, draft())
    lines = path.read_text().splitlines()
    failed = json.loads(lines[0])
    (span,) = failed["resourceSpans"][0]["scopeSpans"][0]["spans"]
    span["status"] = {"code": 2, "message": "KeyError: x"}
    path.write_text("".join([json.dumps(failed), *lines[1:]]))
    trace = one(path)
    step = trace.spans[span["spanId"]]
    assert (step.failed, step.message) == (True, "KeyError: x")
    assert len(trace.spans) == len(lines) and trace.complete


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    path = WrittenRun().write(tmp_path, draft())
    path.write_text(path.read_text() + "x\n" * 50)
    trace = one(path)
    assert len(trace.warnings) == 6
    assert trace.warnings[-1] == "45 more lines passed over"


def test_compressed_and_spread_out_files(tmp_path: Path) -> None:
    run = WrittenRun()
    run.node("choose_mode")
    path = run.write(tmp_path, draft())
    plain = one(path)
    packed = tmp_path / "a.otlp.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert one(packed).spans.keys() == plain.spans.keys()
    requests = [json.loads(line) for line in path.read_text().splitlines()]
    whole = {"resourceSpans": [g for r in requests for g in r["resourceSpans"]]}
    spread = tmp_path / "a.otlp.json"
    spread.write_text(json.dumps(whole, indent=2))
    assert one(spread).spans.keys() == plain.spans.keys()
    assert one(spread).warnings == []
    torn = tmp_path / "b.otlp.jsonl.gz"
    noise = "".join(f"{i * 7919 % 104729}" for i in range(9000))
    torn.write_bytes(gzip.compress(path.read_bytes() + noise.encode())[:-3000])
    trace = one(torn)
    assert trace.spans.keys() == plain.spans.keys()
    assert any("breaks off" in warning for warning in trace.warnings)


def test_a_file_of_several_runs(tmp_path: Path) -> None:
    files = [WrittenRun(n).write(tmp_path, draft()) for n in range(1, 40)]
    joined = tmp_path / "all.jsonl"
    joined.write_text("".join(path.read_text() for path in files))
    assert [t.trace_id for t in scan_file(joined)] == [f"{n:032x}" for n in range(1, 40)]


def test_runs_that_come_apart_are_an_error_after_the_others(tmp_path: Path) -> None:
    runs = [WrittenRun(n) for n in range(1, OPEN_RUNS + 3)]
    for run in runs:
        run.node("choose_mode")
    lines = [run.write(tmp_path, draft()).read_text().splitlines() for run in runs]
    joined = tmp_path / "all.jsonl"
    mixed = [pair[0] for pair in lines] + [pair[1] for pair in lines]
    joined.write_text("\n".join(mixed))
    found = []
    with pytest.raises(BadInputError, match="2 runs lie too far apart"):
        found.extend(scan_file(joined))
    assert len(found) == len(runs)


@pytest.mark.parametrize("text", ["", "\n\n", "not a trace", "[1, 2]", '{"resourceLogs": []}'])
def test_a_file_without_a_run(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.otlp.jsonl"
    path.write_text(text)
    with pytest.raises(BadInputError, match=r"a\.otlp\.jsonl.*holds no recorded run"):
        list(scan_file(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        list(scan_file(tmp_path / "no.otlp.jsonl"))


def test_a_missing_root_is_told(tmp_path: Path) -> None:
    run = WrittenRun()
    run.node("choose_mode")
    path = run.write(tmp_path, draft())
    path.write_text(path.read_text().splitlines()[1])
    trace = one(path)
    assert trace.root is None
    assert any("root span is missing" in warning for warning in trace.warnings)


def test_values_are_decoded_when_they_are_asked_for(tmp_path: Path) -> None:
    path = WrittenRun().write(tmp_path, draft(), **{"broken": '{"a":', "big": 2**70 * 1.0})
    root = one(path).root
    assert root is not None
    assert root.json("broken") == '{"a":'
    assert root.json(names.OUTPUT)["title"] == "Red mug"
    assert root.json(names.OUTPUT) is root.json(names.OUTPUT)
    assert root.number("big") == 2.0**70
    assert root.number(names.STATUS) is None
    assert root.text("nothing") is None


def test_paths_name_files_folders_and_globs_once(tmp_path: Path) -> None:
    a = WrittenRun(1).write(tmp_path / "x" / "2026-01-01", draft())
    b = WrittenRun(2).write(tmp_path / "y", draft())
    (tmp_path / "y" / "notes.txt").write_text("no trace")
    (tmp_path / "y" / "c.eval.jsonl").write_text("{}")
    done = a.with_name(a.name + ".partial")
    done.write_text("{}")
    cut = tmp_path / "x" / "d.otlp.jsonl.partial"
    cut.write_text("{}")
    assert find_traces([tmp_path]) == [a, cut, b]
    assert find_traces([b, tmp_path / "y", f"{tmp_path}/*/*.otlp.jsonl"]) == [b]
    assert find_traces([f"{tmp_path}/*"]) == [a, cut, b]
    odd = tmp_path / "odd.log"
    shutil.copy(b, odd)
    assert find_traces([odd]) == [odd]


@pytest.mark.parametrize("name", ["nowhere", "empty", "*.nothing"])
def test_a_path_that_names_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInputError, match=r"no traces|no such file"):
        find_traces([tmp_path / name])
