"""The node that writes: the model streams, the guard releases, the seller reads along."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.runnables.config import merge_configs

from graphs.listing.calls import GUARDED, Guarded
from graphs.listing.state import ListingState, attributes_of, category_of, template_of
from graphs.listing.step import Step, Update, node
from listing import SafetyFinding, SafetyReport
from listing.errors import ModelError
from models.prompts import RenderedPrompt, render
from tools.audit import unname
from tools.safety.stream import GuardStep, StreamGuard


@dataclass
class _Draft:
    """What has been released so far, and why the stream ended early."""

    pieces: list[str] = field(default_factory=list)
    first_token_s: float | None = None
    finding: SafetyFinding | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@node("write_draft", reads=("mode", "category", "seller_values", "reference_values", "attributes"))
async def write_draft(state: ListingState, step: Step) -> Update:
    """Write title and description from the trusted values and the photos."""
    prompt = describe_prompt(state, step)
    draft = await _stream(state, step, prompt)
    guarded = await _guarded(draft, step)
    finding = guarded.finding
    title, _, body = guarded.text.partition("\n")
    timings = {"first_token": round(1000 * draft.first_token_s, 1)} if draft.first_token_s else {}
    if finding is not None:
        step.span.route("halted", f"rule {finding.rule}")
        step.event("halted", text=finding.notice)
        report = SafetyReport(**state.get("safety", {}))
        report.text.append(finding)
        report.halted, report.notice = True, finding.notice
        return {
            "status": "halted",
            "safety": report.model_dump(),
            "timings_ms": timings,
            "title": title.strip(),
            "description": body.strip(),
        }
    if not title.strip():
        raise ModelError("the model wrote an empty draft")
    step.span.route("audit_draft", "draft complete")
    title, body = _vouched_kind(state, step, title.strip(), body.strip())
    return {"title": title, "description": body, "revisions": 0, "timings_ms": timings}


async def _guarded(draft: _Draft, step: Step) -> Guarded:
    """A call of its own: the record masks contact data, so only its result tells of a halt."""

    async def given() -> Guarded:
        return Guarded(draft.text, draft.finding)

    return (await step.call("guard_draft", {}, GUARDED, given)).value


def _vouched_kind(state: ListingState, step: Step, title: str, body: str) -> tuple[str, str]:
    """Call the item an item where the draft names a kind that nobody vouches for."""
    category = category_of(state)
    keep = [v.value for v in attributes_of(state).values()]
    keep += [category.path[-1]] if category else []
    keep += [state.get("seller") or ""]
    names = [c.name for c in step.context.taxonomy.leaves]
    plain = unname(title, names, keep), unname(body, names, keep)
    if plain != (title, body):
        step.event("revised", title=plain[0], description=plain[1], taken_back=["the kind of item"])
    return plain


def describe_prompt(state: ListingState, step: Step) -> RenderedPrompt:
    """The prompt of the mode: nothing enters it that is not in the ledger."""
    mode = state["mode"]
    hidden = mode == "image_only" or "category" in state.get("leave_out", ())
    category = None if hidden else category_of(state)
    attributes = attributes_of(state)
    own = {n: v.value for n, v in attributes.items() if v.source in ("seller", "photo")}
    copied = {n: v.value for n, v in attributes.items() if v.source == "reference"}
    return render(
        "describe",
        category=category.path[-1] if category else None,
        wanted=list(template_of(state, step.context.taxonomy).names) if category else [],
        values=own,
        reference=copied if mode == "reference" else {},
    )


async def _stream(state: ListingState, step: Step, prompt: RenderedPrompt) -> _Draft:
    context, draft = step.context, _Draft()
    guard = StreamGuard(context.policy, "description", context.limits.max_chars)
    message = HumanMessage(
        content=[*context.photo_blocks(state["photos"]), {"type": "text", "text": prompt.text}]
    )
    config = merge_configs(context.config, {"metadata": prompt.metadata})
    started = time.perf_counter()
    stream = cast(AsyncGenerator[AIMessageChunk], context.model.astream([message], config))
    async with aclosing(stream) as chunks:
        async for chunk in chunks:
            if draft.first_token_s is None and chunk.text:
                draft.first_token_s = time.perf_counter() - started
            if _release(guard.feed(chunk.text), draft, step):
                return draft
    _release(guard.finish(), draft, step)
    return draft


def _release(given: GuardStep, draft: _Draft, step: Step) -> bool:
    """Pass on what the guard released; True when nothing more may come."""
    if given.release:
        draft.pieces.append(given.release)
        step.event("token", text=given.release)
    draft.finding = given.finding or draft.finding
    return given.done


def after_write(state: ListingState) -> str:
    """Route of `write_draft`."""
    return "finish" if state.get("status") == "halted" else "audit_draft"
