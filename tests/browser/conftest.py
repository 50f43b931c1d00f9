"""Visits to the seller's page in Chromium: one service and one browser, a window for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.graphs.conftest import jpeg

DESK, PHONE = (1280, 860), (390, 844)


class PageVisit:
    """The seller's page in a window of its own; it notes what the page complains of."""

    def __init__(self, browser: Any, address: str, **given: Any) -> None:
        width, height = given.pop("size", DESK)
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=given.pop("locale", "en-GB"),
            reduced_motion="reduce",
            **given,
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)  # a busy machine is no fault of the page
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda m: self.said.append(m.text))
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.goto(address)
        self.page.wait_for_selector("h1, .title, .notice")

    def photos(self, *colours: str, size: tuple[int, int] = (320, 240)) -> None:
        """Choose photos, one of each colour."""
        files = [
            {"name": f"{c}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(c, size)} for c in colours
        ]
        self.page.set_input_files("#photos-choose", files)
        self.page.wait_for_selector(f".chosen li:nth-child({len(colours)})")

    def draft(self, words: str = "", *colours: str) -> None:
        """Write a listing and wait for its end."""
        self.photos(*(colours or ("red",)))
        if words:
            self.page.fill("#words", words)
        self.page.click("#write")
        self.page.wait_for_selector("#copy-json")
        self.idle()

    def idle(self) -> None:
        """Wait until no turn runs and what came of it is shown."""
        self.page.wait_for_function(
            "() => { const v = document.querySelector('vouch-listing').view;"
            " return v && !v.desk.state.run && v.desk.state.ready && !v.asked; }"
        )

    def settled(self) -> None:
        """Wait until what was changed is drawn and the focus is where it belongs."""
        self.page.evaluate(
            "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame("
            "() => requestAnimationFrame(r))))"
        )

    def text(self, selector: str) -> str:
        """What a part of the page says."""
        return str(self.page.locator(selector).first.inner_text())

    def said_aloud(self) -> str:
        """What a screen reader was told last."""
        return str(self.page.locator("[role=status].sr").text_content())

    def state(self, path: str) -> Any:
        """A part of the desk's state."""
        return self.page.evaluate(f"document.querySelector('vouch-listing').view.desk.state.{path}")

    def focused(self) -> dict[str, Any]:
        """The element that has the focus, inside the shadow as well."""
        found: dict[str, Any] = self.page.evaluate(
            "() => { let e = document.activeElement;"
            " while (e.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;"
            " const r = e.getBoundingClientRect();"
            " return {id: e.id, tag: e.tagName, text: e.innerText || e.value || '',"
            " label: e.getAttribute('aria-label'), ring: getComputedStyle(e).outlineStyle,"
            " claim: e.dataset.claim, height: r.height}; }"
        )
        return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for a module's tests; they are skipped where there is none.

    Not for longer: while it runs, no other test of this process may start one, or an event loop.
    """
    program = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium on the path: apt install chromium")
    with program.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def desk_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The service of all tests of the page, as it runs on loopback."""
    from tests.browser.desk_service import serving

    with serving(Path(tmp_path_factory.mktemp("desk")), disconnect_grace_s=30.0) as service:
        yield service


@pytest.fixture
def desk(desk_service: Any) -> Any:
    """The service with a fresh script."""
    desk_service.fresh()
    return desk_service


@pytest.fixture
def visit(chromium: Any, desk: Any) -> Iterator[Callable[..., PageVisit]]:
    """Open the page: `visit(size=PHONE, color_scheme="dark")`."""
    open_now: list[PageVisit] = []

    def go(address: str | None = None, **given: Any) -> PageVisit:
        open_now.append(PageVisit(chromium, address or desk.address, **given))
        return open_now[-1]

    yield go
    for each in open_now:
        each.context.close()
