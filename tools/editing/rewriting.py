"""The text of a listing put differently: shorter, longer, warmer, plainer, in another language.

Rule: words change, facts do not. What a model writes is audited; a fact it lost is said again, one
it made up is cut, once; where that does not come right the old text stays, and the seller is told.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import NamedTuple, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from listing import Claim, ListingDocument
from models.prompts import render
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.composing import compose
from tools.editing.edited import Edited
from tools.editing.fact_keeping import (
    NAMED,
    distinct,
    lost_facts,
    made_up,
    reread,
    said_again,
    without_made_up,
)
from tools.editing.reading import DraftReader
from tools.safety import StreamGuard

WISHES = ("shorter", "longer", "warmer", "plainer")
_MAX_CHARS = 2400


class Text(NamedTuple):
    """What a model wrote."""

    title: str
    description: str


@dataclass(frozen=True)
class Call:
    """A model, how to call it, and who reads along."""

    model: BaseChatModel | None
    config: RunnableConfig | None = None
    on_token: Callable[[str], None] | None = None


@dataclass(frozen=True)
class Rewriter:
    """Rewrites drafts in the language they are in. `languages` are those that the model writes."""

    reader: DraftReader
    languages: tuple[str, ...] = ("en",)

    @property
    def words(self) -> Catalogue:
        """The words of the seller's language."""
        return catalogue(self.reader.language)

    async def rewrite(self, call: Call, document: ListingDocument, wish: str) -> Edited:
        """Return the document with its text put differently, or as it is with the reason."""
        if not (document.title.strip() or document.description.strip()):
            return self.as_it_is(document, "rewrite_empty")
        if wish not in WISHES:
            return self.as_it_is(document, "rewrite_wish")
        if document.language == "zh" and "zh" not in self.languages:
            return self._composed(document, wish)
        if call.model is None or document.language not in self.languages:
            return self.as_it_is(document, "rewrite_no_model")
        written = await self.written(call, document, catalogue("en").file.wishes[wish])
        if written is None:
            return self.as_it_is(document, "rewrite_blocked")
        return self._audited(document, wish, written)

    def as_it_is(self, document: ListingDocument, key: str, **names: str) -> Edited:
        """Return the document unchanged, with the reason."""
        says = self.words.say(key, **names)
        return Edited(document, says, changed=False, data={"reason": key})

    async def written(self, call: Call, document: ListingDocument, wish: str) -> Text | None:
        """Return what the model writes for the wish; None where the stream guard stopped it."""
        prompt = render("rewrite", wish=wish, draft=f"{document.title}\n{document.description}")
        guard = StreamGuard(self.reader.policy, "description", _MAX_CHARS)
        pieces: list[str] = []

        def release(text: str) -> None:
            if text:
                pieces.append(text)
                if call.on_token is not None:
                    call.on_token(text)

        if call.model is None:
            return None
        config = merge_configs(call.config, {"metadata": prompt.metadata})
        messages = [HumanMessage(prompt.text)]
        stream = cast(AsyncGenerator[AIMessageChunk], call.model.astream(messages, config))
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                step = guard.feed(chunk.text)
                release(step.release)
                if step.done:
                    break
            else:
                step = guard.finish()
                release(step.release)
        if step.finding is not None:
            return None
        title, _, body = "".join(pieces).strip().partition("\n")
        return Text(title.strip(), body.strip())

    def _audited(self, document: ListingDocument, wish: str, text: Text) -> Edited:
        """The document with the new text where it keeps to the facts, revised at most once."""
        document = self.reader.refreshed(document)
        new = without_made_up(self.reader, document, text.title, text.description)
        if new is None:
            return self.as_it_is(document, "rewrite_failed")
        lost = lost_facts(document.claims, new.claims)
        needed = [c for c in lost if wish != "shorter" or _needed(document, c)]
        if len(needed) > max(1, len(distinct(document.claims)) // 2):
            return self.as_it_is(document, "rewrite_failed")
        new = said_again(self.reader, new, document, needed)
        left_out = lost_facts(document.claims, new.claims)
        if made_up(document, new) or any(c in needed for c in left_out):
            return self.as_it_is(document, "rewrite_failed")
        if any(f.action == "block" for f in new.safety.text):
            return self.as_it_is(document, "rewrite_blocked")
        if (reason := _misses(wish, document, new)) is not None:
            return self.as_it_is(document, reason)
        says = self.words.say(f"rewritten_{wish}")
        if left_out:
            facts = self.words.say("and").join(dict.fromkeys(c.text for c in left_out))
            says = f"{says} {self.words.say('rewrite_left_out', facts=facts)}"
        as_written = (new.title, new.description) == (text.title, text.description)
        data = {"wish": wish, "left_out": [c.text for c in left_out], "as_written": as_written}
        return Edited(new, says, data=data)

    def _composed(self, document: ListingDocument, wish: str) -> Edited:
        """A Chinese text, which no model writes here, put together anew in another style."""
        document = self.reader.refreshed(document)
        new = compose(self.reader, document, "zh", wish)
        after = reread(self.reader, document, new.title, new.description)
        if lost_facts(document.claims, after.claims, after.description):
            return self.as_it_is(document, "rewrite_failed")
        if (reason := _misses(wish, document, after)) is not None:
            return self.as_it_is(document, reason)
        return Edited(after, self.words.say(f"rewritten_{wish}"), data={"wish": wish})


def _needed(document: ListingDocument, claim: Claim) -> bool:
    """Whether even a short text has to say it: the names, and what the seller said."""
    kinds = {e.id: e.kind for e in document.evidence}
    return claim.attribute in NAMED or any(kinds.get(i) == "seller" for i in claim.evidence)


def _misses(wish: str, old: ListingDocument, new: ListingDocument) -> str | None:
    """The reason why the new text is not what was wished for; None where it is."""
    if (new.title, new.description) == (old.title, old.description):
        return "rewrite_same"
    grown = len(new.description) - len(old.description)
    if (wish == "shorter" and grown >= 0) or (wish == "longer" and grown <= 0):
        return f"rewrite_not_{wish}"
    return None
