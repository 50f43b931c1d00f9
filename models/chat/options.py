"""What one call of the chat model may ask for, checked, and the constraint that follows from it.

Rule: an option that is not understood is refused by name; at most one of them bounds the answer.
"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from listing.errors import BadInputError
from models.chat.forced_call import ForcedCallConstraint
from models.chat.tool_calls import forced_call_schema
from models.constraints import Constraint, JsonSchemaConstraint, SpanConstraint


class SpanOptions(BaseModel):
    """Copy the values of `fields` out of `text`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    fields: tuple[str, ...] = Field(min_length=1)


class CallOptions(BaseModel):
    """The keyword arguments of a call; None means the model's own setting."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    choices: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Answer with one of these texts; probabilities go to `response_metadata["choices"]`."""
    top_k: int | None = Field(default=None, ge=1)
    """How many of the choices to report, best first; all when None."""
    spans: SpanOptions | None = None
    """Answer with JSON of verbatim pieces of a text."""
    response_format: dict[str, Any] | None = None
    """`{"type": "json_schema", "json_schema": {"schema": …}}`, `json_object` or `text`."""
    tools: tuple[dict[str, Any], ...] = ()
    """OpenAI tool schemas."""
    quoting: str | None = None
    """Strings that the arguments of a forced call leave open are pieces of this text, verbatim."""
    tool_choice: str | None = None
    """None or `auto`: the model decides; `any`: it must call one; `none`; or a tool's name."""
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    stream: bool | None = None
    """Read by LangChain itself."""

    @classmethod
    def read(cls, kwargs: Mapping[str, Any]) -> Self:
        """Return the options of a call; BadInputError names the one that is wrong."""
        try:
            return cls.model_validate(dict(kwargs))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"]) or "options"
            if first["type"] == "extra_forbidden":
                known = ", ".join(sorted(cls.model_fields))
                raise BadInputError(
                    f"call option {name}: unknown; ChatQwenVL takes {known}"
                ) from None
            raise BadInputError(f"call option {name}: {first['msg']}") from None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        bounds = {
            "choices": self.choices is not None,
            "spans": self.spans is not None,
            "response_format": self.schema_ is not None,
            "tool_choice": self.forces_call,
        }
        asked = [name for name, present in bounds.items() if present]
        if len(asked) > 1:
            raise ValueError(f"{' and '.join(asked)} cannot be asked for together")
        if self.quoting is not None and not self.forces_call:
            raise ValueError("quoting needs a forced tool_choice")
        names = {tool["function"]["name"] for tool in self.tools}
        if self.forces_call and not names:
            raise ValueError("a forced tool_choice needs tools")
        if self.forces_call and self.tool_choice != "any" and self.tool_choice not in names:
            raise ValueError(
                f"tool_choice {self.tool_choice!r} is none of: {', '.join(sorted(names))}"
            )
        return self

    @property
    def forces_call(self) -> bool:
        """Whether the answer must be a tool call."""
        return self.tool_choice not in (None, "auto", "none")

    @property
    def offered_tools(self) -> tuple[dict[str, Any], ...]:
        """The tools that the model is told of."""
        return () if self.tool_choice == "none" else self.tools

    @property
    def schema_(self) -> dict[str, Any] | None:
        """The JSON schema that `response_format` asks for, or None."""
        wanted = self.response_format or {"type": "text"}
        if wanted.get("type") == "text":
            return None
        if wanted.get("type") == "json_object":
            return {"type": "object"}
        schema = (wanted.get("json_schema") or {}).get("schema")
        if wanted.get("type") != "json_schema" or not isinstance(schema, dict):
            raise ValueError(
                'response_format is {"type": "json_schema", "json_schema": {"schema": {…}}}, '
                '{"type": "json_object"} or {"type": "text"}'
            )
        return schema

    def constraint(self) -> Constraint | None:
        """Return what bounds the written answer; None for free text and for `choices`."""
        if self.spans is not None:
            return SpanConstraint(self.spans.text, self.spans.fields)
        if (schema := self.schema_) is not None:
            return JsonSchemaConstraint(schema)
        if self.forces_call:
            name = None if self.tool_choice == "any" else self.tool_choice
            return ForcedCallConstraint(forced_call_schema(self.tools, name, self.quoting))
        return None


def normalise_tool_choice(choice: str | bool | Mapping[str, Any] | None) -> str | None:
    """Return the one spelling of OpenAI's and LangChain's ways to say which tool."""
    if isinstance(choice, Mapping):
        function = choice.get("function") or choice
        return str(function.get("name"))
    if choice is True or choice == "required":
        return "any"
    if choice is False:
        return "none"
    return choice
