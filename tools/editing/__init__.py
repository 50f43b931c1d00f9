"""Changes to a listing document: what a seller states, writes, asks for and takes back.

Rule: pure functions on documents; no graph, no I/O, a model only where a method takes one. The
seller's word outranks everything, and nothing else changes a fact.
"""

from tools.editing.adoption import kept_share
from tools.editing.edited import Edited
from tools.editing.editor import Editor
from tools.editing.patches import changes, undo
from tools.editing.plain_text import listing_text
from tools.editing.prices import Price, read_price
from tools.editing.quoting import quoted, stated_quantities
from tools.editing.spans import Span

__all__ = [
    "Edited",
    "Editor",
    "Price",
    "Span",
    "changes",
    "kept_share",
    "listing_text",
    "quoted",
    "read_price",
    "stated_quantities",
    "undo",
]
