"""`/v1/listings`: drafting one from photos, reading one, publishing one."""

from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import PlainTextResponse, Response

from agent.http.answer import end_of
from agent.http.intake import content_type, read_form
from agent.http.json_body import is_json
from agent.http.openapi import PHOTOS, form_body, problems, stream
from agent.http.problems import FieldProblem, Problem, invalid, not_found
from agent.http.service import owner_of, service_of, take_time
from agent.http.shapes import CapMode, Language, PublishBody, Published
from agent.http.source import Source, TurnSource
from agent.http.sse import EventStream
from agent.request import MAX_SELLER, check_seller
from graphs.assistant.turn import Turn
from listing import ListingDocument


class DraftForm(BaseModel):
    """The text fields of the form that asks for a draft."""

    model_config = ConfigDict(extra="forbid")

    seller: str | None = Field(default=None, max_length=MAX_SELLER)
    thread_id: str | None = None
    language: Language = "en"
    mode: CapMode | None = None


_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["photos"],
    "additionalProperties": False,
    "properties": {
        "photos": {**PHOTOS, "minItems": 1},
        "seller": {
            "type": "string",
            "maxLength": MAX_SELLER,
            "description": "What the seller knows, in their own words",
        },
        "thread_id": {"type": "string", "description": "A thread of yours; none makes one"},
        "language": {"type": "string", "enum": ["en", "zh"]},
        "mode": {"type": "string", "enum": ["reference", "template", "image_only"]},
    },
}


def listings_router() -> APIRouter:
    """Return the calls on listings."""
    router = APIRouter(prefix="/v1/listings", tags=["listings"])
    router.post(
        "",
        response_class=EventStream,
        status_code=200,
        responses=stream(404, 415),
        openapi_extra=form_body(_FORM, json_body=False),
        summary="Draft a listing from photos",
    )(draft)
    router.get("/{listing_id}", responses=problems(404, 422), summary="A listing as it is now")(
        read_listing
    )
    router.get(
        "/{listing_id}/text",
        response_class=PlainTextResponse,
        responses=problems(404, 422),
        summary="A listing as text to copy",
    )(read_text)
    router.post(
        "/{listing_id}/publish",
        dependencies=[is_json],
        responses=problems(404, 409, 415, 422, 504),
        summary="Publish a listing with the text given",
    )(publish)
    return router


async def draft(request: Request) -> Response:
    """One to nine photos of one item in, the run's events out."""
    service, owner = service_of(request), owner_of(request)
    service.turns.check()
    content_type(request, "multipart/form-data")
    fields, uploads = await read_form(request)
    try:
        form = DraftForm.model_validate(fields)
    except ValidationError as error:
        raise invalid(error.errors()) from None
    if not uploads:
        what = FieldProblem(field="photos", message="none given; give one to nine")
        raise Problem(422, "invalid", "The request does not fit", str(what), errors=(what,))
    words = check_seller(form.seller)
    if form.thread_id is not None:
        service.turns.check(service.own_thread(owner, form.thread_id))
    taken = await service.intake.take(uploads)
    turn = Turn(
        text=words,
        photos=taken.photos,
        warnings=taken.warnings,
        call={"name": "draft_listing", "args": {}},
        language=form.language,
        mode_cap=form.mode,
    )
    service.turns.check(form.thread_id)  # before a thread is made for it
    thread_id = form.thread_id or service.registry.new_thread(owner)
    service.own_photos(thread_id, taken)
    live = service.start(owner, thread_id, "draft", lambda: service.source.turn(thread_id, turn))
    return EventStream(live)


async def read_listing(listing_id: str, request: Request) -> ListingDocument:
    """The listing document."""
    found = service_of(request).registry.listing(owner_of(request), listing_id)
    if found is None:
        raise not_found("listing")
    return ListingDocument.model_validate(found)


async def read_text(listing_id: str, request: Request) -> PlainTextResponse:
    """Title, description, attributes and price as plain text."""
    from tools.editing import listing_text

    return PlainTextResponse(listing_text(await read_listing(listing_id, request)))


async def publish(listing_id: str, body: PublishBody, request: Request) -> Published:
    """Records what the seller publishes; 422 says which rule is against it."""
    service, owner = service_of(request), owner_of(request)
    before = await read_listing(listing_id, request)
    thread_id = service.registry.thread_of(owner, listing_id)
    view = await service.source.thread(thread_id)
    if view is None or view.listing is None or view.listing.listing_id != listing_id:
        raise Problem(409, "not-current", "The thread has another listing by now")
    waiting = view.interrupt.id if view.interrupt and view.interrupt.kind == "publish" else None
    take_time(request)
    answer = {"confirm": True, **body.model_dump(exclude_none=True)}
    live = service.start(
        owner, thread_id, "publish", lambda: _published(service.source, thread_id, waiting, answer)
    )
    end = await end_of(live)
    document = ListingDocument.model_validate(end["document"])
    publication = document.published
    if publication is None or publication == before.published:
        why = document.safety.notice or end.get("reply", "")
        raise Problem(422, "not-published", "The listing was not published", why)
    return Published(listing_id=listing_id, **publication.model_dump())


async def _published(
    source: TurnSource, thread_id: str, waiting: str | None, answer: dict[str, Any]
) -> Source:
    """Ask to publish, where that is not asked already, and say yes: one turn for its reader."""
    if waiting is None:
        turn = Turn(call={"name": "publish", "args": {}})
        async with aclosing(source.turn(thread_id, turn)) as events:
            async for event in events:
                if event["event"] == "interrupt" and event["kind"] == "publish":
                    waiting = event["id"]
                if event["event"] != "done" or waiting is None:
                    yield event
    if waiting is not None:
        async with aclosing(source.resume(thread_id, waiting, answer)) as events:
            async for event in events:
                yield event
