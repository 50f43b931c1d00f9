"""The application: routers, gate and headers around one service.

Rule: what the service needs is given to it here; importing this starts nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from agent.http.access_log import AccessLog
from agent.http.assistant import assistant_source
from agent.http.gate import Gate
from agent.http.headers import SecurityHeaders
from agent.http.metrics import TokenCount
from agent.http.openai_door import FORMS, openai_router
from agent.http.openapi import describe
from agent.http.problems import add_handlers
from agent.http.routes.health import health_router
from agent.http.routes.listings import listings_router
from agent.http.routes.page import add_page
from agent.http.routes.photos import photos_router
from agent.http.routes.threads import threads_router
from agent.http.routes.traces import traces_router
from agent.http.service import OpenSource, Service, make_service
from agent.runtime import Runtime, version

ABOUT = (
    "From photos of a used thing to a listing in which every stated fact is vouched for. "
    "Turns answer with server-sent events; refusals are problem documents (RFC 9457)."
)
ROUTERS = (
    listings_router,
    threads_router,
    photos_router,
    traces_router,
    openai_router,
    health_router,
)


def create_app(runtime: Runtime, open_source: OpenSource | None = None) -> FastAPI:
    """Return the application over a runtime; `app.state.service` holds its parts.

    Turns come from the assistant graph, or from `open_source` where that is given.

    Raises:
        SettingsError: a setting of the service is wrong.
    """
    service = make_service(runtime)
    opening = open_source or assistant_source(runtime, TokenCount(service.metrics))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.opened(opening):
            yield

    app = FastAPI(
        title="Vouch",
        version=version() or "0",
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    add_handlers(app)
    for router in ROUTERS:
        app.include_router(router())
    service.forms.update(FORMS)
    add_page(app)
    describe(app)
    _wrap(app, service)
    return app


def _wrap(app: FastAPI, service: Service) -> None:
    """Put the middleware around the routes, the innermost first."""
    settings = service.settings
    app.add_middleware(Gate, rules=service.rules())
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Vouch-Thread", "Retry-After", "X-Request-ID"],
            max_age=600,
        )
    app.add_middleware(SecurityHeaders, frame_ancestors=settings.frame_ancestors)
    app.add_middleware(AccessLog, metrics=service.metrics)
