"""What /openapi.json says beyond the routes' own types: streams, forms, problems.

Rule: a response that a call can give is described, with its media type and its model.
"""

import functools
import json
from importlib import resources
from typing import Annotated, Any, get_args

from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter

from agent.client.events import Known
from agent.http.problems import MEDIA_TYPE, ProblemDocument
from agent.http.shapes import MessageBody

Json = dict[str, Any]
_EVENT: TypeAdapter[Known] = TypeAdapter(Annotated[Known, Field(discriminator="event")])
_REFS = "#/components/schemas/{model}"
_WORDS = {
    401: "No key, or none that is known",
    403: "Not from here",
    404: "Not there, or another key's",
    408: "Too slow",
    409: "Not as things stand",
    413: "Too large",
    415: "Not of a type that is read here",
    422: "Read, and not fit to be carried out",
    429: "No room now: Retry-After says when",
    500: "An incident, by its number",
    503: "A part does not work now",
    504: "Given up after its time",
}
ALWAYS = (401, 403, 408, 413, 429, 500, 503)


def _item(kind: type[BaseModel]) -> Json:
    """One kind of event as it stands in a stream."""
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": _REFS.format(model=kind.__name__)},
    }
    name = {"const": kind.model_fields["event"].default}
    return {
        "type": "object",
        "properties": {"id": {"type": "string"}, "event": name, "data": data},
        "required": ["id", "event", "data"],
    }


_EVENTS = {
    "description": (
        "Server-sent events. `id` is `<turn>-<n>`; `event` is the kind; `data` is the kind's JSON "
        "without the key `event`. The last is exactly one `done` or `error`."
    ),
    "headers": {"Vouch-Thread": {"description": "The thread's id", "schema": {"type": "string"}}},
    "content": {
        "text/event-stream": {
            "itemSchema": {"oneOf": [_item(kind) for kind in get_args(Known)]},
            "example": 'id: 4f1d-3\nevent: token\ndata: {"text": "Red ", "of": "draft"}\n\n',
        }
    },
}


def problems(*statuses: int) -> dict[int | str, Json]:
    """Return the responses of refusals: those given and those that any call can have."""
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        status: {"description": _WORDS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted({*statuses, *ALWAYS})
    }


def stream(*statuses: int) -> dict[int | str, Json]:
    """Return the responses of a call that answers with a turn's events."""
    return {200: _EVENTS, **problems(409, 422, *statuses)}


def form_body(schema: Json, *, json_body: bool) -> Json:
    """Return `openapi_extra` of a call whose body is a form, or JSON as well."""
    content: Json = {"multipart/form-data": {"schema": schema}}
    if json_body:
        content = {
            "application/json": {"schema": {"$ref": "#/components/schemas/MessageBody"}},
            **content,
        }
    return {"requestBody": {"required": True, "content": content}}


PHOTOS: Json = {
    "type": "array",
    "items": {"type": "string", "format": "binary"},
    "maxItems": 9,
    "description": "JPEG, PNG, WebP or HEIC, of one item",
}


def describe(app: FastAPI) -> None:
    """Complete the application's OpenAPI document."""
    plain = app.openapi

    def complete() -> Json:
        if app.openapi_schema is None:
            document = plain()
            components = document.setdefault("components", {})
            schemas = components.setdefault("schemas", {})
            for name, schema in _models().items():
                schemas.setdefault(name, schema)
            components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            for path, calls in document["paths"].items():
                for call in calls.values():
                    _only_items(call["responses"])
                    _with_examples(call["responses"], schemas)
                    if path.startswith("/v1/") or path == "/metrics":
                        call["security"] = [{"key": []}, {}]
        return app.openapi_schema or {}

    app.openapi = complete  # type: ignore[method-assign]


def _only_items(responses: Json) -> None:
    """Take out what FastAPI says of a stream as a whole: that it is a string."""
    for response in responses.values():
        for content in response.get("content", {}).values():
            if "itemSchema" in content:
                content.pop("schema", None)


def _with_examples(responses: Json, schemas: Json) -> None:
    """Show what an answer looks like, where its model does not; drop what is never answered."""
    for status, response in list(responses.items()):
        for content in response.get("content", {}).values():
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if name == "HTTPValidationError":  # FastAPI's own; ours are problem documents
                del responses[status]
            elif name in _examples() and not {"example", "examples"} & schemas[name].keys():
                content["example"] = _examples()[name]


@functools.cache
def _examples() -> Json:
    """Answers as the service gave them, shortened, by the name of their model."""
    file = resources.files("agent.http") / "examples.json"
    found: Json = json.loads(file.read_text(encoding="utf-8"))
    return found


def _models() -> Json:
    """Schemas that no route's signature names."""
    found: Json = {}
    models: list[type[BaseModel]] = [ProblemDocument, MessageBody]
    for model in models:
        schema = model.model_json_schema(ref_template=_REFS)
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    events = _EVENT.json_schema(ref_template=_REFS)
    found |= events.pop("$defs", {})
    return found
