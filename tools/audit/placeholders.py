"""Fields of a draft that hold no value: "Colour: see photos", "unknown brand", 颜色：见图.

They state nothing, so nothing can vouch for them, and a finished draft has none.
"""

import functools
import re
from collections.abc import Iterator, Sequence

from listing import AttributeSpec
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.normalise import is_placeholder
from tools.normalise.data import flexible, wording

_END = r"(?=[.!?](?:\s|$)|[,;\n|()，。；]|$)"
_NOBODY_KNOWS = r"unknown|unspecified|undisclosed|various|assorted|n/a"


def placeholders(
    field: ClaimField, text: str, specs: Sequence[AttributeSpec]
) -> Iterator[ClaimCandidate]:
    """Yield each such field whole, its label with it, as a claim of the value ""."""
    for spec in specs:
        for match in _labelled(spec.label, spec.name).finditer(text):
            stands_in = match["after"] or match["bare"] or match["before"]
            if stands_in and is_placeholder(stands_in):
                words = match[0].rstrip()
                end = match.start() + len(words)
                yield ClaimCandidate(
                    field, match.start(), end, words, spec.name, "", scope=spec.scope
                )


@functools.cache
def _labelled(label: str, name: str) -> re.Pattern[str]:
    also = (alias.replace("_", " ") for alias, of in wording().aliases.items() if of == name)
    said = {label, name.replace("_", " "), *wording().cues.get(name, ()), *also}
    labels = "|".join(flexible(one) for one in sorted(said, key=len, reverse=True))
    return re.compile(
        rf"(?:(?:the|its|item)\s+)?(?:{labels})(?:\s*[:：=–-]\s*|\s+(?:is|are)\s+)"
        rf"(?P<after>[^,;\n|()，。；]*?){_END}"
        rf"|(?:{labels})\s+(?P<bare>{_NOBODY_KNOWS}){_END}"
        rf"|(?<!\w)(?P<before>{_NOBODY_KNOWS})\s+(?:{labels})",
        re.IGNORECASE,
    )
