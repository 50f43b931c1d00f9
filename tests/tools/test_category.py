import pytest

from models.scripted import ScriptedChatModel
from tools.category import apredict_category, predict_category
from tools.taxonomy import Taxonomy, market_taxonomy
from tools.taxonomy.tree import Node

PHOTO = {"type": "image", "base64": "aGk=", "mime_type": "image/jpeg"}


def test_best_leaf_with_alternatives() -> None:
    model = ScriptedChatModel(responses=[{"Mugs": 0.7, "Lamps": 0.2, "Chairs": 0.1}])
    found = predict_category(model, [PHOTO, PHOTO], market_taxonomy(), top_k=3)
    assert found is not None
    assert found.id == "hg-11-10-5-5"
    assert found.confidence == pytest.approx(0.7)
    assert found.path[0] == "Home & garden"
    assert [a.path[-1] for a in found.alternatives] == ["Lamps", "Chairs"]


def test_all_photos_and_the_prompt_are_one_message() -> None:
    model = ScriptedChatModel(responses=[{"Mugs": 1.0}])
    predict_category(model, [PHOTO, PHOTO], market_taxonomy())
    (message,) = model.calls[0].messages
    assert [block["type"] for block in message.content_blocks] == ["image", "image", "text"]
    assert "category" in model.calls[0].text.lower()


def test_doubt_is_no_answer() -> None:
    doubt = {"Mugs": 0.25, "Lamps": 0.25, "Chairs": 0.25, "Books": 0.25}
    model = ScriptedChatModel(responses=[doubt])
    assert predict_category(model, [PHOTO], market_taxonomy(), threshold=0.3) is None


def test_no_photo_asks_nothing() -> None:
    model = ScriptedChatModel(responses=[])
    assert predict_category(model, [], market_taxonomy()) is None
    assert model.calls == []


def test_a_model_that_names_no_category() -> None:
    model = ScriptedChatModel(responses=["I cannot tell."], constrained=False)
    assert predict_category(model, [PHOTO], market_taxonomy()) is None


def test_a_model_without_constraints_names_one() -> None:
    model = ScriptedChatModel(responses=[{"answer": "Mugs"}], constrained=False)
    found = predict_category(model, [PHOTO], market_taxonomy())
    assert found is not None and found.path[-1] == "Mugs"


async def test_repeated_names_stay_apart() -> None:
    taxonomy = Taxonomy(
        [
            Node("a", "Men"),
            Node("b", "Women"),
            Node("a-1", "Shirts", parent="a"),
            Node("b-1", "Shirts", parent="b"),
        ],
        lambda keys: pytest.fail("no templates here"),
    )
    model = ScriptedChatModel(responses=[{"Shirts (Women)": 0.9, "Shirts (Men)": 0.1}])
    found = await apredict_category(model, [PHOTO], taxonomy)
    assert found is not None and found.id == "b-1"
    assert [a.id for a in found.alternatives] == ["a-1"]
