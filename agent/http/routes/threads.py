"""`/v1/threads`: the talk about a listing, turn by turn, and reading it again."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

import orjson
from fastapi import APIRouter, Header, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from agent.client.views import ThreadView
from agent.http.answer import end_of
from agent.http.intake import Upload, content_type, read_data_urls, read_form
from agent.http.json_body import is_json
from agent.http.openapi import PHOTOS, form_body, problems, stream
from agent.http.problems import Problem, invalid
from agent.http.service import owner_of, service_of, take_time
from agent.http.shapes import (
    MessageBody,
    ResumeBody,
    Stopped,
    ThreadLine,
    ThreadLines,
    ThreadMade,
    Undone,
)
from agent.http.sse import EventStream
from agent.request import check_seller
from graphs.assistant.turn import ANSWERS, Edit, InterruptKind, Turn
from listing.errors import BadInputError
from tools.assistant import read_arguments

_FORM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "text": {"type": "string"},
        "photos": PHOTOS,
        "language": {"type": "string", "enum": ["en", "zh"]},
        "edits": {"type": "string", "description": "As in the JSON body, as JSON text"},
        "call": {"type": "string", "description": "As in the JSON body, as JSON text"},
    },
}
_JSON_FIELDS = ("edits", "call")


def threads_router() -> APIRouter:
    """Return the calls on threads."""
    router = APIRouter(prefix="/v1/threads", tags=["threads"])
    router.post("", status_code=201, responses=problems(), summary="An empty thread")(make_thread)
    router.get("", responses=problems(422), summary="Your threads, the last used first")(
        list_threads
    )
    router.get("/{thread_id}", responses=problems(404, 422), summary="A thread as it stands")(
        read_thread
    )
    router.delete(
        "/{thread_id}", status_code=204, responses=problems(404, 422), summary="Forget a thread"
    )(delete_thread)
    router.post(
        "/{thread_id}/messages",
        response_class=EventStream,
        status_code=200,
        responses=stream(404, 415),
        openapi_extra=form_body(_FORM, json_body=True),
        summary="Say or do something in a thread",
    )(send)
    router.post(
        "/{thread_id}/resume",
        response_class=EventStream,
        status_code=200,
        dependencies=[is_json],
        responses=stream(404, 415),
        summary="Answer what the assistant asked",
    )(resume)
    router.get(
        "/{thread_id}/events",
        response_class=EventStream,
        status_code=200,
        responses={204: {"description": "There is nothing to go on with"}, **stream(404)},
        summary="Go on reading a turn",
    )(follow)
    router.post(
        "/{thread_id}/undo",
        responses=problems(404, 409, 422, 504),
        summary="Take back the last change",
    )(undo)
    router.post(
        "/{thread_id}/stop", responses=problems(404, 422), summary="Stop the turn that runs"
    )(stop)
    return router


async def make_thread(request: Request) -> ThreadMade:
    """Makes a thread of yours; its id is not to be guessed."""
    return ThreadMade(thread_id=service_of(request).registry.new_thread(owner_of(request)))


async def list_threads(
    request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> ThreadLines:
    """The newest `limit` of your threads."""
    service = service_of(request)
    return ThreadLines(
        threads=[
            ThreadLine(
                thread_id=row.thread_id,
                created=_when(row.created),
                updated=_when(row.updated),
                title=row.title,
                status=row.status,
                photo=row.photo,
                running=service.turns.is_running(row.thread_id),
            )
            for row in service.registry.threads(owner_of(request), limit)
        ]
    )


async def read_thread(thread_id: str, request: Request) -> ThreadView:
    """The listing, the talk, what the assistant waits for, what can be undone."""
    service = service_of(request)
    service.own_thread(owner_of(request), thread_id)
    view = await service.source.thread(thread_id) or ThreadView(thread_id=thread_id)
    running = service.turns.is_running(thread_id)
    return view.model_copy(update={"unfinished": view.unfinished or running})


async def delete_thread(thread_id: str, request: Request) -> None:
    """Stops its turn and deletes the talk, the listings, their traces and your photos of them."""
    await service_of(request).forget(owner_of(request), thread_id)


async def send(thread_id: str, request: Request) -> Response:
    """A message, changes by hand or a button; with photos where there are new ones."""
    service, owner = service_of(request), owner_of(request)
    service.turns.check(service.own_thread(owner, thread_id))
    body, uploads = await _read_message(request)
    call = body.call
    if call is not None:
        read_arguments(call.name, call.arguments)
    taken = await service.intake.take(uploads)
    turn = Turn(
        text=check_seller(body.text, "text"),
        photos=taken.photos,
        warnings=taken.warnings,
        edits=tuple(Edit(e.field, e.value, e.attribute) for e in body.edits),
        call={"name": call.name, "args": call.arguments} if call else None,
        language=body.language,
    )
    if not (turn.text or turn.photos or turn.edits or turn.call):
        raise Problem(422, "empty", "The message says nothing", "give text, photos, edits or call")
    service.own_photos(thread_id, taken)
    live = service.start(owner, thread_id, "message", lambda: service.source.turn(thread_id, turn))
    return EventStream(live)


async def resume(thread_id: str, body: ResumeBody, request: Request) -> Response:
    """The answer goes on with the turn that the interrupt ended."""
    service, owner = service_of(request), owner_of(request)
    service.turns.check(service.own_thread(owner, thread_id))
    source = service.source
    _check_answer(await source.thread(thread_id), body)
    live = service.start(
        owner, thread_id, "resume", lambda: source.resume(thread_id, body.interrupt_id, body.answer)
    )
    return EventStream(live)


async def follow(
    thread_id: str,
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(description="The header, for who cannot set it.")] = None,
) -> Response:
    """Behind the event given: the turn that runs, else the last one while it is kept.

    A turn that was cut off (by a restart, an error) goes on, for who has read its end. 204 where
    there is nothing to read and nothing to go on with.
    """
    service, owner = service_of(request), owner_of(request)
    service.own_thread(owner, thread_id)
    has = last_event_id or after
    live = service.turns.find(thread_id)
    if live is None or live.read_by(has):
        view = await service.source.thread(thread_id)
        live = service.turns.find(thread_id)  # another reader may have been faster
        if live is None or live.read_by(has):
            if view is None or not view.unfinished:
                return Response(status_code=204)
            live = service.start(
                owner, thread_id, "unfinished", lambda: service.source.unfinished(thread_id)
            )
    return EventStream(live, live.place(has))


async def undo(thread_id: str, request: Request) -> Undone:
    """As the button does, with the listing as it was before."""
    service, owner = service_of(request), owner_of(request)
    service.own_thread(owner, thread_id)
    take_time(request)
    turn = Turn(call={"name": "undo", "args": {}})
    end = await end_of(
        service.start(owner, thread_id, "undo", lambda: service.source.turn(thread_id, turn))
    )
    return Undone(says=end["reply"], document=end["document"])


async def stop(thread_id: str, request: Request) -> Stopped:
    """Stops it at once; its stream ends with an `error` of the type `...:stopped`."""
    service = service_of(request)
    service.own_thread(owner_of(request), thread_id)
    return Stopped(stopped=service.turns.stop(thread_id, "asked"))


def _check_answer(view: ThreadView | None, body: ResumeBody) -> None:
    """Raise the Problem of an answer to what is not asked, or one that does not fit."""
    asked = view.interrupt if view else None
    if asked is None or asked.id != body.interrupt_id:
        raise Problem(409, "not-asked", "This is not asked", "read the thread for what is")
    try:
        ANSWERS[cast(InterruptKind, asked.kind)].model_validate(body.answer)
    except ValidationError as error:
        raise invalid(error.errors()) from None


async def _read_message(request: Request) -> tuple[MessageBody, list[Upload]]:
    """The message of a JSON body or a form."""
    kind = content_type(request, "application/json", "multipart/form-data")
    try:
        if kind == "application/json":
            body = MessageBody.model_validate_json(await request.body())
            return body, read_data_urls(body.photos)
        fields, uploads = await read_form(request)
        given = {k: _json(k, v) if k in _JSON_FIELDS else v for k, v in fields.items()}
        return MessageBody.model_validate(given), uploads
    except ValidationError as error:
        raise invalid(error.errors()) from None


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInputError(f"{name}: is no JSON ({error})") from None


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
