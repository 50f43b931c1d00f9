"""The OpenAI door: the assistant for programs that speak OpenAI's chat completions.

Rule: it is a door to the same turns, with the same keys, limits and photos; nothing is published
through it, since that wants an answer of the seller's own.
"""

from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from agent.http.intake import Taken, read_data_urls
from agent.http.json_body import is_json
from agent.http.openai_answer import Answer, begin, listing_now
from agent.http.openai_errors import OpenAIProblem, OpenAIRoute, error_response, unknown_model
from agent.http.openai_stream import Completion, CompletionStream, unless_gone
from agent.http.openai_talk import MOST_REPLAYED, Heads, Said, Talk, read_talk
from agent.http.openai_types import (
    MODEL,
    ChatCompletion,
    ChatRequest,
    ErrorResponse,
    ModelCard,
    ModelList,
)
from agent.http.openapi import problems
from agent.http.problems import Problem
from agent.http.service import Service, owner_of, service_of, take_time
from agent.http.shapes import Language
from graphs.assistant.turn import Turn

FORMS = {path: error_response for path in ("/v1/chat/completions", "/v1/models")}
"""How the gate's refusals are written at this door's addresses."""
_SINCE = 1_763_000_000
"""`created` of the model: OpenAI's clients want a number."""


def openai_router() -> APIRouter:
    """Return the door's calls; the conversations that go on are remembered in it."""
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAIRoute)
    heads = Heads()

    async def create(body: ChatRequest, request: Request) -> Response:
        """The seller's last words are the turn. Earlier ones are known, or said again.

        System messages and earlier answers are read as data: they are no orders, and no evidence.
        """
        return await _create(heads, body, request)

    router.post(
        "/chat/completions",
        dependencies=[is_json],
        response_model=ChatCompletion,
        responses={200: _STREAMED, **_errors(400, 404, 409, 415, 504)},
        summary="The assistant in OpenAI's words",
    )(create)
    router.get("/models", responses=_errors(), summary="The models that answer here")(list_models)
    router.get("/models/{name}", responses=_errors(400, 404), summary="A model")(read_model)
    return router


async def list_models() -> ModelList:
    """The one model: the assistant."""
    return ModelList(data=[_CARD])


async def read_model(name: str) -> ModelCard:
    """The assistant, by its name."""
    if name != MODEL:
        raise unknown_model(name)
    return _CARD


async def _create(heads: Heads, body: ChatRequest, request: Request) -> Response:
    service, owner = service_of(request), owner_of(request)
    service.turns.check()
    if body.model != MODEL:
        raise unknown_model(body.model)
    talk = read_talk(owner, body)
    answer = await _begun(heads, service, owner, body, talk)
    take_time(request)
    completion = Completion(body.model)
    if body.stream:
        usage = bool(body.stream_options and body.stream_options.include_usage)
        return CompletionStream(completion, answer, usage=usage)
    try:
        done = await unless_gone(request.receive, _said(answer))
    finally:
        answer.leave()
    if done is None:
        return Response(status_code=499)  # nobody reads it
    whole = completion.whole(answer).model_dump(mode="json")
    return JSONResponse(whole, headers={"Vouch-Thread": answer.thread_id})


async def _said(answer: Answer) -> bool:
    async with aclosing(answer.pieces()) as pieces:
        async for _ in pieces:
            pass
    return True


async def _begun(
    heads: Heads, service: Service, owner: str, body: ChatRequest, talk: Talk
) -> Answer:
    """Start what is to be said in the conversation's thread, known or new.

    Where the start fails, a thread that was taken for it is given back, and a new one deleted.
    """
    given = body.vouch.thread_id if body.vouch else None
    language = body.vouch.language if body.vouch else None
    known = service.own_thread(owner, given) if given else heads.take(talk.before)
    if known and not service.registry.owns(owner, known):
        known = None  # deleted since
    made: str | None = None
    try:
        said = (talk.last,) if known else (*talk.earlier, talk.last)
        if len(said) > MOST_REPLAYED:
            raise _too_long(len(said))
        if known:
            service.turns.check(known)
        taken = [await service.intake.take(read_data_urls(each.photos)) for each in said]
        made = None if known else service.registry.new_thread(owner)
        thread_id = known or made or ""
        for each in taken:
            service.own_photos(thread_id, each)
        turns = tuple(_turn(s, t, language) for s, t in zip(said, taken, strict=True))
        before = await listing_now(service, thread_id) if known else ""
        live = begin(service, owner, thread_id, turns[0])
    except BaseException:
        if known and not given:
            heads.put(talk.before, known)
        if made:
            await service.forget(owner, made)
        raise
    return Answer(
        service,
        owner,
        thread_id,
        turns,
        live,
        before,
        settled=lambda text: heads.put(talk.after(text), thread_id),
    )


def _turn(said: Said, taken: Taken, language: Language | None) -> Turn:
    return Turn(
        text=said.text,
        photos=taken.photos,
        warnings=taken.warnings,
        language=language or said.language,
    )


def _too_long(turns: int) -> Problem:
    told = (
        f"{turns} messages of the user that are not known here, at most {MOST_REPLAYED} are said "
        "again: send fewer, or go on in a thread by `vouch.thread_id`"
    )
    return OpenAIProblem(400, told, param="messages", code="context_length_exceeded")


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    described = problems(*(s for s in statuses if s != 400))
    return {
        status: {"description": described.get(status, _BAD)["description"], "model": ErrorResponse}
        for status in sorted({*statuses, *(int(s) for s in described)})
    }


_BAD: dict[str, Any] = {"description": "Not as OpenAI's API has it, or not supported here"}
_CARD = ModelCard(id=MODEL, created=_SINCE)
_STREAMED: dict[str, Any] = {
    "description": "The answer; with `stream`, its chunks as server-sent events and then `[DONE]`",
    "content": {
        "text/event-stream": {
            "itemSchema": {
                "type": "object",
                "properties": {"data": {"type": "string", "description": "A chunk, as JSON"}},
                "required": ["data"],
            }
        }
    },
}
