import asyncio

import pytest

from listing import ListingDocument
from models.scripted import ScriptedChatModel
from tests.tools.editing.listings import (
    TAXONOMY,
    TEXT,
    TITLE,
    check_offsets,
    editor,
    false_claims,
    phone,
    state,
)
from tools.editing import Edited


def chinese(document: ListingDocument) -> Edited:
    return asyncio.run(editor("zh").rewrite(None, document, "translate", "zh"))


def test_a_listing_is_composed_in_chinese_from_what_is_vouched_for() -> None:
    document = state(phone(), "condition", "like new").document
    document = state(document, "accessories", "charger", 3).document
    edited = chinese(document)
    assert edited.document.language == "zh"
    assert edited.document.title == "Norvik K7 手机 128 GB 蓝色 几乎全新"
    assert edited.document.description == (
        "转让一部 Norvik K7 手机，128 GB 存储，蓝色，几乎全新。附带充电器。有问题欢迎留言。"
    )
    assert edited.says == "商品信息已改成中文，事实没有变。"
    claims = {(c.attribute, c.value) for c in edited.document.claims}
    assert claims == {
        ("brand", "Norvik"), ("model", "K7"), ("storage", "128 GB"), ("colour", "blue"),
        ("condition", "like new"), ("accessories", "charger"),
    }  # fmt: skip
    assert all(c.verdict == "supported" and c.evidence for c in edited.document.claims)
    check_offsets(edited.document)


def test_own_sentences_that_no_template_knows_are_quoted() -> None:
    text = TEXT + " My cat slept on it. It works perfectly."
    written = asyncio.run(
        editor().edit_text(None, phone(), "description", text, source="seller:2")
    ).document
    edited = chinese(written)
    assert "卖家原话：“My cat slept on it.”" in edited.document.description
    assert "功能正常。" in edited.document.description
    assert not false_claims(edited.document)


def test_facts_are_stated_and_corrected_in_chinese() -> None:
    document = chinese(phone()).document
    red = editor("zh").state_fact(document, "colour", "红色", source="seller:2", text="是红色的")
    assert red.says == "颜色已从“蓝色”改为“红色”。"
    assert "红色" in red.document.title and "蓝色" not in red.document.description
    assert red.document.attributes["colour"].value == "red"
    more = editor("zh").state_fact(
        red.document, "accessories", "original box", source="seller:3", text="原装盒也有"
    )
    assert more.document.description.endswith("附带原装盒。有问题欢迎留言。")
    gone = editor("zh").state_fact(more.document, "storage", None, source="seller:4", text="存储")
    assert "128" not in gone.document.title + gone.document.description
    for document in (red.document, more.document, gone.document):
        assert not false_claims(document)
        check_offsets(document)


@pytest.mark.parametrize("wish", ["shorter", "longer", "warmer", "plainer"])
def test_chinese_is_put_differently_with_the_same_facts(wish: str) -> None:
    document = chinese(state(phone(), "condition", "good").document).document
    edited = asyncio.run(editor("zh").rewrite(None, document, wish))
    assert edited.changed
    facts = [{(c.attribute, c.value) for c in d.claims} for d in (document, edited.document)]
    assert facts[0] == facts[1]


def test_english_comes_back_as_it_was_where_it_still_holds() -> None:
    before = phone()
    document = chinese(before).document
    back = asyncio.run(editor().rewrite(None, document, "translate", "en", earlier=before))
    assert (back.document.title, back.document.description) == (TITLE, TEXT)
    changed = state(document, "storage", "512 GB").document
    again = asyncio.run(editor().rewrite(None, changed, "translate", "en", earlier=before))
    assert "512 GB" in again.document.title and "128" not in again.document.description
    assert again.document.language == "en"
    assert not false_claims(again.document)


def test_a_language_that_nobody_writes_is_refused() -> None:
    model = ScriptedChatModel(responses=[])
    edited = asyncio.run(editor().rewrite(model, phone(), "translate", "de"))
    assert not edited.changed
    assert edited.says == "I cannot write German; I can write English, Chinese."
    same = asyncio.run(editor().rewrite(model, phone(), "translate", "en"))
    assert same.data["reason"] == "already_language"


def test_a_model_that_writes_the_language_is_asked_and_audited() -> None:
    german = "Norvik K7 Handy, 128 GB, blau\nIch verkaufe ein blaues Norvik K7 mit 128 GB Speicher."
    fluent = editor(languages=("en", "de"))
    model = ScriptedChatModel(responses=[german])
    edited = asyncio.run(fluent.rewrite(model, phone(), "translate", "de"))
    assert edited.document.language == "de"
    assert edited.document.description == german.split("\n")[1]
    assert "translate it into German" in model.calls[0].text
    for wrong in (german.replace("128", "256"), german.replace("K7", "X"), german + " Seit 2019."):
        model = ScriptedChatModel(responses=[wrong])
        refused = asyncio.run(fluent.rewrite(model, phone(), "translate", "de"))
        assert refused.data["reason"] == "translation_failed"
        assert refused.document.language == "en"


def test_a_models_chinese_that_loses_a_fact_gives_way_to_the_templates() -> None:
    fluent = editor("zh", languages=("en", "zh"))
    good = "Norvik K7 手机\n自用 Norvik K7 手机，蓝色，128 GB，欢迎咨询。"
    model = ScriptedChatModel(responses=[good])
    edited = asyncio.run(fluent.rewrite(model, phone(), "translate", "zh"))
    assert edited.document.description == good.split("\n")[1]
    model = ScriptedChatModel(responses=[good.replace("蓝色", "红色")])
    edited = asyncio.run(fluent.rewrite(model, phone(), "translate", "zh"))
    assert edited.document.description.startswith("转让一部 Norvik K7 手机")


@pytest.mark.parametrize("leaf", TAXONOMY.leaves, ids=lambda c: c.id)
def test_every_category_has_its_listing_in_chinese(leaf) -> None:  # type: ignore[no-untyped-def]
    bare = phone("Thing", "For sale.").model_copy(
        update={"attributes": {}, "evidence": [], "claims": [], "references": []}
    )
    assert bare.category is not None
    filed = bare.category.model_copy(update={"id": leaf.id, "path": list(leaf.path)})
    document = bare.model_copy(update={"category": filed})
    stated = {}
    for n, spec in enumerate(leaf.template.attributes, start=1):
        free = {"brand": "Norvik", "model": "K7", "title": "Salt Choir", "author": "Alda Merin"}
        value = spec.values[0] if spec.values else free.get(spec.name, "")
        if value:
            document = state(document, spec.name, value, n).document
            stated[spec.name] = value
    edited = chinese(document)
    assert edited.changed, (document.title, document.description, edited.says)
    told = {c.attribute for c in edited.document.claims if c.verdict == "supported"}
    assert told >= stated.keys(), edited.document.description
    assert not false_claims(edited.document), edited.document.description
