"""Words that state nothing about the one item (`plain.yaml`): grammar, and the talk of selling."""

import functools
import re
from collections.abc import Collection, Iterator
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from listing.errors import SettingsError
from tools.normalise.data import wording

_ENDINGS = (("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"),
            ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
            ("ly", ""))  # fmt: skip


_GROUPS = ("grammar", "selling", "praise", "use", "kinds")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal["vouch.plain/1"]
    grammar: str
    selling: str
    praise: str
    use: str
    kinds: str


def is_plain(word: str, also: Collection[str] = (), groups: tuple[str, ...] = ()) -> bool:
    """Return whether `word`, or what it is a form of, is a plain word or among `also`."""
    key = word.casefold().replace("’", "'")
    key = key.removesuffix("'s").strip("'")
    plain = plain_words(*groups)
    return (len(key) == 1 and key.isalpha()) or any(f in plain or f in also for f in forms(key))


def all_plain(words: str, also: Collection[str] = ()) -> bool:
    """Return whether every word of `words` is plain; True where there is none."""
    return all(is_plain(word, also) for word in re.findall(r"[^\W_][\w'’]*", words))


def forms(word: str) -> Iterator[str]:
    """Yield `word` and what it may be a form of: "boxes", "boxe", "box"."""
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            stem = word.removesuffix(ending) + instead
            yield stem
            if len(stem) > 3 and stem[-1] == stem[-2]:  # "running"
                yield stem[:-1]


@functools.cache
def plain_words(*groups: str) -> frozenset[str]:
    """Return the shipped words of those groups, or of all, in their base forms.

    Raises:
        SettingsError: the file is not as its own head says; the message has the key.
    """
    file = _file()
    words = [w for group in groups or _GROUPS for w in getattr(file, group).split()]
    parts = (part for word in words for part in word.split("-"))
    return frozenset({*words, *parts, *wording().modifiers})


@functools.cache
def _file() -> _File:
    source = (resources.files("tools.normalise") / "plain.yaml").read_text(encoding="utf-8")
    document = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document["schema_"] = document.pop("schema", None)
    try:
        return _File.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"tools/normalise/plain.yaml: {key}: {first['msg']}") from error
