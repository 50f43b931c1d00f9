"""The calls that the assistant's model may make: names, arguments, schemas.

Rule: a model chooses and names; it never supplies a fact. What it gives as a value must stand in
the seller's own message, which is checked where the call is carried out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from listing.errors import BadInputError

PRICE = "price"
"""The name under which `set_attribute` takes the asking price."""
Wish = Literal["shorter", "longer", "warmer", "plainer", "translate"]
ReplyTopic = Literal["done", "help", "small_talk", "off_topic", "abuse", "steering", "unclear"]


class _Call(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftListing(_Call):
    """Write the listing from the photos; where there is one already, write it anew."""


class SetAttribute(_Call):
    """Note what the seller states, corrects or takes back: one attribute of the item."""

    attribute: str = Field(description="Which one.")
    value: str | None = Field(description="Word for word from the message; null takes it back.")


class Rewrite(_Call):
    """Put the text of the listing differently without changing a fact."""

    wish: Wish
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2}$", description="For translate: en, zh, de, ..."
    )


class AddPhotos(_Call):
    """Add the photos that came with this message to the item's photos."""


class SearchSimilar(_Call):
    """Show listings of the market like this one."""


class SuggestPrice(_Call):
    """Tell what the market asks for such a thing; changes no price."""


class CheckSafety(_Call):
    """Check the listing against the rules of the market."""


class ExplainClaim(_Call):
    """Tell what vouches for words of the listing."""

    words: str = Field(description="The words of the listing, or the attribute's name.")


class AskSeller(_Call):
    """Ask the seller what the listing lacks most."""


class SkipQuestion(_Call):
    """Leave a question open: the seller does not know, or will not say."""

    attribute: str


class Publish(_Call):
    """Put the listing forward to be published; the seller confirms."""


class Undo(_Call):
    """Take back the last change."""


class Reply(_Call):
    """Answer without doing anything (more)."""

    topic: ReplyTopic


TOOLS: Mapping[str, type[BaseModel]] = {
    "draft_listing": DraftListing,
    "set_attribute": SetAttribute,
    "rewrite": Rewrite,
    "add_photos": AddPhotos,
    "search_similar": SearchSimilar,
    "suggest_price": SuggestPrice,
    "check_safety": CheckSafety,
    "explain_claim": ExplainClaim,
    "ask_seller": AskSeller,
    "skip_question": SkipQuestion,
    "publish": Publish,
    "undo": Undo,
    "reply": Reply,
}


def tool_schemas(attributes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the OpenAI schemas of all tools; `attribute` is one of `attributes` or the price."""
    names = [*attributes, *([] if PRICE in attributes else [PRICE])]
    return [_schema(name, model, names) for name, model in TOOLS.items()]


def _schema(name: str, model: type[BaseModel], names: list[str]) -> dict[str, Any]:
    parameters = model.model_json_schema()
    description = parameters.pop("description", "")
    parameters.pop("title", None)
    for key, field in parameters.get("properties", {}).items():
        field.pop("title", None)
        if key == "attribute":
            field["enum"] = names
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


def read_arguments(name: str, arguments: Mapping[str, Any]) -> BaseModel:
    """Return a call's arguments as its type; BadInputError names the tool or field at fault."""
    model = TOOLS.get(name)
    if model is None:
        raise BadInputError(f"tool {name!r}: there is none such; there are {', '.join(TOOLS)}")
    try:
        return model.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "arguments"
        raise BadInputError(f"{name}: {field}: {first['msg']}") from None
