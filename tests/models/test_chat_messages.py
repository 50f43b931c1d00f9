"""Messages and pictures on their way to the engine: any dialect taken, nothing fetched or lost."""

import base64
import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from PIL import Image

from listing.errors import BadInputError
from models.chat.images import ImageDecoder
from models.chat.messages import to_template
from models.decoding import image_block


def picture(colour: Any = "red", mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    Image.new(mode, (40, 30), colour).save(data, kind, **options)
    return data.getvalue()


PNG = picture()
ENCODED = base64.b64encode(PNG).decode()
DIALECTS: list[dict[str, Any]] = [
    image_block(PNG, "image/png"),
    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ENCODED}"}},
    {"type": "image_url", "image_url": f"data:image/png;base64,{ENCODED}"},
    {"type": "image", "url": f"DATA:image/png;base64,{ENCODED}"},
    {"type": "image", "source_type": "base64", "data": ENCODED, "mime_type": "image/png"},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ENCODED}},
]


def template(*messages: BaseMessage) -> list[dict[str, Any]]:
    return to_template(messages, ImageDecoder())


@pytest.mark.parametrize("block", DIALECTS)
@pytest.mark.parametrize("kind", ["human", "tool"])
def test_pictures_of_every_dialect(block: dict[str, Any], kind: str) -> None:
    content: Any = [block, {"type": "text", "text": "What is it?"}]
    message = HumanMessage(content) if kind == "human" else ToolMessage(content, tool_call_id="1")
    (turn,) = template(message)
    shown, text = turn["content"]
    assert turn["role"] == ("user" if kind == "human" else "tool")
    assert (shown["image"].size, shown["image"].mode) == ((40, 30), "RGB")
    assert shown["key"] == hashlib.sha256(PNG).hexdigest()
    assert text == {"type": "text", "text": "What is it?"}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ({"type": "image", "url": "https://example.org/a.png"}, "remote address"),
        ({"type": "image_url", "image_url": {"url": "http://10.0.0.1/a.png"}}, "remote address"),
        ({"type": "image", "url": "file:///etc/passwd"}, "remote address"),
        ({"type": "image", "url": "/etc/passwd"}, "remote address"),
        ({"type": "image", "url": "data:image/png,raw"}, "not base64"),
        ({"type": "image", "base64": "!!!"}, "not base64"),
        ({"type": "image", "base64": ENCODED[: len(ENCODED) // 8 * 4]}, "damaged|not a picture"),
        ({"type": "image", "base64": base64.b64encode(b"%PDF-1.7").decode()}, "not a picture"),
        ({"type": "image", "file_id": "file-1"}, "holds no picture"),
        ({"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"}, "'audio'"),
        ({"type": "video", "base64": "AAAA", "mime_type": "video/mp4"}, "'video'"),
        ({"type": "file", "base64": "AAAA", "mime_type": "application/pdf"}, "'file'"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(block: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInputError, match=reason):
        template(HumanMessage([block]))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    with pytest.raises(BadInputError, match=r"megapixels|exceeds limit"):
        template(HumanMessage([image_block(bomb(side, side), "image/png")]))


def test_pictures_stand_upright_and_opaque() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoder = ImageDecoder()
    turned = decoder.decode(image_block(picture(kind="JPEG", exif=exif)))
    assert turned.image.size == (30, 40)
    clear = decoder.decode(image_block(picture((0, 0, 0, 0), "RGBA"), "image/png"))
    assert clear.image.getpixel((0, 0)) == (255, 255, 255)


def test_equal_bytes_are_decoded_once_and_the_oldest_forgotten() -> None:
    decoder = ImageDecoder(capacity=2)
    first = decoder.decode(DIALECTS[0])
    assert decoder.decode(DIALECTS[1]) is first
    for colour in ("green", "blue"):
        decoder.decode(image_block(picture(colour), "image/png"))
    assert decoder.decode(DIALECTS[0]) is not first


def test_system_messages_become_one_in_front() -> None:
    turns = template(
        SystemMessage("Be brief."), HumanMessage("Hi"), SystemMessage("Be kind."), AIMessage("Yes")
    )
    assert [turn["role"] for turn in turns] == ["system", "user", "assistant"]
    assert "".join(part["text"] for part in turns[0]["content"]) == "Be brief.\n\nBe kind."


def test_calls_go_back_as_calls_and_not_as_text() -> None:
    call = {"name": "search", "args": {"query": "mug"}, "id": "c1", "type": "tool_call"}
    content: Any = [
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "c1", "name": "search", "input": {"query": "mug"}},
        {"type": "thinking", "thinking": "hm"},
    ]
    turns = template(
        HumanMessage("Find it"),
        AIMessage(content, tool_calls=[call]),
        ToolMessage("found", tool_call_id="c1", name="search"),
    )
    assert turns[1] == {
        "role": "assistant",
        "content": [{"type": "text", "text": "Let me look."}],
        "tool_calls": [
            {"type": "function", "function": {"name": "search", "arguments": {"query": "mug"}}}
        ],
    }
    assert turns[2]["role"] == "tool"


def test_an_empty_conversation_and_a_foreign_message_are_refused() -> None:
    with pytest.raises(BadInputError, match="nothing to answer"):
        template(SystemMessage("Be brief."))
    with pytest.raises(BadInputError, match="FunctionMessage"):
        template(FunctionMessage("x", name="f"))


@given(st.binary(max_size=200))
def test_no_bytes_get_past_but_pictures(data: bytes) -> None:
    decoder = ImageDecoder()
    for body in (data, PNG[:40] + data, b"\xff\xd8\xff\xe0" + data, b"GIF89a" + data):
        try:
            assert decoder.decode(image_block(body)).image.mode == "RGB"
        except BadInputError:
            continue
