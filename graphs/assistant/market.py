"""Calls that look and tell: the market, the rules, what vouches for words. They change nothing."""

import asyncio

from graphs.assistant.acted import Acted, patch_between
from graphs.assistant.state import has_draft
from graphs.assistant.task import Task
from listing import Reference
from tools.price import price_band
from tools.safety import redact_contacts
from tools.visual_search import find_similar


async def search_similar(task: Task) -> Acted:
    """Show listings of the market like this one."""
    found = task.document.references or await _search(task)
    if not found:
        return Acted(task.say("similar_none"))
    policy = task.context.listing.policy
    flagged = {r.id for r in found if policy.find_instructions(f"{r.title}\n{r.text}", "reference")}
    shown = [r for r in found if r.id not in flagged]
    told = ", ".join(_told(reference) for reference in shown[:3])
    says = task.say("similar", listings=told) if told else task.say("similar_none")
    if flagged:
        says = f"{says} {task.say('similar_flagged')}"
    data = [
        r.model_dump(include={"id", "score", "match", "title", "price", "currency"}) for r in shown
    ]
    return Acted(says, data={"references": data})


def _told(reference: Reference) -> str:
    price = f" ({reference.price:g} {reference.currency})" if reference.price is not None else ""
    return f"“{reference.title}”{price}"


async def _search(task: Task) -> list[Reference]:
    """A search of its own where the draft found nothing or there is none."""
    context, photos = task.context.listing, task.state.get("photos", [])
    embedder, index = context.embedder, context.index
    if embedder is None or index is None or not photos:
        return []
    keys = [photo["sha256"] for photo in photos]
    images = [context.store.open_image(key) for key in keys]
    top_k = context.limits.top_k
    with task.context.tracer.embeddings(
        embedder.name, dimension=embedder.dimension, count=len(keys)
    ):
        vectors = await asyncio.to_thread(embedder.embed, images, keys)
    with task.context.tracer.retrieval("listings", top_k=top_k) as retrieval:
        found = await asyncio.to_thread(find_similar, vectors, index, context.thresholds, top_k)
        retrieval.documents(found.references)
    near = [(r, context.thresholds.meaning(r.score)) for r in found.references]
    return [
        r.model_copy(update={"match": match, "title": redact_contacts(r.title)})
        for r, match in near
        if match
    ]


async def suggest_price(task: Task) -> Acted:
    """Tell what the market asks; the price stays as it is."""
    band = task.document.price or price_band(task.document.references or await _search(task))
    if band is None:
        return Acted(task.say("market_none"))
    key = "market" if band.low < band.high else "market_one"
    told = {name: f"{getattr(band, name):g}" for name in ("low", "suggested", "high")}
    return Acted(
        task.say(key, **told, currency=band.currency), data={"price": band.model_dump(mode="json")}
    )


async def check_safety(task: Task) -> Acted:
    """Check the listing against the rules of the market."""
    document = task.document
    found = task.context.listing.policy.check_draft(document.title, document.description)
    found = [*document.safety.photos, *found]
    if not found:
        return Acted(task.say("safe"))
    notices = " ".join(dict.fromkeys(f.notice for f in found))
    return Acted(
        task.say("unsafe", notices=notices),
        data={"findings": [f.model_dump(mode="json") for f in found]},
    )


async def explain_claim(task: Task) -> Acted:
    """Tell what vouches for words of the listing."""
    edited = task.editor.explain(task.document, str(task.args["words"]))
    return Acted(edited.says, data=edited.data)


async def rewrite(task: Task) -> Acted:
    """Put the text differently; what it states stays."""
    wish, language = str(task.args["wish"]), task.args.get("language") or task.language
    if not has_draft(task.document):
        return Acted(task.say("no_photo"), ok=False, note="there is no text yet")

    def on_token(text: str) -> None:
        task.step.event("token", text=text, of="draft")

    edited = await task.editor.rewrite(
        task.context.model, task.document, wish, language, config=task.config, on_token=on_token
    )
    patch = patch_between(task.document, edited.document)
    if patch:
        document = edited.document
        task.step.event(
            "revised", title=document.title, description=document.description, taken_back=[]
        )
    return Acted(
        edited.says,
        note="" if patch else "nothing changed",
        patch=patch,
        label=task.say("undo_rewrite") if patch else "",
        data=edited.data,
    )
