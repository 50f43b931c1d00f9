"""What the page shows when things do not go the usual way; nothing typed is ever lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PageVisit
from tests.browser.desk_service import DRAFT, Cable

Visit = Callable[..., PageVisit]


@pytest.fixture
def cable(desk: Any) -> Iterator[Cable]:
    wire = Cable(int(desk.address.rpartition(":")[2]))
    yield wire
    wire.close()


def begin_held(it: PageVisit, desk: Any, after: int = 48) -> str:
    """Start a draft that is held in mid-text; return what is shown of it."""
    desk.pace.hold_after = after
    it.photos("red")
    it.page.fill("#words", "It is red")
    it.page.click("#write")
    it.page.wait_for_selector(".sheet.writing .title")
    return it.text(".title")


def test_a_reload_in_mid_stream_goes_on(visit: Visit, desk: Any) -> None:
    it = visit()
    begin_held(it, desk)
    it.page.reload()
    it.page.wait_for_selector(".sheet.writing .title")
    it.page.wait_for_selector(".step.is-running >> text=Write the draft")
    assert it.text(".from-seller").endswith("It is red")
    desk.pace.hold_after = None
    it.page.wait_for_selector("#copy-json")
    it.idle()
    assert it.state("doc.title") == "Red Nordvik mug"
    assert it.page.locator(".from-seller").count() == 1
    assert it.said == []


def test_a_lost_connection_is_said_and_taken_up_again(
    visit: Visit, desk: Any, cable: Cable
) -> None:
    it = visit(cable.address)
    begin_held(it, desk)
    it.page.wait_for_selector(".sheet.writing .title")
    cable.cut()
    it.page.wait_for_selector(".notice.gap >> text=The connection is lost")
    it.page.wait_for_selector(".notice.gap >> text=/again/")
    assert "The connection is lost" in it.said_aloud()
    desk.pace.hold_after = None
    cable.mend()
    it.page.evaluate("dispatchEvent(new Event('online'))")
    it.page.wait_for_selector("#copy-json")
    it.idle()
    assert it.page.locator(".notice").count() == 0
    assert it.state("doc.title") == "Red Nordvik mug"
    assert [u for u in it.asked if u.endswith("/events")]


def test_a_slow_step_says_how_long_it_takes(visit: Visit, desk: Any) -> None:
    it = visit()
    begin_held(it, desk)
    it.page.wait_for_selector(".step.is-running .figures >> text=/\\d s$/")
    it.page.click(".stop")
    it.page.wait_for_selector(".stop", state="detached")
    desk.pace.hold_after = None
    it.idle()
    it.page.fill("#message", "hello")
    it.page.keyboard.press("Enter")
    it.idle()
    assert it.state("problem") is None


def test_a_refused_item_says_why_and_what_may_be_done(visit: Visit, desk: Any) -> None:
    desk.script.answers["class of risk"] = {"weapon": 0.97}
    it = visit()
    it.photos("red")
    it.page.click("#write")
    it.page.wait_for_selector(".notice.stop >> text=This cannot be listed")
    it.idle()
    assert "Weapons" in it.text(".notice")
    assert it.page.locator(".sheet, #publish").count() == 0
    it.page.click("button >> text=Start with other photos")
    it.page.wait_for_selector(".intake")
    assert it.page.locator(".chosen").count() == 0


def test_a_halted_draft_keeps_the_facts_and_the_form(visit: Visit, desk: Any) -> None:
    desk.script.answers[DRAFT] = "Red mug\n\nA red mug. Call me at +49 170 1234567 today."
    it = visit()
    it.photos("red")
    it.page.click("#write")
    it.page.wait_for_selector(".notice.stop >> text=The draft was stopped")
    it.idle()
    assert "1234567" not in it.text(".frame")
    it.page.fill("#field-title", "My red mug")
    it.page.keyboard.press("Enter")
    it.idle()
    assert it.state("doc.title") == "My red mug"


def test_a_photo_that_is_none_is_refused_by_name(visit: Visit) -> None:
    it = visit()
    it.page.set_input_files(
        "#photos-choose", [{"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}]
    )
    it.page.fill("#words", "a mug")
    it.page.wait_for_selector(".chosen .unreadable")
    it.page.click("#write")
    it.page.wait_for_selector(".notice.stop >> text=broken.jpg")
    assert it.page.locator(".chosen li").count() == 1
    assert it.page.input_value("#words") == "a mug"


@pytest.mark.parametrize(
    ("status", "title"),
    [(413, "Too large to send"), (429, "Many sellers"), (503, "restarting"), (500, "went wrong")],
)
def test_a_refusal_of_the_service_keeps_photos_and_words(
    visit: Visit, status: int, title: str
) -> None:
    it = visit()
    body = {"type": "urn:vouch:problem:x", "title": "No", "status": status, "detail": ""}
    refusing = {"on": True}

    def answer(route: Any) -> None:
        if refusing["on"]:
            route.fulfill(status=status, json=body, headers={"Retry-After": "2"})
        else:
            route.continue_()

    it.page.route("**/v1/listings", answer)
    it.photos("red", "green")
    it.page.fill("#words", "a mug")
    it.page.click("#write")
    it.page.wait_for_selector(f".notice >> text={title}")
    assert it.page.locator(".chosen li").count() == 2
    assert it.page.input_value("#words") == "a mug"
    if status == 429:
        it.page.wait_for_selector(".notice >> text=/again in [12] s/")
        refusing["on"] = False
        it.page.wait_for_selector("#copy-json")  # it tries again by itself
        it.idle()
        assert it.state("photos.length") == 0


def test_what_was_typed_survives_a_reload(visit: Visit) -> None:
    it = visit()
    it.draft()
    it.page.fill("#message", "half a tho")
    it.page.click("[data-field='attribute:brand']")
    it.page.fill("#field-brand", "Nordv")
    it.page.click("#edit-description")
    it.page.fill("#field-description", "Another text")
    it.page.reload()
    it.page.wait_for_selector("#field-description")
    assert it.page.input_value("#message") == "half a tho"
    assert it.page.input_value("#field-brand") == "Nordv"
    assert it.page.input_value("#field-description") == "Another text"


def test_an_edit_that_fails_comes_back_as_it_was_typed(visit: Visit) -> None:
    it = visit()
    it.draft()
    it.page.route("**/messages", lambda route: route.abort())
    it.page.click("[data-field='attribute:brand']")
    it.page.fill("#field-brand", "IKEA")
    it.page.keyboard.press("Enter")
    it.page.wait_for_selector(".notice.stop >> text=does not answer")
    assert it.page.input_value("#field-brand") == "IKEA"
    it.page.unroute("**/messages")
    it.page.click("text=Try now")
    it.idle()
    assert it.state("doc.attributes.brand.value") == "IKEA"


def test_a_thread_that_is_not_there(visit: Visit, desk: Any) -> None:
    it = visit(desk.address + "/#thread=" + "0" * 32)
    it.page.wait_for_selector(".notice >> text=This listing is not here")
    it.page.click(".notice >> text=New listing")
    it.page.wait_for_selector(".intake")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.browser.desk_service import serving

    with serving(Path(tmp_path_factory.mktemp("locked")), api_keys="the-right-key-of-all") as it:
        yield it.address


def test_a_key_is_asked_for_and_stays_in_the_tab(visit: Visit, locked: str) -> None:
    it = visit(locked)
    it.photos("red")
    it.page.click("#write")
    it.page.wait_for_selector(".notice >> text=A key is needed")
    it.page.fill("#key", "wrong")
    it.page.keyboard.press("Enter")
    it.settled()
    it.page.wait_for_selector(".notice >> text=A key is needed")
    it.page.fill("#key", "the-right-key-of-all")
    it.page.keyboard.press("Enter")
    it.page.wait_for_selector("#copy-json")
    it.idle()
    assert it.page.evaluate("Object.keys(localStorage).some(k => k.includes('key'))") is False
    assert not any("the-right-key" in url for url in it.asked)
    it.page.wait_for_function(
        "() => [...document.querySelector('vouch-listing').shadowRoot"
        ".querySelectorAll('.photos img')]"
        ".every(i => i.src.startsWith('blob:') && i.naturalWidth > 0)"
    )
    it.page.reload()
    it.page.wait_for_selector(".title")
