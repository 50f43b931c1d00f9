"""The judge of the injected errors: what is stated, and whether it is true and vouched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.injected_errors.drafts import DraftText
from bench.injected_errors.grammar import grammar_faults
from bench.injected_errors.statements import Judge
from bench.injected_errors.values import agrees, amount, quantities
from tests.bench.market_drafts import draft_of, first_unit, honest
from training.marketplace import Market, build_market


@pytest.fixture(scope="module")
def market() -> Market:
    return build_market(0)


@pytest.fixture(scope="module")
def judge(market: Market) -> Judge:
    return Judge(market)


@pytest.mark.parametrize(
    ("attribute", "words", "value", "same"),
    [
        ("storage", "1TB", "1 TB", True),
        ("storage", "1000 gig", "1 TB", True),
        ("storage", "128 GB", "256 GB", False),
        ("capacity", "0.75 l", "750 ml", True),
        ("wheel_size", '26"', "26 in", True),
        ("size", "66 cm", "26 in", True),
        ("colour", "navy", "blue", True),
        ("colour", "navy", "green", False),
        ("brand", "Fjornk", "Fjornik", True),
        ("brand", "Itlrano", "Iltrano", True),
        ("brand", "Skonis", "Fenroda", False),
        ("model", "Lastis", "Liastis", True),
        ("model", "Stynox Mini", "Stynox", False),
        ("model", "zs-5", "ZS 5", True),
        ("model", "PA-6", "PA-5", False),
        ("model", "Risko 40 Pro", "Risko 40", False),
        ("accessories", "the charger", "case and charger", True),
        ("accessories", "the cable", "case and charger", False),
        ("size", "42", "EU 42", True),
        ("condition", "new", "like new", False),
    ],
)
def test_words_agree_with_a_value(attribute: str, words: str, value: str, same: bool) -> None:
    assert agrees(attribute, words, value) is same


@given(st.text(max_size=60))
def test_quantities_are_where_they_are_said_to_be(text: str) -> None:
    for words, start, end in quantities(text):
        assert text[start:end] == words
        assert amount(words) is not None


@given(st.sampled_from(["brand", "colour", "storage", "size", "accessories"]), st.text(max_size=20))
def test_every_value_agrees_with_itself(attribute: str, value: str) -> None:
    assert agrees(attribute, value, value)


def test_an_honest_draft_states_nothing_false(market: Market, judge: Judge) -> None:
    draft = honest(market, first_unit(market, "phone"))
    found = judge.statements(draft, draft.text)
    assert {s.attribute for s in found} == {"brand", "model", "colour"}
    assert len(found) == 6
    assert not any(s.fault for s in found)
    assert all(draft.text.of(s.field)[s.start : s.end] == s.words for s in found)


def test_a_value_against_the_truth_is_false_though_the_ledger_says_it(
    market: Market, judge: Judge
) -> None:
    unit = first_unit(market, "phone")
    draft = draft_of(market, unit, "Phone", "Made by Tarvox.", identical={"brand": "Tarvox"})
    (found,) = judge.statements(draft, draft.text)
    assert found.fault == f"the truth is {unit.attributes['brand']}" and found.said


def test_what_nobody_says_is_false_even_where_it_is_true(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "phone")
    storage = unit.attributes["storage"]
    silent = draft_of(market, unit, "Phone", f"It has {storage} of storage.")
    (found,) = judge.statements(silent, silent.text)
    assert found.fault == "nothing vouches for it" and not found.said


@pytest.mark.parametrize(("source", "vouched"), [("identical", True), ("similar", False)])
def test_only_an_identical_listing_speaks_for_the_variant(
    market: Market, judge: Judge, source: str, vouched: bool
) -> None:
    unit = first_unit(market, "phone")
    storage = {"storage": unit.attributes["storage"]}
    draft = draft_of(market, unit, "Phone", "", **{source: storage})  # type: ignore[arg-type]
    assert bool(judge.fault(draft, "storage", storage["storage"])) is not vouched


def test_no_listing_speaks_for_the_item(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "phone")
    condition = {"condition": unit.condition}
    listed = draft_of(market, unit, "Phone", "", identical=condition)
    said = draft_of(market, unit, "Phone", "", seller=condition)
    assert judge.fault(listed, "condition", unit.condition)
    assert not judge.fault(said, "condition", unit.condition)


def test_a_vouched_number_under_another_name_is_false(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "kettle")
    power = unit.attributes["power"]
    text = f"It has a volume of {power}."
    draft = draft_of(market, unit, "Kettle", text, identical={"power": power})
    (found,) = judge.statements(draft, draft.text)
    assert found.attribute == "capacity" and found.fault


def test_a_word_of_nobody_is_an_invention(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "lamp")
    draft = draft_of(market, unit, "Lamp", "I am selling my beigetembrino lamp.")
    (found,) = judge.statements(draft, draft.text)
    assert (found.words, found.attribute) == ("beigetembrino", "unknown") and found.fault
    assert not judge.statements(draft, draft.text, known="beigetembrino")


def test_part_of_a_model_name_is_another_model(market: Market, judge: Judge) -> None:
    unit = next(
        u for u in market.split("queries_identical") if u.attributes.get("model", "")[-3:-2] == " "
    )
    model = unit.attributes["model"]
    draft = draft_of(
        market, unit, "", f"I am selling my {model.split()[-1]} item.", identical={"model": model}
    )
    assert any(s.attribute == "model" and s.fault for s in judge.statements(draft, draft.text))


@pytest.mark.parametrize(
    "text",
    [
        DraftText("Mug, blue,", "A mug."),
        DraftText("Mug", "A mug with."),
        DraftText("Mug", "A mug  in blue."),
        DraftText("Mug", "A mug , blue."),
        DraftText("Mug", "A mug. and it is blue."),
        DraftText("Mug", "Colour: . A mug."),
        DraftText("Mug with a", "A mug."),
        DraftText("Mug with a and a lid", "A mug."),
        DraftText("", "A mug."),
        DraftText("Mug", "I am selling my. It is blue."),
    ],
)
def test_a_bad_cut_is_seen(text: DraftText) -> None:
    assert grammar_faults(text)


@pytest.mark.parametrize(
    "text",
    [
        DraftText("Mug, blue", "A mug. It is blue, and the deck is 8.5 in. Questions are welcome."),
        DraftText("Tarvox N4 (blue)", "I am selling my Tarvox N4. Condition: good."),
        DraftText("Mug", ""),
    ],
)
def test_a_good_text_has_no_fault(text: DraftText) -> None:
    assert not grammar_faults(text)
