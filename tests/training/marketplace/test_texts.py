"""The market's texts: gold spans are exact, honest drafts say what is given and nothing else."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.normalise import same_value
from training.marketplace import (
    build_market,
    goods,
    honest_draft,
    lots,
    rewrite_pair,
    seller_text,
    synthetic_listing,
)
from training.marketplace.drawing import KINDS, LONG_TAIL
from training.marketplace.forms import forms_of
from training.marketplace.marked import filled, joined, words_of
from training.marketplace.nouns import article, noun_of
from training.marketplace.texts import Style, Wish, WrittenListing
from training.marketplace.truths import synthetic_truth

SEEDS = st.integers(0, 2**32)
ALL_KINDS = (*KINDS, *LONG_TAIL)


def _gold_is_exact(listing: WrittenListing) -> None:
    assert "\n" not in listing.title
    for span in listing.spans:
        assert listing.whole[span.start : span.end] == span.value
        assert span.value.strip() == span.value != ""
        before, after = listing.whole[: span.start][-1:], listing.whole[span.end :][:1]
        assert not (before.isalnum() and span.value[0].isalnum())
        assert not (after.isalnum() and span.value[-1].isalnum())
    assert set(listing.stated) == set(listing.meant)
    assert listing.wrong <= set(listing.meant)
    for name, value in listing.meant.items():
        assert (value != listing.truth[name]) == (name in listing.wrong)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.sampled_from(ALL_KINDS), st.none() | st.floats(0, 1))
def test_gold_of_an_invented_listing_is_exact(seed: int, kind: str, noise: float | None) -> None:
    _gold_is_exact(synthetic_listing(lots(seed), kind, noise=noise))


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(0, 1400))
def test_gold_of_a_sellers_text_is_exact(seed: int, place: int) -> None:
    _gold_is_exact(seller_text(build_market(0).split("index")[place], lots(seed)))


def test_sellers_are_as_bad_as_real_ones() -> None:
    units = build_market(0).split("index")
    texts = [seller_text(unit, lots("texts", unit.id)) for unit in units]
    share = 1 / len(texts)
    assert 0.015 < share * sum(t.spam for t in texts) < 0.06
    assert 0.015 < share * sum(t.contact for t in texts) < 0.06
    assert 0.01 < share * sum(bool(t.wrong) for t in texts) < 0.07
    assert all(len(t.truth) >= len(t.meant) for t in texts)
    complete = share * sum(len(t.truth) == len(t.meant) for t in texts)
    assert 0.03 < complete < 0.5
    names = [t for t in texts if "brand" in t.stated and "model" in t.stated]
    assert len(names) > 0.6 * len(texts)
    assert len({t.whole for t in texts}) == len(texts)


def test_every_way_to_write_a_value_means_it() -> None:
    for one in goods().values():
        for spec in one.template.attributes:
            for value in spec.values:
                assert forms_of(spec.name, value)[0] == value
                for form in forms_of(spec.name, value):
                    assert same_value(spec.name, form, value), (spec.name, form, value)


def _count(text: str, value: str) -> int:
    return len(re.findall(rf"(?<![\w:.]){re.escape(value)}(?![\w:])", text))


@settings(max_examples=300, deadline=None)
@given(SEEDS, st.sampled_from(ALL_KINDS), st.data())
def test_a_draft_states_what_is_given_once_and_nothing_else(
    seed: int, kind: str, data: st.DataObject
) -> None:
    one, rng = goods()[kind], lots(seed)
    truth = synthetic_truth(rng, one)
    names = data.draw(st.sets(st.sampled_from(sorted(truth))))
    values = {name: value for name, value in truth.items() if name in names}
    style: Style = data.draw(st.sampled_from(("plain", "short", "long", "warm", "bare")))
    draft = honest_draft(kind, one.category.name, values, rng, style=style)
    assert sorted(span.attribute for span in draft.description_spans) == sorted(values)
    for span in draft.description_spans:
        assert draft.description[span.start : span.end] == span.value == values[span.attribute]
    for span in draft.title_spans:
        assert draft.title[span.start : span.end] == span.value == values[span.attribute]
    rest = _without(draft.description, draft.description_spans)
    for spec in one.template.attributes:
        for value in spec.values:
            assert not _count(rest, value), (value, draft.description)
    assert "{" not in rest and "  " not in draft.description
    assert draft.description[0] != " " and draft.description[-1] in ".!?"


def _without(text: str, spans: tuple) -> str:  # type: ignore[type-arg]
    for span in sorted(spans, key=lambda s: -s.start):
        text = text[: span.start] + "…" + text[span.end :]
    return text


def test_drafts_vary_and_stay_concise() -> None:
    values = {"brand": "Tarvox", "model": "N4", "storage": "128 GB", "colour": "black",
              "condition": "good", "accessories": "charger"}  # fmt: skip
    drafts = [honest_draft("phone", "Mobile phones", values, lots("vary", i)) for i in range(300)]
    words = sorted(len(d.description.split()) for d in drafts)
    assert len({d.description for d in drafts}) > 250 and len({d.title for d in drafts}) > 15
    assert 18 <= words[len(words) // 2] <= 60 and words[-1] <= 75


@pytest.mark.parametrize(
    ("kind", "category", "noun"),
    [
        ("sneakers", None, "pair of sneakers"),
        (None, "Accordions", "accordion"),
        (None, "Wrenches", "wrench"),
        (None, "Binoculars", "pair of binoculars"),
        (None, "Fruit & vegetables", "item"),
        (None, None, "item"),
    ],
)
def test_with_nothing_known_a_draft_is_short(
    kind: str | None, category: str | None, noun: str
) -> None:
    draft = honest_draft(kind, category, {}, lots("empty", kind, category))
    assert noun in draft.description
    assert not draft.description_spans and len(draft.description.split()) < 25
    named = noun_of(kind, category)
    assert f"{named.lead}{named.bare}" == noun


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("Orvanto lamp", "an"), ("Tarvox", "a"), ("8 GB", "an"), ("18 l", "an"), ("11 in", "an"),
     ("1.8 l", "a"), ("N4", "an"), ("T4", "a"), ("unicycle", "a"), ("Umbrino", "an"),
     ("XS", "an"), ("M", "an")],
)  # fmt: skip
def test_articles(words: str, wanted: str) -> None:
    assert article(words) == wanted


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.sampled_from(KINDS), st.sampled_from(("shorter", "longer", "warmer", "plainer")))
def test_a_rewriting_keeps_every_fact(seed: int, kind: str, wish: Wish) -> None:
    one, rng = goods()[kind], lots(seed)
    draft = honest_draft(kind, one.category.name, synthetic_truth(rng, one), rng)
    pair = rewrite_pair(draft, wish, rng)
    assert pair.target.values == pair.draft.values == draft.values
    assert pair.target.title == draft.title
    assert {s.attribute for s in pair.target.description_spans} == set(draft.values)
    assert pair.target.description != pair.draft.description
    grows = len(pair.target.description) - len(pair.draft.description)
    assert {"shorter": grows < 0, "longer": grows > 0}.get(wish, True)


def test_marked_text_knows_its_values_places() -> None:
    price = filled("for {colour} {price}", {"colour": "red"}, price="6")
    text = joined([price, words_of("red"), filled("{strings} strings", {"strings": "6"})], ", ")
    assert text.text == "for red 6, red, 6 strings"
    assert [(s.attribute, s.start) for s in text.spans()] == [("colour", 4), ("strings", 16)]
