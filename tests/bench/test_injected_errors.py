"""Injected errors: each is where it is said to be, false, and worded by its own set; the scores."""

import asyncio
import json
from itertools import chain
from pathlib import Path

import pytest

from agent.runtime import Runtime
from agent.settings import Settings
from bench.injected_errors import main
from bench.injected_errors.audited import Audited, audited
from bench.injected_errors.causes import CAUSES, cause
from bench.injected_errors.copied import copied_value
from bench.injected_errors.drafts import DraftText, RecordedDraft
from bench.injected_errors.figures import figure
from bench.injected_errors.inject import KINDS, InjectedDraft, inject, injected_drafts
from bench.injected_errors.statements import Judge
from bench.injected_errors.tally import (
    Share,
    Tally,
    still_there,
    tally_injected,
    tally_natural,
    tally_recorded,
)
from bench.injected_errors.wording import SETS, wording
from bench.market_runs import choose_cases, record_cases
from eval_traces import open_trace
from graphs.listing import ListingContext
from listing import Claim
from models.scripted import ScriptedChatModel
from tests.bench.market_drafts import draft_of, first_unit, honest
from tests.graphs.conftest import Script
from tools.photos import PhotoStore
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from training.marketplace import Market, build_market, lots

_KINDS_OF_GOODS = ("phone", "laptop", "sneakers", "kettle", "bicycle", "watch", "toy_car", "mug")


@pytest.fixture(scope="module")
def market() -> Market:
    return build_market(0)


@pytest.fixture(scope="module")
def judge(market: Market) -> Judge:
    return Judge(market)


@pytest.fixture(scope="module")
def drafts(market: Market) -> list[RecordedDraft]:
    return [honest(market, first_unit(market, kind)) for kind in _KINDS_OF_GOODS]


def test_the_sets_share_no_wording() -> None:
    one, two = (wording(name) for name in SETS)
    for attribute, by_form in one.says.items():
        for form, patterns in by_form.items():
            assert not set(patterns) & set(two.says[attribute][form])
    for kind, by_meaning in one.statements.items():
        mine = {s.text for s in chain(*by_meaning.values())}
        assert not mine & {s.text for s in chain(*two.statements[kind].values())}
    for attribute, values in one.values.items():
        assert not set(values) & set(two.values[attribute])
    assert not set(one.conditions) & set(two.conditions)


@pytest.mark.parametrize("name", SETS)
def test_every_kind_of_error_is_put_in_where_it_says(
    judge: Judge, drafts: list[RecordedDraft], name: str
) -> None:
    made = injected_drafts(judge, drafts, name, 180)  # type: ignore[arg-type]
    assert len(made) == 180
    count = {kind: sum(m.kind == kind for m in made) for kind in KINDS}
    assert min(count.values()) > 0 and max(count.values()) <= 25
    assert {m.how for m in made} == {"substituted", "sentence", "phrase", "title"}
    for one in made:
        assert one.spans and one.text != one.draft.text
        for span in one.spans:
            text = one.text.of(span.field)
            assert text[span.start : span.end] == span.words
            assert span.first <= span.start < span.end <= span.last <= len(text)
            assert "{" not in text
            if span.attribute != "function" and one.how != "sentence":
                assert judge.fault(one.draft, span.attribute, span.words)


def test_the_same_seed_makes_the_same_drafts(judge: Judge, drafts: list[RecordedDraft]) -> None:
    texts = [
        [m.text for m in injected_drafts(judge, drafts, "held_out", 30, seed)] for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]


def test_an_injected_error_is_the_only_one(judge: Judge, drafts: list[RecordedDraft]) -> None:
    for one in injected_drafts(judge, drafts, "development", 90):
        apart = [
            s
            for s in judge.statements(one.draft, one.text, one.added)
            if not any(s.overlaps(p.field, p.start, p.end) for p in one.spans)
        ]
        assert not any(s.fault for s in apart), one


def test_a_copied_value_stands_in_a_listing_of_the_same_model(
    market: Market, judge: Judge, drafts: list[RecordedDraft]
) -> None:
    found = copied_value(lots("copied"), judge, drafts[0])
    assert found is not None
    source = next(e for e in found.draft.evidence if e.value == found.value)
    unit = next(u for u in market.split("index") if source.source == f"listing:{u.id}")
    assert unit.sku.spu.id == drafts[0].truth.spu
    assert found.value != drafts[0].truth.attributes[found.attribute]


def claim(one: InjectedDraft, verdict: str, start: int, end: int, field: str) -> Claim:
    text = one.text.of(field)[start:end]  # type: ignore[arg-type]
    return Claim(
        field=field, start=start, end=end, text=text, attribute="brand", value=text,
        verdict=verdict,
    )  # type: ignore[arg-type]  # fmt: skip


def share(tally: Tally, name: str) -> Share:
    return next(s for s in tally.shares if s.figure == name)


@pytest.fixture(scope="module")
def branded(judge: Judge, drafts: list[RecordedDraft]) -> InjectedDraft:
    """A false brand in a sentence of its own."""
    tries = (inject(lots(i), judge, drafts[0], "brand", "development") for i in range(99))
    return next(one for one in tries if one is not None and one.how == "sentence")


def test_finding_the_error_and_taking_it_back_scores_full(branded: InjectedDraft) -> None:
    (span,) = branded.spans
    judge = Judge(build_market(0))
    found = claim(branded, "unsupported", span.start, span.end, span.field)
    done = Audited([found], branded.draft.text, [], 1)
    tally = tally_injected(judge, branded, done)
    assert (share(tally, "recall").part, share(tally, "precision").part) == (1, 1)
    assert share(tally, "CHAIR-i without audit").part == 1
    assert share(tally, "CHAIR-i after audit").part == 0
    assert share(tally, "injected error left").part == 0
    assert share(tally, "true facts lost") == Share("true facts lost", 0, 3)
    assert not tally.missed and not tally.alarms and not tally.left


def test_missing_the_error_and_blaming_a_true_word_is_counted(
    judge: Judge, branded: InjectedDraft
) -> None:
    brand = branded.draft.truth.attributes["brand"]
    alarm = claim(branded, "contradicted", 0, len(brand), "title")
    cut = DraftText("Phone", branded.text.description.replace(brand, "").replace("  ", " "))
    tally = tally_injected(judge, branded, Audited([alarm], cut, [], 2))
    assert share(tally, "recall").part == 0 and share(tally, "precision").part == 0
    assert tally.missed == branded.spans and tally.alarms == (alarm,)
    assert share(tally, "injected error left").part == 1
    assert share(tally, "CHAIR-i after audit").part == 1
    assert share(tally, "true facts lost").part == 1


def test_words_around_the_error_count_only_loosely(judge: Judge, branded: InjectedDraft) -> None:
    (span,) = branded.spans
    edges = [(span.first, span.start), (span.end, span.last)]
    first, last = max(edges, key=lambda e: e[1] - e[0])
    words = branded.text.of(span.field)[first:last]
    at = first + len(words) - len(words.lstrip())
    around = claim(branded, "unsupported", at, at + 1, span.field)
    tally = tally_injected(judge, branded, Audited([around], branded.text, [], 2))
    assert share(tally, "precision").part == 1 and share(tally, "precision, strict").part == 0


def test_half_an_error_is_still_an_error(judge: Judge, drafts: list[RecordedDraft]) -> None:
    tries = (inject(lots(i), judge, drafts[0], "accessories", "development") for i in range(99))
    one = next(t for t in tries if t is not None and t.spans[0].words == "a cleaning kit")
    (span,) = one.spans
    text = one.text.of(span.field)
    half = text[: span.start] + "a cleaning" + text[span.end :]
    left = DraftText(half, "") if span.field == "title" else DraftText("", half)
    assert still_there(span, one, left)
    assert not still_there(span, one, one.draft.text)


async def test_the_audit_itself_finds_and_removes_a_false_colour(
    market: Market, judge: Judge
) -> None:
    unit = first_unit(market, "phone")
    draft = honest(market, unit)
    false = next(c for c in ("red", "green") if c != unit.sku.colour)
    text = DraftText(draft.text.title, draft.text.description.replace(unit.sku.colour, false))
    done = await audited(None, draft, text)
    assert any(c.text == false for c in done.flagged) and false not in done.text.description


def test_a_natural_draft_is_scored_by_what_the_judge_finds(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "phone")
    draft = draft_of(
        market, unit, "Tarvox phone", f"It is {unit.sku.colour}.",
        photo={"colour": unit.sku.colour}, identical={"brand": "Tarvox"},
    )  # fmt: skip
    tally = tally_natural(judge, draft, Audited([], draft.text, [], 0))
    assert share(tally, "recall") == Share("recall", 0, 1)
    assert share(tally, "CHAIR-i after audit") == Share("CHAIR-i after audit", 1, 2)
    assert share(tally, "of it, the ledger's own").part == 1


def test_a_recorded_run_is_scored_for_copies_and_for_guesses(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "phone")
    draft = draft_of(market, unit, "Phone", "It has 3 GB of storage.")
    tally = tally_recorded(judge, draft)
    unknown = share(tally, "unknowable: left out or asked")
    assert unknown.whole == len(draft.true_template.names) - 1
    assert unknown.part == unknown.whole - 1


def test_a_false_statement_is_traced_to_what_brought_it_in(market: Market, judge: Judge) -> None:
    unit = first_unit(market, "phone")
    by_cause = {
        "seller misread": {"seller": {"brand": "Comes"}},
        "photo misread": {"photo": {"brand": "Comes"}},
    }
    for expected, given in by_cause.items():
        draft = draft_of(market, unit, "Comes phone", "", **given)  # type: ignore[arg-type]
        (found,) = [s for s in judge.statements(draft, draft.text) if s.fault]
        assert cause(market, draft, found) == expected
    alone = draft_of(market, unit, "Phone", "A greycan phone.")
    (found,) = [s for s in judge.statements(alone, alone.text) if s.fault]
    assert cause(market, alone, found) == "garbled"
    assert "garbled" in CAUSES


def test_a_figure_is_drawn_over_listings() -> None:
    lone = [Tally(str(i % 5), "brand", (Share("x", float(i % 5 == 0), 1),)) for i in range(50)]
    found = figure("x", "brand", lone)
    assert found is not None
    assert (found.value, found.n, found.listings) == (0.2, 50, 5)
    assert found.low == 0 and found.high > 0.4
    assert figure("y", "brand", lone) is None


def test_it_runs_from_recorded_runs_without_a_model(
    market: Market,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    folder = tmp_path / "runs"
    asyncio.run(_record(market, tmp_path, folder / "dev", runs=4))
    failures = tmp_path / "failures.jsonl"
    arguments = ["--folder", folder, "--runs", 4, "-n", 18, "--with-model", 0]
    arguments += ["--set", "development", "--failures", failures]
    code = main([*map(str, arguments), "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == 0 and said["n"] == 18
    found = {(p["reading"], f["name"], f["group"]) for p in said["parts"] for f in p["figures"]}
    assert {("matching", "recall", "all"), ("matching", "CHAIR-i after audit", "natural")} <= found
    assert ("recorded", "CHAIR-i as recorded", "recorded") in found
    assert all("failure" in json.loads(line) for line in failures.read_text().splitlines())


async def _record(market: Market, home: Path, folder: Path, runs: int) -> None:
    script = Script()
    script.answers["Which category"] = {"Mobile phones": 0.9}
    script.answers["Write a second-hand listing"] = "Phone, red\nI am selling my phone. It is red."
    tracer = open_trace(folder / "traces")
    context = ListingContext(
        model=ScriptedChatModel(responses=script),
        taxonomy=market_taxonomy(),
        store=PhotoStore(home / "photos"),
        policy=Policy.load(),
        tracer=tracer,
    )
    runtime = Runtime(Settings(home=home / "home"), context)
    cases = choose_cases(market, runs, fold="dev")
    await record_cases(runtime, market, cases, folder)
    tracer.close()
