"""The editor: every change that a seller can make to a listing document.

Rule: the seller's word is evidence of the highest rank and is never overruled; nothing else changes
a fact. Each method returns a new document and one sentence for the seller.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from listing import ListingDocument, Question
from listing.claim import ClaimField
from tools.editing.asking import ask_price, drop_price
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.edited import Edited
from tools.editing.explaining import explain
from tools.editing.filing import CATEGORY, file_under
from tools.editing.handwork import edit_text
from tools.editing.plain_text import listing_text
from tools.editing.reading import DraftReader
from tools.editing.rewriting import Call, Rewriter
from tools.editing.stating import Message, Statements
from tools.editing.translating import Translator
from tools.safety import Policy
from tools.taxonomy import Taxonomy


@dataclass(frozen=True)
class Editor:
    """Edits documents of one market. `language` is what the seller reads: en or zh.

    `languages` are those that the model writes; Chinese is composed where it is not among them.
    """

    taxonomy: Taxonomy
    policy: Policy
    language: str = "en"
    languages: tuple[str, ...] = ("en",)
    _reader: DraftReader = field(init=False, repr=False)

    def __post_init__(self) -> None:
        reader = DraftReader(self.taxonomy, self.policy, self.language)
        object.__setattr__(self, "_reader", reader)

    @property
    def _statements(self) -> Statements:
        return Statements(self._reader)

    @property
    def words(self) -> Catalogue:
        """The words of the editor's language."""
        return catalogue(self.language)

    def state_fact(
        self,
        document: ListingDocument,
        attribute: str,
        value: str | None,
        *,
        source: str,
        text: str = "",
        start: int | None = None,
        end: int | None = None,
        span_id: str = "",
    ) -> Edited:
        """Return the document with what the seller states of an attribute; None takes it back.

        `text` is the seller's message and `start`, `end` the place in it; without a place the whole
        message is quoted. The draft is corrected or gains a sentence; claims and questions follow.
        """
        spec = self._reader.spec(document, attribute)
        message = Message(source, text, start, end, span_id)
        if value is None or not value.strip():
            return self._statements.take_back(document, spec, message)
        if spec.name == CATEGORY:
            return file_under(self._reader, document, value, source, span_id)
        return self._statements.state(document, spec, value, message)

    def skip(
        self, document: ListingDocument, attribute: str, *, source: str = "seller:0", text: str = ""
    ) -> Edited:
        """Return the document with that question left open: it is not asked again."""
        spec = self._reader.spec(document, attribute)
        return self._statements.skip(document, spec, Message(source, text))

    def ask(self, document: ListingDocument, limit: int = 3) -> list[Question]:
        """Return at most `limit` open questions in the editor's language."""
        return self._reader.questions(document, limit)

    def set_price(
        self,
        document: ListingDocument,
        amount: float | None,
        currency: str = "",
        *,
        source: str,
        text: str = "",
        start: int | None = None,
        end: int | None = None,
        span_id: str = "",
    ) -> Edited:
        """Return the document with what the seller asks; None takes the price out.

        Without a currency it is that of the price before, else of the market's price band.
        """
        if amount is None:
            return drop_price(self.words, document)
        message = Message(source, text, start, end, span_id)
        return ask_price(self.words, document, amount, currency, message)

    async def edit_text(
        self,
        model: BaseChatModel | None,
        document: ListingDocument,
        field: ClaimField,
        new_text: str,
        *,
        source: str,
        config: RunnableConfig | None = None,
    ) -> Edited:
        """Return the document with a title or description as the seller wrote it by hand."""
        return await edit_text(
            self._reader, model, document, field, new_text, source=source, config=config
        )

    async def rewrite(
        self,
        model: BaseChatModel | None,
        document: ListingDocument,
        wish: str,
        language: str | None = None,
        *,
        earlier: ListingDocument | None = None,
        config: RunnableConfig | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> Edited:
        """Return the document with its text put differently: a `Wish` of the assistant's calls.

        `language` is for translate. `earlier` is the document as it was in that language before,
        whose text comes back where its facts still hold. `on_token` is given the new text as the
        model writes it, safe to show, before it is audited. Where the new text does not keep to the
        facts the document comes back as it was, `changed` is False and `says` tells why.
        """
        rewriter, call = Rewriter(self._reader, self.languages), Call(model, config, on_token)
        if wish == "translate":
            return await Translator(rewriter).translate(call, document, language, earlier)
        return await rewriter.rewrite(call, document, wish)

    def explain(self, document: ListingDocument, words: str) -> Edited:
        """Return who vouches for `words`: of the draft, an attribute's name, or a value."""
        return explain(self._reader, document, words)

    def listing_text(self, document: ListingDocument) -> str:
        """Return the listing as plain text to copy: title, description, price; "" for none."""
        return listing_text(document)
