"""The evaluation report in a real browser: widths, sorting, keys, print, dark, and no network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from eval_traces.report import build_report, compare, write_report
from tests.eval_traces.report_runs import market_runs, run, unreadable

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path: apt install chromium"
)
DESK, PHONE, SMALL = (1280, 860), (390, 844), (320, 600)
HOSTILE = "<img src=x onerror='window.hacked=1'></script>" + "long" * 60


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    before = build_report(market_runs(150, seed=1, series="a"))
    runs = [*market_runs(150, seed=2, worse=0.15, series="b"), unreadable("/bad.jsonl", "cut")]
    after = build_report(runs, about={"truth": "truth.jsonl"})
    odd = build_report(
        [
            run(i, {"claims.precision": i / 9, "seconds.total": 1.0 + i, HOSTILE: i / 7},
                case=HOSTILE, mode=HOSTILE, category=HOSTILE + str(i), problems=(HOSTILE,))
            for i in range(9)
        ]
    )  # fmt: skip
    audit_page = "<!doctype html><title>An audit</title>".format
    return {
        "plain": write_report(before, folder / "plain"),
        "baseline": write_report(
            after, folder / "baseline", compare(after, before), lambda path: audit_page()
        ),
        "hostile": write_report(odd, folder / "hostile", compare(odd, odd, name=HOSTILE)),
        "empty": write_report(build_report([]), folder / "empty"),
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as program:
        running = program.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def visit(browser: Any, file: Path, size: tuple[int, int], scheme: str = "light") -> Iterator[Any]:
    """Open a page; on leaving, it must have asked for nothing else and complained of nothing."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    page.set_default_timeout(4000)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    try:
        yield page
        assert [url for url in asked if not url.startswith("file:")] == []
        assert said == []
    finally:
        context.close()


def column(page: Any, table: str, number: int) -> list[str]:
    cells = page.locator(f"{table} tbody tr > :nth-child({number})").all_inner_texts()
    return [cell.split()[0] for cell in cells]


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL])
@pytest.mark.parametrize("name", ["plain", "baseline", "hostile", "empty"])
def test_it_fits_the_window_and_asks_for_nothing(
    browser: Any, files: dict[str, Path], size: tuple[int, int], name: str
) -> None:
    with visit(browser, files[name], size) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.evaluate("window.hacked") is None
        cut = """[...document.querySelectorAll('.tile, .card, .change-row, .verdict')]
            .filter(box => box.scrollWidth > box.clientWidth + 1).length"""
        assert page.evaluate(cut) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_style_is_let_through_and_its_marks_have_size(
    browser: Any, files: dict[str, Path], scheme: str
) -> None:
    with visit(browser, files["baseline"], DESK, scheme) as page:
        colours = page.evaluate(
            "(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
        )
        light = [sum(map(int, c.strip("rgb()").split(","))) > 380 for c in colours]
        assert light == ([True, False] if scheme == "light" else [False, True])
        flat = """[...document.querySelectorAll('main svg')].filter(
            svg => svg.getBoundingClientRect().width < 5).length"""
        assert page.evaluate(flat) == 0
        bars = page.locator("#spreads .bar").first.evaluate("b => b.getBoundingClientRect().height")
        assert bars > 0


def test_headings_sort_by_mouse_and_by_key(browser: Any, files: dict[str, Path]) -> None:
    with visit(browser, files["plain"], DESK) as page:
        table = "#categories table"
        runs = [int(text) for text in column(page, table, 2)]
        assert runs == sorted(runs, reverse=True)
        page.click(f"{table} thead th:nth-child(3) button")
        falling = [float(text) for text in column(page, table, 3)]
        assert falling == sorted(falling, reverse=True)
        assert page.get_attribute(f"{table} thead th:nth-child(3)", "aria-sort") == "descending"
        page.focus(f"{table} thead th:nth-child(3) button")
        page.keyboard.press("Enter")
        assert [float(text) for text in column(page, table, 3)] == sorted(falling)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        names = column(page, table, 1)
        assert names == sorted(names)
        assert page.locator(f"{table} [aria-sort]").count() == 1


def test_the_keyboard_reaches_the_figures_and_is_seen(browser: Any, files: dict[str, Path]) -> None:
    with visit(browser, files["baseline"], DESK) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#headline")
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(style) == "solid"


def test_a_worst_run_leads_to_its_audit(browser: Any, files: dict[str, Path]) -> None:
    with visit(browser, files["baseline"], PHONE) as page:
        page.locator("#worst a").first.click()
        assert page.title() == "An audit"


def test_it_prints_without_what_is_for_screens(browser: Any, files: dict[str, Path]) -> None:
    with visit(browser, files["baseline"], DESK) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert not page.locator("nav").is_visible()
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
        assert page.pdf()[:5] == b"%PDF-"


def test_without_scripts_everything_is_there(browser: Any, files: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["baseline"].as_uri())
    assert "regressed" in page.locator("#baseline").inner_text()
    assert page.locator("#metrics tbody tr").count() > 10
    context.close()
