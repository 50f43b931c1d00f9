"""The seller's page from photo to publication, in both languages, at both widths."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, PageVisit

Visit = Callable[..., PageVisit]


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_from_photo_to_publication(
    visit: Visit, desk: Any, size: tuple[int, int], scheme: str
) -> None:
    it = visit(size=size, color_scheme=scheme, has_touch=size == PHONE)
    it.page.evaluate(
        "document.addEventListener('vouch-published', e => { window.told = e.detail.listing })"
    )
    it.draft("with a spoon")
    assert it.state("doc.title") == "Red Nordvik mug"
    assert it.page.locator(".step.is-done").count() >= 5
    assert it.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    it.page.click(".question >> nth=0 >> .free input")
    it.page.keyboard.type("Hartweg")
    it.page.keyboard.press("Enter")
    it.idle()
    assert "Hartweg" in str(it.state("doc.attributes"))
    it.page.click("text=Use €12")
    it.idle()
    assert it.state("doc.asking_price.amount") == 12
    it.page.click("#publish")
    it.page.wait_for_selector("dialog[open]")
    assert it.page.input_value("#final-price") == "12"
    it.page.fill("#final-title", "Red mug by Nordvik")
    it.page.click("dialog .primary")
    it.idle()
    it.page.wait_for_selector("text=Published")
    assert it.page.evaluate("window.told.published.title") == "Red mug by Nordvik"
    assert it.said == []


def test_the_price_is_never_filled_in_unasked(visit: Visit) -> None:
    it = visit()
    it.draft()
    assert it.page.input_value("#asking") == ""
    assert "€12" in it.text(".market")
    it.page.fill("#asking", "15")
    it.page.click("text=Set")
    it.idle()
    assert it.state("doc.asking_price.amount") == 15
    assert it.page.locator(".price .mark.by-seller").count() == 1


def test_the_whole_way_in_chinese(visit: Visit, desk: Any) -> None:
    it = visit(locale="zh-CN")
    assert it.page.evaluate("document.documentElement.lang") == "zh-Hans"
    assert it.text("h1") == "从一张照片开始"
    it.draft("红色的杯子")
    assert it.state("doc.language") == "zh"
    assert "红色" in it.text(".sheet")
    assert "颜色" in it.text(".facts")
    it.page.click("#publish")
    it.page.wait_for_selector("dialog[open]")
    it.page.click("dialog .primary")
    it.idle()
    it.page.wait_for_selector("text=已发布")
    it.page.click("#language")
    it.page.wait_for_selector("text=Published")
    assert it.page.evaluate("document.documentElement.lang") == "en"
    assert it.said == []


def test_each_fact_shows_who_vouches_for_it(visit: Visit) -> None:
    it = visit()
    it.draft("It is red")
    by = {
        c.get_attribute("data-claim"): c.get_attribute("class")
        for c in it.page.locator(".sheet .claim[data-claim]").all()
    }
    assert any("by-reference" in (c or "") for c in by.values())
    assert any("by-seller" in (c or "") or "by-photo" in (c or "") for c in by.values())
    it.page.click(".claim.by-reference >> nth=0")
    card = it.page.locator("#card")
    card.locator("mark >> text=Nordvik").wait_for()
    assert "Nordvik mug, never used" in card.inner_text()
    it.page.wait_for_function(
        "() => document.querySelector('vouch-listing').shadowRoot"
        ".querySelector('#card .thumb').naturalWidth > 0"
    )
    it.page.keyboard.press("ArrowRight")
    card.locator("text=3 of 5").wait_for()
    it.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    it.settled()
    assert it.focused()["claim"] == "2"


def test_what_nothing_vouches_for_is_marked_so(visit: Visit, desk: Any) -> None:
    it = visit()
    it.draft()
    it.page.evaluate(
        """() => { const v = document.querySelector('vouch-listing').view, d = v.desk.state.doc;
        const at = d.description.indexOf('mug');
        v.desk.set({doc: {...d, claims: [...d.claims, {field: 'description', start: at, end: at + 3,
        text: 'mug', attribute: 'material', value: 'steel', verdict: 'unsupported', evidence: [],
        citations: [], probability: null}]}}); }"""
    )
    it.page.wait_for_selector(".claim.is-unsupported")
    style = "getComputedStyle(document.querySelector('vouch-listing').shadowRoot.querySelector("
    styles = [
        it.page.evaluate(style + f"'{s}')).textDecorationStyle")
        for s in (".claim.is-unsupported", ".claim.is-supported")
    ]
    assert styles == ["dashed", "solid"]
    assert "1 of" in it.text(".tally")
    it.page.click(".claim.is-unsupported")
    it.page.wait_for_selector("#card >> text=Nothing vouches for it yet")


def test_a_fact_is_changed_in_place_and_undone(visit: Visit) -> None:
    it = visit()
    it.draft()
    before, facts = it.state("doc.title"), it.state("doc.attributes")
    it.page.click("[data-field='attribute:brand']")
    it.page.fill("#field-brand", "IKEA")
    it.page.keyboard.press("Enter")
    it.idle()
    assert it.state("doc.attributes.brand") | {"evidence": []} == {
        "value": "IKEA", "source": "seller", "confidence": 1, "evidence": [],
    }  # fmt: skip
    assert "Nordvik" not in it.state("doc.title") + it.state("doc.description")
    assert "IKEA" in it.state("doc.title") + it.state("doc.description")
    it.page.wait_for_selector("#undo >> text=brand")
    it.page.click("#undo")
    it.idle()
    assert it.state("doc.title") == before
    assert it.state("doc.attributes") == facts


def test_text_is_edited_in_place_and_stands_as_written(visit: Visit) -> None:
    it = visit()
    it.draft()
    it.page.click("#edit-description")
    it.page.fill("#field-description", "A red mug that I like.\nCome and see it.")
    it.page.wait_for_selector(".editor >> text=Not saved yet")
    it.page.keyboard.press("Control+Enter")
    it.idle()
    assert it.state("doc.description") == "A red mug that I like.\nCome and see it."
    it.page.click("#edit-title")
    it.page.wait_for_selector("#field-title:focus")
    it.page.keyboard.type(" for you")
    it.page.keyboard.press("Escape")
    it.page.wait_for_selector(".editor", state="detached")
    assert "for you" not in it.text(".title")


def test_the_talk_changes_the_listing(visit: Visit, desk: Any) -> None:
    it = visit()
    it.draft()
    desk.mind.when("blue", ("set_attribute", {"attribute": "colour", "value": "blue"}))
    it.page.fill("#message", "no, it is blue")
    it.page.keyboard.press("Enter")
    it.page.wait_for_selector(".line.is-done >> text=Noted colour: blue")
    it.idle()
    assert it.page.input_value("#message") == ""
    assert "blue" in it.text(".title").lower() or "blue" in it.text(".description").lower()
    assert it.page.locator(".from-seller").last.inner_text().endswith("no, it is blue")


def test_questions_are_skipped_with_one_tap(visit: Visit) -> None:
    it = visit()
    it.draft()
    first = it.text(".question-text")
    it.page.click(".question >> nth=0 >> text=Skip")
    it.idle()
    asked = it.page.locator(".question-text").all_inner_texts()
    assert first not in asked


def test_photos_are_ordered_and_removed_before_they_are_sent(visit: Visit) -> None:
    it = visit()
    it.photos("red", "green", "blue")
    assert it.page.locator(".drop .take input").get_attribute("capture") == "environment"
    it.page.click("[aria-label='Move photo 3 forward']")
    it.page.click("[aria-label='Remove photo 1']")
    names = it.page.evaluate(
        "document.querySelector('vouch-listing').view.desk.state.photos.map(p => p.file.name)"
    )
    assert names == ["blue.jpg", "green.jpg"]
    it.page.set_input_files(
        "#photos-choose",
        [{"name": f"{i}.png", "mimeType": "image/png", "buffer": b"x"} for i in range(12)],
    )
    it.page.wait_for_selector(".chosen li:nth-child(9)")
    assert "Nine photos" in it.text(".drop")


def test_a_photo_dropped_on_the_page_is_taken(visit: Visit) -> None:
    it = visit()
    it.page.evaluate(
        """async () => { const data = new DataTransfer();
        const canvas = new OffscreenCanvas(20, 20); canvas.getContext('2d').fillRect(0, 0, 9, 9);
        const blob = await canvas.convertToBlob({type: 'image/png'});
        data.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));
        const frame = document.querySelector('vouch-listing').shadowRoot.querySelector('.frame');
        for (const name of ['dragover', 'drop'])
          frame.dispatchEvent(new DragEvent(name, {dataTransfer: data, bubbles: true})); }"""
    )
    it.page.wait_for_selector(".chosen li")


def test_the_listing_is_copied_as_text_and_json(visit: Visit) -> None:
    it = visit(permissions=["clipboard-read", "clipboard-write"])
    it.draft()
    it.page.click("#copy-text")
    it.page.wait_for_selector("#copy-text >> text=Copied")
    assert "Red Nordvik mug" in it.page.evaluate("navigator.clipboard.readText()")
    it.page.click("#copy-json")
    it.page.wait_for_selector("#copy-json >> text=Copied")
    assert it.page.evaluate("navigator.clipboard.readText()").startswith('{\n  "schema": "vouch')


def test_the_run_is_shown_and_replayed_with_a_change(visit: Visit) -> None:
    it = visit()
    it.draft("It is red")
    it.page.click("#tab-run")
    it.page.wait_for_selector(".waterfall .span")
    names = it.page.locator(".span-name").all_inner_texts()
    assert any("write_draft" in name for name in names)
    it.page.click(".kind-chat .span-row >> nth=0")
    assert "class of risk" in it.text(".span-inside")
    assert it.page.input_value("#replay-seller") == "It is red"
    it.page.fill("#replay-seller", "It is a green thing")
    it.page.click(".replay .primary")
    it.page.wait_for_selector(".replay-result >> text=Here it first differs")
    assert "green thing" in it.text(".difference")
    it.page.fill("#replay-set", "limits.nonsense=1")
    it.page.click(".replay .primary")
    it.page.wait_for_selector(".replay-foot .failure >> text=nonsense")


def test_recent_listings_come_back(visit: Visit) -> None:
    it = visit()
    it.draft()
    title = it.state("doc.title")
    it.page.click("text=New listing")
    it.page.wait_for_selector(".intake")
    assert "thread" not in it.page.url
    it.page.click("#recent-button")
    it.page.click(".recent >> nth=0")
    it.page.wait_for_selector(".title")
    assert it.state("doc.title") == title
    assert "thread=" in it.page.url
    it.page.go_back()
    it.page.wait_for_selector(".intake")


def test_a_new_draft_does_not_replace_own_words_without_a_yes(visit: Visit, desk: Any) -> None:
    it = visit()
    it.draft()
    it.page.click("#edit-title")
    it.page.fill("#field-title", "My own title")
    it.page.keyboard.press("Enter")
    it.idle()
    desk.mind.when("again", ("draft_listing", {}))
    it.page.fill("#message", "write it again")
    it.page.keyboard.press("Enter")
    it.page.wait_for_selector("dialog[open] >> text=Write it anew?")
    it.page.keyboard.press("Escape")
    it.page.wait_for_selector("dialog", state="detached")
    it.idle()
    assert it.state("doc.title") == "My own title"


def test_two_taps_in_a_row_are_done_one_after_the_other(visit: Visit) -> None:
    it = visit()
    it.draft()
    it.page.evaluate(
        "() => { const { act } = document.querySelector('vouch-listing').view;"
        " act.answerQuestion('model', 'Hartweg'); act.commit('price', '9', ''); }"
    )
    it.page.wait_for_selector(".saving")
    it.page.wait_for_function(
        "() => document.querySelector('vouch-listing').listing.asking_price?.amount === 9"
    )
    it.idle()
    assert it.state("doc.attributes.model.value") == "Hartweg"
    assert it.state("problem") is None
