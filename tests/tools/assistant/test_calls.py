"""What the assistant may call, and what it is told."""

import jsonschema_rs
import pytest

from listing.errors import BadInputError
from tools.assistant import (
    PRICE,
    TOOLS,
    TurnBrief,
    answer_prompt,
    read_arguments,
    tool_schemas,
    turn_prompt,
)


def schema_of(name: str) -> dict:
    return next(
        s["function"]["parameters"]
        for s in tool_schemas(["brand", "colour"])
        if s["function"]["name"] == name
    )


def test_every_tool_has_a_schema_with_a_description():
    told = {s["function"]["name"]: s["function"]["description"] for s in tool_schemas([])}
    assert set(told) == set(TOOLS)
    assert all(told.values())


def test_attribute_is_one_of_the_template_or_the_price():
    schema = schema_of("set_attribute")
    assert schema["properties"]["attribute"]["enum"] == ["brand", "colour", PRICE]
    fine = {"attribute": "colour", "value": "red"}
    assert jsonschema_rs.is_valid(schema, fine)
    assert jsonschema_rs.is_valid(schema, {**fine, "value": None})
    assert not jsonschema_rs.is_valid(schema, {**fine, "attribute": "owner"})
    assert not jsonschema_rs.is_valid(schema, {"attribute": "colour"})


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("fly", {}, "fly"),
        ("rewrite", {"wish": "louder"}, "wish"),
        ("rewrite", {"wish": "translate", "language": "German"}, "language"),
        ("publish", {"confirm": True}, "confirm"),
        ("set_attribute", {"attribute": "colour"}, "value"),
    ],
)
def test_wrong_calls_are_named(name: str, arguments: dict, named: str):
    with pytest.raises(BadInputError, match=named):
        read_arguments(name, arguments)


def test_arguments_come_as_their_type():
    assert read_arguments("rewrite", {"wish": "shorter"}).model_dump() == {
        "wish": "shorter",
        "language": None,
    }


def test_the_message_comes_after_the_listing_and_before_what_was_done():
    brief = TurnBrief(
        "it is 128 GB",
        title="Arc 5",
        facts={"brand": "Velora"},
        attributes=["brand", "storage"],
        asked=["storage"],
        photos=1,
        new_photos=2,
        earlier=["Seller: hello", "You: Hello."],
        done=["set_attribute storage: 128 GB"],
    )
    lines = turn_prompt(brief).text.splitlines()
    assert lines[1:] == [
        "Listing: Arc 5",
        "- brand: Velora",
        "Attributes: brand, storage",
        "Asked: storage",
        "Photos: 1, new: 2",
        "Seller: hello",
        "You: Hello.",
        "Seller: it is 128 GB",
        "Done:",
        "- set_attribute storage: 128 GB",
    ]


def test_without_a_listing_the_model_is_told_so():
    text = turn_prompt(TurnBrief("hi")).text
    assert "No listing yet." in text
    assert "Listing:" not in text


def test_an_answer_names_its_language_and_all_that_it_may_state():
    text = answer_prompt("hi", ["The colour is now red."], "zh").text
    assert "in zh" in text
    assert "- The colour is now red." in text
    assert "in en" not in answer_prompt("hi", [], "en").text
