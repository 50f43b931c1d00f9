import pytest

from listing import AttributeSpec
from models.scripted import ScriptedChatModel
from tools.photo_attributes import (
    PhotoReading,
    acheck_value,
    aread_photo_attribute,
    check_value,
    read_photo_attribute,
)

PHOTO = {"type": "image", "base64": "aGk=", "mime_type": "image/jpeg"}
COLOUR = AttributeSpec(name="colour", label="colour", visible=True, values=("red", "blue"))


def test_the_likeliest_value_is_read() -> None:
    model = ScriptedChatModel(responses=[{"blue": 0.8, "red": 0.2}])
    assert read_photo_attribute(model, [PHOTO], COLOUR) == PhotoReading("colour", "blue", 0.8)
    assert "colour" in model.calls[0].text


async def test_async_reads_the_same() -> None:
    model = ScriptedChatModel(responses=[{"blue": 0.8, "red": 0.2}, {"yes": 0.9, "no": 0.1}])
    assert await aread_photo_attribute(model, [PHOTO], COLOUR) == PhotoReading(
        "colour", "blue", 0.8
    )
    assert await acheck_value(model, [PHOTO], COLOUR, "blue") == pytest.approx(0.9)


def test_nothing_to_read_from() -> None:
    model = ScriptedChatModel(responses=[])
    assert read_photo_attribute(model, [], COLOUR) is None
    open_set = AttributeSpec(name="model", label="model")
    assert read_photo_attribute(model, [PHOTO], open_set) is None
    assert check_value(model, [], COLOUR, "red") == 0.5


def test_a_value_is_checked_by_yes_or_no() -> None:
    model = ScriptedChatModel(responses=[{"no": 0.75, "yes": 0.25}])
    assert check_value(model, [PHOTO], COLOUR, "red") == pytest.approx(0.25)
    assert "red" in model.calls[0].text


@pytest.mark.parametrize(("answer", "probability"), [("no", 0.0), ("yes", 1.0), ("hm", 0.5)])
def test_plain_answers(answer: str, probability: float) -> None:
    model = ScriptedChatModel(responses=[{"answer": answer}], constrained=False)
    assert check_value(model, [PHOTO], COLOUR, "red") == probability
