"""`/v1/traces`: the record of a run: as it is, as an audit page, as steps, and run again.

Rule: a trace is its thread's owner's. What may be changed in a replay is what the caller could have
sent: prompts are templates, which run, and photos are another's door, so neither is changed here.
"""

import asyncio
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from agent.http.headers import framing
from agent.http.json_body import is_json
from agent.http.openapi import problems
from agent.http.problems import Problem, not_found
from agent.http.replaying import replay_run
from agent.http.service import Service, owner_of, service_of, take_time
from agent.http.shapes import ReplayBody, ReplayView, TraceStep, TraceSteps
from eval_traces import Span, Trace, find_trace, read_trace
from eval_traces.audit import read_audit, render_audit_page
from eval_traces.reading.source import open_bytes
from listing.errors import BadInputError, NotFoundError

_ID = re.compile(r"[0-9a-f]{32}")


def traces_router() -> APIRouter:
    """Return the calls on traces."""
    router = APIRouter(prefix="/v1/traces", tags=["traces"])
    lines: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The trace file: OTLP JSON, a line each",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    }
    router.get(
        "/{trace_id}",
        response_class=Response,
        responses={**lines, **problems(404, 422)},
        summary="A trace as OTLP JSON lines",
    )(read_lines)
    router.get(
        "/{trace_id}/audit",
        response_class=HTMLResponse,
        responses=problems(404, 422),
        summary="Each claim with what vouches for it, as a page",
    )(audit)
    router.get("/{trace_id}/steps", responses=problems(404, 422), summary="The waterfall")(steps)
    router.post(
        "/{trace_id}/replay",
        dependencies=[is_json],
        responses=problems(404, 415, 422, 504),
        summary="The run again on today's graph, with changes",
    )(replay)
    return router


async def read_lines(trace_id: str, request: Request) -> Response:
    """The file as it was written."""
    path = _path(request, trace_id)
    return Response(await asyncio.to_thread(_bytes, path), media_type="application/x-ndjson")


async def audit(trace_id: str, request: Request) -> HTMLResponse:
    """One self-contained page; 422 where the run drafted nothing."""
    service, path = service_of(request), _path(request, trace_id)

    def page() -> str:
        return render_audit_page(read_audit(read_trace(path), service.runtime.context.store))

    # The page brings its own policy, which names its style and script by hash.
    headers = {"Content-Security-Policy": framing(service.settings.frame_ancestors)}
    return HTMLResponse(await asyncio.to_thread(_told, page), headers=headers)


async def steps(trace_id: str, request: Request) -> TraceSteps:
    """Every span with its times, input and output."""
    path = _path(request, trace_id)
    return await asyncio.to_thread(_told, lambda: _steps(read_trace(path)))


async def replay(trace_id: str, body: ReplayBody, request: Request) -> ReplayView:
    """What differs, as `vouch replay --json` tells it; calls not live come from the record."""
    service, path = service_of(request), _path(request, trace_id)
    take_time(request)
    return await replay_run(service, owner_of(request), path, body)


def _path(request: Request, trace_id: str) -> Path:
    """The file of a trace that is the caller's; Problem 404 otherwise."""
    service = service_of(request)
    if not _ID.fullmatch(trace_id) or not _owns(service, owner_of(request), trace_id):
        raise not_found("trace")
    try:
        return find_trace(service.settings.traces, trace_id)
    except NotFoundError:
        raise not_found("trace") from None


def _owns(service: Service, owner: str, trace_id: str) -> bool:
    return service.registry.owns_trace(owner, trace_id)


def _told(read: Any) -> Any:
    """What `read` returns; what it says of a file is told without the file's path."""
    try:
        return read()
    except BadInputError as error:
        told = str(error).partition(": ")[2] or str(error)
        raise Problem(422, "no-such-view", "This run cannot be shown so", told) from error


def _bytes(path: Path) -> bytes:
    with open_bytes(path) as stream:
        return stream.read()


def _steps(trace: Trace) -> TraceSteps:
    return TraceSteps(
        trace_id=trace.trace_id,
        name=trace.root.name,
        thread_id=trace.thread_id,
        started=trace.started.isoformat(),
        complete=trace.complete,
        replayable=trace.complete and trace.content_captured,
        warnings=list(trace.warnings),
        steps=[_step(span, trace.root.start) for span in trace.spans],
    )


def _step(span: Span, began: int) -> TraceStep:
    return TraceStep(
        span_id=span.span_id,
        parent=span.parent_id,
        name=span.name,
        kind=span.kind,
        status=span.status,
        start_ms=round((span.start - began) / 1e6, 3),
        duration_ms=None if span.duration_s is None else round(1000 * span.duration_s, 3),
        route=span.route,
        reason=span.route_reason,
        degraded=span.degraded,
        message=span.message,
        input=span.input,
        output=span.output,
    )
