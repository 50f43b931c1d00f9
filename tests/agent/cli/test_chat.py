"""`vouch chat` on a pipe: every power of the assistant, plain lines, honest exit codes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.agent.cli.conftest import Chat
from tests.agent.conftest import Vouch
from tests.graphs.assistant.conftest import Mind
from tests.graphs.conftest import Script, jpeg


def said(chat: Chat, *args: str | Path, lines: str = "") -> dict[str, Any]:
    result = chat(*args, "--json", lines=lines)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def calls(document: dict[str, Any]) -> list[str]:
    return [call["name"] for turn in document["turns"] for call in turn["calls"]]


def test_photos_are_drafted_and_the_listing_is_shown(chat: Chat, red: Path) -> None:
    result = chat(red)
    assert result.exit_code == 0
    assert "Red" in result.stdout and "Questions for you" in result.stdout
    assert "Here is the draft: Red mug." in result.stdout
    assert "checked the photos" in result.stderr, "how it went is on stderr"
    assert "checked the photos" not in result.stdout
    assert "vouch draft" not in result.stdout, "what to try next is in the chat itself"


def test_a_message_is_decided_by_the_model_and_changes_the_listing(
    chat: Chat, red: Path, mind: Mind
) -> None:
    mind.when("holds 300 ml", ("set_attribute", {"attribute": "capacity", "value": "300 ml"}))
    found = said(chat, red, lines="it holds 300 ml\n")
    assert found["schema"] == "vouch.chat/1"
    assert found["document"]["attributes"]["capacity"]["value"] == "300 ml"
    assert found["document"]["attributes"]["capacity"]["source"] == "seller"
    assert "300 ml" in found["turns"][1]["replies"][0]


def test_a_photo_named_in_a_message_is_taken(chat: Chat, red: Path, mind: Mind) -> None:
    mind.when("this is it", ("draft_listing", {}))
    found = said(chat, lines=f"this is it {red}\n")
    assert found["document"]["status"] == "drafted"
    assert len(found["document"]["photos"]) == 1
    assert str(red) not in mind.prompts[0]


def test_commands_are_buttons_that_no_model_decides(chat: Chat, red: Path, mind: Mind) -> None:
    lines = (
        "/set capacity 300 ml\n/set price 12 EUR\n/why colour\n/price\n/similar\n/check\n/undo\n"
    )
    found = said(chat, red, lines=lines)
    assert calls(found)[1:] == [
        "edit", "edit", "explain_claim", "suggest_price", "search_similar", "check_safety", "undo",
    ]  # fmt: skip
    assert not mind.prompts, "the model was never asked what to do"
    assert found["document"]["attributes"]["capacity"]["value"] == "300 ml"
    assert found["document"]["asking_price"] is None, "undo took the price back"


def test_set_takes_back_what_it_gets_no_value_for(chat: Chat, red: Path) -> None:
    found = said(chat, red, lines="/set capacity 300 ml\n/set capacity\n")
    assert "capacity" not in found["document"]["attributes"]
    assert "300 ml" not in found["document"]["description"]


def test_questions_are_answered_by_number_word_or_not_at_all(chat: Chat, red: Path) -> None:
    asked = said(chat, red)["document"]["questions"][:3]
    number = next(n for n, question in enumerate(asked) if question["values"])
    lines = ["", "", ""]
    lines[number] = "2"
    word = (number + 1) % 3
    lines[word] = "Nordvik"
    found = said(chat, red, lines="/ask\n" + "\n".join(lines) + "\n")
    known = found["document"]["attributes"]
    assert known[asked[number]["attribute"]]["value"] == asked[number]["values"][1]
    assert known[asked[word]["attribute"]]["value"] == "Nordvik"
    skipped = asked[3 - number - word]["attribute"]
    assert skipped not in known
    assert skipped not in {q["attribute"] for q in found["document"]["questions"]}


def test_publishing_shows_the_final_text_and_needs_a_yes(chat: Chat, red: Path) -> None:
    no = chat(red, lines="/publish\n\n/json\n")
    assert json.loads(no.stdout[no.stdout.rindex('{\n  "schema"') :])["published"] is None
    yes = chat(red, lines="/set title My own red mug\n/publish\ny\n/json\n")
    document = json.loads(yes.stdout[yes.stdout.rindex('{\n  "schema"') :])
    assert document["published"]["title"] == "My own red mug"
    asked = yes.stdout[yes.stdout.index("Shall I publish") :]
    assert "My own red mug" in asked and "Published: My own red mug." in asked


def test_a_pipe_that_ends_at_a_question_publishes_nothing(chat: Chat, red: Path) -> None:
    result = chat(red, lines="/publish\n")
    assert result.exit_code == 0 and "left open" in result.stderr
    thread = re.findall(r"^thread (\w+)$", result.stderr, re.M)[0]
    again = said(chat, "--thread", thread, lines="y\n")
    assert again["document"]["published"], "the question waited"


def test_a_thread_goes_on_where_it_was(chat: Chat, red: Path) -> None:
    first = chat(red, lines="/set capacity 300 ml\n")
    thread = re.findall(r"^thread (\w+)$", first.stderr, re.M)[0]
    result = chat("--thread", thread[:8], lines="/undo\n")
    assert "Here is the draft: Red mug." in result.stdout, "the last words are shown"
    found = said(chat, "--thread", thread)
    assert "capacity" not in found["document"]["attributes"]
    assert found["thread_id"].startswith(thread)


def test_recent_threads_are_listed_newest_first(chat: Chat, vouch: Vouch, red: Path) -> None:
    empty = chat("--list")
    assert empty.exit_code == 0 and empty.stdout == "" and "no threads yet" in empty.stderr
    chat(red, lines="/publish\ny\n")
    chat(red, lines="/publish\n")
    vouch("draft", red)
    lines = chat("--list").stdout.splitlines()
    assert len(lines) == 3 and "asks" in lines[1] and "published" in lines[2]
    told = json.loads(chat("--list", "--json").stdout)
    assert [line["state"] for line in told] == ["asks", "published"]
    assert told[0]["title"] == "Red mug"


def test_chinese_is_spoken_on_request(chat: Chat, red: Path, script: Script) -> None:
    script.answers["Rewrite this listing"] = "???"
    found = said(chat, red, "--language", "zh", lines="/undo\n")
    assert found["document"]["language"] == "zh"
    assert re.search(r"[\u4e00-\u9fff]", found["turns"][1]["replies"][0])


def test_the_last_turn_is_shown_as_its_trace(chat: Chat, red: Path) -> None:
    result = chat(red, lines="/price\n/trace\n")
    assert "invoke_agent assistant" in result.stdout or "assistant" in result.stdout
    assert "suggest_price" in result.stdout


def test_help_and_text_and_show_ask_no_model(chat: Chat, red: Path, mind: Mind) -> None:
    result = chat(red, lines="/help\n/text\n/show\n")
    assert "/rewrite shorter" in result.stdout
    assert "\nRed mug\n\nA red mug. Questions are welcome.\n" in result.stdout
    assert not mind.prompts


@pytest.mark.parametrize(
    ("args", "lines", "complaint"),
    [
        (["nowhere.jpg"], "", "nowhere.jpg"),
        (["--thread", "beef"], "", "--thread beef: no thread has an id that begins so"),
        (["--list", "red.jpg"], "", "--list: takes neither photos nor a thread"),
        ([], "/fly\n", "/fly: no such command"),
        ([], "/show\n", "/show: there is no listing yet"),
        ([], "/why\n", "/why: name words"),
        ([], "/skip\n", "/skip: no question is open"),
        ([], "/rewrite louder\n", "/rewrite: one of shorter"),
        ([], "/add back.jpg\n", "back.jpg: no such file"),
        ([], "/trace\n", "/trace: no turn was run yet"),
        ([], "x" * 4001 + "\n", "message: 4001 characters"),
    ],
)
def test_what_cannot_be_used_ends_a_pipe_with_2(
    chat: Chat, red: Path, args: list[str], lines: str, complaint: str
) -> None:
    result = chat(*args, lines=lines)
    assert result.exit_code == 2
    assert complaint in result.stderr and "Traceback" not in result.stderr


def test_words_that_try_to_write_to_the_terminal_do_not(
    chat: Chat, red: Path, script: Script, mind: Mind
) -> None:
    mind.when("hello", "Hello \x1b[31mred\x07 seller.")
    result = chat(red, lines="hello\n")
    assert "\x1b" not in result.stdout and "\x07" not in result.stdout


def test_more_photos_are_added_by_command(chat: Chat, red: Path) -> None:
    Path("more photos.jpg").write_bytes(jpeg("maroon"))
    found = said(chat, red, lines="/add 'more photos.jpg'\n")
    assert len(found["document"]["photos"]) == 2
