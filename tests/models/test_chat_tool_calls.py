"""Reading Qwen's tool calls while they stream: whole, invalid, never repaired."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.chat.tool_calls import (
    ReplyParser,
    ReplyPart,
    forced_call_schema,
    read_call,
    tool_call_style,
)
from models.constraints.words import word_spans

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "set_attribute",
            "parameters": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "size": {"type": "integer"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "new": {"type": "boolean"},
                },
                "required": ["name"],
            },
        },
    },
    {"type": "function", "function": {"name": "publish"}},
]

XML = """<tool_call>
<function=set_attribute>
<parameter=name>
42
</parameter>
<parameter=size>
42
</parameter>
<parameter=tags>
["a", "b"]
</parameter>
<parameter=new>
True
</parameter>
</function>
</tool_call>"""


def parse(pieces: Iterable[str], style: Any = "hermes") -> list[ReplyPart]:
    parser = ReplyParser(style, TOOLS)
    parts = [part for piece in pieces for part in parser.feed(piece)]
    return [*parts, *parser.finish()]


def text_of(parts: Iterable[ReplyPart]) -> str:
    return "".join(part.text for part in parts)


def calls_of(parts: Iterable[ReplyPart]) -> list[tuple[str, Any]]:
    return [(part.call["name"], part.call["args"]) for part in parts if part.call]


def hermes(name: str, arguments: Any) -> str:
    call = json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
    return f"<tool_call>\n{call}\n</tool_call>"


def test_text_around_two_calls() -> None:
    reply = f"Let me look.\n{hermes('a', {'q': 'x'})}\n{hermes('b', {})}\n"
    parts = parse([reply])
    assert text_of(parts) == "Let me look."
    assert calls_of(parts) == [("a", {"q": "x"}), ("b", {})]
    ids = [part.call["id"] for part in parts if part.call]
    assert len(set(ids)) == 2


def test_plain_text_streams_at_once_but_for_half_a_marker() -> None:
    parser = ReplyParser("hermes", TOOLS)
    assert text_of(parser.feed("a < b and ")) == "a < b and"
    assert text_of(parser.feed("<tool")) == ""
    assert text_of(parser.feed("box>")) == " <toolbox>"


def test_reasoning_is_kept_apart() -> None:
    parts = parse(["<think>\nHm, a mug.\n</think>\n\nA mug."])
    assert [part.reasoning for part in parts if part.reasoning] == ["Hm, a mug."]
    assert text_of(parts).strip() == "A mug."


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "a", "arguments": {"q": 1}',
        '{"name": "a", "arguments": [1]}',
        '{"arguments": {}}',
        '"a"',
        "search for mugs",
        '{"name": "a", "arguments": {"q": }}',
    ],
)
def test_what_is_no_call_comes_as_invalid_with_its_text(body: str) -> None:
    parts = parse([f"<tool_call>{body}</tool_call>"])
    assert calls_of(parts) == []
    invalid = [part.invalid for part in parts if part.invalid]
    assert len(invalid) == 1
    assert invalid[0]["args"] == f"<tool_call>{body}</tool_call>"
    assert invalid[0]["error"]


def test_a_call_cut_off_is_invalid_even_where_its_json_is_whole() -> None:
    parts = parse([hermes("a", {"q": 1}).removesuffix("</tool_call>")])
    assert calls_of(parts) == []
    assert [part.invalid["error"] for part in parts if part.invalid] == [
        "the call was cut off before its end"
    ]


def test_xml_calls_take_their_types_from_the_schema() -> None:
    parts = parse([XML], "xml")
    arguments = {"name": "42", "size": 42, "tags": ["a", "b"], "new": True}
    assert calls_of(parts) == [("set_attribute", arguments)]


def test_xml_without_parameters_and_json_where_xml_was_expected() -> None:
    none = "<tool_call>\n<function=publish>\n</function>\n</tool_call>"
    assert calls_of(parse([none], "xml")) == [("publish", {})]
    assert calls_of(parse([hermes("publish", {})], "xml")) == [("publish", {})]


def test_xml_with_rubbish_between_parameters_is_invalid() -> None:
    part = read_call("<function=publish>now!</function>", "xml", TOOLS)
    assert part.call is None
    assert part.invalid is not None


@pytest.mark.parametrize(
    ("model_type", "style"),
    [
        ("qwen2_vl", "hermes"),
        ("qwen2_5_vl", "hermes"),
        ("qwen3_vl", "hermes"),
        ("qwen3_vl_moe", "hermes"),
        ("qwen3_5", "xml"),
        ("qwen3_5_moe", "xml"),
    ],
)
def test_the_model_type_decides_the_format(model_type: str, style: str) -> None:
    assert tool_call_style(model_type) == style


def test_schema_of_a_forced_call() -> None:
    one = forced_call_schema(TOOLS, "publish")
    assert one["properties"]["name"] == {"const": "publish"}
    assert one["properties"]["arguments"] == {"type": "object", "properties": {}}
    both = forced_call_schema(TOOLS, None)
    assert [call["properties"]["name"]["const"] for call in both["anyOf"]] == [
        "set_attribute",
        "publish",
    ]


def test_quoting_holds_the_strings_that_a_schema_leaves_open() -> None:
    parameters = {
        "type": "object",
        "properties": {
            "value": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "What."},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "language": {"type": "string", "pattern": "^[a-z]{2}$"},
            "count": {"type": "integer"},
        },
    }
    tool = {"type": "function", "function": {"name": "note", "parameters": parameters}}
    held = forced_call_schema([tool], None, "it's 128GB")["properties"]["arguments"]["properties"]
    said = {"type": "string", "enum": word_spans("it's 128GB")}
    assert held["value"] == {"anyOf": [said, {"type": "null"}], "description": "What."}
    assert {"128", "GB", "128GB", "it's 128GB"} <= set(said["enum"])
    assert all(held[key] == parameters["properties"][key] for key in ("kind", "language", "count"))
    nothing = forced_call_schema([tool], None, " ")
    assert nothing == forced_call_schema([tool], None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=6), VALUES, max_size=3), st.data())
def test_any_arguments_survive_any_cutting_into_pieces(arguments: Any, data: Any) -> None:
    reply = f"Well.\n{hermes('f', arguments)}"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=6)))
    pieces = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    parts = parse(pieces)
    if "</tool_call>" not in json.dumps(arguments):
        assert calls_of(parts) == [("f", arguments)]
        assert text_of(parts) == "Well."


@given(st.text('<>/tolcaink_{}" \n:', max_size=80), st.integers(1, 7))
def test_the_cutting_never_changes_what_is_read(reply: str, size: int) -> None:
    def shape(parts: list[ReplyPart]) -> Any:
        invalid = [part.invalid["args"] for part in parts if part.invalid]
        return text_of(parts), calls_of(parts), invalid

    pieces = [reply[i : i + size] for i in range(0, len(reply), size)]
    assert shape(parse(pieces)) == shape(parse([reply]))
