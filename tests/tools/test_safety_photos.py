"""The photo check asks each photo, keeps to thresholds, and fails closed."""

from typing import Any

from listing.errors import ModelError
from models.decoding import image_block
from models.scripted import ScriptedChatModel
from tools.safety import Policy, check_photos

POLICY = Policy.load()
PHOTO = image_block(b"\x89PNG", "image/png")


def model(*responses: Any) -> ScriptedChatModel:
    return ScriptedChatModel(responses=list(responses))


async def test_each_photo_is_asked_with_all_labels_and_harmless_ones_pass() -> None:
    scripted = model("none", "none")
    assert await check_photos(scripted, [PHOTO, PHOTO], POLICY) == []
    assert len(scripted.calls) == 2
    offered = scripted.calls[0].kwargs["choices"]
    assert list(offered) == ["none", *(c.label for c in POLICY.photo_classes)]
    assert scripted.calls[0].messages[0].content[0] == PHOTO


async def test_a_class_in_any_photo_is_found_once() -> None:
    found = await check_photos(model("none", "weapon", "weapon"), [PHOTO] * 3, POLICY)
    assert [(f.rule, f.risk, f.action, f.where) for f in found] == [
        ("weapon", "G1", "block", "photo")
    ]
    restricted = await check_photos(model("medicine"), [PHOTO], POLICY)
    assert [f.action for f in restricted] == ["restrict"]


async def test_a_failing_model_blocks_and_says_so() -> None:
    found = await check_photos(model("none", ModelError("gone")), [PHOTO, PHOTO], POLICY)
    assert [(f.rule, f.action) for f in found] == [("checker-failed", "block")]
    assert "could not be checked" in found[0].notice


async def test_no_photos_no_question() -> None:
    assert await check_photos(model(), [], POLICY) == []
