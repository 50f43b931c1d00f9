"""Whether the service's parts are fit for a turn, found by asking them.

Rule: asking is cheap and changes nothing; an index that is not there is no fault, since drafts go
without references then.
"""

from typing import Any

from agent.http.service import Service
from agent.http.shapes import Part, Readiness
from listing.errors import IndexStoreError


def readiness(service: Service) -> Readiness:
    """Return each part's state."""
    parts = [_model(service), _index(service), _queue(service)]
    return Readiness(ready=all(p.state in ("ok", "absent") for p in parts), parts=parts)


def _model(service: Service) -> Part:
    context = service.runtime.context
    name = context.model_info.name if context.model_info else type(context.model).__name__
    engine: Any = getattr(context.model, "engine", None)
    if engine is not None and engine.closed:
        return Part(name="model", state="failed", detail=f"{name} is closed")
    return Part(name="model", state="ok", detail=name)


def _index(service: Service) -> Part:
    index = service.runtime.context.index
    if index is None:
        return Part(name="index", state="absent", detail="drafts go without references")
    try:
        count = index.stats().listings
    except IndexStoreError:
        return Part(name="index", state="failed", detail="it cannot be read")
    return Part(name="index", state="ok", detail=f"{count} listings")


def _queue(service: Service) -> Part:
    queue = service.turns.queue
    detail = f"{queue.running} running, {queue.waiting} waiting"
    if service.turns.draining:
        return Part(name="queue", state="draining", detail=detail)
    return Part(name="queue", state="full" if queue.full else "ok", detail=detail)
