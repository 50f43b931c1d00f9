import base64
import hashlib
import io
import json
import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from eval_traces import ContentFilter, canonical_json
from listing import Evidence, ListingDocument
from tools.safety import redact_contacts

KEEP = ContentFilter(lambda text: text)
FULL = ContentFilter(redact_contacts)

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
)
documents = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyzß ", max_size=5), inner)
    ),
    max_leaves=12,
)


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    noise = np.random.default_rng(7).integers(0, 255, (*size, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", exif=exif)
    return out.getvalue()


PHOTO = jpeg()
SHA = hashlib.sha256(PHOTO).hexdigest()
BASE64 = base64.b64encode(PHOTO).decode()


@settings(deadline=None)
@given(documents)
def test_canonical_json_gives_the_value_back_and_is_the_same_for_equal_values(value: Any) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_json(dict(value)) == canonical_json(dict(turned))


@settings(deadline=None)
@given(documents)
def test_filtering_twice_is_filtering_once(value: Any) -> None:
    """Replay filters live arguments and looks up recorded ones: both must come out the same."""
    once = FULL.value(value)
    assert FULL.value(once) == once
    assert json.loads(FULL.json(value)) == once


@settings(deadline=None)
@given(st.binary(min_size=120, max_size=4000))
def test_no_base64_of_binary_data_survives(data: bytes) -> None:
    for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
        text = encoded.decode()
        if len(set(text)) >= 20:
            assert text[:100] not in KEEP.text(f"before {text} after")
        assert text not in KEEP.text(f"data:image/png;base64,{text}")
    if len(set(base64.b64encode(data))) >= 20:
        wrapped = base64.encodebytes(data).decode()
        assert wrapped[:76] not in KEEP.text(wrapped)
    for key in ("image", "exif", "data"):
        assert base64.b64encode(data).decode()[:100] not in KEEP.json({key: data})


@pytest.mark.parametrize(
    "text",
    [
        "A used phone. Screen 6.1 inch, battery 87 %, no box.",
        "一部二手手机，屏幕完好，电池健康度百分之八十七。",
        "-" * 300,
        "=" * 200 + "\n" + "bob's b'plain' bytes",
        "/home/anna/photos/market/2026/phones/black/one.jpg",
        "line one\nline two\ttabbed",
        "",
    ],
)
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert KEEP.text(text) == text


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "base64": BASE64, "mime_type": "image/jpeg"},
        {"type": "image", "source_type": "base64", "data": BASE64, "mime_type": "image/jpeg"},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{BASE64}"}},
        {"type": "image_url", "image_url": f"data:image/jpeg;base64,{BASE64}"},
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/jpeg", "data": BASE64},
        },
        {"type": "image", "data": PHOTO, "mime_type": "image/jpeg"},
    ],
)
def test_a_photo_in_any_form_is_the_hash_of_its_bytes(block: dict[str, Any]) -> None:
    assert FULL.value([block]) == [
        {"type": "uri", "modality": "image", "uri": f"sha256:{SHA}", "mime_type": "image/jpeg"}
    ]


def test_a_decoded_photo_with_its_key_is_that_key() -> None:
    block = {"type": "image", "image": Image.open(io.BytesIO(PHOTO)), "key": SHA}
    assert FULL.value(block) == {"type": "uri", "modality": "image", "uri": f"sha256:{SHA}"}


def test_equal_pictures_without_a_key_have_equal_uris() -> None:
    one, other = (Image.new("RGB", (4, 4), c) for c in ("red", "blue"))
    assert FULL.value(one) == FULL.value(one.copy())
    assert FULL.value(one) != FULL.value(other)


def test_a_data_url_inside_text_becomes_the_hash_of_its_bytes() -> None:
    text = f"see data:image/jpeg;base64,{BASE64} there"
    assert FULL.text(text) == f"see sha256:{SHA} there"


def test_bytes_in_any_disguise_are_cut() -> None:
    small = PHOTO[:60]
    for text in (
        f"cannot read {small!r}",
        PHOTO.decode("latin-1"),
        f"prefix {base64.b64encode(small).decode()} suffix",
        PHOTO.hex(),
    ):
        assert len(FULL.text(text)) < 110
        assert "xff" not in FULL.text(text)


def test_a_stray_control_character_does_not_cost_the_text() -> None:
    words = "The model said this.\x00 And it went on for quite a while after that."
    assert "went on for quite a while" in FULL.text(words)
    assert "\x00" not in FULL.text(words)


def test_a_lone_surrogate_does_not_break_the_file() -> None:
    FULL.json({"text": "half \ud83d pair"}).encode("utf-8")


def test_contact_data_is_taken_out_of_every_string_wherever_it_is() -> None:
    found = FULL.json(
        {"deep": [{"er": "call +49 170 1234567"}], "mail": "anna@example.com", "tel": 491701234567}
    )
    assert "1234567" not in found
    assert "anna@" not in found


def test_hashes_and_ids_survive_the_redaction() -> None:
    digits = "1234567890123456789012345678901234567890123456789012345678901234"
    uuid = "12345678-1234-4123-8123-123456789012"
    for text in (f"photo:{digits}", f"sha256:{digits}", uuid, "span 12345678901234ab"):
        assert FULL.text(text) == text
    kept = {"id": "491701234567", "source": "listing:491701234567", "photos": [digits]}
    assert FULL.value(kept) == kept


def test_a_number_that_is_no_telephone_number_stays_a_number() -> None:
    assert FULL.value({"price": 1200, "seed": 42}) == {"price": 1200, "seed": 42}


def test_exif_never_enters_even_as_a_dict() -> None:
    told = FULL.value({"name": "a.jpg", "EXIF": {"Make": "x"}, "GPSInfo": {1: 2}, "width": 3})
    assert told == {"name": "a.jpg", "width": 3}


class _Mode(StrEnum):
    SIMPLE = "simple"


@dataclass
class _Hit:
    id: str
    vector: np.ndarray
    path: Path
    mode: _Mode


def test_program_values_become_plain_json() -> None:
    hit = _Hit("a1", np.ones(3, np.float32), Path("x/y"), _Mode.SIMPLE)
    told = FULL.value({"hit": hit, "set": {"b", "a"}, "n": np.float32(0.5), "t": (1, None)})
    assert isinstance(told, dict) and isinstance(told["hit"], dict)
    assert told["hit"]["id"] == "a1" and told["hit"]["mode"] == "simple"
    assert told["hit"]["path"] == "x/y"
    vector = told["hit"]["vector"]
    assert isinstance(vector, dict) and vector["shape"] == [3]
    assert told["set"] == ["a", "b"] and told["n"] == 0.5 and told["t"] == [1, None]


def test_a_listing_document_keeps_its_schema() -> None:
    document = ListingDocument(listing_id="l1", status="manual", mode="manual")
    assert json.loads(FULL.json(document))["schema"] == "vouch.listing/1"
    item = Evidence(id="e1", kind="photo", source=f"photo:{SHA}", text="colour: red")
    assert json.loads(FULL.json(item))["source"] == f"photo:{SHA}"


def test_what_json_cannot_say_is_said_in_words() -> None:
    assert FULL.json([math.nan, math.inf]) == '["nan","inf"]'
    told = FULL.value(object())
    assert told == {"type": "object", "class": "builtins.object"}
    nested: Any = []
    for _ in range(200):
        nested = [nested]
    assert "nested too deep" in FULL.json(nested)
