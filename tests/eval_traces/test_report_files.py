"""A report as files: JSON that reads back, CSV, the page, and the summary in a terminal."""

import csv
import html.parser
import io
import json
import re
from pathlib import Path

import numpy as np
import orjson
import pytest
from rich.console import Console

from eval_traces.report import (
    Report,
    build_report,
    compare,
    find_report,
    load_report,
    render_summary,
    to_document,
    write_report,
)
from eval_traces.report.page import render_report_page
from listing.errors import BadInputError, NotFoundError
from tests.eval_traces.report_runs import FACTS, market_runs, run, unreadable

HOSTILE = "<script>alert(1)</script>\"'></title>\u202e&"


@pytest.fixture(scope="module")
def report() -> Report:
    runs = [*market_runs(120), unreadable("/bad.jsonl", "line 3: not JSON")]
    return build_report(runs, about={"truth": "truth.jsonl"})


@pytest.fixture(scope="module")
def folder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reports") / "new" / "report"
    write_report(report, place)
    return place


def printed(report: Report, *, against: Report | None = None, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(render_summary(report, compare(report, against) if against else None))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_json_names_its_schema_seed_and_what_made_the_runs(folder: Path) -> None:
    document = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert document["schema"] == "vouch.eval/1"
    assert (document["runs"], document["unreadable"], document["seed"]) == (120, 1, 0)
    assert document["recorded"] == {name: [value] for name, value in sorted(FACTS.items())}
    assert document["about"] == {"truth": "truth.jsonl"}
    precision = next(m for m in document["metrics"] if m["metric"] == "claims.precision")
    assert precision["low"] < precision["value"] < precision["high"]
    assert (precision["better"], precision["unit"], precision["topic"]) == (
        "higher", "share", "claims",
    )  # fmt: skip


def test_a_report_reads_back_as_it_was_written(report: Report, folder: Path) -> None:
    back = load_report(folder)
    assert back.figures == report.figures
    assert back.groups == report.groups
    assert back.calibration == report.calibration
    assert (back.problems, back.recorded, back.labels) == (
        report.problems, report.recorded, report.labels,
    )  # fmt: skip
    assert back.generated == report.generated
    assert back.table is not None and report.table is not None
    assert back.table.runs.equals(report.table.runs)
    for name, column in report.table.columns.items():
        assert np.array_equal(back.table.column(name).values, column.values)
        assert np.array_equal(back.table.column(name).weights, column.weights)
    assert {d.outcome for d in compare(report, back).differences} == {"unchanged"}


def test_groups_of_any_field_can_be_had(report: Report) -> None:
    modes = {group.key: group.runs for group in report.by("mode")}
    assert sum(modes.values()) == 120
    assert report.by("mode") == report.groups["mode"]
    cases = report.by("case")
    assert len(cases) == 120
    assert cases[0].figures["seconds.total"].low is None


def test_the_same_runs_give_the_same_report_in_any_order() -> None:
    runs = market_runs(50)
    one, other = build_report(runs), build_report(reversed(runs))
    assert one.figures == other.figures
    assert build_report(runs, seed=1).figures != one.figures


def test_a_report_without_its_runs_is_compared_by_intervals_alone(
    report: Report, tmp_path: Path
) -> None:
    write_report(report, tmp_path, rows=False)
    back = load_report(tmp_path / "report.json")
    assert back.table is None
    worse = build_report(market_runs(120, seed=3, worse=0.3, series="b"))
    found = compare(worse, back)
    assert not found.rows_known
    assert "claims.precision" in {d.metric for d in found.regressions}
    assert "a report was written without its runs" in words(printed(worse, against=back))


def test_find_report_tells_reports_from_traces(folder: Path, tmp_path: Path) -> None:
    assert find_report(folder) == folder / "report.json"
    assert find_report(folder / "report.json") == folder / "report.json"
    (tmp_path / "a.otlp.jsonl").write_text("{}")
    assert find_report(tmp_path) is None
    assert find_report(tmp_path / "a.otlp.jsonl") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "no evaluation report"),
        ('{"schema": "vouch.listing/1"}', "no evaluation report"),
        ('{"schema": "vouch.eval/2"}', "another version"),
        ('{"schema": "vouch.eval/1"}', "generated"),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_the_reason(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match=said) as raised:
        load_report(path)
    assert str(path) in str(raised.value)


def test_a_damaged_report_is_refused(folder: Path, tmp_path: Path) -> None:
    document = orjson.loads((folder / "report.json").read_bytes())
    document["rows"]["scores"]["claims.precision"]["values"].pop()
    (tmp_path / "report.json").write_bytes(orjson.dumps(document))
    with pytest.raises(BadInputError, match="119 values for 120 runs"):
        load_report(tmp_path)
    with pytest.raises(BadInputError, match="cannot be read"):
        load_report(tmp_path / "none.json")


def test_the_runs_table_has_a_row_a_run_and_empty_cells_for_no_score(folder: Path) -> None:
    with (folder / "runs.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 120
    manual = next(row for row in rows if row["mode"] == "manual")
    assert manual["claims.precision"] == ""
    assert float(manual["seconds.total"]) > 0


def test_the_figures_table_has_every_group(report: Report, folder: Path) -> None:
    with (folder / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    overall = {row["metric"]: row for row in rows if row["group"] == "all"}
    assert overall.keys() == report.figures.keys()
    assert float(overall["claims.precision"]["value"]) == report.figures["claims.precision"].value
    assert {row["key"] for row in rows if row["group"] == "mode"} == {
        "reference", "template", "image_only", "manual",
    }  # fmt: skip


def test_no_text_becomes_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    runs = [run(i, {"=1+1": 1.0}, category="=HYPERLINK(1)", case="@a") for i in range(3)]
    write_report(build_report(runs), tmp_path)
    for name in ("runs.csv", "figures.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in list(csv.reader(stream))[1:] for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_plain_json_for_programs_is_one_document(report: Report) -> None:
    document = to_document(report, compare(report, report))
    assert json.loads(json.dumps(document)) == document
    assert document["comparison"]["regressions"] == []
    assert "rows" not in document
    assert len(to_document(report, rows=True)["rows"]["runs"]["case"]) == 120


class _Page(html.parser.HTMLParser):
    """Collects what a page would load or run, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.styled: list[str] = []
        self.scripts = 0
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attributes:
            if name in ("src", "srcset", "data", "xlink:href") or tag == "link":
                self.loads.append(f"{tag} {name}={value}")
            if name == "style" or name.startswith("on"):
                self.styled.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(str(value))
            if name == "href":
                self.links.append(str(value))


def parsed(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    parser.close()
    return parser


def test_the_page_loads_nothing_and_its_links_lead_somewhere(folder: Path) -> None:
    page = parsed((folder / "report.html").read_text(encoding="utf-8"))
    assert (page.loads, page.styled, page.scripts) == ([], [], 1)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)


def test_every_section_is_there_with_its_n_and_what_made_it(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    sections = ("headline", "worst", "modes", "spreads", "nodes", "calibration", "categories")
    for section in (*sections, "metrics", "problems", "method"):
        assert f'<section id="{section}"' in page
    assert page.count("model small 1, code 0.2.0, seed 0") >= 8
    assert "1 file" in page
    assert "line 3: not JSON" in page


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    runs = [
        run(i, {"claims.precision": i / 9, HOSTILE: 1.0}, case=HOSTILE, mode=HOSTILE,
            category=HOSTILE, problems=(HOSTILE,))
        for i in range(9)
    ]  # fmt: skip
    made = build_report(runs, about={HOSTILE: HOSTILE})
    page = write_report(made, tmp_path, compare(made, made, name=HOSTILE)).read_text("utf-8")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert parsed(page).scripts == 1
    assert "\u202e" not in printed(made, against=made)


def test_worst_runs_lead_to_their_audit_pages(report: Report, tmp_path: Path) -> None:
    asked: list[Path] = []

    def audit_page(path: Path) -> str:
        asked.append(path)
        if len(asked) == 2:
            raise NotFoundError("gone")
        return f"<p>{path}</p>"

    page = write_report(report, tmp_path, audit_pages=audit_page).read_text(encoding="utf-8")
    links = {link for link in parsed(page).links if link.startswith("audit/")}
    assert 5 <= len(asked) <= 20
    assert len(set(asked)) == len(asked)
    assert len(links) == len(asked) - 1
    assert all((tmp_path / link).is_file() for link in links)


def test_the_lowest_precision_over_most_claims_comes_first() -> None:
    from eval_traces.evaluators import Score
    from eval_traces.report.declared import WORST
    from eval_traces.report.worst import worst_lists

    weights = {1: 2.0, 2: 8.0, 3: 8.0}
    runs = [
        run(i, [Score("claims.precision", 0.0 if i < 3 else 1.0, w)]) for i, w in weights.items()
    ]
    lists = worst_lists(build_report([*runs, run(9, {}, status="error")]), WORST)
    precision, failed = lists
    assert [w.case for w in precision.runs] == ["case-0002", "case-0001"]
    assert [w.case for w in failed.runs] == ["case-0009"]


def test_a_second_report_replaces_the_first(tmp_path: Path) -> None:
    write_report(build_report(market_runs(10)), tmp_path)
    write_report(build_report(market_runs(20)), tmp_path)
    assert load_report(tmp_path).runs == 20
    assert not [p for p in tmp_path.rglob("*") if p.name.endswith(".partial")]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match="cannot be written"):
        write_report(build_report(market_runs(3)), tmp_path / "file")


@pytest.mark.parametrize("runs", [[], [run(1, {})], [run(1, {"a": 1.0})], [unreadable("x", "cut")]])
def test_small_and_empty_evaluations_have_a_report_too(runs: list, tmp_path: Path) -> None:
    made = build_report(runs)
    page = write_report(made, tmp_path).read_text(encoding="utf-8")
    assert "</html>" in page
    assert load_report(tmp_path).runs == made.runs
    assert printed(made)
    assert compare(made, made).regressions == ()


def test_the_summary_fits_a_plain_terminal_and_names_what_regressed() -> None:
    before = build_report(market_runs(120, seed=1))
    after = build_report(market_runs(120, seed=2, worse=0.2, series="b"))
    text = printed(after, against=before)
    assert max(map(len, text.splitlines())) <= 100
    assert re.search(r"claim precision, by the ledger.*✗ regressed", text)
    assert "120 pairs of runs" in text
    alone = printed(before)
    assert re.search(
        r"claim precision, by the ledger ↑ +0\.\d{3}  0\.\d{3} to 0\.\d{3} +\d+", alone
    )
    assert "Phones 30" in alone


def test_a_baseline_page_shows_regressions_first() -> None:
    before = build_report(market_runs(120, seed=1))
    after = build_report(market_runs(120, seed=2, worse=0.2, series="b"))
    page = render_report_page(after, compare(after, before, name="last week"))
    assert "Against last week" in page
    assert "2 metrics regressed" in page
    assert page.index("✗ regressed") < page.index("= unchanged")


def test_blind_controls_are_announced(report: Report) -> None:
    runs = [run(i, {"control.grey": float(i < 3)}) for i in range(9)]
    page = render_report_page(build_report(runs))
    assert "3 runs with a grey photo" in page
    assert "grey photo" not in render_report_page(report)


def test_a_metric_that_nobody_declared_is_reported_without_a_direction() -> None:
    made = build_report([run(i, {"shop.sold": i / 9}) for i in range(10)])
    metric = made.book.of("shop.sold")
    assert (metric.topic, metric.better) == ("other", "neither")
    assert "shop.sold" in render_report_page(made)
