"""Refusals as problem documents (RFC 9457), for a response and for the last event of a stream.

Rule: what a client reads was written for it. Of an error nobody foresaw it learns an incident's
number, which the log has beside the traceback; paths, stacks and prompts stay inside.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from listing.errors import (
    BadInputError,
    IndexStoreError,
    ModelError,
    NotFoundError,
    SettingsError,
)

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger("vouch.http")


class FieldProblem(BaseModel):
    """One thing that is wrong in a request."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """RFC 9457, with what Vouch adds."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:vouch:problem:busy",
                "title": "A turn of this thread is still running",
                "status": 409,
                "detail": "wait for its end, or stop it",
            }
        }
    )

    type: str = Field(description="`urn:vouch:problem:<slug>`; programs tell problems by it.")
    title: str
    status: int
    detail: str = ""
    errors: list[FieldProblem] = Field(default_factory=list)
    retry_after: int | None = Field(default=None, description="Seconds, as the header says.")
    incident: str | None = Field(default=None, description="What the operator's log knows it by.")


@dataclass(eq=False)
class Problem(Exception):
    """A refusal on purpose: becomes the response, or the stream's `error` event."""

    status: int
    slug: str
    title: str
    detail: str = ""
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FieldProblem, ...] = ()
    incident: str | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.slug}: {self.title}"

    def document(self) -> dict[str, Any]:
        """Return the problem document as plain data, without what is not set."""
        document = ProblemDocument(
            type=f"urn:vouch:problem:{self.slug}",
            title=self.title,
            status=self.status,
            detail=self.detail,
            errors=list(self.errors),
            retry_after=self.retry_after,
            incident=self.incident,
        )
        return document.model_dump(exclude_defaults=True)

    def response(self) -> Response:
        """Return the problem as a response."""
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return Response(orjson.dumps(self.document()), self.status, headers, media_type=MEDIA_TYPE)


def not_found(what: str) -> Problem:
    """Return the answer for what is not there and for what is another key's: the same."""
    return Problem(404, "not-found", f"There is no such {what}", "it may be another key's")


def problem_of(error: BaseException) -> Problem:
    """Return the problem that an exception is to a client; the unforeseen is logged in full."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotFoundError):
        return not_found("thing")
    if isinstance(error, BadInputError) and not isinstance(error, SettingsError):
        return Problem(422, "bad-input", "The request cannot be carried out", str(error))
    if isinstance(error, TimeoutError):
        return Problem(504, "too-slow", "It took too long and was given up", "try again")
    if isinstance(error, ModelError | IndexStoreError):
        part = "model" if isinstance(error, ModelError) else "index"
        return _incident(error, 503, "unavailable", f"The {part} does not work now")
    return _incident(error, 500, "internal", "Something went wrong here")


def _incident(error: BaseException, status: int, slug: str, title: str) -> Problem:
    number = secrets.token_hex(6)
    LOG.error("incident %s", number, exc_info=error)
    detail = f"the operator finds it in the log as incident {number}"
    return Problem(status, slug, title, detail, incident=number)


def add_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem document."""

    async def of_ours(request: Request, error: Exception) -> Response:
        return problem_of(error).response()

    async def of_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return invalid(error.errors()).response()

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _http_problem(error).response()

    app.add_exception_handler(Problem, of_ours)
    app.add_exception_handler(BadInputError, of_ours)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(HTTPException, of_http)


def invalid(errors: Any) -> Problem:
    """Return the problem of a body or parameter that does not fit, by pydantic's errors.

    Fields are named; what was sent is not repeated.
    """
    found = tuple(
        FieldProblem(
            field=".".join(str(part) for part in e["loc"] if part not in ("body", "query", "path"))
            or "body",
            message=str(e["msg"]),
        )
        for e in errors
    )
    told = "; ".join(f"{e.field}: {e.message}" for e in found[:3])
    return Problem(422, "invalid", "The request does not fit", told, errors=found[:20])


def _http_problem(error: HTTPException) -> Problem:
    title = HTTPStatus(error.status_code).phrase
    slug = title.lower().replace(" ", "-").replace("'", "")
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return Problem(404, "not-found", "There is no such address", headers=headers)
    if error.status_code == 400:  # a body that cannot be read as what it says it is
        return Problem(422, "invalid", "The request does not fit", str(error.detail))
    detail = error.detail if error.status_code < 500 and error.detail != title else ""
    return Problem(error.status_code, slug, title, str(detail), headers=headers)
