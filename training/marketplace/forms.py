"""How sellers write a value: "128 GB" as "128gb", a brand in lower case, now and then misspelt.

One rule: a written form still means its canonical value to a reader who knows the attribute.
"""

import random
import re
from functools import lru_cache
from typing import Any

import yaml

from training.marketplace.goods import DATA
from training.marketplace.lots import chance

_MEASURE = re.compile(r"(\d+(?:\.\d+)?) (GB|TB|in|l|ml|W|mm|cm)")
_NAMES = frozenset({"brand", "model", "title", "author"})
_NEAR = {"a": "s", "e": "r", "i": "o", "o": "i", "n": "m", "m": "n", "r": "t", "s": "a", "t": "r"}


@lru_cache(maxsize=1)
def _forms() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((DATA / "forms.yaml").read_text(encoding="utf-8"))
    return raw


def forms_of(attribute: str, value: str) -> tuple[str, ...]:
    """Returns the ways to write a value, the canonical one first."""
    listed = _forms()["words"].get(attribute, {}).get(value)
    if listed:
        return tuple(listed)
    if measure := _MEASURE.fullmatch(value):
        number, unit = measure.groups()
        return tuple(form.replace("{n}", number) for form in _forms()["units"][unit])
    if size := re.fullmatch(r"EU (\d+)", value):
        return (value, f"EU{size[1]}", f"eu {size[1]}", size[1], f"{size[1]} EU")
    if scale := re.fullmatch(r"1:(\d+)", value):
        return (value, f"1/{scale[1]}")
    if age := re.fullmatch(r"(\d+)\+", value):
        return (value, f"{age[1]} years+", f"{age[1]} and up")
    return (value,)


def written_form(rng: random.Random, attribute: str, value: str, noise: float) -> str:
    """Returns a way to write the value; the more noise, the less canonical."""
    if attribute in _NAMES:
        return _name_form(rng, attribute, value, noise)
    if attribute == "accessories" and " and " in value:
        glue = " and " if chance(rng, 0.4) else rng.choice((" + ", " & ", ", ", " and "))
        return glue.join(written_form(rng, attribute, part, noise) for part in value.split(" and "))
    forms = forms_of(attribute, value)
    form = forms[0] if chance(rng, 0.55 - 0.35 * noise) else rng.choice(forms)
    if attribute in {"colour", "material"} and len(form) > 4 and chance(rng, 0.06 * noise):
        return misspelt(rng, form)
    return form


def _name_form(rng: random.Random, attribute: str, value: str, noise: float) -> str:
    form = value
    if attribute == "model" and chance(rng, 0.5 * noise):
        code = re.fullmatch(r"([A-Z]{1,2})([- ]?)(\d+)(.*)", value)
        if code:
            form = f"{code[1]}{rng.choice(('', '-', ' '))}{code[3]}{code[4]}"
    style = rng.random()
    if style < 0.3 * noise:
        form = form.lower()
    elif style < 0.38 * noise:
        form = form.upper()
    if len(form) > 5 and chance(rng, 0.05 * noise):
        form = misspelt(rng, form)
    return form


def misspelt(rng: random.Random, word: str) -> str:
    """Returns the word with one slip inside: a letter lost, doubled, swapped or mistaken."""
    places = [i for i in range(1, len(word) - 1) if word[i : i + 2].isalpha()]
    if not places:
        return word
    at = rng.choice(places)
    slip = rng.random()
    if slip < 0.3:
        return word[:at] + word[at + 1 :]
    if slip < 0.5:
        return word[:at] + word[at] + word[at:]
    if slip < 0.8:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + _NEAR.get(word[at], word[at]) + word[at + 1 :]
