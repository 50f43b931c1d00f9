"""Goods taxonomies: one interface over our own small YAML file and Shopify's full taxonomy.

Category ids are Shopify's in both, so that an id found in one names the same goods in the other.
"""

import functools
from importlib import resources

from tools.taxonomy.general import general_template
from tools.taxonomy.tree import Node, Taxonomy

__all__ = ["Node", "Taxonomy", "general_template", "market_taxonomy"]


@functools.cache
def market_taxonomy() -> Taxonomy:
    """Return the taxonomy shipped with the package: the kinds of goods the small model knows."""
    file = resources.files("tools.taxonomy") / "market.yaml"
    with resources.as_file(file) as path:
        return Taxonomy.load(path)
