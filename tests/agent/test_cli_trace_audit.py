"""`vouch trace audit`: the draft claim by claim, in the terminal, as JSON, as a page."""

import json
from pathlib import Path

from tests.agent.conftest import Vouch


def drafted(vouch: Vouch, photo: Path) -> str:
    trace_id: str = json.loads(vouch("draft", photo, "--json").stdout)["trace_id"]
    return trace_id


def test_the_draft_is_shown_with_evidence_and_spans(vouch: Vouch, red: Path) -> None:
    trace_id = drafted(vouch, red)
    result = vouch("trace", "audit", trace_id[:10])
    assert result.exit_code == 0
    assert "Red[1+]" in result.stdout
    assert "The photo shows it." in result.stdout
    assert "execute_tool read_photo_attribute in predict_category" in result.stdout


def test_as_json_it_is_one_document(vouch: Vouch, red: Path) -> None:
    trace_id = drafted(vouch, red)
    document = json.loads(vouch("trace", "audit", trace_id, "--json").stdout)
    assert (document["schema"], document["trace_id"]) == ("vouch.audit/1", trace_id)
    assert document["photos"][0]["at_hand"] is True
    assert document["claims"][0]["cited"][0]["kind"] == "photo"


def test_the_page_is_one_file_with_the_photo(vouch: Vouch, red: Path) -> None:
    trace_id = drafted(vouch, red)
    result = vouch("trace", "audit", trace_id, "--html", "audit.html")
    assert (result.exit_code, result.stdout.strip()) == (0, "audit.html")
    page = Path("audit.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "data:image/jpeg;base64," in page and trace_id in page
    both = vouch("trace", "audit", trace_id, "--html", "audit.html", "--json")
    assert json.loads(both.stdout)["trace_id"] == trace_id


def test_a_page_that_cannot_be_written_names_the_file(vouch: Vouch, red: Path) -> None:
    trace_id = drafted(vouch, red)
    result = vouch("trace", "audit", trace_id, "--html", "nowhere/audit.html")
    assert result.exit_code == 2
    assert "nowhere/audit.html" in result.stderr


def test_an_unknown_run_is_an_error_of_the_caller(vouch: Vouch) -> None:
    result = vouch("trace", "audit", "feedbeef")
    assert result.exit_code == 2
    assert "feedbeef" in result.stderr and "vouch trace ls" in result.stderr
