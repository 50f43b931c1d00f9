"""`vouch draft`: what a seller gets, and what is told when photos or words are no good."""

import json
from pathlib import Path
from typing import Any

import pytest

from listing import ListingDocument
from listing.errors import ModelError
from tests.agent.conftest import Vouch
from tests.graphs.conftest import Script, jpeg
from tests.tools.photo_files import bomb, encoded, picture


def document(result: Any) -> ListingDocument:
    assert result.exit_code == 0, result.stderr
    return ListingDocument.model_validate(json.loads(result.stdout))


def test_json_is_one_document_and_nothing_else(vouch: Vouch, red: Path) -> None:
    found = document(vouch("draft", red, "--json"))
    assert found.status == "drafted"
    assert found.title == "Red mug"
    assert found.mode == "template"


def test_a_listing_for_a_reader(vouch: Vouch, script: Script, red: Path, source: Path) -> None:
    assert vouch("index", "build", source).exit_code == 0
    script.reading(Nordvik={"brand": "Nordvik", "model": "Havn"})
    script.answers["Write a second-hand listing"] = (
        "Nordvik Havn mug\n\nA red Nordvik Havn mug. Questions are welcome."
    )
    result = vouch("draft", red)
    assert result.exit_code == 0, result.stderr
    for wanted in (
        "drafted", "mode reference", "> Mugs (", "Attributes", "brand", "Nordvik", "reference",
        'listing m1: "Nordvik"', "your photo: colour: red", "References", "identical", "12.00 EUR",
        "Price", "Questions for you", "vouch trace show",
    ):  # fmt: skip
        assert wanted in result.stdout, wanted
    assert "A red [e" in result.stdout
    assert "\x1b" not in result.stdout
    assert "searched the market" in result.stderr
    assert "searched the market" not in result.stdout


def test_what_the_seller_says_vouches(vouch: Vouch, script: Script, red: Path) -> None:
    script.reading(new={"condition": "like new"})
    result = vouch("draft", red, "--seller", "it is like new")
    assert result.exit_code == 0, result.stderr
    assert 'you: "like new"' in result.stdout


def test_the_mode_is_a_ceiling(vouch: Vouch, red: Path, source: Path) -> None:
    assert vouch("index", "build", source).exit_code == 0
    assert document(vouch("draft", red, "--json")).mode == "reference"
    for mode in ("template", "image_only"):
        assert document(vouch("draft", red, "--json", "--mode", mode)).mode == mode
    assert vouch("draft", red, "--mode", "magic").exit_code == 2


def test_a_refusal_is_a_result(vouch: Vouch, script: Script, red: Path) -> None:
    script.answers["class of risk"] = {"gun": 0.95}
    found = document(vouch("draft", red, "--json"))
    assert found.status == "refused"
    assert found.safety.notice
    shown = vouch("draft", red)
    assert shown.exit_code == 0
    assert "refused" in shown.stdout
    assert found.safety.notice[:40] in " ".join(shown.stdout.split())


def test_a_failed_model_leaves_the_form_to_the_seller(
    vouch: Vouch, script: Script, red: Path
) -> None:
    script.answers["Write a second-hand listing"] = ModelError("out of memory")
    found = document(vouch("draft", red, "--json"))
    assert found.status == "manual"
    assert "write_draft" in found.warnings[-1]


def test_the_trace_goes_where_it_is_told(vouch: Vouch, red: Path, home: Path) -> None:
    found = document(vouch("draft", red, "--json", "--trace-dir", "traces-here"))
    assert list(Path("traces-here").glob(f"*/{found.trace_id}.otlp.jsonl"))
    assert not (home / "traces").exists()


def test_without_an_index_a_note_says_how_to_get_one(vouch: Vouch, red: Path) -> None:
    result = vouch("draft", red, "--json")
    assert "vouch index build demo" in result.stderr


@pytest.mark.parametrize("count", [1, 2, 9])
def test_up_to_nine_photos(vouch: Vouch, count: int) -> None:
    paths = [Path(f"{n}.jpg") for n in range(count)]
    for n, path in enumerate(paths):
        path.write_bytes(jpeg("red", (320, 240 + n)))
    assert len(document(vouch("draft", *paths, "--json")).photos) == count


def test_the_same_photo_twice_is_one_photo(vouch: Vouch, red: Path) -> None:
    found = document(vouch("draft", red, red, "--json"))
    assert len(found.photos) == 1
    assert any("same photo" in warning for warning in found.warnings)


def _write(name: str, data: bytes) -> str:
    Path(name).write_bytes(data)
    return name


BAD_PHOTOS = {
    "ten": (lambda: [_write(f"{n}.jpg", jpeg("red")) for n in range(10)], "10 given, at most 9"),
    "folder": (lambda: [str(Path.cwd())], "is a folder"),
    "missing": (lambda: ["nowhere.jpg"], "nowhere.jpg: there is no such file"),
    "text": (lambda: [_write("letter.jpg", b"Dear all,\n")], "letter.jpg: is not a photo"),
    "empty": (lambda: [_write("empty.jpg", b"")], "empty.jpg: is empty"),
    "one pixel": (lambda: [_write("dot.png", encoded(picture(1, 1), "PNG"))], "1 x 1 pixels"),
    "bomb": (lambda: [_write("big.png", bomb(30_000, 30_000))], "30000 x 30000 pixels"),
    "cut short": (lambda: [_write("cut.jpg", jpeg("red")[:400])], "cut.jpg: "),
    "second of two": (lambda: [_write("ok.jpg", jpeg("red")), "gone.jpg"], "gone.jpg: "),
}


@pytest.mark.parametrize("case", BAD_PHOTOS)
def test_a_bad_photo_is_named_with_its_reason(vouch: Vouch, case: str) -> None:
    make, words = BAD_PHOTOS[case]
    result = vouch("draft", *make(), "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [("x" * 5000, "--seller: 5000 characters"), ("\udcff", "--seller: is not valid Unicode")],
)
def test_words_that_cannot_be_used(vouch: Vouch, red: Path, words: str, told: str) -> None:
    result = vouch("draft", red, "--seller", words)
    assert result.exit_code == 2
    assert told in result.stderr


def test_no_photo_is_wrong_usage(vouch: Vouch) -> None:
    result = vouch("draft")
    assert result.exit_code == 2
    assert "PHOTO" in result.stderr


def test_control_characters_of_a_market_do_not_reach_the_terminal(
    vouch: Vouch, red: Path, source: Path
) -> None:
    text = source.read_text().replace("Red Nordvik", "\\u001b[31mRed\\u202e Nordvik")
    source.write_text(text)
    assert vouch("index", "build", source).exit_code == 0
    result = vouch("draft", red)
    assert "[31mRed Nordvik" in result.stdout
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_interrupted(vouch: Vouch, script: Script, red: Path) -> None:
    def press(messages: object, kwargs: object) -> str:
        raise KeyboardInterrupt

    script.answers["Which category"] = press
    result = vouch("draft", red)
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert "Traceback" not in result.output


def test_an_error_that_nobody_foresaw_is_told_in_a_line(
    vouch: Vouch, red: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("agent.cli.draft.make_request", fail)
    result = vouch("draft", red)
    assert result.exit_code == 1
    assert "ZeroDivisionError: surprise" in result.stderr
    assert "Traceback" not in result.stderr
    assert "Traceback" in vouch("--debug", "draft", red).stderr
