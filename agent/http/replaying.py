"""A recorded run again, for the page: changes checked, its place in the queue where a model runs.

Rule: a caller changes only data. A prompt is a template, which is a program, and a photo's hash may
be another's: both are left to the operator's own command line.
"""

import asyncio
from pathlib import Path

from agent.cli.replay_view import replay_document
from agent.http.problems import Problem
from agent.http.service import Service
from agent.http.shapes import ReplayBody, ReplayView
from eval_traces import Trace, open_memory_trace, read_trace
from graphs.replay import Changes, Ground, changes_of, live_nodes_of, replay_trace

_CLOSED = ("prompt", "photo", "sha256")


async def replay_run(service: Service, owner: str, path: Path, body: ReplayBody) -> ReplayView:
    """Return the replay as `vouch.replay/1`.

    Raises:
        Problem: a change that is not made here, or no room for a live one.
        BadInputError: a change or node that there is not, or a run that cannot be replayed.
    """
    for text in body.set:
        key = text.partition("=")[0].strip().lower()
        if any(word in key for word in _CLOSED):
            raise Problem(
                422, "not-changed-here", "This is not changed over HTTP", f"set {key}: use the CLI"
            )
    trace = await asyncio.to_thread(read_trace, path)
    changes, live = changes_of(trace, body.set), live_nodes_of(trace, body.live)
    if not live:
        return await _replay(service, trace, changes, live)
    ticket = service.turns.queue.enter(owner)
    try:
        async with asyncio.timeout(service.settings.turn_timeout_s):
            await ticket.ready.wait()
            return await _replay(service, trace, changes, live)
    finally:
        ticket.leave()


async def _replay(
    service: Service, trace: Trace, changes: Changes, live: frozenset[str]
) -> ReplayView:
    context = service.runtime.context
    ground = Ground(context.taxonomy, context.policy, context.store, dict(context.versions))
    tracer = open_memory_trace()
    try:
        found = await replay_trace(
            trace, ground, tracer, changes, live=context if live else None, live_nodes=live
        )
    finally:
        tracer.close()
    return ReplayView.model_validate(replay_document(found))
