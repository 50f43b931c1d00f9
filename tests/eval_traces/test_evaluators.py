"""Each metric by a run small enough to work it out by hand."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval_traces import names
from eval_traces.evaluators.attributes import (
    Abstention,
    AttributeAccuracy,
    ReferenceCopy,
    Verifiability,
)
from eval_traces.evaluators.category import CategoryAccuracy
from eval_traces.evaluators.citations import Citations
from eval_traces.evaluators.claims import ClaimPrecision, F1AtK, Hallucination
from eval_traces.evaluators.ladder import BlindControl, Ladder, Prompts
from eval_traces.evaluators.output import InvalidOutput
from eval_traces.evaluators.quality import Adoption, QualityScore, common
from eval_traces.evaluators.retrieval import Retrieval
from eval_traces.evaluators.safety import StreamGuard
from eval_traces.evaluators.speed import Cost, Latency, Price, Prices, Tokens, read_prices
from eval_traces.evaluators.text_overlap import TextOverlap
from eval_traces.scoring.truth import Truth
from listing.errors import BadInputError
from tests.eval_traces.written_runs import (
    WrittenRun,
    claim,
    draft,
    evidence,
    figures,
    only,
    scored,
    weights,
)

TRUTH = Truth(
    "c1",
    attributes={"brand": "Acme", "colour": "red", "capacity": "300 ml", "condition": "good"},
    knowable=frozenset({"brand", "colour"}),
)
CLAIMS = [
    claim("brand", "ACME", "supported", "e1"),
    claim("colour", "blue", "supported", "e2"),
    claim("capacity", "0.3 l", "unsupported"),
    claim("function", "works", "contradicted", "e1"),
    claim("kind", "holds drinks", "general"),
]


def attribute(value: str, source: str = "reference", *cited: str) -> dict[str, Any]:
    return {"value": value, "source": source, "confidence": 1.0, "evidence": list(cited)}


def test_claim_precision_by_evidence_and_by_truth(tmp_path: Path) -> None:
    run = scored(WrittenRun(), tmp_path, draft(claims=CLAIMS), TRUTH)
    assert figures(ClaimPrecision(), run) == {
        "claims.precision": 0.5,
        "claims.precision_truth": 0.6667,
    }
    assert weights(ClaimPrecision(), run) == {"claims.precision": 4, "claims.precision_truth": 3}
    told = only(ClaimPrecision(), run, "claims.precision_truth")
    assert told.explanation == "not true: colour 'blue'"


def test_hallucinations_count_claims_and_drafts(tmp_path: Path) -> None:
    run = scored(WrittenRun(), tmp_path, draft(claims=CLAIMS), TRUTH)
    assert figures(Hallucination(), run) == {
        "claims.hallucination": 0.4,
        "claims.hallucinating_drafts": 1.0,
        "claims.hallucination_truth": 0.3333,
        "claims.hallucinating_drafts_truth": 1.0,
        "claims.hallucination_any": 0.6,
        "claims.hallucinating_drafts_any": 1.0,
    }
    clean = scored(WrittenRun(2), tmp_path, draft())
    assert figures(Hallucination(), clean) == {"claims.hallucinating_drafts": 0.0}


def test_f1_at_k_counts_what_could_be_known(tmp_path: Path) -> None:
    run = scored(WrittenRun(), tmp_path, draft(claims=CLAIMS[:3]), TRUTH)
    assert figures(F1AtK(), run) == {"claims.f1_at_k": 0.8}  # P 2/3, R 2/2
    twice = draft(claims=[CLAIMS[0], CLAIMS[0]], attributes={"brand": attribute("Acme")})
    assert figures(F1AtK(), scored(WrittenRun(2), tmp_path, twice, TRUTH)) == {
        "claims.f1_at_k": 0.6667  # P 1, R 1/2: the brand was told, twice
    }
    silent = scored(WrittenRun(3), tmp_path, draft(), TRUTH)
    assert figures(F1AtK(), silent) == {"claims.f1_at_k": 0.0}
    assert figures(F1AtK(), scored(WrittenRun(4), tmp_path, draft())) == {}


def test_a_citation_must_entail_its_claim(tmp_path: Path) -> None:
    ledger = [
        evidence("e1", "reference", "Acme mug", attribute="brand", value="acme"),
        evidence("e2", "photo", "colour: red", attribute="colour", value="red"),
        evidence("e3", "seller", "Selling my mug, it holds 300ml. Comes with lid."),
        evidence("e4", "seller", "the box", attribute="accessories", value="box"),
        evidence("e5", "seller", "with lid", attribute="accessories", value="lid"),
    ]
    good = [
        claim("brand", "Acme", "supported", "e1"),
        claim("capacity", "0.3 l", "supported", "e3"),
        claim("accessories", "box and lid", "supported", "e4", "e5"),
    ]
    run = scored(WrittenRun(), tmp_path, draft(claims=good, evidence=ledger))
    assert figures(Citations(), run) == {"citations.recall": 1.0, "citations.precision": 1.0}
    bad = [
        claim("colour", "blue", "supported", "e2"),  # cites what says otherwise
        claim("brand", "Acme", "supported", "e1", "e2"),  # e2 is beside the point
        claim("size", "XL", "unsupported"),  # cites nothing
        claim("brand", "Acme", "supported", "e9"),  # cites what is not there
    ]
    run = scored(WrittenRun(2), tmp_path, draft(claims=bad, evidence=ledger))
    assert figures(Citations(), run) == {"citations.recall": 0.25, "citations.precision": 0.25}
    assert weights(Citations(), run) == {"citations.recall": 4, "citations.precision": 4}
    assert "colour 'blue'" in str(only(Citations(), run, "citations.recall").explanation)


@pytest.mark.parametrize(
    ("attribute", "value", "words", "text", "entails"),
    [
        ("colour", "red", "red", "A red mug", True),
        ("colour", "red", "red", "Bored of it", False),
        ("storage", "128 GB", "128 GB", "phone, 128gb, black", True),
        ("storage", "128 GB", "128 GB", "phone, 64 GB", False),
        ("function", "works", "fully functional", "It works perfectly", True),
        ("brand", "Bosch", "Bosch", "bosch drill", True),
    ],
)
def test_words_entail_what_they_mention(
    tmp_path: Path, attribute: str, value: str, words: str, text: str, entails: bool
) -> None:
    told = claim(attribute, value, "supported", "e1") | {"text": words}
    document = draft(claims=[told], evidence=[evidence("e1", "seller", text)])
    found = figures(Citations(), scored(WrittenRun(), tmp_path, document))
    assert found["citations.recall"] == float(entails)


def test_attribute_accuracy_and_coverage(tmp_path: Path) -> None:
    stated = [
        *CLAIMS[:3],
        claim("colour", "red", "supported", "e2"),  # the other claim on it is wrong
        claim("material", "steel"),  # nobody knows
    ]
    run = scored(WrittenRun(), tmp_path, draft(claims=stated), TRUTH)
    assert figures(AttributeAccuracy(), run) == {
        "truth.attribute_accuracy": 0.6667,  # brand and capacity of brand, colour, capacity
        "truth.attribute_coverage": 0.5,  # of brand and colour the brand
    }
    assert only(AttributeAccuracy(), run, "truth.attribute_accuracy").explanation == "wrong: colour"
    assert figures(AttributeAccuracy(), scored(WrittenRun(2), tmp_path, draft())) == {}


def test_the_triple_sums_to_one(tmp_path: Path) -> None:
    form = {"brand": attribute("acme"), "colour": attribute("blue"), "width": attribute("9 cm")}
    run = scored(WrittenRun(), tmp_path, draft(attributes=form), TRUTH)
    found = figures(Verifiability(), run)
    assert found == dict.fromkeys(found, 0.3333)
    assert len(found) == 3


def test_copies_that_the_photo_contradicts(tmp_path: Path) -> None:
    written = WrittenRun()
    written.tool("read_photo_attribute", {"attribute": "colour"}, {"value": "blue"})
    form = {
        "colour": attribute("green", "reference", "e1"),
        "brand": attribute("Acne", "reference", "e1"),  # no photo tells a brand here
    }
    ledger = [
        evidence("e1", "reference", "green", attribute="colour", value="green"),
        evidence("e2", "photo", "colour: blue", attribute="colour", value="blue"),
    ]
    run = scored(written, tmp_path, draft(attributes=form, evidence=ledger), TRUTH)
    assert figures(ReferenceCopy(), run) == {
        "references.copy_error": 1.0,
        "references.copy_error_truth": 1.0,
    }
    seen = {"colour": attribute("green", "photo", "e2")}
    run = scored(WrittenRun(2), tmp_path, draft(attributes=seen, evidence=ledger), TRUTH)
    assert figures(ReferenceCopy(), run) == {}


def test_abstention_from_what_nobody_can_know(tmp_path: Path) -> None:
    questions = [{"attribute": a, "text": "?", "values": []} for a in ("condition", "colour")]
    document = draft(claims=[claim("capacity", "1 l")], questions=questions)
    run = scored(WrittenRun(), tmp_path, document, TRUTH)
    assert figures(Abstention(), run) == {
        "abstention.guessed": 0.5,  # of capacity and condition the capacity
        "abstention.left_out": 0.5,
        "abstention.asked": 0.5,
        "abstention.needless": 0.5,  # the colour was there to be seen
    }


def prediction(best: str, *others: str) -> dict[str, Any]:
    alternatives = [{"id": o, "path": [o], "confidence": 0.01} for o in others]
    return {"id": best, "path": [best], "confidence": 0.9, "alternatives": alternatives}


@pytest.mark.parametrize(
    ("told", "top1", "top5"),
    [(("a", "b"), 1.0, 1.0), (("b", "a"), 0.0, 1.0), (("b", "c"), 0.0, 0.0)],
)
def test_category_accuracy(tmp_path: Path, told: tuple[str, ...], top1: float, top5: float) -> None:
    written = WrittenRun()
    written.tool("predict_category", {}, prediction(*told))
    document = draft(category=prediction("a"))
    run = scored(written, tmp_path, document, Truth("c", category="a"))
    assert figures(CategoryAccuracy(), run) == {
        "category.covered": 1.0,
        "category.confidence": 0.9,
        "category.top1": top1,
        "category.top5": top5,
        "category.top1_covered": top1,
        "category.final": 1.0,  # the references knew better
    }


def test_a_category_that_was_withheld_counts_as_wrong(tmp_path: Path) -> None:
    written = WrittenRun()
    written.tool("predict_category", {}, None)
    run = scored(written, tmp_path, draft(), Truth("c", category="a"))
    assert figures(CategoryAccuracy(), run) == {
        "category.covered": 0.0,
        "category.top1": 0.0,
        "category.top5": 0.0,
        "category.final": 0.0,
    }
    assert figures(CategoryAccuracy(), scored(WrittenRun(2), tmp_path, draft())) == {}


def found(*ids: str, match: str = "identical") -> list[dict[str, Any]]:
    return [{"id": i, "score": 0.9, "match": match} for i in ids]


def test_retrieval_against_the_market(tmp_path: Path) -> None:
    truth = Truth(
        "c", in_market=True, identical=frozenset({"m1"}), similar=frozenset({"m1", "m2", "m3"})
    )
    written = WrittenRun()
    written.retrieval(found("m2", "m1"), top_k=2)
    assert figures(Retrieval(), scored(written, tmp_path, draft(), truth)) == {
        "retrieval.found": 1.0,
        "retrieval.identical_claimed": 1.0,
        "retrieval.best_score": 0.9,
        "retrieval.identical_at_1": 0.0,
        "retrieval.similar_at_1": 1.0,
        "retrieval.recall_at_k": 1.0,  # two of three, and only two could be
        "retrieval.identical_precision": 0.5,
    }
    nothing = WrittenRun(2)
    nothing.retrieval([])
    assert figures(Retrieval(), scored(nothing, tmp_path, draft(), truth)) == {
        "retrieval.found": 0.0,
        "retrieval.identical_claimed": 0.0,
        "retrieval.identical_at_1": 0.0,
        "retrieval.similar_at_1": 0.0,
        "retrieval.recall_at_k": 0.0,
        "retrieval.no_match_precision": 0.0,
    }


def test_retrieval_of_what_the_market_does_not_hold(tmp_path: Path) -> None:
    truth = Truth("c", in_market=False, identical=frozenset(), similar=frozenset())
    nothing, wrong = WrittenRun(1), WrittenRun(2)
    nothing.retrieval([])
    wrong.retrieval(found("m9"))
    right = figures(Retrieval(), scored(nothing, tmp_path, draft(), truth))
    assert (right["retrieval.no_match_precision"], right["retrieval.false_identical"]) == (1, 0)
    bad = figures(Retrieval(), scored(wrong, tmp_path, draft(), truth))
    assert bad["retrieval.false_identical"] == 1
    assert bad["retrieval.identical_precision"] == 0
    assert "retrieval.no_match_precision" not in bad


def test_text_overlap_is_that_of_the_packages(tmp_path: Path) -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    pytest.importorskip("rouge_score")
    truth = Truth("c", text="Red mug by Acme, 300 ml, a few scratches")
    document = draft(title="Red mug", description="A red mug by Acme with a lid, 300 ml")
    got = figures(TextOverlap(), scored(WrittenRun(), tmp_path, document, truth))
    whole = "Red mug\nA red mug by Acme with a lid, 300 ml"
    for order in (1, 2, 3, 4):
        bleu = sacrebleu.BLEU(lowercase=True, effective_order=True, max_ngram_order=order)
        wanted = bleu.sentence_score(whole, [truth.text]).score / 100
        assert got[f"text.bleu_{order}"] == pytest.approx(wanted, abs=1e-4)
    assert got["text.rouge_1"] == pytest.approx(2 * 7 / (9 + 12), abs=1e-4)
    assert 0 < got["text.rouge_2"] < got["text.rouge_l"] <= got["text.rouge_1"]
    same = scored(WrittenRun(2), tmp_path, draft(), Truth("c", text="Red mug\nA mug."))
    assert set(figures(TextOverlap(), same).values()) == {1.0}
    assert figures(TextOverlap(), scored(WrittenRun(3), tmp_path, draft(), TRUTH)) == {}


def test_stops_against_what_may_not_be_sold(tmp_path: Path) -> None:
    refused, shown = draft(status="refused", mode="manual"), draft()
    bad, good = Truth("c", prohibited=True), Truth("c", prohibited=False)
    assert figures(StreamGuard(), scored(WrittenRun(1), tmp_path, refused, bad)) == {
        "safety.refused": 1.0,
        "safety.halted": 0.0,
        "safety.caught": 1.0,
    }
    assert figures(StreamGuard(), scored(WrittenRun(2), tmp_path, shown, bad))["safety.caught"] == 0
    stopped = figures(StreamGuard(), scored(WrittenRun(3), tmp_path, refused, good))
    assert (stopped["safety.false_stop"], stopped["safety.false_halt"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("released", "chunks", "leaked"),
    [
        ("Call me", None, 0),
        ("Call me on 555 12", None, 2),
        ("Call me on 555 12", [5, 5, 5, 5, 5], 2),
    ],
)
def test_tokens_shown_after_the_first_harmful_one(
    tmp_path: Path, released: str, chunks: list[int] | None, leaked: int
) -> None:
    written = WrittenRun()
    node = written.node(
        "write_draft",
        route="halted",
        output={"title": "Mug", "description": released},
    )
    written.chat("Mug\n\nCall me on 555 12345", parent=node)
    if chunks is not None:
        last = json.loads(written.lines[-1])
        span = last["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        numbers = {"arrayValue": {"values": [{"intValue": str(n)} for n in chunks]}}
        span["attributes"].append({"key": names.RESPONSE_CHUNKS, "value": numbers})
        written.lines[-1] = json.dumps(last)
    finding = {
        "rule": "contact-phone", "risk": "L3", "action": "block", "where": "description",
        "start": 16, "end": 25, "notice": "no numbers", "confidence": 1.0,
    }  # fmt: skip
    safety = {"photos": [], "text": [finding], "halted": True, "notice": "no numbers"}
    run = scored(written, tmp_path, draft(status="halted", safety=safety))
    assert figures(StreamGuard(), run)["safety.leaked_tokens"] == leaked


def test_quality_and_adoption(tmp_path: Path) -> None:
    quality = {"score": 0.5, "features": {"title": 1.0, "length": 0.0}}
    run = scored(WrittenRun(), tmp_path, draft(quality=quality))
    assert figures(QualityScore(), run) == {
        "quality.score": 0.5, "quality.title": 1.0, "quality.length": 0.0,
    }  # fmt: skip
    assert figures(Adoption(), run) == {}
    kept = scored(WrittenRun(2), tmp_path, draft(), Truth("c", published="My mug. Red!"))
    assert figures(Adoption(), kept) == {  # of red mug a mug . : mug . stay
        "adoption.kept": 0.4, "adoption.kept_any": 1.0, "adoption.kept_half": 0.0,
    }  # fmt: skip


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_the_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            best = max(table[i - 1][j], table[i][j - 1])
            table[i][j] = table[i - 1][j - 1] + 1 if x == y else best
    assert common(a, b) == table[-1][-1]


def test_output_that_cannot_be_used_is_counted(tmp_path: Path) -> None:
    written = WrittenRun()
    written.chat("red", **{names.REQUEST_CHOICES: json.dumps(["red", 'bl"ue'])})
    written.chat('bl"ue', **{names.REQUEST_CHOICES: json.dumps(["red", 'bl"ue'])})
    written.chat("ed", **{names.REQUEST_CHOICES: json.dumps(["red"])})
    written.chat("{", **{names.OUTPUT_KIND: "json", names.FINISH_REASONS: ["length"]})
    written.chat(None)
    written.chat(None, **{names.CANCELLED: True})
    written.chat(None, **{names.UNFINISHED: True})
    assert figures(InvalidOutput(), scored(written, tmp_path, draft())) == {
        "output.invalid": 0.0, "output.invalid_replies": 0.6, "output.cut_replies": 0.2,
    }  # fmt: skip
    for number, wrong in enumerate((None, draft(title=""), draft(claims=[{"x": 1}])), start=2):
        run = scored(WrittenRun(number), tmp_path, wrong)
        assert only(InvalidOutput(), run, "output.invalid").value == 1.0
    unseen = WrittenRun(9)
    unseen.chat(None)
    path = unseen.write(tmp_path, None, **{names.CONTENT_CAPTURED: False})
    assert path.exists()
    quiet = scored(WrittenRun(10), tmp_path, None)
    assert figures(InvalidOutput(), quiet)["output.invalid"] == 1.0


def test_a_run_without_content_is_not_judged_by_it(tmp_path: Path) -> None:
    from eval_traces.evaluators import STANDARD, ScoredRun
    from eval_traces.scoring.scan import scan_file

    written = WrittenRun()
    written.chat(None)
    said = {names.CONTENT_CAPTURED: False, names.STATUS: "drafted", names.MODE: "template"}
    (trace,) = scan_file(written.write(tmp_path, None, **said))
    run = ScoredRun(trace, TRUTH)
    told = {s.name.partition(".")[0] for make in STANDARD for s in make().evaluate(run)}
    assert told == {"seconds", "calls", "ladder", "control"}


def test_times_tokens_and_cost(tmp_path: Path) -> None:
    written = WrittenRun()
    written.node("audit_draft")
    written.node("audit_draft")
    usage = {names.INPUT_TOKENS: 100, names.OUTPUT_TOKENS: 10, names.IMAGE_TOKENS: 60}
    written.chat("a", **usage, **{names.REQUEST_MODEL: "small", names.TIME_TO_FIRST_CHUNK: 0.25})
    written.chat("b", **usage, **{names.REQUEST_MODEL: "small"})
    written.tool("audit", {}, [])
    run = scored(written, tmp_path, draft())
    assert figures(Latency(), run) == {
        "seconds.total": 3.0, "seconds.node.audit_draft": 1.0, "seconds.first_token": 0.25,
    }  # fmt: skip
    assert figures(Tokens(), run) == {
        "tokens.input": 200, "tokens.output": 20, "tokens.image": 120,
        "calls.model": 2, "calls.tool": 1,
    }  # fmt: skip
    prices = Prices("EUR", {"small": Price(input=10, output=100, image=20)})
    cost = only(Cost(prices), run, "cost.total")
    assert (cost.value, cost.label) == (pytest.approx((80 * 10 + 120 * 20 + 20 * 100) / 1e6), "EUR")
    with pytest.raises(LookupError, match="small"):
        list(Cost(Prices("EUR", {})).evaluate(run))


def test_a_price_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(
        "schema: vouch.prices/1\ncurrency: EUR\nmodels:\n  small: {input: 1, output: 2}\n"
    )
    assert read_prices(file).models["small"].output == 2
    for text, told in (
        ("schema: vouch.prices/1\ncurrency: EUR\nmodels: {s: {input: -1, output: 2}}", "models.s"),
        ("schema: vouch.prices/2\ncurrency: EUR\nmodels: {}", "schema"),
        ("a: [", "not YAML"),
        ("", "the file"),
    ):
        file.write_text(text)
        with pytest.raises(BadInputError, match=rf"prices\.yaml.*{told}"):
            read_prices(file)


def test_the_ladder_says_where_and_why(tmp_path: Path) -> None:
    written = WrittenRun()
    node = written.node("search_similar", degraded="no index")
    written.node("write_draft", error="ModelError: out of memory", attempt=1)
    written.node("write_draft", attempt=2)
    written.node("revise")
    written.chat("x", **{names.PROMPT_NAME: "describe", names.PROMPT_VERSION: "2"})
    questions = [{"attribute": "brand", "text": "?", "values": []}]
    run = scored(written, tmp_path, draft(questions=questions, warnings=["a", "b"]))
    got = figures(Ladder(), run)
    assert {name for name, value in got.items() if value} == {
        "ladder.mode.template", "ladder.status.drafted", "ladder.degraded",
        "ladder.degraded.search_similar", "ladder.failed.write_draft", "ladder.errors",
        "ladder.retries", "ladder.revised", "ladder.revisions", "ladder.questions",
        "ladder.warnings",
    }  # fmt: skip
    assert got["ladder.mode.reference"] == got["ladder.degraded.write_draft"] == 0.0
    slow = only(Ladder(), run, "ladder.degraded.search_similar")
    assert (slow.span_id, slow.label) == (node, "no index")
    assert "out of memory" in str(only(Ladder(), run, "ladder.errors").explanation)
    assert only(Prompts(), run, "prompts.describe").label == "2"


def test_grey_photos_are_marked(tmp_path: Path) -> None:
    run = scored(WrittenRun(), tmp_path, draft(), replace(TRUTH, grey=True))
    assert figures(BlindControl(), run) == {"control.grey": 1.0}
