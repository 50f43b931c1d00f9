"""Opening the index that a setting names."""

from listing.errors import SettingsError
from tools.visual_search.protocol import ListingIndex
from tools.visual_search.sqlite_index import SqliteIndex


def open_index(
    uri: str, *, dimension: int | None = None, embedder_name: str | None = None
) -> ListingIndex:
    """Return the index at `uri`: a folder, or a `file:` address of one.

    With `dimension` and `embedder_name` a missing index is made and an existing one is checked
    against them; without, an existing one is opened as what it is.

    Raises:
        SettingsError: an address of a kind that is not known.
        IndexStoreError: there is none, it is of another embedder, or it cannot be opened.
    """
    scheme, found, rest = uri.partition("://")
    if found and scheme != "file":
        raise SettingsError(f"VOUCH_INDEX {uri!r}: {scheme}:// is not known here; give a folder")
    return SqliteIndex(rest if found else uri, dimension=dimension, embedder_name=embedder_name)
