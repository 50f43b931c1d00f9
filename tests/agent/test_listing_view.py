"""How a listing looks, in colour and without, and how a run looks while it goes on."""

import io

from rich.console import Console
from rich.text import Text

from agent.cli.console import visible
from agent.cli.follow import LineView, open_view
from agent.cli.listing_view import marked, next_steps
from listing import Claim, ListingDocument
from listing.claim import Verdict


def claim(start: int, end: int, verdict: Verdict = "supported", *evidence: str) -> Claim:
    return Claim(
        start=start, end=end, text="x", attribute="a", value="x", verdict=verdict,
        evidence=list(evidence),
    )  # fmt: skip


def test_marks_stand_behind_their_claims() -> None:
    text = "A red mug, 0.4 l, as new, holds drinks."
    claims = [
        claim(2, 5, "supported", "e3", "e4"),
        claim(11, 16, "contradicted", "e5"),
        claim(18, 24, "unsupported"),
        claim(26, 38, "general"),
    ]
    assert marked(text, claims).plain == (
        "A red [e3,e4] mug, 0.4 l [!e5], as new [?], holds drinks."
    )


def test_colour_tells_the_verdict() -> None:
    text = marked("A red mug", [claim(2, 5, "contradicted", "e1")])
    assert [(s.start, s.end, s.style) for s in text.spans if "red" in str(s.style)] == [
        (2, 5, "underline red")
    ]
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    with console.capture() as shown:
        console.print(text)
    assert "\x1b[4;31mred\x1b[0m" in shown.get()


def test_claims_that_do_not_fit_are_passed_over() -> None:
    assert marked("red mug", [claim(0, 5), claim(3, 7), claim(4, 99)]).plain == "red m [?]ug"
    assert marked("", []).plain == ""


def test_markup_of_a_listing_is_text() -> None:
    console = Console(file=io.StringIO(), width=80)
    with console.capture() as shown:
        console.print(marked("[bold]red[/bold] mug", []))
    assert "[bold]red[/bold] mug" in shown.get()


def test_control_characters_are_not_obeyed() -> None:
    assert visible("a\x1b[2Jb\x07\tc\nd\u202ee\x9b") == "a[2Jb c\nde"


def test_what_to_do_after_a_run_without_a_draft() -> None:
    document = ListingDocument(listing_id="1", status="manual", mode="manual")
    assert any("vouch doctor" in step for step in next_steps(document))


EVENTS = [
    {"event": "step", "name": "check_photos", "state": "started"},
    {"event": "step", "name": "check_photos", "state": "done", "ms": 120.0},
    {"event": "category", "path": ["Home", "Mugs"], "confidence": 0.9},
    {"event": "token", "text": "Red mug\n"},
    {"event": "token", "text": "never used"},
    {"event": "revised", "title": "Red mug", "description": "", "taken_back": ["never used"]},
    {"event": "something new"},
]


def test_lines_where_nobody_watches() -> None:
    file = io.StringIO()
    with open_view(Console(file=file, width=80)) as view:
        assert isinstance(view, LineView)
        for event in EVENTS:
            view.show(event)
    assert file.getvalue().splitlines() == [
        "checked the photos (0.1 s)",
        "category: Home > Mugs (90%)",
        "taken back: never used",
    ]


def test_a_terminal_sees_the_draft_grow() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=80)
    with open_view(console) as view:
        for event in EVENTS[:5]:
            view.show(event)
        seen = Text.from_ansi(file.getvalue()).plain
    assert "checked the photos" in seen
    with open_view(console) as view:
        for event in EVENTS:
            view.show(event)
