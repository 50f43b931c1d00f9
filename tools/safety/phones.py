"""Telephone numbers in folded text: written plainly, spaced apart, or spelled in words.

A run of digits counts only when its grouping is that of a telephone number, when somebody says
"call me" before it, or when it is spelled as no one spells a size, a price or a model number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tools.safety.matching import MAX_MATCH
from tools.safety.normalise import Folded

_WORDS = {
    "zero": "0", "nought": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_NUMERALS = dict(
    zip("零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖", "0012345678912123456789", strict=True)
)
_SPELLED = {**_WORDS, **_NUMERALS}
_VALUES = {**_SPELLED, "o": "0", "l": "1", "i": "1"}
_WORD = r"(?<![a-z])(?:zero|nought|oh|one|two|three|four|five|six|seven|eight|nine)(?![a-z])"
_LETTER = r"o(?=[o0-9])|(?<=[o0-9])o|(?<=[0-9])[li](?=[0-9])"
_ATOM = rf"(?:[0-9]|[{''.join(_NUMERALS)}]|{_WORD}|{_LETTER})"
_GAP = r"[ \-.()/_*·~•|]{0,3}"
_ATOMS = re.compile(_ATOM)
_RUN = re.compile(rf"{_ATOM}(?:{_GAP}{_ATOM}){{6,29}}")

_SAID_BEFORE = re.compile(
    r"(?:\b(?:call|text|ring|phone|dial|sms|contact|reach|message|msg|whats ?app|telegram|signal)"
    r"(?: (?:me|us|him|her|now|anytime))?(?: (?:at|on|via|under))?"
    r"|\b(?:tel|telephone|mobile|cell|cellphone|ph|mob|hotline|phone (?:number|no))\b"
    r"(?: (?:is|number|no))?|\bmy (?:phone|number|cell|mobile|tel)(?: number)?(?: is)?"
    r"|电话|手机号?码?|联系方式|致电|拨打|来电|微信同?号?|号码是?|[☎📞📱✆])"
    r"[ .:=#-]{0,4}[(+]?\Z"
)
_LABEL_BEFORE = re.compile(
    r"(?:isbn(?:-1[03])?|upc|ean|asin|gtin|sku|s/n|sn|serial|part|p/n|pn|mpn|model|item|order|imei"
    r"|vin|mfr|style|ref|article|art|code|编号|型号|货号|序列号|书号|条码|订单号)"
    r"(?: (?:no|number|nr|code|id))?[ .:#=]{0,3}\Z|#\Z"
)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥￥]|usd|eur|gbp|cny|rmb|hkd|\bprice) ?:? ?\Z")
_UNIT_AFTER = re.compile(
    r" ?(?:[$€£¥%元块]|usd|eur|gbp|rmb|[kmgt]b\b|[kmg]?hz|mah|mm\b|cm\b|kg\b|rpm|dpi|lumens?"
    r"|pixels?|btu)"
)
_DATE = re.compile(r"^(?:19|20)\d\d[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])\Z")


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits that stand together; `spelled` of them are not written as digits."""

    digits: str
    start: int
    end: int
    spelled: int


def find_phones(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the folded spans of telephone numbers, cut at `MAX_MATCH`."""
    for groups, text in _runs(folded.text):
        found = _first_number(groups, text)
        if found is not None:
            start, end = found
            yield start, min(end, start + MAX_MATCH)


def find_number_runs(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield spans that may be telephone numbers, with doubt held against them (for redaction)."""
    for groups, text in _runs(folded.text):
        start, end = groups[0].start, groups[-1].end
        digits = "".join(g.digits for g in groups)
        before, after = text[max(0, start - 24) : start], text[end : end + 10]
        decimal = len(groups) == 2 and text[groups[0].end : groups[1].start] == "."
        code = bool(re.search(r"[a-z_]-?\Z", before)) or bool(re.match(r"[a-z_]", after))
        if _first_number(groups, text) is not None or not (
            len(digits) < (9 if len(groups) == 1 else 7)
            or decimal
            or max(len(g.digits) for g in groups) < 3
            or re.search(r"[0-9],\Z", before)
            or code
            or _LABEL_BEFORE.search(before)
            or _MONEY_BEFORE.search(before)
            or (len(digits) < 9 and _UNIT_AFTER.match(after))
            or _DATE.match(text[start:end])
        ):
            yield start, end


def _runs(text: str) -> Iterator[tuple[list[_Group], str]]:
    if len(_ATOMS.findall(text)) < 7:
        return
    for run in _RUN.finditer(text):
        groups: list[_Group] = []
        for atom in _ATOMS.finditer(text, run.start(), run.end()):
            word = atom[0]
            digit = _VALUES.get(word, word)
            spelled = int(word in _SPELLED)
            if groups and groups[-1].end == atom.start():
                last = groups.pop()
                digit, spelled = last.digits + digit, spelled + last.spelled
                groups.append(_Group(digit, last.start, atom.end(), spelled))
            else:
                groups.append(_Group(digit, atom.start(), atom.end(), spelled))
        yield groups, text


def _first_number(groups: list[_Group], text: str) -> tuple[int, int] | None:
    """Return the span of the first consecutive groups that make a number, longest first."""
    for first in range(len(groups)):
        for last in range(min(len(groups), first + 20), first, -1):
            part = groups[first:last]
            if sum(len(g.digits) for g in part) >= 7 and _is_number(part, text):
                start = part[0].start
                return start - (text[start - 1 : start] in ("+", "(")), part[-1].end
    return None


def _is_number(groups: list[_Group], text: str) -> bool:
    digits = "".join(g.digits for g in groups)
    start, end = groups[0].start, groups[-1].end
    before = text[max(0, start - 32) : start]
    gaps = [text[a.end : b.start] for a, b in pairwise(groups)]
    if len(digits) > 15 or _is_regular(digits):
        return False
    apart = len(digits) >= 8 and len(groups) == len(digits) and not any("/" in g for g in gaps)
    if sum(g.spelled for g in groups) >= 3 or apart:
        return True
    if len(groups) == 2 and gaps == ["."] and not before.endswith("+"):
        return False
    if _DATE.match(text[start:end]):
        return False
    if re.search(r"(?:^|[^a-z0-9])\+ ?\(?\Z", before) and len(digits) >= 9:
        return True
    if _SAID_BEFORE.search(before) and len(digits) >= 7:
        return True
    attached = re.search(r"[a-z0-9_#./$€£¥-]\Z", before) or re.match(r"[-./]?[a-z0-9_]", text[end:])
    if attached or _LABEL_BEFORE.search(before):
        return False
    if len(digits) < 9 and _UNIT_AFTER.match(text[end : end + 10]):
        return False
    return _has_layout(digits, [len(g.digits) for g in groups], gaps)


def _has_layout(digits: str, sizes: list[int], gaps: list[str]) -> bool:
    """Tell whether the grouping alone is that of a telephone number."""
    odd = any(gap.strip(" ") for gap in gaps)
    national = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    if len(national) == 11 and re.match(r"1[3-9]", national) and len(sizes) <= 4:
        return True
    if sizes[-3:] == [3, 3, 4] and sizes[:-3] in ([], [1]) and odd:
        area = digits[-10:]
        return area[0] in "23456789" and area[3] in "23456789"
    if digits[0] == "0" and digits[1] != "0":
        if sizes == [11]:
            return digits.startswith("07")
        even = len(set(sizes)) == 1 and len(sizes) == 5 and sizes[0] == 2
        ends = sizes[-1] >= 3 and len(sizes) <= 4
        return 10 <= len(digits) <= 12 and 2 <= sizes[0] <= 5 and (ends or even)
    return False


def _is_regular(digits: str) -> bool:
    """Tell whether digits only count up, count down or repeat, as sizes and examples do."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1
