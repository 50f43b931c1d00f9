"""The node that answers: the model words what came of the message, the guard lets through.

Rule: what the seller must know is told in the outcomes' own words wherever the model's do not hold
it all; a refusal is never reworded.
"""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.runnables.config import merge_configs

from graphs.assistant.context import AssistantContext
from graphs.assistant.guard import AnswerGuard, Sentences
from graphs.assistant.outcomes import outcomes, untold
from graphs.assistant.state import AssistantState, document_of, template_of
from graphs.assistant.task import language_of
from graphs.assistant.words import say
from graphs.step import Step, Update, node
from listing import ListingDocument
from tools.assistant import answer_prompt

_MAX_SENTENCES = 6
_VALUE = re.compile(r"\d+(?:[.,]\d+)*|(?<!^)(?<![.!?] )\b[A-Z]\w+|“[^”]+”")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@node("answer", reads=("calls", "told"))
async def answer(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Tell the seller what came of the message."""
    own = outcomes(state)
    if state.get("free") and not own:
        reply = _free(state, step)
    elif own and _worded(state, step.context):
        reply = await _in_words(state, step, own)
    else:
        reply = _whole(own, step)
    if reply:
        step.event("message", role="assistant", text=reply)
    step.span.route("remember", "told" if reply else "nothing to tell")
    return {"reply": reply, "told": len(state.get("calls", []))}


def _worded(state: AssistantState, context: AssistantContext) -> bool:
    """Whether the model is asked: in talk, where all went right, in a language that it writes."""
    calls = untold(state)
    talk = bool(calls) and all(c["by"] in ("model", "reread") and c["ok"] for c in calls)
    return talk and language_of(state) in context.languages and bool(state["pieces"])


def _whole(own: Sequence[str], step: Step[AssistantContext]) -> str:
    reply = " ".join(own)
    if reply:
        step.event("token", text=reply, of="reply")
    return reply


def _free(state: AssistantState, step: Step[AssistantContext]) -> str:
    """What the model said instead of calling a tool, as far as the guard lets it."""
    guard, said = guard_of(state, step.context, []), ""
    cutter = Sentences()
    for sentence in [*cutter.feed(state["free"]), *cutter.finish()][:_MAX_SENTENCES]:
        if (why := guard.refused(sentence)) is not None:
            step.span.degraded(why)
            break
        said += sentence
    return _whole([said.strip() or say("unclear", language_of(state))], step)


async def _in_words(state: AssistantState, step: Step[AssistantContext], own: Sequence[str]) -> str:
    """The model's words, sentence by sentence, and what they left out."""
    guard, said = guard_of(state, step.context, own), ""
    async with aclosing(_sentences(state, step, own)) as given:
        async for sentence in given:
            if (why := guard.refused(sentence)) is not None:
                step.span.degraded(f"the model's words were not used: {why}")
                break
            said += sentence
            step.event("token", text=sentence, of="reply")
    left = [outcome for outcome in own if not holds(said, outcome)]
    rest = " ".join(left)
    if rest and said.strip():
        rest = f" {rest}" if not said.endswith((" ", "\n")) else rest
    if rest:
        step.event("token", text=rest, of="reply")
    return (said + rest).strip()


async def _sentences(
    state: AssistantState, step: Step[AssistantContext], own: Sequence[str]
) -> AsyncGenerator[str]:
    message = " ".join(state["pieces"])[-step.context.limits.piece_chars :]
    prompt = answer_prompt(message, own, language_of(state))
    config = merge_configs(step.context.config, {"metadata": prompt.metadata})
    stream = step.context.model.astream([HumanMessage(prompt.text)], config)
    cutter, count = Sentences(), 0
    async with aclosing(cast(AsyncGenerator[AIMessageChunk], stream)) as chunks:
        async for chunk in chunks:
            for sentence in cutter.feed(chunk.text):
                yield sentence
                count += 1
                if count == _MAX_SENTENCES:
                    return
    for sentence in cutter.finish():
        yield sentence


def holds(said: str, outcome: str) -> bool:
    """Return whether `said` tells what `outcome` does: its values, or, without any, its words."""
    if outcome in said:
        return True
    values = _VALUE.findall(outcome)
    if values:
        return all(value in said for value in values)
    words = {w.casefold() for w in re.findall(r"\w{4,}", outcome)}
    shared = words & {w.casefold() for w in re.findall(r"\w{4,}", said)}
    return not _HAN.search(outcome) and 2 * len(shared) >= len(words) > 0


def guard_of(state: AssistantState, context: AssistantContext, own: Sequence[str]) -> AnswerGuard:
    """Return the guard of the turn's answer."""
    document = document_of(state)
    listing = context.listing
    template = template_of(document, listing.taxonomy)
    closed = [value for spec in template.attributes for value in spec.values]
    sources = [*own, *state.get("pieces", []), *_texts(document)]
    return AnswerGuard(listing.policy, sources, closed)


def _texts(document: ListingDocument) -> list[str]:
    """What the listing holds and an answer may say; no retrieved text is in it."""
    values = [f"{name.replace('_', ' ')} {v.value}" for name, v in document.attributes.items()]
    price = document.asking_price
    path = document.category.path if document.category else []
    asked = [f"{price.amount:g} {price.currency}"] if price else []
    return [document.title, document.description, *values, *path, *asked]
