"""What a thing is called in a listing, with the words that must agree with it.

One rule: grammar is decided here, from the noun and from how a value is spoken, so that sentence
patterns are written once for one thing and for a pair.
"""

import re
from dataclasses import dataclass

from training.marketplace.goods import goods
from training.marketplace.marked import Marked

_PAIRS = frozenset(
    {"trousers", "shorts", "headphones", "sneakers", "binoculars", "shoes", "scissors", "glasses",
     "roller skates", "inline skates", "sports trousers", "sports shorts", "sandals", "boots"}
)  # fmt: skip
_UNCOUNTED = frozenset({"outerwear", "sportswear", "artwork", "furniture", "lighting", "luggage"})
_SPELT_WITH_VOWEL = frozenset("AEFHILMNORSX")


@dataclass(frozen=True)
class Noun:
    """A noun: `bare` follows a name ("Tarvox N4 phone"), `lead` opens a pair ("pair of ")."""

    bare: str
    plural: bool = False

    @property
    def lead(self) -> str:
        """What stands before the names: nothing, or "pair of "."""
        return "pair of " if self.plural else ""

    @property
    def words(self) -> dict[str, str]:
        """The words that agree with the noun, by their slot in a pattern."""
        agree = ("They", "they", "Their", "are", "have", "offer", "come", "them")
        if not self.plural:
            agree = ("It", "it", "Its", "is", "has", "offers", "comes", "it")
        slots = ("It", "it", "Its", "is", "has", "offers", "comes", "them")
        return {**dict(zip(slots, agree, strict=True)), "bare": self.bare}


def noun_of(kind: str | None, category_name: str | None) -> Noun:
    """Returns the noun of a kind of goods, else one made from a category's name, else "item"."""
    known = goods().get(kind or "")
    if known:
        return Noun(known.bare, known.plural)
    name = (category_name or "item").strip()
    name = name if name.isupper() else name[0].lower() + name[1:]
    if "&" in name or "," in name or name in _UNCOUNTED:
        return Noun("item")
    if name in _PAIRS:
        return Noun(name, plural=True)
    return Noun(_singular(name))


def _singular(name: str) -> str:
    if name.endswith("ies") and len(name) > 5:
        return name[:-3] + "y"
    if re.search(r"(ch|sh|ss|x)es$", name):
        return name[:-2]
    if name.endswith("knives"):
        return name[:-3] + "fe"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def article(words: str) -> str:
    """Returns "an" where the words begin with a vowel as spoken ("8 GB", "N4"), else "a"."""
    first = re.match(r"[^\W_]+", words)
    if not first:
        return "a"
    word = first[0]
    if word[0].isdigit():
        return "an" if word[0] == "8" or re.match(r"1[18](?!\d)", word) else "a"
    spelt = len(word) == 1 or word[1].isdigit() or (word.isupper() and len(word) <= 3)
    if spelt and word[0].isupper():
        return "an" if word[0] in _SPELT_WITH_VOWEL else "a"
    sounds_like_you = re.match(r"(uni|use|usu|eu|one)", word, re.IGNORECASE)
    return "an" if word[0].lower() in "aeiouö" and not sounds_like_you else "a"


def with_articles(text: Marked) -> Marked:
    """Returns the text with each "a" before a value made "an" where the value asks for it."""
    pieces = list(text.pieces)
    for place, (words, name) in enumerate(pieces[:-1]):
        if name is None and re.search(r"(^|\s)[Aa]$", words.rstrip()) and words.endswith(" "):
            needed = article(pieces[place + 1][0])
            pieces[place] = (words[:-1] + ("n " if needed == "an" else " "), None)
    return Marked(tuple(pieces))
