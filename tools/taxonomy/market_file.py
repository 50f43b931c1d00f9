"""Reader of our own taxonomy file, `vouch.taxonomy/1`: YAML that an operator edits by hand.

Whatever is wrong is said with the file, the line and the key, since the reader of the message has
the file open in an editor.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from listing import AttributeSpec, AttributeTemplate
from listing.attribute import Scope
from listing.errors import SettingsError
from tools.taxonomy.tree import Node, TemplateBuilder


class _Attribute(BaseModel):
    """An entry of `attributes`, or what a category overrides of one."""

    model_config = ConfigDict(extra="forbid")

    label: str | None = None
    scope: Scope | None = None
    visible: bool | None = None
    values: tuple[str, ...] | None = None
    question: str | None = None


class _Named(_Attribute):
    name: str


class _Category(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    zh: str = ""
    parent: str | None = None
    kind: str | None = None
    leaf: bool | None = None
    restricted: bool = False
    attributes: list[_Named] | None = None

    @field_validator("attributes", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """A bare name is an entry without overrides."""
        if not isinstance(value, list):
            return value
        return [{"name": entry} if isinstance(entry, str) else entry for entry in value]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    schema_: Literal["vouch.taxonomy/1"]
    attributes: dict[str, _Attribute]


@dataclass(frozen=True)
class _Line:
    """Where a category stands, for messages."""

    file: Path
    number: int

    def error(self, key: str, problem: str) -> SettingsError:
        return SettingsError(f"{self.file}, line {self.number}: {key}: {problem}")


def read(file: Path) -> tuple[list[Node], TemplateBuilder]:
    """Return the file's nodes, parents first, and the builder of their templates.

    Raises:
        SettingsError: with file, line and key of the first thing that is wrong.
    """
    document, lines = _parse(file)
    rows = document.pop("categories", None)
    head = _head(file, document)
    if not isinstance(rows, list) or not rows:
        raise SettingsError(f"{file}: categories: must be a list of categories")
    specs: dict[str, AttributeSpec] = {}
    nodes: list[Node] = []
    names: set[str] = set()
    seen: set[str] = set()
    for row, number in zip(rows, lines, strict=True):
        line = _Line(file, number)
        category = _category(row, line)
        if category.id in seen:
            raise line.error(f"id {category.id}", "stands twice; keep one")
        if category.name.casefold() in names:
            raise line.error(f"name {category.name!r}", "another category has it; names are unique")
        if category.parent is not None and category.parent not in seen:
            raise line.error(f"parent {category.parent}", "must stand before its children")
        seen.add(category.id)
        names.add(category.name.casefold())
        nodes.append(_node(category, head.attributes, specs, line))

    def build(keys: tuple[str, ...]) -> AttributeTemplate:
        return AttributeTemplate(attributes=tuple(specs[key] for key in keys))

    return nodes, build


def _parse(file: Path) -> tuple[dict[str, object], list[int]]:
    """The document and the line of each of its categories."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(file.read_text(encoding="utf-8"))
    try:
        root = loader.get_single_node()
        document = loader.construct_document(root) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        raise SettingsError(f"{file}{where}: {problem}; fix the YAML there") from error
    finally:
        loader.dispose()
    if root is None or not isinstance(document, dict):
        raise SettingsError(f"{file}: must be a mapping with schema, attributes and categories")
    lines = [
        child.start_mark.line + 1
        for key, value in root.value
        if key.value == "categories" and isinstance(value, yaml.SequenceNode)
        for child in value.value
    ]
    return document, lines


def _head(file: Path, document: dict[str, object]) -> _File:
    renamed = {"schema_" if key == "schema" else key: value for key, value in document.items()}
    try:
        return _File.model_validate(renamed)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]).replace("schema_", "schema")
        raise SettingsError(f"{file}: {key}: {first['msg']}") from error


def _category(row: object, line: _Line) -> _Category:
    try:
        return _Category.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"]]
        raise line.error(".".join(parts) or "category", first["msg"]) from error


def _node(
    category: _Category,
    shared: dict[str, _Attribute],
    specs: dict[str, AttributeSpec],
    line: _Line,
) -> Node:
    """The node of one row; its attribute specs go into `specs` under the keys the node holds."""
    keys: list[str] | None = None
    if category.attributes is not None:
        keys = []
        for own in category.attributes:
            if own.name not in shared:
                raise line.error(f"attributes.{own.name}", "not under `attributes` above; add it")
            key = own.name if own.model_fields_set == {"name"} else f"{category.id}:{own.name}"
            if key in keys:
                raise line.error(f"attributes.{own.name}", "stands twice; keep one")
            specs[key] = _spec(own, shared[own.name])
            keys.append(key)
    return Node(
        id=category.id,
        name=category.name,
        zh=category.zh,
        parent=category.parent,
        leaf=category.leaf,
        kind=category.kind,
        restricted=category.restricted,
        attributes=None if keys is None else tuple(keys),
    )


def _spec(own: _Named, shared: _Attribute) -> AttributeSpec:
    merged = {
        **shared.model_dump(exclude_none=True),
        **own.model_dump(exclude_none=True),
    }
    merged.setdefault("label", own.name.replace("_", " "))
    if own.label is not None and own.question is None:
        # The shared question speaks of the shared label ("size"), not of this one ("frame size").
        merged["question"] = f"What is the {own.label}?"
    return AttributeSpec.model_validate(merged)
