"""Errors of the OpenAI door in OpenAI's form, so that its clients raise their own exceptions.

Rule: what the rest of the service says in a problem document is said here in the same words.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from agent.http.openai_types import MODEL, UNSUPPORTED, ErrorBody, ErrorResponse
from agent.http.problems import Problem, problem_of
from listing.errors import BadInputError

_CODES = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    408: ("server_error", "timeout"),
    409: ("invalid_request_error", "conflict"),
    413: ("invalid_request_error", "request_too_large"),
    415: ("invalid_request_error", "unsupported_media_type"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    499: ("server_error", "stopped"),
    503: ("server_error", "unavailable"),
    504: ("server_error", "timeout"),
}


class OpenAIProblem(Problem):
    """A refusal that names a parameter, and OpenAI's code for it."""

    def __init__(self, status: int, message: str, *, param: str | None, code: str) -> None:
        super().__init__(status, code.replace("_", "-"), message)
        self.param, self.code = param, code


def error_body(problem: Problem) -> dict[str, Any]:
    """Return a problem as OpenAI's error object, under the key `error`."""
    kind, code = _CODES.get(problem.status, ("server_error", "internal_error"))
    if problem.status in (400, 422):
        kind, code = "invalid_request_error", problem.slug.replace("-", "_")
    param: str | None = problem.errors[0].field if problem.errors else None
    if isinstance(problem, OpenAIProblem):
        kind, code, param = "invalid_request_error", problem.code, problem.param
    message = f"{problem.title}: {problem.detail}" if problem.detail else problem.title
    error = ErrorBody(message=message, type=kind, param=param, code=code)
    return ErrorResponse(error=error).model_dump()


def error_response(problem: Problem) -> Response:
    """Return a problem as a response of the OpenAI door; what OpenAI answers 400, so does it."""
    status = 400 if problem.status == 422 else problem.status
    headers = dict(problem.headers)
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return JSONResponse(error_body(problem), status, headers)


class OpenAIRoute(APIRoute):
    """A route whose errors are OpenAI's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that FastAPI would use, with its errors put into OpenAI's form."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return error_response(_invalid(error.errors()))
            except HTTPException:  # the body is no text at all
                return error_response(_no_json())
            except (Problem, BadInputError) as error:
                return error_response(problem_of(error))

        return handled


def unknown_model(name: str) -> OpenAIProblem:
    """Return the refusal of a model that is not here."""
    told = f"The model `{name}` does not exist here; ask for `{MODEL}`"
    return OpenAIProblem(404, told, param="model", code="model_not_found")


def _invalid(errors: Any) -> OpenAIProblem:
    """The first fault of a body, as OpenAI words it; what was sent is not repeated."""
    first = errors[0]
    path = [str(part) for part in first["loc"] if part != "body"]
    name = path[0] if path else ""
    if first["type"] == "json_invalid":
        return _no_json()
    if first["type"] == "extra_forbidden" and len(path) == 1:
        told = f"Unrecognized request argument supplied: {name}"
        return OpenAIProblem(400, told, param=name, code="unknown_parameter")
    if name in UNSUPPORTED:
        told = f"Unsupported parameter: '{name}' is not supported by this assistant"
        return OpenAIProblem(400, told, param=name, code="unsupported_parameter")
    if first["type"] == "missing":
        told = f"Missing required parameter: '{'.'.join(path)}'"
        return OpenAIProblem(400, told, param=".".join(path), code="missing_required_parameter")
    told = f"Invalid value for '{'.'.join(path) or 'body'}': {first['msg']}"
    return OpenAIProblem(400, told, param=".".join(path) or None, code="invalid_value")


def _no_json() -> OpenAIProblem:
    told = "We could not parse the JSON body of your request"
    return OpenAIProblem(400, told, param=None, code="invalid_json")
