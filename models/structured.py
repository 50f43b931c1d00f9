"""`with_structured_output` for the chat models of this package.

Rule: a schema is enforced while decoding (`response_format`), never hoped for; parsing afterwards
only turns the text into the caller's type.
"""

from operator import itemgetter
from typing import Any, Literal, get_args

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass

from listing.errors import BadInputError

StructuredMethod = Literal["json_schema", "function_calling", "json_mode"]


def json_schema_format(schema: dict[str, Any], name: str = "answer") -> dict[str, Any]:
    """Return the `response_format` that asks for JSON of `schema`, in the OpenAI spelling."""
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "strict": True, "schema": schema},
    }


def structured_output(
    model: BaseChatModel,
    schema: dict[str, Any] | type,
    *,
    method: StructuredMethod = "json_schema",
    include_raw: bool = False,
) -> Runnable[LanguageModelInput, Any]:
    """Return `model` bound to answer in `schema` and to parse the answer.

    A pydantic class gives instances of it; a TypedDict or a JSON schema gives dicts. With
    `include_raw` the result is `{"raw", "parsed", "parsing_error"}` and nothing is raised.
    An unknown `method` raises BadInputError.
    """
    if method == "function_calling":
        return BaseChatModel.with_structured_output(model, schema, include_raw=include_raw)
    if method not in get_args(StructuredMethod):
        raise BadInputError(
            f"with_structured_output: method {method!r} is unknown; "
            f"use one of {', '.join(get_args(StructuredMethod))}"
        )
    json_schema = convert_to_json_schema(schema)
    answer = model.bind(
        response_format=(
            {"type": "json_object"}
            if method == "json_mode"
            else json_schema_format(json_schema, json_schema.get("title", "answer"))
        ),
        ls_structured_output_format={"kwargs": {"method": method}, "schema": json_schema},
    )
    parser: JsonOutputParser = (
        PydanticOutputParser(pydantic_object=schema)
        if isinstance(schema, type) and is_basemodel_subclass(schema)
        else JsonOutputParser()
    )
    if not include_raw:
        return answer | parser
    parsed = RunnablePassthrough.assign(
        parsed=itemgetter("raw") | parser, parsing_error=lambda _: None
    )
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=answer) | parsed.with_fallbacks([failed], exception_key="parsing_error")
