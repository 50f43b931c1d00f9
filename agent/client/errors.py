"""What can go wrong between a program and the service, each with what the program may do."""

from collections.abc import Mapping
from typing import Any

from listing.errors import VouchError


class VouchApiError(VouchError):
    """The service refused a call, or a turn failed: an RFC 9457 problem document as an exception.

    `status` 401 asks for a key, 404 means not there or another key's, 409 that the thread is busy,
    422 that the service read the request and cannot do it, 429 that it has no room now. `problem`
    holds every member of the document.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        *,
        type: str = "about:blank",
        retry_after: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {title}" + (f": {detail}" if detail else ""))
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        """Seconds after which the service asks to be called again; None where it does not say."""
        self.problem = dict(problem or {})


class VouchConnectionError(VouchError):
    """The service was not reached, or a stream was lost and could not be taken up again.

    Where `thread_id` is known the turn may still be running: `client.follow(thread_id)`.
    """

    def __init__(self, message: str, *, thread_id: str | None = None) -> None:
        super().__init__(message)
        self.thread_id = thread_id


class VouchProtocolError(VouchError):
    """What answered does not speak this API: a proxy's page, another program, a newer version."""
