"""docs/evaluation-report.md: its example runs, and the files that it names are written."""

import re
from pathlib import Path

import pytest

from eval_traces.report import build_report, write_report
from tests.eval_traces.report_runs import market_runs

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evaluation-report.md"


def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not any((ROOT / "eval_traces" / "golden").rglob("*.jsonl")):
        pytest.skip("no recorded runs in eval_traces/golden")
    (tmp_path / "eval_traces").symlink_to(ROOT / "eval_traces")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(example, str(PAGE), "exec"), {})
    assert "claims.precision" in capsys.readouterr().out
    assert (tmp_path / "report" / "report.html").is_file()


def test_the_files_it_names_are_written(tmp_path: Path) -> None:
    write_report(build_report(market_runs(20)), tmp_path, audit_pages=lambda path: "<p>")
    named = re.findall(r"^\| (`.*?`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    patterns = [name for cell in named for name in re.findall(r"`(.*?)`", cell)]
    assert len(patterns) == 5
    assert all(any(tmp_path.glob(pattern)) for pattern in patterns)
