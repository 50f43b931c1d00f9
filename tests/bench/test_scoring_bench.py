"""The scoring measurement: its traces are many and differ, and its two ways agree."""

import json
from pathlib import Path

import pytest

from bench.scoring import main
from bench.varied_traces import read_patterns, truth_lines, vary
from eval_traces.evaluators import ScoredRun
from eval_traces.scoring.scan import scan_file
from listing.errors import BadInputError
from tests.eval_traces.written_runs import WrittenRun, claim, draft, evidence


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for number in (7, 8):
        written = WrittenRun(number)
        written.tool("predict_category", {}, {"id": "a", "confidence": 0.9123, "alternatives": []})
        written.node("audit_draft", route="finish")
        given = {"source": "seller", "confidence": 1.0, "evidence": ["e1"]}
        said = {"brand": {"value": "Acme"}, "colour": {"value": "blue"}}
        document = draft(
            title="Acme mug, blue",
            attributes={name: value | given for name, value in said.items()},
            claims=[claim("brand", "Acme", "supported", "e1")],
            evidence=[evidence("e1", "seller", "Acme mug", attribute="brand", value="Acme")],
        )
        written.write(folder, document)
    return folder


def test_variations_are_whole_and_differ(source: Path, tmp_path: Path) -> None:
    patterns = read_patterns(sorted(source.iterdir()))
    seen = set()
    for number in range(20):
        trace_id, text = vary(patterns[number % 2], number)
        assert (trace_id, text) == vary(patterns[number % 2], number)
        path = tmp_path / f"{trace_id}.otlp.jsonl"
        path.write_bytes(text)
        (trace,) = scan_file(path)
        run = ScoredRun(trace)
        assert trace.trace_id == trace_id and not trace.warnings and run.document is not None
        brand = run.attributes["brand"]["value"]
        assert run.document["title"].startswith(brand) and len(brand) == 4
        assert run.claims[0]["value"] == brand == run.evidence["e1"]["value"]
        assert run.attributes["colour"]["value"] != "blue"
        span_ids = tuple(span.span_id for span in run.spans)
        seen.add((trace_id, run.photos[0], brand, span_ids, run.spans[0].start))
    assert len(seen) == 20
    rows = [json.loads(line) for line in truth_lines(patterns, 20)]
    assert len({row["photo"] for row in rows}) == 20


def test_both_ways_give_the_same_scores(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "room"
    room.mkdir()
    words = ["-n", "30", "--sample", "10", "--processes", "1", "--json"]
    assert main([*words, "--source", str(source), "--folder", str(room)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["peer"]["alike"] is True
    assert [mark["runs"] for mark in found["passes"][-1]["memory"]] == [3, 15, 30]
    assert not list(room.iterdir()), "what was made is removed"


def test_a_source_without_patterns(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such file"):
        main(["-n", "10", "--source", str(tmp_path / "none")])
