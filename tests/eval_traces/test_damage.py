"""Files that are torn, patched, foreign, newer, packed or huge: read as far as is honest."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval_traces import (
    RunTracer,
    find_trace,
    list_traces,
    names,
    open_trace,
    read_trace,
    read_traces,
)
from eval_traces.reading.source import CUT_SHORT
from listing import ListingDocument
from listing.errors import BadInputError


def record(tracer: RunTracer, title: str = "Mug") -> Path:
    with tracer.run("listing", thread_id="t1") as run:
        for name in ("look", "write"):
            with tracer.node(name) as node, tracer.tool(f"{name}_tool", {"x": 1}) as tool:
                tool.result([1])
                node.route("next", "why not")
        run.evaluation("precision", score=0.5)
        run.set_output(
            ListingDocument(listing_id="l", status="drafted", mode="template", title=title)
        )
    assert run.path is not None
    return run.path


@pytest.fixture
def path(tracer: RunTracer) -> Path:
    return record(tracer)


def rewrite(path: Path, change: Any) -> None:
    """Apply `change` to the decoded lines of a file."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in change(lines)))


def spans_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for r in line.get("resourceSpans", []) for g in r["scopeSpans"] for s in g["spans"]]


def test_a_torn_last_line_is_left_out_with_a_warning(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    trace = read_trace(path)
    assert len(trace.spans) == 5 and trace.evaluations == () and not trace.complete
    (warning,) = trace.warnings
    assert warning == "line 6 was left out: it is cut short: the writing was interrupted"
    assert trace.document() is not None
    (summary,) = list_traces(path.parent.parent)
    assert summary.status == "drafted" and summary.warnings == (CUT_SHORT,)


def test_a_file_that_only_lacks_its_last_line_feed_is_whole(path: Path) -> None:
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert read_trace(path).warnings == () and read_trace(path).complete


def test_garbage_in_the_middle_is_passed_over_with_its_line_numbers(path: Path) -> None:
    lines = path.read_bytes().split(b"\n")
    garbage = [b"\x00\xff\xfe" * 9, b"[]", b'{"a": 1}', b"]" * 5000, b"null"]
    path.write_bytes(b"\n".join([*lines[:2], *garbage, *lines[2:]]))
    trace = read_trace(path)
    assert len(trace.spans) == 5 and not trace.complete
    assert [w[:6] for w in trace.warnings] == ["line 3", "line 4", "line 5", "2 more"]
    assert "lines 6 to 7" in trace.warnings[3]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_is_done_to_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("t")
    path = record(open_trace(folder))
    whole = path.read_bytes()
    cuts = st.integers(0, len(whole))
    start, end = sorted((data.draw(cuts), data.draw(cuts)))
    path.write_bytes(whole[:start] + data.draw(st.binary(max_size=20)) + whole[end:])
    (summary,) = list_traces(folder)
    try:
        trace = read_trace(path)
    except BadInputError as error:
        assert str(path) in str(error) and summary.status == "unreadable"
        return
    assert len(trace.spans) <= 6  # a damaged key may cost a span its name
    if trace.complete:
        assert trace.root.end is not None


def test_a_lost_root_is_stood_in_for(path: Path) -> None:
    lines = path.read_text().splitlines()
    path.write_text("garbage\n" + "\n".join(lines[1:]) + "\n")
    trace = read_trace(path)
    assert trace.root.name == "run" and trace.root.end is None and not trace.complete
    assert [s.name for s in trace.root.children] == ["node look", "node write"]
    assert trace.root.span_id == trace.nodes()[0].parent_id
    assert trace.evaluations[0].span_id == trace.root.span_id
    assert "the root span is missing" in trace.warnings[1]
    assert trace.document() is None and trace.schema == names.SCHEMA
    (summary,) = list_traces(path.parent.parent)
    assert summary.status == "unfinished" and summary.warnings == trace.warnings


def test_a_trace_that_vouch_did_not_record_is_a_plain_tree(path: Path) -> None:
    def foreign(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for line in lines:
            for resource in line.get("resourceSpans", []):
                resource["scopeSpans"][0]["scope"] = {"name": "some.http.server"}
                for span in spans_of(line):
                    span["attributes"] = [{"key": "http.route", "value": {"stringValue": "/"}}]
                yield line

    rewrite(path, foreign)
    trace = read_trace(path)
    assert trace.schema == "" and len(trace.spans) == 5
    assert {s.kind for s in trace.spans} == {"other"}
    assert trace.warnings == (
        "not recorded by vouch: its spans are shown as they are, there is no listing to find",
    )
    with pytest.raises(BadInputError, match=r"was not recorded by vouch, so it cannot be replayed"):
        trace.require("replayed")


def set_attribute(line: dict[str, Any], key: str, value: str) -> None:
    (span,) = spans_of(line)
    kept = [a for a in span["attributes"] if a["key"] != key]
    span["attributes"] = [*kept, {"key": key, "value": {"stringValue": value}}]


def test_a_newer_schema_is_shown_as_far_as_known(path: Path) -> None:
    def newer(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        set_attribute(lines[0], names.TRACE_SCHEMA, "vouch.trace/2")
        return [*lines, {"resourceProfiles": []}]

    rewrite(path, newer)
    trace = read_trace(path)
    assert trace.schema == "vouch.trace/2" and len(trace.spans) == 5
    assert "vouch.trace/2" in trace.warnings[-1] and "newer vouch" in trace.warnings[-1]
    with pytest.raises(BadInputError, match=r"vouch\.trace/2, so it cannot be replayed"):
        trace.require("replayed")
    (summary,) = list_traces(path.parent.parent)
    assert any("vouch.trace/2" in w for w in summary.warnings)


def test_a_newer_listing_is_read_for_what_is_known_of_it(path: Path) -> None:
    document = read_trace(path).root.output

    def newer(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        told = {**document, "schema": "vouch.listing/2", "video": {"seconds": 3}}
        set_attribute(lines[0], names.OUTPUT, json.dumps(told, separators=(",", ":")))
        return lines

    rewrite(path, newer)
    trace = read_trace(path)
    (warning,) = trace.warnings
    assert "vouch.listing/2" in warning and trace.complete
    read = trace.document()
    assert read is not None and read.title == "Mug"
    trace.require("audited")


def test_a_newer_listing_that_does_not_fit_is_refused_by_its_name(path: Path) -> None:
    def newer(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        set_attribute(lines[0], names.OUTPUT, '{"schema":"vouch.listing/3","status":"sold"}')
        return lines

    rewrite(path, newer)
    with pytest.raises(BadInputError, match=r"being vouch\.listing/3"):
        read_trace(path).document()


def test_runs_from_before_the_schema_was_recorded_are_of_the_first(path: Path) -> None:
    def older(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        (root,) = spans_of(lines[0])
        root["attributes"] = [a for a in root["attributes"] if a["key"] != names.TRACE_SCHEMA]
        return lines

    rewrite(path, older)
    trace = read_trace(path)
    assert trace.schema == names.SCHEMA and trace.warnings == () and trace.content_captured


def test_several_roots_are_shown_together(path: Path) -> None:
    def two_roots(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        spans_of(lines[1])[0]["parentSpanId"] = ""
        return lines

    rewrite(path, two_roots)
    trace = read_trace(path)
    assert [s.name for s in trace.root.children] == ["invoke_workflow listing", "node look"]
    assert trace.warnings[0].startswith("2 spans without a parent")
    document = trace.document()
    assert document is not None and document.title == "Mug"


def test_one_pretty_printed_document_and_a_gzip_file_are_read(path: Path, tmp_path: Path) -> None:
    expected = read_trace(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    whole = {
        "resourceSpans": [r for line in lines for r in line.get("resourceSpans", [])],
        "resourceLogs": [r for line in lines for r in line.get("resourceLogs", [])],
    }
    for name, text in (
        ("one.json", json.dumps(whole, indent=2)),
        ("line.json", json.dumps(whole)),
        ("list.json", json.dumps(lines, indent=1)),
    ):
        file = tmp_path / name
        for data in (text.encode(), gzip.compress(text.encode())):
            file.write_bytes(data)
            trace = read_trace(file)
            assert trace.warnings == () and trace.evaluations == expected.evaluations
            assert [s.attributes for s in trace.spans] == [s.attributes for s in expected.spans]
    file.write_text(json.dumps(whole, indent=2)[:-200])
    with pytest.raises(BadInputError, match="one JSON document that cannot be read"):
        read_trace(file)


def test_a_gzip_file_that_breaks_off_gives_what_came_before(path: Path, tmp_path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    packed = b"".join(gzip.compress(line) for line in lines)
    file = tmp_path / "cut.otlp.jsonl.gz"
    for data, told in ((packed[:-9], "cut short"), (packed + b"junk", "cut short|header")):
        file.write_bytes(data)
        trace = read_trace(file)
        assert len(trace.spans) == 5 and not trace.complete
        assert re.search(rf"what comes from here on cannot be read: .*({told})", trace.warnings[-1])
    file.write_bytes(packed)
    assert read_trace(file).complete


def test_a_file_of_many_traces_gives_them_one_by_one(tracer: RunTracer, tmp_path: Path) -> None:
    files = [record(tracer, title).read_text().splitlines() for title in "ABC"]
    mixed = [*files[0], *[line for pair in zip(*files[1:], strict=True) for line in pair]]
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join([*mixed[:3], "torn", *mixed[3:], '{"resourceSpans":[{"cut']))
    traces = list(read_traces(path))
    titles = [d.title for t in traces if (d := t.document())]
    assert titles == ["A", "B", "C"]
    assert [len(t.spans) for t in traces] == [5, 5, 5]
    assert [t.evaluations[0].score for t in traces] == [0.5, 0.5, 0.5]
    assert [len(t.warnings) for t in traces] == [1, 0, 1]
    assert [t.complete for t in traces] == [False, True, False]
    path.write_text("nothing\n")
    with pytest.raises(BadInputError, match="line 1: not JSON"):
        list(read_traces(path))


def test_a_run_is_found_by_path_and_removed_only_by_id(path: Path, tmp_path: Path) -> None:
    assert find_trace(tmp_path / "elsewhere", str(path)) == path


LARGE = """
import sys
from eval_traces import read_trace

def peak():
    with open("/proc/self/status") as told:
        return next(int(line.split()[1]) for line in told if line.startswith("VmHWM"))

before = peak()
trace = read_trace(sys.argv[1])
print(len(trace.spans), len(trace.warnings), (peak() - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="tells no peak of memory")
@pytest.mark.parametrize(("spans", "size"), [(2000, 15_000), (1, 30_000_000)])
def test_a_large_file_costs_little_more_memory_than_its_text(
    path: Path, spans: int, size: int
) -> None:
    """Many spans, and one huge attribute: 30 MB each."""
    lines = path.read_text().splitlines()
    tool = json.loads(lines[2])
    with path.open("w") as stream:
        stream.write(lines[0] + "\n")
        for number in range(spans):
            spans_of(tool)[0]["spanId"] = f"{number + 1:016x}"
            set_attribute(tool, names.TOOL_RESULT, "x" * size)
            stream.write(json.dumps(tool) + "\n")
    read = subprocess.run(
        [sys.executable, "-c", LARGE, str(path)], capture_output=True, text=True, check=True
    )
    found, warnings, grown = map(int, read.stdout.split())
    assert found == spans + 1 and warnings == 1
    assert grown < 3 * spans * size / 2**20 + 20
