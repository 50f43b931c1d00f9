"""A listing in another language.

Rule: a language that the model does not write is composed from what is vouched for where there are
templates (Chinese, English), and else refused; what a model translates must show every value that
can be checked and no number that is new.
"""

import re
from dataclasses import dataclass

from listing import ListingDocument
from tools.editing.catalogue import catalogue
from tools.editing.composing import compose, told
from tools.editing.edited import Edited
from tools.editing.fact_keeping import NAMED, lost_facts, made_up, reread
from tools.editing.rewriting import Call, Rewriter
from tools.normalise import same_value
from tools.normalise.data import flexible

COMPOSED = ("en", "zh")
"""Languages that there are templates for."""


@dataclass(frozen=True)
class Translator:
    """Turns a draft into another language."""

    rewriter: Rewriter

    async def translate(
        self,
        call: Call,
        document: ListingDocument,
        language: str | None,
        earlier: ListingDocument | None = None,
    ) -> Edited:
        """Return the document in `language`, or as it is with the reason.

        None: Chinese for an English draft, else English. `earlier` is the document as it was in
        that language; its text comes back where it still tells the same facts.
        """
        rewriter = self.rewriter
        if not (document.title.strip() or document.description.strip()):
            return rewriter.as_it_is(document, "rewrite_empty")
        target = language or ("zh" if document.language == "en" else "en")
        name = self._name(target)
        if target == document.language:
            return rewriter.as_it_is(document, "already_language", language=name)
        if (back := self._restored(document, target, earlier)) is not None:
            return self._done(back, "translated", name)
        writes = call.model is not None and target in rewriter.languages
        if writes and (document.language in rewriter.languages or target not in COMPOSED):
            return await self._written(call, document, target)
        if target in COMPOSED:
            return self._composed(document, target)
        known = dict.fromkeys([*rewriter.languages, *COMPOSED])
        names = rewriter.words.say("and").join(self._name(code) for code in known)
        return rewriter.as_it_is(document, "language_unknown", language=name, languages=names)

    def _name(self, language: str) -> str:
        return self.rewriter.words.file.languages.get(language, language)

    def _read(
        self, document: ListingDocument, language: str, title: str, description: str
    ) -> ListingDocument:
        there = document.model_copy(update={"language": language})
        return reread(self.rewriter.reader, there, title, description)

    def _done(self, after: ListingDocument, key: str, name: str) -> Edited:
        says = self.rewriter.words.say(key, language=name)
        return Edited(after, says, data={"wish": "translate", "language": after.language})

    def _restored(
        self, document: ListingDocument, language: str, earlier: ListingDocument | None
    ) -> ListingDocument | None:
        """The document with the text that it had in this language, where it is still true."""
        if earlier is None or earlier.language != language:
            return None
        document = self.rewriter.reader.refreshed(document)
        back = self._read(document, language, earlier.title, earlier.description)
        lost = lost_facts(document.claims, back.claims, back.description)
        false = any(c.verdict in ("contradicted", "unsupported") for c in back.claims)
        return None if lost or false or (language == "en" and made_up(document, back)) else back

    def _composed(self, document: ListingDocument, language: str) -> Edited:
        reader, name = self.rewriter.reader, self._name(language)
        document = reader.refreshed(document)
        new = compose(reader, document, language)
        after = self._read(document, language, new.title, new.description)
        if lost_facts(document.claims, after.claims, after.description):
            return self.rewriter.as_it_is(document, "translation_failed")
        foreign = language == "zh" and any(
            not re.search(r"[\u3400-\u9fff]", words) for words in told(reader, document, "zh").own
        )
        return self._done(after, "translated_partly" if foreign else "translated", name)

    async def _written(self, call: Call, document: ListingDocument, language: str) -> Edited:
        """A model's translation, with every value present and no number that is new."""
        rewriter, english = self.rewriter, catalogue("en").file
        document = rewriter.reader.refreshed(document)
        wish = english.wishes["translate"].format(
            language=english.languages.get(language, language)
        )
        text = await rewriter.written(call, document, wish)
        if text is None:
            return rewriter.as_it_is(document, "rewrite_blocked")
        after = self._read(document, language, text.title or document.title, text.description)
        new = f"{after.title}\n{after.description}"
        old = f"{document.title}\n{document.description}"
        false = any(c.verdict in ("contradicted", "unsupported") for c in after.claims)
        more = _numbers(new) - _numbers(old)
        if not text.description or false or more or _absent(document, new, language):
            if language in COMPOSED:
                return self._composed(document, language)
            return rewriter.as_it_is(document, "translation_failed")
        return self._done(after, "translated", self._name(language))


def _absent(document: ListingDocument, text: str, language: str) -> bool:
    """Whether a name, a quantity or, in Chinese, any value with a word there is missing."""
    for claim in document.claims:
        if claim.verdict != "supported" or not claim.value:
            continue
        shown = catalogue("zh").forms(claim.attribute, claim.value)
        checkable = claim.attribute in NAMED or any(c.isdigit() for c in claim.value)
        if not checkable and not (language == "zh" and shown):
            continue
        forms = {claim.text, claim.value, *shown}
        known = document.attributes.get(claim.attribute)
        if known and same_value(claim.attribute, known.value, claim.value):
            forms.add(known.value)
        if not any(re.search(flexible(form), text, re.IGNORECASE) for form in forms):
            return True
    return False


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))
