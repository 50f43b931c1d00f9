"""Marks of a text from which something was cut badly: simple checks, each with a name."""

import re

from bench.injected_errors.drafts import DraftText

_HANGING = (
    r"with|of|in|by|from|and|or|but|is|are|was|a|an|the|size|for|to|at|made|has|have|comes?|model"
)
_ANYWHERE = {
    "two spaces": r"\S  +\S",
    "space before a mark": r"\s[,.;!?)]",
    "doubled mark": r"[,;:]\s*[,.;:!?]|\.\.(?!\.)|\.\s+\.",
    "empty brackets": r"\(\s*\)",
    "unmatched bracket": r"^[^(]*\)|\([^)]*$",
    "article without a noun": r"(?i)(?<![\w-])(?:a|an|the|my)\s+(?:and|or|with|in|of|is|are)(?!\w)",
    "opens with a mark": r"^\s*[,.;:!?)–-]",
}
_PROSE = {
    "hangs": rf"(?i)(?<![\w-])(?<!\d )(?:{_HANGING})\s*(?:[.;!?]|$)",
    "hangs before a comma": r"(?i)(?<![\w-])(?:with|of|by|from|and|or|a|an|the|my|size)\s*,",
    "small letter opens": r"(?:^|[.!?]\s+)[a-z]",
    "no full stop": r"[^.!?)\s]\s*$",
    "lone mark": r"(?:^|\s)[.,;]+(?:\s|$)",
    "no verb's object": r"(?i)\b(?:selling|offering|adding)(?: my| an?)?\s*[.,]",
    "doubled word": r"(?i)(?<![\w-])(with|of|in|by|and|is|a|an|the|my)\s+\1(?![\w-])",
    "label without a value": r"\b[A-Z][a-z]+:\s*(?:[.;]|$)",
}
_TITLE = {
    "title hangs": rf"(?i)(?:[,;:–(-]|(?<![\w-])(?<!\d )(?:{_HANGING}))\s*$",
    "no title": r"^\W*$",
}


def grammar_faults(text: DraftText) -> set[str]:
    """Return the names of the checks that a draft fails, the title's and the description's."""
    checks = [(f"title: {n}", p, text.title) for n, p in {**_ANYWHERE, **_TITLE}.items()]
    if text.description.strip():
        prose = {**_ANYWHERE, **_PROSE}
        checks += [(f"description: {n}", p, text.description) for n, p in prose.items()]
    return {name for name, pattern, field in checks if re.search(pattern, field)}
