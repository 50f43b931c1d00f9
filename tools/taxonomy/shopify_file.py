"""Reader of Shopify's product taxonomy (reduced JSON, gzip or plain): 10,595 categories.

Shopify says which attributes a category has and their values, not where a value may be taken from;
scope and visibility are guessed from the attribute's key, by the rules below.
"""

import functools
import gzip
import json
import re
import zlib
from pathlib import Path
from typing import Any

from listing import AttributeSpec, AttributeTemplate
from listing.attribute import Scope
from listing.errors import SettingsError
from tools.taxonomy.tree import Node, TemplateBuilder

_ITEM = re.compile(r"condition$")
_VARIANT = re.compile(r"colou?r|pattern|size|capacity|flavor|scent|storage|memory|language_version")
_VISIBLE = re.compile(r"(^|_)(color|pattern)$")


def read(file: Path) -> tuple[list[Node], TemplateBuilder]:
    """Return the file's nodes, parents first, and the builder of their templates.

    Raises:
        SettingsError: with the file and the key that is missing or wrong.
    """
    document = _document(file)
    attributes: dict[str, Any] = document["attributes"]
    values: dict[str, Any] = document["values"]

    @functools.cache
    def spec(key: str) -> AttributeSpec:
        return _spec(key, attributes, values)

    def build(keys: tuple[str, ...]) -> AttributeTemplate:
        return AttributeTemplate(attributes=tuple(spec(k) for k in keys if k in attributes))

    try:
        nodes = [_node(row) for row in document["categories"]]
    except (KeyError, TypeError) as error:
        raise SettingsError(f"{file}: categories: each needs `id` and `name` ({error})") from error
    return nodes, build


def _document(file: Path) -> dict[str, Any]:
    data = file.read_bytes()
    try:
        document = json.loads(gzip.decompress(data) if file.suffix == ".gz" else data)
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise SettingsError(f"{file}: not a readable taxonomy ({error}); get it again") from error
    for key, kind in (("categories", list), ("attributes", dict), ("values", dict)):
        if not isinstance(document, dict) or not isinstance(document.get(key), kind):
            raise SettingsError(f"{file}: {key}: missing; this is not Shopify's reduced taxonomy")
    return document  # type: ignore[no-any-return]


def _node(row: dict[str, Any]) -> Node:
    attributes = row.get("attrs")
    return Node(
        id=row["id"],
        name=row["name"],
        zh=row.get("zh", ""),
        parent=row.get("parent"),
        attributes=tuple(attributes) if attributes else None,
    )


def _spec(key: str, attributes: dict[str, Any], values: dict[str, Any]) -> AttributeSpec:
    attribute = attributes[key]
    source = attributes.get(attribute.get("values_from"), attribute)
    label = attribute["name"].lower().replace("color", "colour")
    scope: Scope = "model"
    if _ITEM.search(key):
        scope = "item"
    elif _VARIANT.search(key):
        scope = "variant"
    return AttributeSpec(
        name="colour" if key == "color" else key,
        label=label,
        scope=scope,
        visible=_VISIBLE.search(key) is not None,
        values=tuple(values[v][0] for v in source.get("values", ()) if v in values),
        question=f"Which {label}?",
    )
