"""A turn whose end alone is the answer: waited for, and turned into a value or a problem."""

from typing import Any

from agent.http.live import LiveTurn
from agent.http.problems import Problem

_URN = "urn:vouch:problem:"


async def end_of(turn: LiveTurn) -> dict[str, Any]:
    """Return the `done` event of a turn; whoever waits counts as its reader.

    Raises:
        Problem: the turn ended in an `error`.
    """
    turn.attach()
    try:
        end = await turn.ended()
    finally:
        turn.detach()
    if end["event"] == "error":
        raise Problem(
            end["status"],
            end["type"].removeprefix(_URN),
            end["title"],
            end.get("detail", ""),
            retry_after=end.get("retry_after"),
            incident=end.get("incident"),
        )
    return end
