"""Visual search: market listings by the likeness of their photos, and what a likeness means."""

from tools.visual_search.importing import ImportReport, build_index
from tools.visual_search.matching import MatchThresholds, calibrate
from tools.visual_search.opening import open_index
from tools.visual_search.protocol import Hit, IndexStats, ListingIndex, Vectors
from tools.visual_search.search import SearchResult, find_similar, search_similar
from tools.visual_search.sources import SourceRow, read_source
from tools.visual_search.sqlite_index import SqliteIndex

__all__ = [
    "Hit",
    "ImportReport",
    "IndexStats",
    "ListingIndex",
    "MatchThresholds",
    "SearchResult",
    "SourceRow",
    "SqliteIndex",
    "Vectors",
    "build_index",
    "calibrate",
    "open_index",
    "read_source",
    "find_similar",
    "search_similar",
]
