"""Market listings from JSONL, CSV and Parquet files.

The rule: a row is right or it is an error that names file, line and field; nothing is guessed and
no unknown column is passed over.
"""

import csv
import importlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from listing import MarketListing
from listing.errors import BadInputError

_ATTRIBUTE = "attributes."


@dataclass(frozen=True)
class SourceRow:
    """A listing as its source has it; `photos` are paths."""

    listing: MarketListing
    where: str
    """File and line: "market.csv:17"; in Parquet the row, from 1."""


def read_source(path: str | os.PathLike[str]) -> Iterator[SourceRow]:
    """Yield the listings of a file, told by its ending; photo paths as they stand.

    `.jsonl` has one object a line, with the fields of `MarketListing`. `.csv` has them as columns:
    `photos` separated by `;` or as a JSON list, `attributes` as a JSON object or one column
    `attributes.NAME` for each; empty cells are absent. `.parquet` has them as columns of their
    types (extra `parquet`). Text is UTF-8. Blank lines are skipped.

    Raises:
        BadInputError: at the first row that is wrong, at a second row with the same id, or when
            the file cannot be read. Rows before it have been yielded.
    """
    source = Path(path)
    readers: dict[str, Callable[[Path], Iterator[tuple[int, Mapping[str, Any]]]]] = {
        ".jsonl": _jsonl,
        ".csv": _csv,
        ".parquet": _parquet,
    }
    reader = readers.get(source.suffix.lower())
    if reader is None:
        raise BadInputError(f"{source}: is not .jsonl, .csv or .parquet; convert it to one of them")
    seen: dict[str, int] = {}
    try:
        for line, fields in reader(source):
            listing = _listing(source, line, fields)
            first = seen.setdefault(listing.id, line)
            if first != line:
                raise _bad(source, line, "id", f"{listing.id!r} is taken by line {first}")
            yield SourceRow(listing, f"{source}:{line}")
    except OSError as error:
        raise BadInputError(f"{source}: cannot be read ({error.strerror or error})") from error


def _bad(source: Path, line: int, field: str, reason: str) -> BadInputError:
    return BadInputError(f"{source}:{line}: {field}: {reason}")


def _listing(source: Path, line: int, fields: Mapping[str, Any]) -> MarketListing:
    try:
        listing = MarketListing.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "row"
        reason = first["msg"]
        if first["type"] == "extra_forbidden":
            reason = f"is not a field; there are {', '.join(MarketListing.model_fields)}"
        raise _bad(source, line, field, reason) from error
    if listing.price is not None and not math.isfinite(listing.price):
        raise _bad(source, line, "price", "is not a finite number")
    return listing


def _jsonl(source: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with source.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                fields = json.loads(raw.decode("utf-8-sig" if line == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                raise _bad(source, line, "row", f"is not UTF-8 ({error.reason})") from error
            except (json.JSONDecodeError, RecursionError) as error:
                raise _bad(source, line, "row", f"is not JSON ({error})") from error
            if not isinstance(fields, dict):
                raise _bad(source, line, "row", "is not a JSON object")
            yield line, fields


def _csv(source: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    # Bytes that are not UTF-8 become lone surrogates, so that their line and field can be named.
    with source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            header = next(rows, [])
            if len(set(header)) < len(header):
                raise _bad(source, 1, "row", "a column name stands twice")
            for cells in rows:
                if not cells:
                    continue
                if len(cells) != len(header):
                    reason = f"has {len(cells)} cells, the header has {len(header)}"
                    raise _bad(source, rows.line_num, "row", reason)
                row = dict(zip(header, cells, strict=True))
                yield rows.line_num, _csv_fields(source, rows.line_num, row)
        except csv.Error as error:
            raise _bad(source, rows.line_num, "row", str(error)) from error


def _csv_fields(source: Path, line: int, row: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    attributes: dict[str, str] = {}
    for name, cell in row.items():
        if any("\ud800" <= letter <= "\udfff" for letter in cell):
            raise _bad(source, line, name, "is not UTF-8")
        if not cell.strip():
            continue
        if name.startswith(_ATTRIBUTE):
            attributes[name.removeprefix(_ATTRIBUTE)] = cell
        elif name == "attributes" or (name == "photos" and cell.lstrip().startswith("[")):
            try:
                fields[name] = json.loads(cell)
            except json.JSONDecodeError as error:
                raise _bad(source, line, name, f"is not JSON ({error})") from error
        elif name == "photos":
            fields[name] = [part.strip() for part in cell.split(";") if part.strip()]
        else:
            fields[name] = cell
    given = fields.setdefault("attributes", {})
    if isinstance(given, dict):  # anything else is refused by the model, with the field's name
        fields["attributes"] = {**given, **attributes}
    return fields


def _parquet(source: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
        arrow = importlib.import_module("pyarrow")
    except ImportError as error:
        raise BadInputError(
            f"{source}: Parquet needs pyarrow; install it with `pip install 'vouch[parquet]'`"
        ) from error
    try:
        with parquet.ParquetFile(source) as file:
            line = 0
            for batch in file.iter_batches(batch_size=1024):
                for row in batch.to_pylist(maps_as_pydicts="strict"):
                    line += 1
                    yield line, {k: _plain(v) for k, v in row.items() if v is not None}
    except (arrow.ArrowException, KeyError) as error:  # KeyError: a map with a key twice
        raise BadInputError(f"{source}: cannot be read as Parquet ({error})") from error


def _plain(value: Any) -> Any:
    """Return a cell as JSON would have it: a struct as an object without its empty fields."""
    if isinstance(value, dict):
        return {name: inner for name, inner in value.items() if inner is not None}
    return value
