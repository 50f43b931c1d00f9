"""Taking back the name of the kind of thing, where no category is likely enough to vouch for it."""

import re
from collections.abc import Iterable

from tools.normalise.kinds import SINGULAR

_GRAMMAR = ((r"\b([Aa]) item", r"\1n item"), (r"\bitem have\b", "item has"),
            (r"\bitem are\b", "item is"), (r"\bitem were\b", "item was"))  # fmt: skip


def _forms(name: str) -> set[str]:
    """A category's name as a draft may write it: whole or its last word, plural or singular."""
    found = set()
    for words in {name.lower(), name.lower().split(" ")[-1]}:
        found.add(words)
        for ending, instead in SINGULAR:
            if re.search(ending, words):
                found.add(re.sub(ending, instead, words))
                break
    return {form for form in found if len(form) > 2}


def unname(text: str, names: Iterable[str], keep: Iterable[str] = ()) -> str:
    """Return `text` with every mention of a kind in `names` as "item".

    What `keep` names (the category that is known, values that are vouched for) stays: no form that
    it shares a word with is touched.
    """
    kept = [k.lower() for k in keep]
    kept_forms = {form for name in kept for form in _forms(name)}
    free = {f for name in names if not _forms(name) & kept_forms for f in _forms(name)}
    forms = sorted((f for f in free if not any(f in k for k in kept)), key=lambda f: (-len(f), f))
    if not forms:
        return text
    pattern = rf"\b(?:pair of )?(?:{'|'.join(map(re.escape, forms))})\b"

    def neutral(match: re.Match[str]) -> str:
        before = text[: match.start()].rstrip()
        opens = not before or before[-1] in ".!?"
        return "Item" if opens and match[0][0].isupper() else "item"

    plain = re.sub(pattern, neutral, text, flags=re.IGNORECASE)
    if plain == text:
        return text
    plain = re.sub(r"\b(item)(?: item)+\b", r"\1", plain, flags=re.IGNORECASE)
    for wrong, right in _GRAMMAR:
        plain = re.sub(wrong, right, plain, flags=re.IGNORECASE)
    return plain
