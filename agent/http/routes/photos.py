"""`/v1/photos`: the caller's own photos, and those of the market's listings they were shown."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent.http.openapi import problems
from agent.http.problems import not_found
from agent.http.service import owner_of, service_of
from listing.errors import NotFoundError


def photos_router() -> APIRouter:
    """Return the call that reads a photo."""
    router = APIRouter(prefix="/v1/photos", tags=["photos"])
    picture: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The photo, upright, without metadata",
            "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
    router.get(
        "/{sha256}",
        response_class=Response,
        responses={**picture, **problems(404, 422)},
        summary="A photo",
    )(read_photo)
    return router


async def read_photo(sha256: str, request: Request) -> Response:
    """The bytes whose SHA-256 the address names: they never change."""
    service = service_of(request)
    if not service.registry.owns_photo(owner_of(request), sha256):
        raise not_found("photo")
    headers = {"Cache-Control": "private, max-age=31536000, immutable", "ETag": f'"{sha256}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    try:
        data = await asyncio.to_thread(service.runtime.context.store.get, sha256)
    except NotFoundError:
        raise not_found("photo") from None
    return Response(data, headers=headers, media_type="image/jpeg")
