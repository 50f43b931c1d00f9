"""What sellers read, as data: outcome sentences, labels, values and questions by language.

Rule: a sentence for a seller stands in `words/en.yaml` and `words/zh.yaml` and nowhere else; what a
language has no word for is said with the English one.
"""

import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from listing import AttributeSpec
from listing.errors import SettingsError
from tools.normalise import attribute_key, canonical
from tools.normalise.canonical import accessory_set
from tools.normalise.data import wording
from tools.normalise.quantity import parse_quantity

_TENTHS = re.compile(r"([0-9]{1,2}(?:\.[0-9])?|[五六七八九])(?:成新|新)(?:左右)?")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal["vouch.words/1"]
    says: dict[str, str]
    labels: dict[str, str] = {}
    questions: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    statements: dict[str, dict[str, str]] = {}
    facts: dict[str, str]
    inline: dict[str, str] = {}
    units: dict[str, str] = {}
    kinds: dict[str, str] = {}
    measure: dict[str, str] = {}
    also: dict[str, dict[str, str]] = {}
    wishes: dict[str, str] = {}
    languages: dict[str, str] = {}


class Catalogue:
    """The words of one language."""

    def __init__(self, language: str, file: _File) -> None:
        self.language = language
        self.file = file

    def say(self, key: str, **names: object) -> str:
        """Return the sentence `key` with its names filled in; an unknown key is a KeyError."""
        said = self.file.says[key].format(**names)
        return said.removesuffix(".") if said.endswith("..") else said

    def label(self, attribute: str, spec: AttributeSpec | None = None) -> str:
        """Return what readers call the attribute; a label of the template's own goes first."""
        named = spec.label if spec else attribute.replace("_", " ")
        return self.file.labels.get(named, self.file.labels.get(attribute, named))

    def question(self, spec: AttributeSpec) -> str:
        """Return what to ask the seller for the attribute."""
        own = self.file.questions.get(spec.name)
        named = spec.label.replace(" ", "_") != spec.name
        if own and not (named and spec.label in self.file.labels):
            return own
        if self.language == "en":
            return spec.question or self.say("ask", label=self.label(spec.name, spec))
        return self.say("ask", label=self.label(spec.name, spec))

    def value(self, attribute: str, value: str) -> str:
        """Return the value in this language; as it is where the language has no word for it."""
        name = attribute_key(attribute)
        if name == "accessories":
            return self._things(value)
        known = self.file.values.get(name, {}).get(canonical(name, value))
        if known:
            return known
        quantity = parse_quantity(value)
        unit = self.file.units.get(quantity.unit.name) if quantity else None
        if quantity and unit:
            return f"{quantity.number:g} {unit}"
        return value

    def _things(self, value: str) -> str:
        table = self.file.values.get("accessories", {})
        if not table:
            return value
        return self.say("and").join(self._thing(item, table) for item in accessory_set(value))

    def _thing(self, item: str, table: Mapping[str, str]) -> str:
        bare = item.removeprefix("no ")
        word = table.get(bare, bare)
        return self.say("without", thing=word) if bare != item else word

    def forms(self, attribute: str, value: str, *, heard: bool = False) -> tuple[str, ...]:
        """Return the ways in which this language writes the value, without the value itself.

        With `heard` also those in which sellers say it, but for single characters, which may be a
        part of any word.
        """
        shown = [self.value(attribute, value)]
        if heard:
            also = self.file.also.get(attribute_key(attribute), {})
            shown += [word for word, meant in also.items() if meant == value and len(word) > 1]
        return tuple(form for form in shown if form != value and form.strip())

    def read_value(self, attribute: str, words: str) -> str:
        """Return the value that `words` of this language mean; `words` where it is none of ours."""
        name, said = attribute_key(attribute), words.strip()
        table = self.file.values.get(name, {})
        back = {word: value for value, word in table.items()} | self.file.also.get(name, {})
        if name == "condition" and (grade := _TENTHS.fullmatch(said)):
            return _graded(grade[1])
        if name == "accessories":
            parts = [p.strip() for p in said.replace("和", "、").replace("，", "、").split("、")]
            if any(part in back for part in parts):
                return " and ".join(back.get(part, part) for part in parts if part)
            return said
        return back.get(said, said)

    def statement(self, attribute: str, value: str) -> str | None:
        """Return how this language says a known claim beyond the template, or None."""
        return self.file.statements.get(attribute, {}).get(value)

    def fact(self, attribute: str, value: str, spec: AttributeSpec | None = None) -> str:
        """Return the sentence that states the value; for accessories also that there are none."""
        shown = self.value(attribute, value)
        key = attribute
        if attribute == "accessories" and canonical(attribute, value) == "none":
            key = "accessories_none"
        elif attribute == "accessories" and canonical(attribute, value).startswith("no "):
            key = "accessories_not"
            shown = self.value(attribute, canonical(attribute, value).removeprefix("no "))
        pattern = self.file.facts.get(key)
        own_label = spec is not None and spec.label.replace(" ", "_") != attribute
        measured = attribute in wording().dimensions and parse_quantity(value) is None
        if pattern is None or own_label or measured:
            return self.labelled(attribute, value, spec)
        return pattern.format(value=shown)

    def labelled(self, attribute: str, value: str, spec: AttributeSpec | None = None) -> str:
        """Return "Label: value." in this language."""
        label = self.label(attribute, spec)
        shown = self.value(attribute, value)
        if len(shown) > len(label):
            shown = shown.removeprefix(label)  # no 成色：成色良好
        return self.file.facts["default"].format(label=label[:1].upper() + label[1:], value=shown)


def _graded(tenths: str) -> str:
    """The condition that 九成新, 95新 or 9.9成新 means: so many tenths of new."""
    number = float(tenths) if tenths[0].isascii() else float("五六七八九".index(tenths) + 5)
    share = number / 100 if number > 10 else number / 10
    return "like new" if share >= 0.95 else "good" if share >= 0.8 else "fair"


@functools.cache
def catalogue(language: str) -> Catalogue:
    """Return the shipped words of `en` or `zh`.

    Raises:
        SettingsError: there is no such file, or it is not as its own head says.
    """
    source = resources.files("tools.editing") / "words" / f"{language}.yaml"
    if not source.is_file():
        raise SettingsError(f"language {language!r}: there are words for en and zh")
    document = yaml.load(
        source.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    document["schema_"] = document.pop("schema", None)
    try:
        return Catalogue(language, _File.model_validate(document))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = f"tools/editing/words/{language}.yaml: {key}: {first['msg']}"
        raise SettingsError(problem) from error
