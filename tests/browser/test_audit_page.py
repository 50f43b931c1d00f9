"""The audit page in a real browser: two widths, keys alone, print, dark, and no network."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval_traces import find_trace, open_trace, read_trace
from eval_traces.audit.page import render_audit_page
from eval_traces.audit.reading import read_audit
from tests.eval_traces.audit_runs import HOSTILE, record_run
from tests.graphs.conftest import jpeg
from tools.photos import PhotoStore, read_photo

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed: pip install playwright"
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path: apt install chromium"
)
DESK, TABLET, PHONE, SMALL = (1280, 860), (940, 700), (390, 844), (320, 600)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("audit")
    store = PhotoStore(folder / "photos")
    photo = store.put(read_photo(jpeg("red", (800, 600)), "red.jpg"))
    tracer = open_trace(folder / "traces")
    pages = {}
    for name, words in (("plain", ""), ("hostile", HOSTILE)):
        trace_id = record_run(tracer, photo, market=words, seller=words)
        assert tracer.folder is not None
        view = read_audit(read_trace(find_trace(tracer.folder, trace_id)), store)
        pages[name] = folder / f"{name}.html"
        pages[name].write_text(render_audit_page(view), encoding="utf-8")
    return pages


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as program:
        running = program.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


class Visit:
    """A page in a window of its own; it notes what the page asks for and complains of."""

    def __init__(self, browser: Any, file: Path, size: tuple[int, int], scheme: str = "light"):
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(4000)
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(file.as_uri())

    def focused(self) -> str:
        return str(
            self.page.evaluate(
                "document.activeElement.getAttribute('href') || document.activeElement.id"
            )
        )

    def value(self, script: str) -> Any:
        return self.page.evaluate(script)

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("size", [DESK, TABLET, PHONE, SMALL])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_it_fits_the_window_and_asks_for_nothing(
    browser: Any, files: dict[str, Path], size: tuple[int, int], name: str
) -> None:
    with Visit(browser, files[name], size) as visit:
        for row in visit.page.locator(".step").all():
            row.evaluate("row => { row.open = true; }")
        visit.page.click("#m4")
        assert visit.page.locator("#c4").is_visible()
        assert visit.value("document.documentElement.scrollWidth") <= size[0]
        pictures = "[...document.querySelectorAll('.photos img')].map(i => i.naturalWidth)"
        assert visit.value(pictures) == [800]
        assert visit.value("window.hacked") is None
        assert [u for u in visit.asked if not u.startswith(("file:", "data:"))] == []
        assert visit.said == []


def test_keys_alone_lead_through_the_claims(browser: Any, files: dict[str, Path]) -> None:
    with Visit(browser, files["plain"], DESK) as visit:
        press = visit.page.keyboard.press
        while visit.focused() != "#c1":
            press("Tab")
        ring = visit.value("getComputedStyle(document.activeElement).outlineStyle")
        assert ring == "solid"
        press("ArrowRight")
        assert visit.focused() == "#c2"
        press("ArrowLeft")
        press("Tab")
        assert visit.focused() == "#c2"
        press("Enter")
        assert visit.focused() == "c2"
        assert visit.page.locator(".card:visible").count() == 1
        assert "Listing m1" in visit.page.locator("#c2").inner_text()
        press("ArrowRight")
        assert visit.focused() == "c3"
        assert visit.page.locator("#m3").get_attribute("aria-current") == "true"
        assert visit.page.locator("#c3 .evidence-photo").is_visible()
        press("Escape")
        assert visit.page.locator(".card:visible").count() == 0
        assert visit.focused() == "#c2"
        press(" ")
        assert visit.focused() == "c2"


def test_evidence_leads_to_its_step_in_the_waterfall(browser: Any, files: dict[str, Path]) -> None:
    for size in (DESK, PHONE):
        with Visit(browser, files["plain"], size) as visit:
            visit.page.click("#m3")
            visit.page.click("#c3 .from a")
            row = visit.page.locator(".step.shown")
            assert "read_photo_attribute" in row.locator("summary").inner_text()
            assert '"probability": 0.93' in row.locator("pre").last.inner_text()
            row.locator("pre").last.click(trial=True)


def test_a_link_to_a_claim_opens_it(browser: Any, files: dict[str, Path]) -> None:
    with Visit(browser, files["plain"], DESK) as visit:
        visit.page.goto(files["plain"].as_uri() + "#c9")
        visit.page.reload()
        assert visit.page.locator("#c9").is_visible()
        assert "Nothing on record" in visit.page.locator("#c9").inner_text()


def test_on_a_phone_the_evidence_rises_below_the_words(
    browser: Any, files: dict[str, Path]
) -> None:
    with Visit(browser, files["plain"], PHONE) as visit:
        assert not visit.page.locator("#panel").is_visible()
        visit.page.click("#m11")
        sheet = visit.page.locator("#panel").bounding_box()
        words = visit.page.locator("#m11").bounding_box()
        assert (sheet["x"], sheet["width"]) == (0, PHONE[0])
        assert sheet["y"] + sheet["height"] == PHONE[1]
        assert words["y"] >= 0 and words["y"] + words["height"] <= sheet["y"]
        close = visit.page.locator("#close").bounding_box()
        assert min(close["width"], close["height"]) >= 44
        visit.page.click("#close")
        assert not visit.page.locator("#panel").is_visible()


def test_print_lists_all_evidence_after_the_text(browser: Any, files: dict[str, Path]) -> None:
    with Visit(browser, files["plain"], (760, 1000), "dark") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.locator(".card:visible").count() == 11
        assert not visit.page.locator(".controls, .index").first.is_visible()
        text, card = visit.page.locator("#draft"), visit.page.locator("#c1")
        end = text.bounding_box()
        assert card.bounding_box()["y"] >= end["y"] + end["height"]
        assert visit.page.locator("#m4 .number").is_visible()
        assert contrast(visit, ".description") > 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_in_light_and_dark(
    browser: Any, files: dict[str, Path], scheme: str
) -> None:
    with Visit(browser, files["plain"], DESK, scheme) as visit:
        light = luminance(visit, "body", "backgroundColor") > 0.5
        assert light == (scheme == "light")
        visit.page.click("#m4")
        for place in (".description", ".run-line", ".counts li", "#c4 .verdict", "#c4 .from"):
            assert contrast(visit, place) >= 4.5, place
        styles = "[...document.querySelectorAll('a.claim')].map(a => [a.className.slice(9),"
        styles += "getComputedStyle(a).textDecorationStyle].join())"
        told = dict(pair.split(",") for pair in visit.value(styles))
        assert len(set(told.values())) == len(told) == 4


def test_without_script_all_evidence_is_there(browser: Any, files: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["plain"].as_uri())
    assert page.locator(".card:visible").count() == 11
    context.close()


def luminance(visit: Visit, place: str, of: str) -> float:
    """Relative luminance (WCAG 2.2) of a colour of the first such element, or what is behind it."""
    colour = visit.value(
        f"""(() => {{
          for (let e = document.querySelector({place!r}); e; e = e.parentElement) {{
            const c = getComputedStyle(e)[{of!r}];
            if (!/, 0\\)$/.test(c)) return c;
          }}
          return "rgb(255, 255, 255)";
        }})()"""
    )
    channels = [int(v) / 255 for v in re.findall(r"\d+", colour)[:3]]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(visit: Visit, place: str) -> float:
    """Contrast ratio (WCAG 2.2) of an element's words to what is behind them."""
    pair = (luminance(visit, place, "color"), luminance(visit, place, "backgroundColor"))
    return (max(pair) + 0.05) / (min(pair) + 0.05)
