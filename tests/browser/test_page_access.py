"""The page for everyone: keys alone, a screen reader, large targets, two languages, other sites."""

import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.browser.conftest import DESK, PHONE, PageVisit

Visit = Callable[..., PageVisit]
PAGE = Path(__file__).parents[2] / "agent" / "page"
WORDS = Path(__file__).parents[2] / "tools" / "editing" / "words"


def violations(it: PageVisit) -> list[str]:
    """What axe-core finds serious or critical on the page as it is."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-core")
    it.settled()
    found = axe.Axe().run(it.page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "size", "locale"),
    [
        ("light", DESK, "en-GB"),
        ("dark", DESK, "zh-CN"),
        ("light", PHONE, "zh-CN"),
        ("dark", PHONE, "en-GB"),
    ],
)
def test_axe_finds_no_serious_violation(
    visit: Visit, scheme: str, size: tuple[int, int], locale: str
) -> None:
    it = visit(color_scheme=scheme, size=size, locale=locale)
    it.photos("red", "green")
    assert violations(it) == []
    it.page.click("#write")
    it.page.wait_for_selector("#copy-json")
    it.idle()
    it.page.click("[data-field='attribute:brand']")
    assert violations(it) == []
    it.page.keyboard.press("Escape")
    it.page.click(".claim >> nth=0")
    it.page.wait_for_selector("#card h3")
    assert violations(it) == []
    it.page.keyboard.press("Escape")
    it.page.click("#publish")
    it.page.wait_for_selector("dialog[open]")
    assert violations(it) == []
    it.page.keyboard.press("Escape")
    it.idle()
    it.page.click("#tab-run")
    it.page.click(".kind-chat .span-row >> nth=0")
    assert violations(it) == []


def tab_to(it: PageVisit, wanted: Callable[[dict[str, Any]], bool], most: int = 60) -> None:
    """Press Tab until the focus is on what is wanted; every stop on the way shows its focus."""
    for _ in range(most):
        it.page.keyboard.press("Tab")
        here = it.focused()
        if wanted(here):
            return
    raise AssertionError(f"not reached with Tab; last {here}")


def test_keys_alone_lead_from_photo_to_publication(visit: Visit) -> None:
    it = visit()
    press = it.page.keyboard.press
    tab_to(it, lambda e: e["id"] == "photos-choose")
    it.photos("red")  # the system's own dialog cannot be typed into from here
    tab_to(it, lambda e: e["id"] == "words")
    it.page.keyboard.type("It is red")
    tab_to(it, lambda e: e["id"] == "write")
    assert it.focused()["ring"] == "solid"
    press("Enter")
    it.page.wait_for_selector("#copy-json")
    it.idle()
    assert "facts" in it.said_aloud() or "fact" in it.said_aloud()
    tab_to(it, lambda e: e["claim"] is not None)
    claim = it.focused()["claim"]
    press("Enter")
    it.page.wait_for_selector("#card h3")
    assert it.focused()["id"] == "card"
    press("Escape")
    it.page.locator("#card").wait_for(state="hidden")
    it.settled()
    assert it.focused()["claim"] == claim
    tab_to(it, lambda e: e["id"] == "edit-title")
    press("Enter")
    it.page.wait_for_selector("#field-title")
    assert it.focused()["id"] == "field-title"
    press("End")
    it.page.keyboard.type("!")
    press("Enter")
    it.idle()
    it.settled()
    assert it.state("doc.title").endswith("!")
    assert it.focused()["id"] == "edit-title"
    tab_to(it, lambda e: e["id"].startswith("ask-"))
    it.page.keyboard.type("Hartweg")
    press("Enter")
    it.idle()
    tab_to(it, lambda e: e["id"] == "publish")
    press("Enter")
    it.page.wait_for_selector("dialog[open]")
    for _ in range(8):
        press("Tab")
        inside = "(() => { const r = document.querySelector('vouch-listing').shadowRoot;"
        inside += " const e = r.activeElement; return !e || r.querySelector('dialog').contains(e);"
        assert it.page.evaluate(inside + "})()")
    press("Escape")
    it.idle()
    assert it.state("doc.published") is None
    it.page.focus("#publish")
    press("Enter")
    it.page.wait_for_selector("dialog[open]")
    it.page.focus("#final-title")
    press("Enter")
    it.idle()
    assert it.state("doc.published.title").endswith("!")


def test_a_thumb_hits_every_control_on_a_phone(visit: Visit) -> None:
    it = visit(size=PHONE, has_touch=True, is_mobile=True)
    small = (
        "[...document.querySelector('vouch-listing').shadowRoot.querySelectorAll("
        "'button, input:not(.sr), textarea, select, label.chooser')].filter(e => e.checkVisibility("
        "{checkVisibilityCSS: true}) && !e.matches('.link')).map(e => [e.className || e.id,"
        " e.getBoundingClientRect()]).filter(([, r]) => r.height < 43.5 || r.width < 43.5)"
        ".map(([n, r]) => `${n} ${r.width}x${r.height}`)"
    )
    it.photos("red", "green")
    assert it.page.evaluate(small) == []
    it.page.click("#write")
    it.page.wait_for_selector("#copy-json")
    it.idle()
    assert it.page.evaluate(small) == []
    it.page.click(".claim >> nth=0")
    it.page.wait_for_selector("#card h3")
    it.settled()
    card = it.page.locator("#card").bounding_box()
    assert card["x"] == 0 and round(card["y"] + card["height"]) == PHONE[1]
    words = it.page.locator(".claim[aria-expanded=true]").bounding_box()
    assert words["y"] >= 0 and words["y"] + words["height"] <= card["y"]
    assert it.page.evaluate(small) == []


def test_the_stream_is_told_in_sentences_not_in_words(visit: Visit) -> None:
    it = visit()
    it.page.evaluate(
        "() => { window.told = []; const at = document.querySelector('vouch-listing').shadowRoot"
        ".querySelector('[role=status].sr'); new MutationObserver(() =>"
        " told.push(at.textContent)).observe(at, {childList: true, characterData: true,"
        " subtree: true}); }"
    )
    it.draft()
    told = it.page.evaluate("told")
    assert "Check every fact" in told or "Write the draft" in told
    assert any(each.startswith("The listing is written.") for each in told)
    assert len(told) < 20


def test_both_languages_say_everything() -> None:
    catalogues = {
        lang: json.loads((PAGE / "i18n" / f"{lang}.json").read_text(encoding="utf-8"))
        for lang in ("en", "zh")
    }
    code = "\n".join(p.read_text(encoding="utf-8") for p in sorted(PAGE.glob("js/**/*.js")))
    asked = set(re.findall(r"""\b(?:t|say)\(\s*["']([\w.]+)["']""", code))
    plural = re.compile(r"\.(one|other|few|many)$")
    for lang, words in catalogues.items():
        stems = {plural.sub("", key) for key in words}
        assert asked <= stems, f"{lang} lacks {sorted(asked - stems)}"
    ours = [
        {plural.sub("", k) for k in words if not k.startswith(("attribute.", "value."))}
        for words in catalogues.values()
    ]
    assert ours[0] == ours[1]


def test_the_pages_chinese_is_that_of_the_assistant() -> None:
    page = json.loads((PAGE / "i18n" / "zh.json").read_text(encoding="utf-8"))
    said = yaml.safe_load((WORDS / "zh.yaml").read_text(encoding="utf-8"))
    for attribute, values in said["values"].items():
        for value, word in values.items():
            assert page[f"value.{attribute}.{value}"] == word
    for label, word in said["labels"].items():
        assert page[f"attribute.{label.replace(' ', '_')}"] == word


@contextmanager
def shop(address: str, folder: Path) -> Iterator[str]:
    """Another site that embeds the component."""
    folder.joinpath("index.html").write_text(
        "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>"
        "<script type=module src='" + address + "/embed.js'></script>"
        "<style>button { display: none } vouch-listing { --vouch-accent: #7a1fa2;"
        " --vouch-height: auto }</style>"
        f"<vouch-listing src='{address}' key='key-of-this-one-shop' language=zh></vouch-listing>",
        encoding="utf-8",
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, directory=str(folder), **more)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_another_site_embeds_it_and_hears_of_the_listing(visit: Visit, tmp_path: Path) -> None:
    from tests.browser.desk_service import serving

    site = tmp_path / "site"
    site.mkdir()
    with (
        serving(tmp_path / "home", api_keys="key-of-this-one-shop", cors_origins=["*"]) as service,
        shop(service.address, site) as address,
    ):
        it = visit(address)
        it.page.evaluate("addEventListener('vouch-draft', e => { window.told = e.detail.listing })")
        it.page.wait_for_selector("text=从一张照片开始")
        it.draft()
        assert it.page.evaluate("told.status") == "drafted"
        assert it.page.evaluate("document.querySelector('vouch-listing').listing.title")
        style = (
            "getComputedStyle(document.querySelector('vouch-listing').shadowRoot"
            ".querySelector('#publish'))"
        )
        assert it.page.evaluate(f"{style}.backgroundColor") == "rgb(122, 31, 162)"
        assert it.page.evaluate(f"{style}.display") != "none"
