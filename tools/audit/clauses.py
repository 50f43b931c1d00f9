"""Where a statement can be cut out of a sentence or a title so that the rest still reads.

Tried from small to large: the qualifier before a noun, the item of a list, the phrase after a
preposition, the clause, the sentence. English by rule; in other languages it is the sentence.
"""

import re
from collections.abc import Callable

_SENTENCE_END = re.compile(r"(?<!\bincl)(?<!\bexcl)(?<!\bapprox)[.!?。！？]+(?=\s|$)|[。！？]|\n")
_TITLE_BREAK = re.compile(r"\s*(?:[,;|/•·()\[\]–—:]|\s[-+]\s)\s*")
_CLAUSE_BREAK = re.compile(
    r"\s*[,;:()–—]\s*(?:(?:and|but|or)\s+)?|\s[-+]\s|\s+(?:and|but|or|&|plus|while|which|that)\s+",
    re.I,
)
_FILLER = (
    r"(?:a|an|the|its|it|it's|is|are|was|in|with|without|no|of|from|by|for|size|colour|color|very|"
    r"fully|still|also|comes?|has|have|include[sd]?|including|original|condition|storage|memory|ram|"
    r"ssd|finish|edition|version|brand|model|made|too|well|strap|body|and|&|plus|or|been)"
)
_ONLY_FILLER = re.compile(rf"(?:\W|\b{_FILLER}\b)*", re.IGNORECASE)
_NOUN_AFTER = re.compile(
    r"\s+(?:of\s+)?(?:storage|memory|ram|ssd|condition|colou?r|finish|included|inside|size|power|capacity|"
    r"volume|wheels?|strings?|scale|display|screen)\b",
    re.I,
)
_NEXT_WORD = re.compile(r"[ \t]+([\w’'\-]+)")
_NO_NOUN = re.compile(
    r"and|or|but|is|are|was|were|with|without|in|for|from|which|that|to|at|"
    r"on|of|by|as|it|its|i|you|has|have|had|comes|come|works|includes|"
    r"included|so|if|after|since|when|while|because|than|then|fits|looks|holds|"
    r"will|can|be|been|also|too|only|very"
)
"""Words that no qualifier stands before."""
_PREPOSITION = re.compile(
    r"(?:(?<=\s)|^)(?:with|in|of|from|by|for|without|at|plus|and|&|size|including|incl\.)\s+"
    r"(?:(?:a|an|the|its|original|size|very|no)\s+)*$",
    re.IGNORECASE,
)
_LIST_LEAD = re.compile(
    r"(?:\W*\w+){0,3}?\W*\b(?:with|including|includes?|incl\.|plus|without)\s+", re.I
)
"""What opens a list and stays when its first item goes."""
_LIST_GOES_ON = re.compile(
    rf"\s*(?:,|;|\s(?:and|or|&|plus)\s)\s*(?!(?:{_NO_NOUN.pattern})\b|no\b)", re.I
)
_LEANS = re.compile(
    r"\b(?:comes?|is|are|was|be|been|available|made|looks?|sold|has|have|and|or|with|it)\s*$", re.I
)
_STARTS_CLAUSE = re.compile(
    r"(?:it|the|this|these|i|my|a|an|comes|includes|everything|all)\b", re.I
)


def says_something(words: str) -> bool:
    """Return whether `words` are more than what joins other words."""
    return not _ONLY_FILLER.fullmatch(words)


def cut_range(
    text: str,
    start: int,
    end: int,
    *,
    in_title: bool = False,
    clause: bool = False,
    says: Callable[[str], bool] = says_something,
) -> tuple[int, int]:
    """Return the range to delete so that the words from `start` to `end` go; it contains them.

    `clause`: the words are a clause of their own and do not qualify the next word. `says` tells
    whether what stays of a segment is worth keeping; else the whole segment goes.
    """
    if after := _NOUN_AFTER.match(text, end):
        end = after.end()
    first, last = (0, len(text)) if in_title else _sentence(text, start, end)
    breaks = _TITLE_BREAK if in_title else _CLAUSE_BREAK
    cuts = [(m.start(), m.end()) for m in breaks.finditer(text, first, last)]
    cuts = [(a, b) for a, b in cuts if b <= start or a >= end]
    left = max((c for c in cuts if c[1] <= start), default=(first, first))
    right = min((c for c in cuts if c[0] >= end), default=(last, last))
    rest = text[left[1] : start] + " " + text[end : right[0]]
    idle = not says(rest)
    if not clause and _qualifies(text, end, right[0]) and not (idle and cuts):
        return start, end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    if idle:
        lead = _LIST_LEAD.match(text, left[1], start)
        if lead and right[0] < last and _LIST_GOES_ON.match(text, right[0]):
            return lead.end(), right[1]
        return _segment(text, first, last, left, right)
    phrase = _PREPOSITION.search(text, left[1], start)
    if (
        phrase
        and not text[end : right[0]].strip()
        and not _LEANS.search(text[first : phrase.start()])
    ):
        return len(text[: phrase.start()].rstrip()), end
    if in_title:
        return start, end
    return _clause(text, first, last, left, right)


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around the words, without its end mark."""
    ends = [m.span() for m in _SENTENCE_END.finditer(text) if m.start() >= end or m.end() <= start]
    first = max((b for _, b in ends if b <= start), default=0)
    last = min((a for a, _ in ends if a >= end), default=len(text))
    indent = re.match(r"\s*(?:[-*•]\s+)?", text[first:start])
    return first + (indent.end() if indent else 0), last


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence that the range lies in, with its end mark and its own line's break."""
    first, last = _sentence(text, start, end)
    return _whole(text, first, last)


def _qualifies(text: str, end: int, limit: int) -> bool:
    """The words stand before a noun of the same segment."""
    word = _NEXT_WORD.match(text, end)
    return word is not None and word.end() <= limit and not _NO_NOUN.fullmatch(word[1].lower())


def _segment(
    text: str, first: int, last: int, left: tuple[int, int], right: tuple[int, int]
) -> tuple[int, int]:
    """A whole segment with one of its breaks; the sentence when it has no other."""
    opened = text[left[0] : left[1]].strip()[:1]
    if opened in ("(", "[") and text[right[0] : right[1]].lstrip().startswith((")", "]")):
        return left[0], right[1]
    if opened == ":" and right[0] == last:
        # The label in front goes too ("Condition: new").
        comma = text.rfind(", ", first, left[0])
        return (comma, last) if comma >= 0 else _whole(text, first, last)
    if left[1] > first and not (opened in ("(", "[", ":") and right[0] < last):
        return left[0], right[0]
    if right[0] < last:
        return left[1], right[1]
    return _whole(text, first, last)


def _clause(
    text: str, first: int, last: int, left: tuple[int, int], right: tuple[int, int]
) -> tuple[int, int]:
    """The clause, when what stays of the sentence can stand alone; else the sentence."""
    if left[1] > first:
        return left[0], right[0]
    if right[0] < last and _STARTS_CLAUSE.match(text, right[1]):
        return left[1], right[1]
    return _whole(text, first, last)


def _whole(text: str, first: int, last: int) -> tuple[int, int]:
    """The sentence with its end mark and its line when nothing else stands there."""
    mark = re.compile(r"[.!?。！？]*[ \t]*").match(text, last)
    last = mark.end() if mark else last
    line = text.rfind("\n", 0, first) + 1
    if not text[line:first].strip(" \t-*•") and text[last : last + 1] in ("", "\n"):
        return line, min(len(text), last + 1)
    return first, last


def close_gap(before: str, word: str, after: str, *, removed: str) -> str:
    """Return the text joined again: article, capital letter and single space as they should be."""
    joined = word + after
    opens = not before.strip() or re.search(r"[.!?。！？\n]\s*(?:[-*•]\s+)?$", before)
    if opens:
        joined = joined.lstrip(" \t,;:&")
        if removed[:1].isupper() and joined[:1].islower():
            joined = joined[0].upper() + joined[1:]
    article = re.search(r"\b([Aa])(n?)(\s+)$", before)
    following = re.match(r"\s*([A-Za-z])", joined)
    if article and following:
        vowel = following[1].lower() in "aeiou"
        before = before[: article.start()] + article[1] + ("n" if vowel else "") + article[3]
    if before[-1:].isalnum() and joined[:1].isalnum() and removed[:1].isspace():
        joined = " " + joined
    return before + joined


def tidy(text: str) -> str:
    """Return `text` without the marks that cuts leave: doubled commas, hanging "and", gaps."""
    while True:
        tidied = text
        for pattern, replacement in _TIDY:
            tidied = pattern.sub(replacement, tidied)
        tidied = tidied.strip(" \t\n,;:|/&–—")
        if tidied == text:
            return text
        text = tidied


_TIDY = (
    (re.compile(r"\(\s*[,;]*\s*\)|\[\s*\]"), ""),
    (re.compile(r"[ \t]{2,}"), " "),
    (re.compile(r"[ \t]+([,.;:!?)])"), r"\1"),
    (re.compile(r"\(\s+"), "("),
    (re.compile(r"(?:\s*[,;:]\s*(?:and|or|but)?\b)*\s*[,;:]+(?=\s*[,;:.!?])"), ""),
    (re.compile(r"\s+(?:and|or|but|&|plus)\s*(?=[,.;!?]|$)", re.IGNORECASE | re.MULTILINE), ""),
    (re.compile(r"([.!?])\s*[,;]+\s*"), r"\1 "),
    (re.compile(r"([.!?])(?:[ \t]*\.)+"), r"\1"),
    (re.compile(r"(^|\n)[ \t]*[,;.!?]+[ \t]*"), r"\1"),
    (re.compile(r"(^|\n)[ \t]*[-*•][ \t]*(?=\n|$)"), r"\1"),
    (re.compile(r"(?:\s[-–—|/]){2,}(?=\s)"), " -"),
    (re.compile(r"(?:^|\n)\s*[-–—|/]\s*$|\s[-–—|/]\s*$"), ""),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
    (re.compile(r"\n{3,}"), "\n\n"),
)
