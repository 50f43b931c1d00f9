"""The tools as a chat model calls them: content for the model, artifact for the program."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool

from listing import MarketListing, PriceBand, Reference
from listing.errors import ModelError
from models.scripted import ScriptedChatModel
from tests.tools.photo_files import encoded, picture
from tests.tools.pixel_embedder import PixelEmbedder
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from tools.toolbox import ToolHandles, listing_tools
from tools.visual_search import MatchThresholds, SqliteIndex

MUG = "hg-11-10-5-5"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return Policy.load()


@pytest.fixture
def model() -> ScriptedChatModel:
    return ScriptedChatModel(responses=[])


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


@pytest.fixture
def photo(store: PhotoStore) -> str:
    return store.put(read_photo(encoded(picture(), "JPEG"), "mug.jpg")).sha256


@pytest.fixture
def handles(
    tmp_path: Path, model: ScriptedChatModel, store: PhotoStore, photo: str, policy: Policy
) -> ToolHandles:
    embedder = PixelEmbedder()
    index = SqliteIndex(tmp_path / "index", dimension=49, embedder_name=embedder.name)
    rows = [
        MarketListing(id=f"m{n}", title=f"Nordvik mug {n}", category_id=MUG, price=10.0 + n)
        for n in range(3)
    ]
    vectors = embedder.embed([store.open_image(photo)] * 3)
    index.add(rows, vectors, [[photo]] * 3)
    return ToolHandles(
        model=model,
        taxonomy=market_taxonomy(),
        store=store,
        policy=policy,
        embedder=embedder,
        index=index,
        thresholds=MatchThresholds(identical=0.99, similar=0.9),
    )


async def call(handles: ToolHandles, name: str, **arguments: Any) -> ToolMessage:
    """Call a tool as the graph's tool node does, with a tool call of a model."""
    tool = next(t for t in listing_tools(handles) if t.name == name)
    request = {"type": "tool_call", "id": "c1", "name": name, "args": arguments}
    message = await tool.ainvoke(request)
    assert isinstance(message, ToolMessage)
    return message


def test_a_model_sees_names_descriptions_and_typed_arguments(handles: ToolHandles) -> None:
    seen = {t.name: convert_to_openai_tool(t)["function"] for t in listing_tools(handles)}
    assert set(seen) == {
        "predict_category", "search_similar", "extract_attributes", "read_photo_attribute",
        "check_safety", "audit_draft", "suggest_price",
    }  # fmt: skip
    for function in seen.values():
        assert len(function["description"]) > 20
        assert "config" not in function["parameters"]["properties"]
    assert seen["search_similar"]["parameters"]["required"] == ["photos"]


async def test_category(handles: ToolHandles, model: ScriptedChatModel, photo: str) -> None:
    model.responses = [{"Mugs": 0.9, "Lamps": 0.1}]
    message = await call(handles, "predict_category", photos=[photo])
    assert message.status == "success"
    assert json.loads(message.text)["id"] == message.artifact.id == MUG


async def test_doubt_is_null(handles: ToolHandles, model: ScriptedChatModel, photo: str) -> None:
    model.responses = [{"Mugs": 0.25, "Lamps": 0.25, "Chairs": 0.25, "Books": 0.25}]
    message = await call(handles, "predict_category", photos=[photo])
    assert (message.text, message.artifact) == ("null", None)


async def test_similar_listings(handles: ToolHandles, photo: str) -> None:
    message = await call(handles, "search_similar", photos=[photo], top_k=2)
    told = json.loads(message.text)
    assert [row["id"] for row in told] == ["m0", "m1"]
    assert told[0]["match"] == "identical"
    assert all(isinstance(r, Reference) for r in message.artifact)


async def test_attributes_of_a_listing_and_of_a_text(
    handles: ToolHandles, model: ScriptedChatModel
) -> None:
    model.responses = [{"brand": "Nordvik"}, {"brand": "Havn"}]
    message = await call(handles, "extract_attributes", category_id=MUG, listing_id="m1")
    assert json.loads(message.text) == {"brand": "Nordvik"}
    assert message.artifact[0].start == 0
    message = await call(handles, "extract_attributes", category_id=MUG, text="A Havn mug")
    assert json.loads(message.text) == {"brand": "Havn"}


async def test_what_the_photo_shows(
    handles: ToolHandles, model: ScriptedChatModel, photo: str
) -> None:
    model.responses = [{"red": 0.9, "blue": 0.1}]
    message = await call(
        handles, "read_photo_attribute", photos=[photo], attribute="colour", category_id=MUG
    )
    assert json.loads(message.text)["value"] == message.artifact.value == "red"


async def test_safety_of_photos_and_text(
    handles: ToolHandles, model: ScriptedChatModel, photo: str
) -> None:
    model.responses = [{"none": 1.0}]
    assert (await call(handles, "check_safety", photos=[photo])).artifact == []
    message = await call(handles, "check_safety", text="Mail me at anna@example.com, call me.")
    (found, *_) = json.loads(message.text)
    assert found["rule"] and found["notice"]


async def test_an_audit_by_the_evidence_given(
    handles: ToolHandles, model: ScriptedChatModel
) -> None:
    model.responses = lambda messages, kwargs: {}
    message = await call(
        handles,
        "audit_draft",
        title="Red mug",
        description="A red mug, never used.",
        category_id=MUG,
        evidence=[
            {"kind": "photo", "source": "photo:1", "text": "colour: red", "attribute": "colour",
             "value": "red"},
        ],
    )  # fmt: skip
    verdicts = {claim["text"]: claim["verdict"] for claim in json.loads(message.text)}
    assert verdicts["red"] == "supported"
    assert "unsupported" in verdicts.values()
    assert len(message.artifact) == len(json.loads(message.text))


async def test_a_price_from_listings(handles: ToolHandles) -> None:
    message = await call(handles, "suggest_price", listing_ids=["m0", "m1", "m2", "m0"])
    assert isinstance(message.artifact, PriceBand)
    assert json.loads(message.text)["suggested"] == 11.0


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("search_similar", {"photos": ["0" * 64]}, "is not in"),
        ("search_similar", {"photos": ["x"]}, "photos.0: "),
        ("search_similar", {"photos": []}, "photos: "),
        ("predict_category", {}, "photos: "),
        ("extract_attributes", {"category_id": "nope", "text": "x"}, "'nope': is not in the tax"),
        ("extract_attributes", {"category_id": MUG}, "either listing_id or text"),
        ("extract_attributes", {"category_id": MUG, "listing_id": "m9"}, "'m9': is not in the in"),
        ("check_safety", {}, "either photos or text"),
        ("suggest_price", {"listing_ids": ["m9"]}, "search_similar gives ids"),
    ],
)
async def test_what_is_wrong_with_a_call_is_told_to_the_model(
    handles: ToolHandles, name: str, arguments: dict[str, Any], told: str
) -> None:
    message = await call(handles, name, **arguments)
    assert message.status == "error"
    assert told in message.text


async def test_an_attribute_that_the_category_has_not(handles: ToolHandles, photo: str) -> None:
    message = await call(
        handles, "read_photo_attribute", photos=[photo], attribute="wheels", category_id=MUG
    )
    assert message.status == "error"
    assert "colour" in message.text


async def test_a_model_that_fails(
    handles: ToolHandles, model: ScriptedChatModel, photo: str
) -> None:
    model.responses = [ModelError("out of memory")]
    message = await call(handles, "predict_category", photos=[photo])
    assert message.status == "error"
    assert "out of memory" in message.text


async def test_without_an_index(
    store: PhotoStore, model: ScriptedChatModel, photo: str, policy: Policy
) -> None:
    bare = ToolHandles(model=model, taxonomy=market_taxonomy(), store=store, policy=policy)
    message = await call(bare, "search_similar", photos=[photo])
    assert message.status == "error"
    assert "no index" in message.text
