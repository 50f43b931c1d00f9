"""Numbers that identify a person: national ids, cards and accounts, told by their check digits."""

import re
from collections.abc import Iterator

from tools.safety.normalise import Folded

_CHINA_ID = re.compile(
    r"(?<![a-z0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x]"
    r"(?![a-z0-9])"
)
_CHINA_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_US_SSN = re.compile(
    r"\b(?:ssn|social security(?: (?:number|no))?)[ .:#]{0,3}(?:is )?"
    r"[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}(?![0-9])"
)
_PASSPORT = re.compile(
    r"\b(?:passport|id card|driving licence|driver'?s license)(?: (?:number|no))[ .:#]{0,3}(?:is )?"
    r"[a-z0-9]{6,12}"
    r"|(?:护照|身份证|驾驶证)(?:号码?)[ :是]{0,2}[a-z0-9]{6,18}"
)
_CARD = re.compile(
    r"(?<![0-9.-])(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2}|6[0-9]{3}|3[47][0-9]{2})"
    r"(?:[ -][0-9]{4}){3}(?![0-9-])|(?<![0-9.-])(?:62[0-9]{14}|62[0-9]{17})(?![0-9])"
)
_IBAN = re.compile(
    r"(?<![a-z0-9])[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![a-z0-9])"
)


def find_personal_ids(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of national identity, social security and passport numbers."""
    for match in _CHINA_ID.finditer(folded.text):
        if _china_check(match[0]):
            yield match.span()
    for pattern in (_US_SSN, _PASSPORT):
        yield from (match.span() for match in pattern.finditer(folded.text))


def find_payment_numbers(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of payment card numbers and IBANs whose check digits are right."""
    for match in _CARD.finditer(folded.text):
        if _luhn(re.sub(r"[ -]", "", match[0])):
            yield match.span()
    for match in _IBAN.finditer(folded.text):
        if _iban_check(match[0].replace(" ", "")):
            yield match.span()


def _china_check(number: str) -> bool:
    """Check digit of GB 11643-1999."""
    total = sum(int(d) * w for d, w in zip(number, _CHINA_WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == number[-1]


def _luhn(number: str) -> bool:
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(number)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _iban_check(number: str) -> bool:
    """Check digits of ISO 13616: the rearranged number is 1 modulo 97."""
    if not 15 <= len(number) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1
