"""The wording data of `phrases.yaml`: claims beyond the template, common sense, negations."""

import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from listing.attribute import Scope
from listing.errors import SettingsError
from tools.normalise.data import alternation, flexible, phrase_key

_NEAR = r"\s+(?:(?:any|a|an|the|its|original|single|really|visible|been|more|even)\s+){0,2}$"
_NEAR_CJK = re.compile(r"(?:无|没有|不|未)$")


class _Extras(BaseModel):
    model_config = ConfigDict(extra="forbid")

    before: list[str]
    after: list[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal["vouch.audit/1"]
    claims: dict[str, dict[str, list[str]]]
    patterns: dict[str, list[str]]
    general: dict[str, list[str]]
    negations: list[str]
    parts: list[str]
    pairs: list[str]
    extras: _Extras
    flaws: list[str]
    scopes: dict[str, Scope]
    single: list[str]
    title_words: list[str]


@dataclass(frozen=True)
class AuditWording:
    """Everything that `phrases.yaml` says, compiled."""

    claims: dict[str, tuple[re.Pattern[str], dict[str, str]]]
    """Attribute -> the pattern of all its phrases, and phrase key -> value."""
    patterns: dict[str, re.Pattern[str]]
    general: re.Pattern[str]
    pairs: re.Pattern[str]
    extras_before: re.Pattern[str]
    extras_after: re.Pattern[str]
    flaw: re.Pattern[str]
    """A word that names a fault; its first group is the stem."""
    scopes: dict[str, Scope]
    single: frozenset[str]
    title_words: frozenset[str]
    negation: re.Pattern[str]
    part: re.Pattern[str]
    """What follows a colour that is not the item's own ("black case")."""

    def negated(self, text: str, start: int) -> bool:
        """Return whether a negation stands right before `start`."""
        before = text[max(0, start - 48) : start]
        return bool(self.negation.search(before) or _NEAR_CJK.search(before))


@functools.cache
def audit_wording() -> AuditWording:
    """Return the shipped data.

    Raises:
        SettingsError: the file is not as its own head says; the message has the key.
    """
    source = (resources.files("tools.audit") / "phrases.yaml").read_text(encoding="utf-8")
    document = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document["schema_"] = document.pop("schema", None)
    try:
        file = _File.model_validate(document)
        patterns = {a: re.compile("|".join(p), re.IGNORECASE) for a, p in file.patterns.items()}
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"tools/audit/phrases.yaml: {key}: {first['msg']}") from error
    except re.error as error:
        problem = f"not a regular expression: {error}"
        raise SettingsError(f"tools/audit/phrases.yaml: patterns: {problem}") from error
    negations = "|".join(flexible(n) for n in sorted(file.negations, key=len, reverse=True))
    return AuditWording(
        claims={a: _claims(values) for a, values in file.claims.items()},
        patterns=patterns,
        general=_general([p for phrases in file.general.values() for p in phrases]),
        pairs=alternation(file.pairs),
        extras_before=alternation(file.extras.before),
        extras_after=alternation(file.extras.after),
        flaw=re.compile(
            rf"(?<!\w)({'|'.join(file.flaws)})(?:e?s|e?d|ped|y|ing|n|ly)?(?!\w)", re.IGNORECASE
        ),
        scopes=file.scopes,
        single=frozenset(file.single),
        title_words=frozenset(file.title_words),
        negation=re.compile(rf"(?:{negations}){_NEAR}", re.IGNORECASE),
        part=re.compile(rf"\s+(?:\w+\s+)?(?:{'|'.join(file.parts)})(?!\w)", re.IGNORECASE),
    )


def _claims(values: dict[str, list[str]]) -> tuple[re.Pattern[str], dict[str, str]]:
    by_key = {phrase_key(p): value for value, phrases in values.items() for p in phrases}
    return alternation(p for phrases in values.values() for p in phrases), by_key


def _general(phrases: list[str]) -> re.Pattern[str]:
    words = r"\s+[\w'’\-]+(?:\s+[\w'’\-]+){0,3}"
    branches = (
        flexible(phrase.removesuffix(" *")) + (words if phrase.endswith(" *") else "")
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile("|".join(branches), re.IGNORECASE)
