"""The page and its files: `/`, `/static/*` and `/embed.js`.

Rule: files are asked after by their ETag, so that a new version is seen at once; other sites may
load the component's modules, and nothing else comes from here.
"""

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parents[2] / "page"
_SHARED = {
    "Cache-Control": "no-cache",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class _Files(StaticFiles):
    """Files of a folder, sent with `headers`, or 304 where the browser has them."""

    def __init__(self, folder: Path, headers: Mapping[str, str]) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._headers = headers

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file's response; HTTPException 404 where there is none."""
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        return response


def add_page(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the page's folder."""
    own, shared = _Files(folder, {"Cache-Control": "no-cache"}), _Files(folder, _SHARED)
    router = APIRouter(include_in_schema=False)

    async def index(request: Request) -> Response:
        return await own.get_response("index.html", request.scope)

    async def embed(request: Request) -> Response:
        return await shared.get_response("embed.js", request.scope)

    router.get("/")(index)
    router.get("/embed.js")(embed)
    app.include_router(router)
    app.mount("/static", shared, name="static")
