"""Alive, ready, measured: for who runs the service."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent.http.openapi import problems
from agent.http.readiness import readiness
from agent.http.service import service_of
from agent.http.shapes import Alive, Readiness

Responses = dict[int | str, dict[str, Any]]


def health_router() -> APIRouter:
    """Return the calls on the service itself."""
    router = APIRouter(tags=["service"])
    router.get("/livez", summary="Whether the process answers")(livez)
    not_ready: Responses = {503: {"model": Readiness, "description": "Some part is not ready"}}
    router.get("/readyz", responses=not_ready, summary="Whether a turn would be taken now")(readyz)
    text: Responses = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
    router.get(
        "/metrics",
        response_class=Response,
        responses={**text, **problems()},
        summary="For Prometheus",
    )(metrics)
    return router


async def livez() -> Alive:
    """The event loop answers."""
    return Alive()


async def readyz(request: Request, response: Response) -> Readiness:
    """Each part with its state; 503 where one is not fit for a turn."""
    found = await asyncio.to_thread(readiness, service_of(request))
    response.status_code = 200 if found.ready else 503
    return found


async def metrics(request: Request) -> Response:
    """All counters in Prometheus' text format."""
    counted = service_of(request).metrics
    return Response(counted.exposition(), headers={"Content-Type": counted.content_type})
