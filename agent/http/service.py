"""The service's parts, made once and handed to the routes: nothing of it is global.

Rule: what needs no event loop is made before the server listens, so that a wrong setting stops it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field

from fastapi import Request

from agent.http.auth import Keys
from agent.http.gate import Form, Rules
from agent.http.intake import Intake, Taken
from agent.http.limits import RateLimit
from agent.http.live import LiveTurn
from agent.http.metrics import Metrics
from agent.http.problems import not_found
from agent.http.queue import TurnQueue
from agent.http.record import TurnRecord
from agent.http.registry import Registry
from agent.http.source import Source, TurnSource
from agent.http.turns import Turns, TurnTimes
from agent.runtime import Runtime, make_home, photo_limits
from agent.settings import Settings
from eval_traces import remove_trace
from listing.errors import NotFoundError

REGISTRY = "owners.sqlite"
OpenSource = Callable[[], AbstractAsyncContextManager[TurnSource]]


@dataclass
class Service:
    """Everything that a request may need."""

    settings: Settings
    runtime: Runtime
    keys: Keys
    metrics: Metrics
    registry: Registry
    turns: Turns
    intake: Intake
    forms: dict[str, Form] = field(default_factory=dict)
    _source: TurnSource | None = None

    @property
    def source(self) -> TurnSource:
        """Where turns come from; there while the application runs."""
        assert self._source is not None, "the application has not started"
        return self._source

    @asynccontextmanager
    async def opened(self, open_source: OpenSource) -> AsyncIterator[None]:
        """Hold the source of turns open."""
        async with open_source() as source:
            self._source = source
            try:
                yield
            finally:
                self._source = None
        self.registry.close()

    def rules(self) -> Rules:
        """Return what the gate goes by."""
        settings = self.settings
        return Rules(
            keys=self.keys,
            rate=RateLimit(settings.rate_per_minute),
            metrics=self.metrics,
            origins=settings.cors_origins,
            body_bytes=settings.max_upload_mb * 2**20,
            request_s=settings.request_timeout_s,
            forms=self.forms,
        )

    def start(
        self, owner: str, thread_id: str, kind: str, events: Callable[[], Source]
    ) -> LiveTurn:
        """Start a turn; Problem where it cannot be now. `kind` is what it is counted under."""
        self.own_thread(owner, thread_id)  # it may have been deleted while a body was read
        record = TurnRecord(kind, thread_id, self.registry, self.metrics)
        return self.turns.start(owner, thread_id, record, events)

    def own_photos(self, thread_id: str, taken: Taken) -> None:
        """Note whose photos these are; those that were new go when the thread is deleted."""
        self.registry.keep_photos(thread_id, taken.new, uploaded=True)
        known = [photo.sha256 for photo in taken.photos if photo.sha256 not in taken.new]
        self.registry.keep_photos(thread_id, known, uploaded=False)

    async def forget(self, owner: str, thread_id: str) -> None:
        """Delete a thread with its turn, listings, traces and uploaded photos; Problem 404."""
        gone = self.registry.forget(owner, thread_id)  # first, so that no turn can begin
        if gone is None:
            raise not_found("thread")
        await self.turns.stopped(thread_id, "deleted")
        self.turns.forget(thread_id)
        await self.source.forget(thread_id)
        for sha256 in gone.photos:
            self.runtime.context.store.remove(sha256)
        for trace_id in gone.traces:
            with suppress(NotFoundError):  # the folder's limits may have removed it before
                remove_trace(self.settings.traces, trace_id)

    def own_thread(self, owner: str, thread_id: str) -> str:
        """Return the id of a thread that is the owner's; Problem 404 otherwise."""
        if not self.registry.owns(owner, thread_id):
            raise not_found("thread")
        return thread_id


def make_service(runtime: Runtime) -> Service:
    """Return the service over a runtime.

    Raises:
        SettingsError: a key is too short, or the owners' file cannot be opened.
    """
    settings, metrics = runtime.settings, Metrics()
    queue = TurnQueue(
        settings.max_running, settings.max_waiting, on_refusal=metrics.queue_refused.inc
    )
    times = TurnTimes(settings.turn_timeout_s, settings.disconnect_grace_s, settings.keep_events_s)
    metrics.watch("queue_waiting", "Turns in line", lambda: queue.waiting)
    metrics.watch("turns_running", "Turns that run", lambda: queue.running)
    return Service(
        settings=settings,
        runtime=runtime,
        keys=Keys(settings.keys),
        metrics=metrics,
        registry=Registry(make_home(settings) / REGISTRY),
        turns=Turns(queue, times),
        intake=Intake(runtime.context.store, photo_limits(settings)),
    )


def service_of(request: Request) -> Service:
    """Return the service of the application that a request came to."""
    service: Service = request.app.state.service
    return service


def owner_of(request: Request) -> str:
    """Return the owner whose key the request bears."""
    owner: str = request.state.owner
    return owner


def take_time(request: Request) -> None:
    """Lift the request's time limit: what it does has its own."""
    request.state.deadline.reschedule(None)
