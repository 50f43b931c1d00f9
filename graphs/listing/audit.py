"""Nodes that judge the draft claim by claim and take back what nobody vouches for."""

from langgraph.runtime import Runtime

from graphs.listing.calls import CLAIMS, REVISION
from graphs.listing.context import ListingContext
from graphs.listing.state import (
    ListingState,
    attributes_of,
    category_of,
    claims_of,
    ledger_of,
    references_of,
    template_of,
)
from graphs.listing.step import Step, Update, node
from listing import Claim, Question, SafetyReport
from tools.audit import Revision, acheck, questions
from tools.audit import revise as take_back

FALSE = ("unsupported", "contradicted")
NOTHING_TO_SAY = "Details on request."
"""What is left when the audit took everything back."""
UNVOUCHED = "nobody vouches for this, yet the draft still says it: {}; check it before you publish"
GUESSED = "no category is likely enough, so the draft does not say what kind of thing it is"


@node("audit_draft", reads=("title", "description", "evidence", "revisions"))
async def audit_draft(state: ListingState, step: Step) -> Update:
    """Find the draft's claims and judge each by the ledger."""
    context = step.context
    template = template_of(state, context.taxonomy)
    title, description = state["title"], state["description"]
    call = await step.call(
        "audit",
        {"title": title, "description": description},
        CLAIMS,
        lambda: acheck(
            context.model,
            title,
            description,
            template,
            ledger_of(state),
            references=references_of(state),
            photo_blocks=context.photo_blocks(state["photos"]),
            config=context.config,
        ),
    )
    claims = call.value
    again = _once_more(claims, state, context)
    step.span.route("revise" if again else "finish", _reason(claims))
    if not again:
        for claim in claims:
            step.event("claim", **claim.model_dump())
    return {"claims": [c.model_dump() for c in claims]}


def _reason(claims: list[Claim]) -> str:
    count = {v: sum(c.verdict == v for c in claims) for v in ("supported", *FALSE, "general")}
    return ", ".join(f"{n} {verdict}" for verdict, n in count.items() if n) or "no claims"


def after_audit(state: ListingState, runtime: Runtime[ListingContext]) -> str:
    """Route of `audit_draft`: round `revise` while something false is left, within the limit."""
    return "revise" if _once_more(claims_of(state), state, runtime.context) else "finish"


def _once_more(claims: list[Claim], state: ListingState, context: ListingContext) -> bool:
    false = any(c.verdict in FALSE for c in claims)
    return false and state.get("revisions", 0) < context.limits.max_revisions


@node("revise", reads=("title", "description", "claims"))
async def revise(state: ListingState, step: Step) -> Update:
    """Drop, soften or correct the claims that nobody vouches for; what they told is asked."""
    category = category_of(state)
    claims = claims_of(state)
    false = [c for c in claims if c.verdict in FALSE]

    async def run() -> Revision:
        return take_back(
            state["title"],
            state["description"],
            claims,
            ledger_of(state),
            category_name=category.path[-1] if category else "",
            template=template_of(state, step.context.taxonomy),
        )

    arguments = {"taken_back": [c.model_dump() for c in false]}
    done = (await step.call("revise", arguments, REVISION, run)).value
    step.span.route("audit_draft", f"took back: {'; '.join(c.text for c in false)}")
    step.event(
        "revised",
        title=done.title,
        description=done.description,
        taken_back=[c.text for c in false],
    )
    return {
        "title": done.title,
        "description": done.description,
        "revisions": state.get("revisions", 0) + 1,
        "taken_back": [*state.get("taken_back", []), *(c.attribute for c in false)],
    }


@node("finish", reads=("mode", "title", "status"))
async def finish(state: ListingState, step: Step) -> Update:
    """Check the whole draft once more, and ask for what is missing."""
    mode = state.get("mode", "manual")
    if state.get("status") in ("refused", "halted") or mode == "manual":
        status = state.get("status") or "manual"
        step.span.route("end", status)
        return {"status": status, "mode": "manual" if status == "manual" else mode}
    report = SafetyReport(**state.get("safety", {}))
    description = state["description"].strip() or NOTHING_TO_SAY
    found = step.context.policy.check_draft(state["title"], description)
    report.text += found
    blocked = [f for f in found if f.action == "block"]
    if blocked:
        report.halted, report.notice = True, blocked[0].notice
    template = template_of(state, step.context.taxonomy)
    lost = state.get("taken_back", [])
    asked = questions(template, attributes_of(state), claims_of(state), taken_back=lost)
    unnamed = category_of(state) is None
    if unnamed:
        asked = [Question(attribute="category", text="What kind of thing is it?"), *asked[:2]]
    for question in asked:
        step.event("question", **question.model_dump())
    false = list(dict.fromkeys(c.text for c in claims_of(state) if c.verdict in FALSE))
    status = "halted" if blocked else "drafted"
    step.span.route("end", status)
    return {
        "status": status,
        "description": description,
        "safety": report.model_dump(),
        "questions": [q.model_dump() for q in asked],
        "warnings": [
            *(f.notice for f in found if f.action != "block"),
            *[GUESSED] * unnamed,
            *[UNVOUCHED.format(", ".join(false))] * bool(false),
        ],
    }
