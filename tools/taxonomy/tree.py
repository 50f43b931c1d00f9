"""The category tree that both file formats load into.

Nodes are plain and cheap; a category with its template is built when it is first asked for, so that
ten thousand categories load in a fraction of a second.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from listing import AttributeTemplate, Category
from listing.errors import SettingsError

TemplateBuilder = Callable[[tuple[str, ...]], AttributeTemplate]


@dataclass(frozen=True)
class Node:
    """One category as its file states it; `attributes` are keys for the template builder."""

    id: str
    name: str
    zh: str = ""
    parent: str | None = None
    leaf: bool | None = None
    """True or False where the file says so; None: it is a leaf when it has no children."""
    kind: str | None = None
    restricted: bool = False
    attributes: tuple[str, ...] | None = None
    """None: the nearest ancestor's."""


class Taxonomy:
    """An immutable tree of categories; `leaves` are those that goods are filed under.

    In Shopify's tree these are the nodes without children; ours may also file goods under a parent.
    """

    def __init__(self, nodes: Iterable[Node], build: TemplateBuilder, source: str = "") -> None:
        """Hold `nodes`, parents before children; `build` turns attribute keys into a template."""
        self.source = source
        self._nodes: dict[str, Node] = {}
        self._children: dict[str, list[str]] = {}
        self._build = functools.cache(build)
        for node in nodes:
            self._append(node)
        self._cache: dict[str, Category] = {}

    @classmethod
    def load(cls, path: str | Path) -> "Taxonomy":
        """Read `path`: our YAML (`.yaml`, `.yml`) or Shopify's JSON (`.json`, `.json.gz`).

        Raises:
            SettingsError: the file is missing or wrong; the message has its name and line or key.
        """
        from tools.taxonomy import market_file, shopify_file

        file = Path(path)
        if not file.is_file():
            raise SettingsError(f"{file}: no such taxonomy file; give a .yaml or a .json.gz file")
        if file.suffix in {".yaml", ".yml"}:
            nodes, build = market_file.read(file)
        elif file.name.endswith((".json", ".json.gz")):
            nodes, build = shopify_file.read(file)
        else:
            raise SettingsError(f"{file}: a taxonomy is a .yaml, .json or .json.gz file")
        return cls(nodes, build, source=str(file))

    def _append(self, node: Node) -> None:
        if node.id in self._nodes:
            raise SettingsError(f"{self.source}: category {node.id!r} stands twice; keep one")
        if node.parent is not None and node.parent not in self._nodes:
            raise SettingsError(
                f"{self.source}: category {node.id!r}: parent {node.parent!r} must stand before it"
            )
        self._nodes[node.id] = node
        if node.parent is not None:
            self._children.setdefault(node.parent, []).append(node.id)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, category_id: object) -> bool:
        return category_id in self._nodes

    def get(self, category_id: str) -> Category | None:
        """Return the category with its path and template, or None."""
        node = self._nodes.get(category_id)
        if node is None:
            return None
        found = self._cache.get(category_id)
        if found is None:
            found = self._cache[category_id] = self._category(node)
        return found

    def _category(self, node: Node) -> Category:
        line = [*self._up(node.id)][::-1]
        zh = tuple(n.zh for n in line)
        return Category(
            id=node.id,
            path=tuple(n.name for n in line),
            path_zh=zh if all(zh) else (),
            parent=node.parent,
            leaf=self.is_leaf(node.id),
            template=self.template(node.id),
        )

    def _up(self, category_id: str) -> Iterator[Node]:
        """The node itself, its parent, ... up to the top level."""
        node = self._nodes.get(category_id)
        while node is not None:
            yield node
            node = self._nodes[node.parent] if node.parent else None

    def is_leaf(self, category_id: str) -> bool:
        """Return whether goods are filed under this category; False for an unknown id."""
        node = self._nodes.get(category_id)
        if node is None:
            return False
        return category_id not in self._children if node.leaf is None else node.leaf

    @functools.cached_property
    def categories(self) -> tuple[Category, ...]:
        """All categories in the file's order, parents before their children."""
        return tuple(c for i in self._nodes if (c := self.get(i)) is not None)

    @functools.cached_property
    def leaves(self) -> tuple[Category, ...]:
        """The categories that goods are filed under, in the file's order."""
        return tuple(c for i in self._nodes if self.is_leaf(i) and (c := self.get(i)) is not None)

    def template(self, category_id: str) -> AttributeTemplate:
        """Return the category's own template or its nearest ancestor's; empty if there is none."""
        own = (n.attributes for n in self._up(category_id) if n.attributes is not None)
        keys = next(own, None)
        return AttributeTemplate() if keys is None else self._build(keys)

    def ancestors(self, category_id: str) -> tuple[Category, ...]:
        """Return the categories above, the top level first; empty for a top level or unknown id."""
        above = [n.id for n in self._up(category_id)][1:][::-1]
        return tuple(c for i in above if (c := self.get(i)) is not None)

    def children(self, category_id: str) -> tuple[Category, ...]:
        """Return the categories right below, in the file's order."""
        below = self._children.get(category_id, ())
        return tuple(c for i in below if (c := self.get(i)) is not None)

    def descendants(self, category_id: str) -> tuple[Category, ...]:
        """Return all categories below, depth first, without the category itself."""
        found: list[Category] = []
        for child in self.children(category_id):
            found += [child, *self.descendants(child.id)]
        return tuple(found)

    def covering(self, category_id: str) -> Category | None:
        """Return the nearest category of this tree at or above a Shopify id, or None.

        The id need not be in this tree: Shopify writes each ancestor's id as a prefix (`aa-8` is
        above `aa-8-8`).
        """
        while category_id and category_id not in self._nodes:
            category_id = category_id.rpartition("-")[0]
        return self.get(category_id)

    def path_string(self, category_id: str, *, language: str = "en", separator: str = " > ") -> str:
        """Return "Top > ... > name" (`language` `zh`: in Chinese); "" for an unknown id."""
        category = self.get(category_id)
        if category is None:
            return ""
        return separator.join(category.path_zh if language == "zh" else category.path)

    @functools.cached_property
    def labels(self) -> dict[str, str]:
        """Leaf labels, each unique, to category ids: what a model chooses among.

        A label is the name; names that repeat carry as many ancestors as tell them apart, in
        parentheses ("T-Shirts (Activewear Tops)").
        """
        labels: dict[str, str] = {}
        groups: dict[str, list[Category]] = {}
        for leaf in self.leaves:
            groups.setdefault(leaf.name, []).append(leaf)
        for name, group in groups.items():
            labels.update(_unique_labels(name, group))
        order = {leaf.id: n for n, leaf in enumerate(self.leaves)}
        return dict(sorted(labels.items(), key=lambda item: order[item[1]]))

    @functools.cached_property
    def _by_name(self) -> dict[str, str]:
        found: dict[str, str] = {}
        depth = {i: sum(1 for _ in self._up(i)) for i in self._nodes}
        for node in sorted(
            self._nodes.values(), key=lambda n: (not self.is_leaf(n.id), depth[n.id])
        ):
            for name in (node.name, node.zh):
                if name:
                    found.setdefault(name.casefold(), node.id)
        for label, category_id in self.labels.items():
            found.setdefault(label.casefold(), category_id)
        return found

    def by_name(self, name: str) -> Category | None:
        """Return the category with this name, Chinese name, leaf label or full path; else None.

        Case does not matter; of several with one name a leaf comes first, then the higher one.
        """
        wanted = name.strip().casefold()
        if " > " in wanted:
            found = self.by_name(wanted.rpartition(" > ")[2])
            same = (c for c in self.categories if " > ".join(c.path).casefold() == wanted)
            return next(same, None) if found else None
        category_id = self._by_name.get(wanted)
        return None if category_id is None else self.get(category_id)

    def kind(self, category_id: str) -> str | None:
        """Return the generated market's key of this category, where it has one."""
        node = self._nodes.get(category_id)
        return node.kind if node else None

    @functools.cached_property
    def kinds(self) -> dict[str, Category]:
        """The generated market's kinds with their categories."""
        keyed = ((n.kind, self.get(n.id)) for n in self._nodes.values())
        return {kind: category for kind, category in keyed if kind and category}

    def restricted(self, category_id: str) -> bool:
        """Return whether the file marks this category, or one above it, as not for sale."""
        return any(n.restricted for n in self._up(category_id))


def _unique_labels(name: str, group: list[Category]) -> dict[str, str]:
    """Labels for leaves that share `name`, with one more ancestor until all differ."""
    if len(group) == 1:
        return {name: group[0].id}
    deepest = max(len(c.path) for c in group)
    for count in range(1, deepest):
        labels = {f"{name} ({', '.join(c.path[:-1][::-1][:count])})": c.id for c in group}
        if len(labels) == len(group):
            return labels
    return {f"{name} ({c.id})": c.id for c in group}
