"""What a draft states and whether it is so, found without the audit: the judge of the measurement.

Rule: it knows the market, as the audit does not: all its names and values, the words that an honest
draft is made of, and the truth. A statement is **false** when it contradicts the truth, or when no
evidence that may speak for its attribute (`vouching`) says it, even if by luck it is true. No code
of the audit or of normalisation is used.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bench.injected_errors.drafts import FIELDS, DraftText, RecordedDraft
from bench.injected_errors.values import agrees, amount, quantities, tokens
from bench.injected_errors.vouching import UNKNOWN, may_speak, says, specs_of
from listing import AttributeSpec
from listing.claim import ClaimField
from training.marketplace import Market, goods
from training.marketplace.sentences import phrases

NAMES = ("brand", "model", "title", "author")
_SIZE_CUE = r"(?:size|frame|blade|deck|case size|length|width|diameter)"
_LABELS = {
    "volume": "capacity",
    "capacity": "capacity",
    "power": "power",
    "rated": "power",
    "storage": "storage",
    "memory": "memory",
    "ram": "memory",
    "screen": "screen_size",
    "display": "screen_size",
    "wheels": "wheel_size",
    "wheel": "wheel_size",
}


@dataclass(frozen=True)
class Statement:
    """One statement of an attribute; `fault` says why it is false, and is empty where it is not.

    `said`: something in the ledger that may speak says it, be it true or not.
    """

    field: ClaimField
    start: int
    end: int
    words: str
    attribute: str
    fault: str
    said: bool

    def overlaps(self, field: ClaimField, start: int, end: int) -> bool:
        """Tell whether it shares a character with that range."""
        return self.field == field and start < self.end and self.start < end


@dataclass(frozen=True)
class Judge:
    """Finds and judges statements, for one market."""

    market: Market

    def statements(self, draft: RecordedDraft, text: DraftText, known: str = "") -> list[Statement]:
        """Return what `text` states, judged by the truth and the ledger of `draft`.

        The words of `known` are not taken for inventions.
        """
        found: list[Statement] = []
        for field in FIELDS:
            taken: list[tuple[int, int]] = []
            for attribute, start, end in self._spans(draft, text.of(field), field, known):
                if all(end <= a or b <= start for a, b in taken):
                    taken.append((start, end))
                    words = text.of(field)[start:end]
                    said = self.said(draft, attribute, words)
                    fault = self._untruth(draft, attribute, words)
                    fault = fault or ("" if said else "nothing vouches for it")
                    found.append(Statement(field, start, end, words, attribute, fault, said))
        return sorted(found, key=lambda s: (FIELDS.index(s.field), s.start))

    def fault(self, draft: RecordedDraft, attribute: str, words: str) -> str:
        """Return why a statement is false; empty where it is true and vouched for."""
        said = self.said(draft, attribute, words)
        return self._untruth(draft, attribute, words) or ("" if said else "nothing vouches for it")

    @staticmethod
    def said(draft: RecordedDraft, attribute: str, words: str) -> bool:
        """Tell whether something in the ledger that may speak of the attribute says so."""
        voices = (e for e in draft.evidence if may_speak(e, attribute, draft))
        return any(says(e, attribute, words) for e in voices)

    @staticmethod
    def _untruth(draft: RecordedDraft, attribute: str, words: str) -> str:
        true = draft.truth.attributes.get(attribute)
        if attribute != UNKNOWN and true is not None and not agrees(attribute, words, true):
            return f"the truth is {true}"
        if attribute == "accessories" and true is None:
            return "nothing comes with it"
        return f"it has no {attribute}" if attribute in NAMES and true is None else ""

    def _spans(
        self, draft: RecordedDraft, text: str, field: ClaimField, known: str
    ) -> Iterator[tuple[str, int, int]]:
        """Ranges that state an attribute, the surest first; later ones may overlap earlier ones."""
        yield from self._named(draft, text)
        yield from _quantities(draft, text)
        yield from self._closed(draft, text, field)
        allowed = self._honest_words | set(tokens(known)) | _ledger_words(draft)
        parts = _model_parts(draft) - allowed
        for match in re.finditer(r"[^\W_][\w’'&+-]*", text):
            word = match[0].strip("'’-").casefold()
            if word.isdigit() and word not in tokens(known):
                yield "model", match.start(), match.end()
            elif word not in allowed and not all(w in allowed for w in tokens(word)):
                yield "model" if word in parts else UNKNOWN, match.start(), match.end()

    def _named(self, draft: RecordedDraft, text: str) -> Iterator[tuple[str, int, int]]:
        """Names of the ledger, the longest first, then those of the market."""
        own = {(e.attribute, e.value) for e in draft.evidence if e.value}
        own |= {(n, v.value) for n, v in draft.document.attributes.items()}
        pairs = [(str(a), v) for a, v in own if a in NAMES and len(v) > 1]
        for attribute, value in sorted(pairs, key=lambda p: (-len(p[1]), p)):
            # A name that is an ordinary word ("Mini") counts only as it is written.
            ordinary = len(value) < 5 or self._honest_words.issuperset(tokens(value))
            flags = re.NOFLAG if ordinary else re.IGNORECASE
            for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, flags):
                yield attribute, match.start(), match.end()
        for match in self._market_names.finditer(text):
            yield self._names[match[0].casefold()], match.start(), match.end()

    @staticmethod
    def _closed(
        draft: RecordedDraft, text: str, field: ClaimField
    ) -> Iterator[tuple[str, int, int]]:
        """Values of the templates' closed sets."""
        for spec in specs_of(draft):
            if spec.name in NAMES:
                continue
            said = {e.value for e in draft.evidence if e.attribute == spec.name and e.value}
            for value in sorted({*spec.values, *said}, key=lambda v: (-len(v), v)):
                for start, end in _closed_value(spec, value, text, field):
                    yield spec.name, start, end

    @cached_property
    def _names(self) -> dict[str, str]:
        """Every name of the market in small letters, with its attribute."""
        found = {brand.name: "brand" for brand in self.market.catalogue.brands}
        for spu in self.market.catalogue.spus:
            found |= {spu.attributes[n]: n for n in NAMES if n in spu.attributes}
        return {value.casefold(): name for value, name in found.items()}

    @cached_property
    def _market_names(self) -> re.Pattern[str]:
        words = sorted(map(re.escape, self._names), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)

    @cached_property
    def _honest_words(self) -> set[str]:
        """Every word that an honest draft is made of besides its values."""
        found: set[str] = set(_strings_tokens(phrases()))
        for one in goods().values():
            found |= set(tokens(f"{one.bare} {one.noun} {' '.join(one.casual)}"))
            found |= set(tokens(" ".join((*one.category.path, *one.template.names))))
            found |= {w for a in one.template.attributes for w in tokens(a.label)}
        return found | set(tokens(_GRAMMAR))


_GRAMMAR = """a an the it its is are has have they their them and with in of size scale ages ram
item items pair offers offer comes come he she my one two strings wheels condition details on
request book copy by listing second hand for sale"""


def _ledger_words(draft: RecordedDraft) -> set[str]:
    """Words that the ledger has as values or as the seller's; a stranger's text is not enough."""
    texts = [e.value or "" for e in draft.evidence if e.attribute != "model"]
    texts += [e.text for e in draft.evidence if e.kind in ("seller", "category", "template")]
    return {w for text in texts for w in tokens(text)}


def _model_parts(draft: RecordedDraft) -> set[str]:
    """Words of model names: standing alone they name another model ("26" of "Skaskon 26")."""
    named = [e.value for e in draft.evidence if e.attribute == "model" and e.value]
    return {w for name in [*named, draft.truth.attributes.get("model", "")] for w in tokens(name)}


def _quantities(draft: RecordedDraft, text: str) -> Iterator[tuple[str, int, int]]:
    """Numbers with a unit, under the attribute that is named beside them, else one that fits."""
    for words, start, end in quantities(text):
        before = tokens(re.split(r"[,.;]", text[:start])[-1])[-3:]
        after = tokens(re.split(r"[,.;]", text[end:])[0])[:3]
        label = next((_LABELS[w] for w in (*after[:1], *reversed(before)) if w in _LABELS), None)
        fits = [n for n, v in draft.truth.attributes.items() if agrees(n, words, v)]
        if label is not None and label in draft.truth.attributes:
            yield label, start, end
        elif fits:
            yield fits[0], start, end
        else:
            yield _by_unit(draft, words), start, end


def _by_unit(draft: RecordedDraft, words: str) -> str:
    """The true attribute that is measured in the same kind of unit; else unknown."""
    stated = amount(words)
    for name, value in draft.truth.attributes.items():
        true = amount(value)
        if stated and true and stated[0] == true[0]:
            return name
    return UNKNOWN


def _closed_value(
    spec: AttributeSpec, value: str, text: str, field: ClaimField
) -> Iterable[tuple[int, int]]:
    """Where `text` states a value of a closed set; short and common words need their label."""
    word = rf"(?<![\w-]){re.escape(value)}(?![\w])"
    if spec.name == "condition":
        cues = rf"condition\W+(?:(?:is|as)\W+)?(?P<a>{word})|(?P<b>{word})(?=\W+condition)"
        cues += rf"|(?:state of [\w ]+|it|as): (?P<c>{word})"
        pattern = cues if field == "description" else rf"{cues}|(?:^|, )(?P<d>{word})(?=,|$)"
    elif spec.name == "size" and (len(value) < 4 or value in ("small", "medium", "large")):
        pattern = rf"{_SIZE_CUE}\W+(?:(?:is|of|a)\W+)?(?P<a>{word})|(?:^|, )(?P<b>{word})(?=,|$)"
    elif spec.name == "strings":
        pattern = rf"(?P<a>{word})(?=[ -]strings?)"
    elif spec.name == "accessories":
        pattern = rf"(?P<a>{word}s?)(?! size)"
    else:
        pattern = rf"(?P<a>{word})"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        group = next(g for g, found in match.groupdict().items() if found)
        yield match.span(group)


def _strings_tokens(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield from tokens(re.sub(r"\{\w+\}", " ", node))
    elif isinstance(node, dict):
        for one in node.values():
            yield from _strings_tokens(one)
    elif isinstance(node, list):
        for one in node:
            yield from _strings_tokens(one)


def false_of(statements: Sequence[Statement]) -> list[Statement]:
    """Return the false ones."""
    return [s for s in statements if s.fault]
