"""The audit page: whole in one file, nothing recorded in it is run or steers the reader."""

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from eval_traces import RunTracer, find_trace, read_trace
from eval_traces.audit.page import render_audit_page
from eval_traces.audit.page.words import parted, shown
from eval_traces.audit.reading import read_audit
from eval_traces.audit.text import render_audit
from eval_traces.audit.view import AuditView
from eval_traces.audit.words import percent, seconds
from listing import Photo
from tests.eval_traces.audit_runs import HOSTILE, TEXT, record_run
from tests.graphs.conftest import jpeg
from tools.photos import PhotoStore, read_photo

ViewOf = Callable[..., AuditView]
_VOID = {"meta", "img", "use", "path", "rect", "br", "input", "link"}


class Reader(HTMLParser):
    """The page as a browser takes it: tags, attributes, words; all that is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [v for _, attributes in self.tags if (v := attributes.get(name)) is not None]

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@pytest.fixture
def view_of(tracer: RunTracer, tmp_path: Path) -> ViewOf:
    store = PhotoStore(tmp_path / "photos")
    photo: Photo = store.put(read_photo(jpeg("red"), "red.jpg"))

    def view(**words: str) -> AuditView:
        assert tracer.folder is not None
        trace_id = record_run(tracer, photo, **words)
        return read_audit(read_trace(find_trace(tracer.folder, trace_id)), store)

    return view


def test_each_claim_links_to_a_card_with_its_evidence(view_of: ViewOf) -> None:
    view = view_of()
    page = Reader(render_audit_page(view))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {a[1:] for a in page.values("href") if a.startswith("#")} <= set(ids)
    assert {f"c{c.number}" for c in view.claims} <= set(ids)
    marks = [a for tag, a in page.tags if tag == "a" and "claim" in (a.get("class") or "")]
    assert [a["href"] for a in marks][:4] == ["#c1", "#c2", "#c3", "#c4"]
    assert "is-contradicted" in (marks[3]["class"] or "")
    assert "The seller says otherwise: 64 GB." in page.text
    for claim in view.claims:
        for source in claim.cited:
            assert source.step is not None and source.step.span_id in page.text


def test_it_asks_the_network_for_nothing(view_of: ViewOf) -> None:
    page = Reader(render_audit_page(view_of()))
    assert not {"link", "iframe", "object", "embed", "base", "form"} & {t for t, _ in page.tags}
    for name in ("src", "href", "srcset", "action", "poster", "data"):
        assert all(v.startswith(("#", "data:image/jpeg;base64,")) for v in page.values(name))
    assert page.values("style") == []
    assert not [n for _, a in page.tags for n in a if n.startswith("on")]


def test_the_policy_allows_this_script_and_this_style_alone(view_of: ViewOf) -> None:
    html = render_audit_page(view_of())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        told = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{told}'" in policy


def test_hostile_words_of_a_listing_and_a_seller_stay_words(view_of: ViewOf) -> None:
    plain = Reader(render_audit_page(view_of()))
    html = render_audit_page(view_of(market=HOSTILE, seller=HOSTILE, listing='"><script>'))
    page = Reader(html)
    assert [t for t, _ in page.tags].count("script") == [t for t, _ in plain.tags].count("script")
    assert len([t for t, _ in page.tags if t == "style"]) == 1
    assert "<script>window.hacked=1</script>" in page.text
    assert "{{ 7*7 }}" in page.text and "U+202E" in page.text
    assert "\u202e" not in html and "\x00" not in html
    html.encode("utf-8")


def test_a_page_stays_small(view_of: ViewOf) -> None:
    assert len(render_audit_page(view_of())) < 100_000


def test_equal_views_give_equal_pages(view_of: ViewOf) -> None:
    view = view_of()
    assert render_audit_page(view) == render_audit_page(view)


def test_a_run_without_anything_has_a_page(tracer: RunTracer) -> None:
    assert tracer.folder is not None
    with tracer.run("listing") as run:
        pass
    view = read_audit(read_trace(find_trace(tracer.folder, run.trace_id)))
    page = Reader(render_audit_page(view))
    assert "No draft" in page.text
    assert "claim" not in " ".join(page.values("class")).split()


def test_a_terminal_shows_verdicts_without_colour(view_of: ViewOf) -> None:
    console = Console(width=200, no_color=True)
    with console.capture() as captured:
        for part in render_audit(view_of(market=HOSTILE, seller="\x1b[31mred\x07")):
            console.print(part, soft_wrap=True)
    shown = captured.get()
    assert "red[3+], 128 GB[4!]" in shown
    assert "waterproof[9?]" in shown and "fits in a pocket[10~]" in shown
    assert "storage is »64 GB«" in shown
    assert "execute_tool read_photo_attribute in predict_category" in shown
    assert '"Never dropped" (history, unsupported)' in shown
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069]", shown)


def test_a_terminal_says_what_cannot_be_shown(view_of: ViewOf, tracer: RunTracer) -> None:
    assert tracer.folder is not None
    with tracer.run("listing") as run:
        partial = read_audit(read_trace(find_trace(tracer.folder, run.trace_id)))
    told = "\n".join(part.plain for part in render_audit(partial))
    assert "The run did not end" in told
    assert TEXT not in told


@given(st.text())
def test_any_text_is_shown_without_markup_or_steering(text: str) -> None:
    html = str(shown(text))
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\ud800-\udfff]", html)
    assert set(re.findall(r"<[^>]*>", html)) <= {'<code class="ctl">', "</code>"}


@given(st.text())
def test_the_two_parts_are_the_text(text: str) -> None:
    assert "".join(parted(text)) == text


def test_shares_and_times_read_well() -> None:
    assert [percent(v).replace("\xa0", " ") for v in (0, 0.003, 0.5, 0.999, 1)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %",
    ]  # fmt: skip
    assert [seconds(v).replace("\xa0", " ") for v in (None, 0.0004, 0.048, 1.64)] == [
        "not ended", "0.4 ms", "48 ms", "1.64 s",
    ]  # fmt: skip
