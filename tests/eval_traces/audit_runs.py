"""Recorded runs for the audit's tests: one with every verdict, and the same with hostile words."""

from typing import Any

from eval_traces import RunTracer, names
from listing import (
    AttributeValue,
    CategoryPrediction,
    Claim,
    Evidence,
    ListingDocument,
    ModelInfo,
    Photo,
    Question,
    Reference,
    SafetyFinding,
    SafetyReport,
)

HOSTILE = (
    "</style></script><script>window.hacked=1</script><img src=x onerror=hacked=1> \"'&"
    " \u202eevil\u2066 {{ 7*7 }} javascript:alert(1) ]]> <!-- \u0000 \ud800 מקלדת"
)
TITLE = "Velo Nord phone in red, 128 GB"
TEXT = (
    "I am selling my Velo Nord phone. It is red, has 128 GB of storage and is waterproof.\n"
    "The phone fits in a pocket. Condition: very good."
)
FIRST = f"{TEXT} Never dropped, comes with a charger."


def claim(text: str, attribute: str, verdict: Any, *evidence: str, **more: Any) -> Claim:
    """A claim on the first place of `TITLE` or `TEXT` where the words are."""
    field = more.pop("field", "description")
    whole = TITLE if field == "title" else more.pop("whole", TEXT)
    start = whole.index(text)
    value = more.pop("value", text)
    return Claim(
        field=field, start=start, end=start + len(text), text=text, attribute=attribute,
        value=value, verdict=verdict, evidence=list(evidence), **more,
    )  # fmt: skip


def claims_of_all_verdicts() -> list[Claim]:
    """Ten claims; `Velo` lies inside `Velo Nord`."""
    return [
        claim("Velo", "brand", "supported", "e4", field="title"),
        claim("Nord", "model", "supported", "e5", field="title"),
        claim("red", "colour", "supported", "e3", field="title", probability=0.93),
        claim("128 GB", "storage", "contradicted", "e8", field="title"),
        claim("Velo", "brand", "supported", "e4"),
        claim("Velo Nord", "model", "supported", "e5", value="Nord"),
        claim("red", "colour", "supported", "e3", probability=0.93),
        claim("128 GB", "storage", "contradicted", "e8"),
        claim("waterproof", "function", "unsupported"),
        claim("fits in a pocket", "function", "general"),
        claim("very good", "condition", "supported", "e9"),
    ]


def record_run(
    tracer: RunTracer, photo: Photo, *, market: str = "", seller: str = "", listing: str = "m1"
) -> str:
    """Record a drafted run with every verdict and one revision; return its trace id.

    `market` and `seller` are added to the words of the listing and of the seller.
    """
    words = f"very good condition, storage is 64 GB. {seller}"
    told = f"Velo Nord phone, 64 GB{market}"
    reference = Reference(
        id=listing, score=0.97, match="identical", title="Velo Nord", text=told, price=120.0,
        photo="f" * 64,
    )  # fmt: skip
    whole = f"Velo Nord\n{told}"
    with tracer.run("listing", thread_id="t1", input={"seller": words}) as run:
        run.set_json(names.SETTINGS, {"limits": {"max_revisions": 1}})
        with tracer.node("predict_category", input={"photos": [photo]}) as look:
            with tracer.tool("read_photo_attribute", {"attribute": "colour"}) as seen:
                seen.result({"value": "red", "probability": 0.93})
            look.result({"category": None})
        with tracer.node("search_similar") as searched:
            searched.result({"references": [reference]})
        with tracer.node("choose_mode") as mode:
            mode.route("reference", "1 of 1 references fit the category")
        with tracer.node("extract_attributes"), tracer.tool("extract_attributes") as read:
            read.result([])
        with tracer.node("write_draft") as wrote:
            with tracer.tool("write"):
                pass
            wrote.route("audit_draft", "draft complete")
            wrote.result({"title": TITLE, "description": FIRST, "revisions": 0})
        taken = [
            claim("Never dropped", "history", "unsupported", whole=FIRST),
            claim("a charger", "accessories", "contradicted", "e6", whole=FIRST),
        ]
        with tracer.node("audit_draft") as judged:
            judged.result({"claims": taken})
        with tracer.node("revise") as revised:
            revised.route("audit_draft", "took back: Never dropped; a charger")
            revised.result({"title": TITLE, "description": TEXT, "revisions": 1})
        with tracer.node("finish") as finish:
            finish.degraded("the market is small")
        spans = {
            "photo": seen.span_id, "search": searched.span_id, "read": read.span_id,
        }  # fmt: skip
        document = _document(photo, reference, whole, words, spans, run.trace_id)
        run.set_output(document.model_dump(mode="json"))
        run.evaluation("claim_precision", score=0.7)
    return run.trace_id


def _document(
    photo: Photo, reference: Reference, whole: str, words: str, spans: dict[str, str], trace_id: str
) -> ListingDocument:
    listing = f"listing:{reference.id}"

    def read(id: str, attribute: str, value: str, **more: Any) -> Evidence:
        start = whole.index(value)
        return Evidence(
            id=id, kind="reference", source=listing, text=value, attribute=attribute, value=value,
            start=start, end=start + len(value), span_id=spans["read"], **more,
        )  # fmt: skip

    at = words.index("64 GB")
    evidence = [
        Evidence(id="e1", kind="category", source="category:el-4-8-5", text="Mobile phones"),
        Evidence(
            id="e2", kind="reference", source=listing, text=whole, span_id=spans["search"]
        ),
        Evidence(
            id="e3", kind="photo", source=f"photo:{photo.sha256}", text="colour: red",
            attribute="colour", value="red", span_id=spans["photo"],
        ),
        read("e4", "brand", "Velo"),
        read("e5", "model", "Nord"),
        Evidence(id="e6", kind="seller", source="seller:1", text=words, span_id=spans["read"]),
        read("e7", "storage", "64 GB"),
        Evidence(
            id="e8", kind="seller", source="seller:1", text="64 GB", attribute="storage",
            value="64 GB", start=at, end=at + 5, span_id=spans["read"],
        ),
        Evidence(
            id="e9", kind="seller", source="seller:1", text="very good", attribute="condition",
            value="very good", start=0, end=9, span_id=spans["read"],
        ),
    ]  # fmt: skip
    return ListingDocument(
        listing_id="l1", trace_id=trace_id, thread_id="t1", status="drafted", mode="reference",
        photos=[photo],
        category=CategoryPrediction(
            id="el-4-8-5", path=["Electronics", "Mobile phones"], confidence=0.9
        ),
        references=[reference],
        attributes={
            "colour": AttributeValue(value="red", source="photo", confidence=0.93, evidence=["e3"])
        },
        title=TITLE, description=TEXT, claims=claims_of_all_verdicts(), evidence=evidence,
        questions=[Question(attribute="storage", text="How much storage?", values=["64 GB"])],
        safety=SafetyReport(text=[SafetyFinding(
            rule="contact-phone", risk="L3", action="warn", where="seller",
            notice="Leave telephone numbers out.",
        )]),
        warnings=["storage: the listing and the seller say 64 GB"],
        timings_ms={"total": 12.0}, model=ModelInfo(name="scripted"),
    )  # fmt: skip
