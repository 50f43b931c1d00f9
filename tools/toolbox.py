"""The tools as LangChain tools, so that a chat model can call them.

Each answers twice: `content`, compact JSON for the model, and `artifact`, the typed result for the
program. What is wrong with a call comes back as its content, in words the model can act on. The
handles are given when the tools are made; nothing is global.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, Field

from listing import AttributeTemplate, EvidenceLedger, MarketListing, Reference
from listing.errors import BadInputError, NotFoundError, VouchError
from listing.evidence import EvidenceKind
from models.decoding import image_block
from tools.attribute_extract import aextract_attributes
from tools.audit import acheck
from tools.category import apredict_category
from tools.photo_attributes import aread_photo_attribute
from tools.photos import PhotoStore
from tools.price import price_band
from tools.safety import Policy, check_photos
from tools.taxonomy import Taxonomy
from tools.visual_search import ListingIndex, MatchThresholds, search_similar

if TYPE_CHECKING:  # brings torch
    from models.embedder import ImageEmbedder

STRICTEST = MatchThresholds(identical=1.0, similar=1.0)
"""Until thresholds are calibrated, only the very same photo matches."""

Content = tuple[str, Any]
"""What a tool returns: content for the model, artifact for the program."""


@dataclass(frozen=True)
class ToolHandles:
    """What the tools work with. Without `embedder` or `index` nothing can be searched."""

    model: BaseChatModel
    taxonomy: Taxonomy
    store: PhotoStore
    policy: Policy
    embedder: "ImageEmbedder | None" = None
    index: ListingIndex | None = None
    thresholds: MatchThresholds = STRICTEST


def listing_tools(handles: ToolHandles) -> list[BaseTool]:
    """Return the tools over these handles; all are async.

    An artifact is: a CategoryPrediction or None (`predict_category`), a list of Reference
    (`search_similar`), of SpannedValue (`extract_attributes`), of SafetyFinding (`check_safety`),
    of Claim (`audit_draft`), a PhotoReading or None (`read_photo_attribute`), a PriceBand or None
    (`suggest_price`).
    """
    tools = _Tools(handles)
    return [
        _tool(tools.predict_category, PredictCategory),
        _tool(tools.search_similar, SearchSimilar),
        _tool(tools.extract_attributes, ExtractAttributes),
        _tool(tools.read_photo_attribute, ReadPhotoAttribute),
        _tool(tools.check_safety, CheckSafety),
        _tool(tools.audit_draft, AuditDraft),
        _tool(tools.suggest_price, SuggestPrice),
    ]


PhotoHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Photos = Annotated[
    list[PhotoHash],
    Field(min_length=1, max_length=9, description="SHA-256 of the photos, all of one item."),
]
CategoryId = Annotated[str, Field(description="Id of a category, such as predict_category gives.")]


class PredictCategory(BaseModel):
    """Name the category of the photographed item, with confidence and alternatives."""

    photos: Photos


class SearchSimilar(BaseModel):
    """Find listings of the market that show the same item, or one like it."""

    photos: Photos
    top_k: int = Field(default=5, ge=1, le=50, description="How many at most.")


class ExtractAttributes(BaseModel):
    """Read the attributes that a text states word for word. Give a listing's id, or a text."""

    category_id: CategoryId
    listing_id: str | None = Field(default=None, description="A listing of the market.")
    text: str | None = Field(default=None, max_length=20_000, description="Any other text.")


class ReadPhotoAttribute(BaseModel):
    """Tell from the photos one attribute that can be seen, such as the colour."""

    photos: Photos
    attribute: str = Field(description="Name of an attribute of the category.")
    category_id: CategoryId


class CheckSafety(BaseModel):
    """Check photos, or a text, against the rules of the market. Give one of them."""

    photos: Photos | None = None
    text: str | None = Field(default=None, max_length=20_000)


class EvidenceItem(BaseModel):
    """One thing that may vouch for a claim."""

    kind: EvidenceKind
    source: str = Field(description="listing:ID, photo:SHA256 or seller:N.")
    text: str = Field(description="What it says.")
    attribute: str | None = None
    value: str | None = None


class AuditDraft(BaseModel):
    """Find every claim of a draft and judge it by the evidence."""

    title: str = Field(max_length=1_000)
    description: str = Field(max_length=20_000)
    category_id: CategoryId
    evidence: list[EvidenceItem] = Field(default_factory=list, max_length=500)


class SuggestPrice(BaseModel):
    """Tell what the market asks for things like this one, from listings that were found."""

    listing_ids: list[str] = Field(min_length=1, max_length=100)


class _Tools:
    """The bodies; names and descriptions are those of the methods and schemas."""

    def __init__(self, handles: ToolHandles) -> None:
        self._handles = handles

    async def predict_category(self, config: RunnableConfig, photos: list[str]) -> Content:
        h = self._handles
        found = await apredict_category(h.model, self._blocks(photos), h.taxonomy, config=config)
        return _content(found.model_dump() if found else None), found

    async def search_similar(
        self, config: RunnableConfig, photos: list[str], top_k: int
    ) -> Content:
        h = self._handles
        if h.index is None or h.embedder is None:
            raise BadInputError("search_similar: no index of listings is set up; go without it")
        images = [h.store.open_image(sha256) for sha256 in photos]
        found = await asyncio.to_thread(
            search_similar, images, h.embedder, h.index, h.thresholds, top_k, keys=photos
        )
        told = ("id", "match", "score", "title", "price", "currency")
        rows = [{name: getattr(r, name) for name in told} for r in found.references]
        return _content(rows), found.references

    async def extract_attributes(
        self, config: RunnableConfig, category_id: str, listing_id: str | None, text: str | None
    ) -> Content:
        if (listing_id is None) == (text is None):
            raise BadInputError("extract_attributes: give either listing_id or text")
        if listing_id is not None:
            listing = self._listing(listing_id)
            text = f"{listing.title}\n{listing.text}"
        template = self._template(category_id)
        found = await aextract_attributes(self._handles.model, text or "", template, config=config)
        return _content({v.attribute: v.value for v in found}), found

    async def read_photo_attribute(
        self, config: RunnableConfig, photos: list[str], attribute: str, category_id: str
    ) -> Content:
        template = self._template(category_id)
        spec = template.get(attribute)
        if spec is None:
            raise BadInputError(
                f"attribute {attribute!r}: the category has none such; it has "
                f"{', '.join(template.names)}"
            )
        blocks = self._blocks(photos)
        found = await aread_photo_attribute(self._handles.model, blocks, spec, config=config)
        if found is None:
            return _content({"attribute": attribute, "value": None}), None
        told = {"attribute": attribute, "value": found.value, "probability": found.probability}
        return _content(told), found

    async def check_safety(
        self, config: RunnableConfig, photos: list[str] | None, text: str | None
    ) -> Content:
        h = self._handles
        if (photos is None) == (text is None):
            raise BadInputError("check_safety: give either photos or text")
        if photos is not None:
            found = await check_photos(h.model, self._blocks(photos), h.policy, config=config)
        else:
            found = h.policy.check_text(text or "", "description")
        told = ("rule", "action", "notice")
        return _content([{name: getattr(f, name) for name in told} for f in found]), found

    async def audit_draft(
        self,
        config: RunnableConfig,
        title: str,
        description: str,
        category_id: str,
        evidence: list[EvidenceItem],
    ) -> Content:
        ledger = EvidenceLedger()
        for item in evidence:
            ledger.add(
                item.kind, item.source, item.text, attribute=item.attribute, value=item.value
            )
        template = self._template(category_id)
        claims = await acheck(
            self._handles.model, title, description, template, ledger, config=config
        )
        told = ("field", "text", "attribute", "value", "verdict", "evidence")
        return _content([{name: getattr(c, name) for name in told} for c in claims]), claims

    async def suggest_price(self, config: RunnableConfig, listing_ids: list[str]) -> Content:
        band = price_band([_reference(self._listing(i)) for i in dict.fromkeys(listing_ids)])
        return _content(band.model_dump(exclude={"evidence"}) if band else None), band

    def _blocks(self, photos: Sequence[str]) -> list[dict[str, Any]]:
        return [image_block(self._handles.store.get(sha), "image/jpeg") for sha in photos]

    def _template(self, category_id: str) -> AttributeTemplate:
        if category_id not in self._handles.taxonomy:
            raise NotFoundError(
                f"category {category_id!r}: is not in the taxonomy; predict_category gives an id"
            )
        return self._handles.taxonomy.template(category_id)

    def _listing(self, listing_id: str) -> MarketListing:
        index = self._handles.index
        found = index.get(listing_id) if index is not None else None
        if found is None:
            raise NotFoundError(
                f"listing {listing_id!r}: is not in the index; search_similar gives ids"
            )
        return found


def _tool(body: Callable[..., Awaitable[Content]], schema: type[BaseModel]) -> BaseTool:
    """Make a tool of a body; what Vouch raises on purpose is told to the caller."""

    async def call(config: RunnableConfig, **arguments: Any) -> Content:
        try:
            return await body(config, **arguments)
        except VouchError as error:
            raise ToolException(str(error)) from error

    return StructuredTool.from_function(
        coroutine=call,
        name=body.__name__,
        description=schema.__doc__ or "",
        args_schema=schema,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=_explain,
    )


def _explain(error: Any) -> str:
    """What is wrong with the arguments of a call, one line each."""
    return "\n".join(
        f"{'.'.join(str(part) for part in one['loc']) or 'arguments'}: {one['msg']}"
        for one in error.errors()
    )


def _reference(listing: MarketListing) -> Reference:
    """A listing as what a price is taken from; without a search it counts as similar."""
    return Reference(
        id=listing.id,
        score=0.0,
        match="similar",
        title=listing.title,
        text=listing.text,
        price=listing.price,
        currency=listing.currency,
    )


def _content(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
