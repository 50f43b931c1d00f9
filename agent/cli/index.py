"""`vouch index`: the market's listings, made searchable by their photos."""

import dataclasses
import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from PIL import Image

from agent import market
from agent.cli.console import examples, print_json, progress, provided, say, stdout, visible
from agent.demo import DEMO, clear_drawn, demo_complete, demo_label, draw_market
from agent.runtime import make_home, photo_limits
from agent.settings import Settings, load_settings
from agent.sight import Sight, open_sight
from listing.errors import BadInputError, NotFoundError, SettingsError
from tools.photos import NormalisedPhoto, read_photos
from tools.visual_search import ImportReport, SearchResult, open_index, search_similar

if TYPE_CHECKING:  # brings torch
    from models.embedder import ImageEmbedder

app = typer.Typer(
    name="index",
    help="The market's listings, found by their photos: build, add, rm, stats, search.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Photos = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="What photo paths are relative to. Default: SOURCE's folder."),
]
Limit = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Take only the first N listings.")
]


@app.command(
    epilog=examples(
        "vouch index build demo",
        "vouch index build market.jsonl --photos market-photos",
        "vouch index build market.csv --rebuild",
    )
)
def build(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A .jsonl, .csv or .parquet file, or `demo`.")
    ],
    photos: Photos = None,
    limit: Limit = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Replace the index that is there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the index of a market's listings, or go on where it was interrupted.

    `demo` is a generated market that is drawn here. Listings that are in the index already,
    unchanged, cost no model time.
    """
    settings = load_settings()
    if source == DEMO and photos is not None:
        raise BadInputError("--photos: the demo market draws its own; leave it out")
    given = None if source == DEMO else market.file_source(Path(source), photos, limit)
    with embedding(context, settings) as (embedder, _):

        def work(target: Settings) -> ImportReport:
            if given is None:
                return build_demo(target, embedder, limit)
            market.check_source(target, given.label, embedder.name)
            return _import(target, given, embedder, market.build_market)

        report = market.replace_index(settings, work) if rebuild else work(settings)
    _tell(report, settings, as_json)


@app.command(epilog=examples("vouch index add new-listings.jsonl"))
def add(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A .jsonl, .csv or .parquet file.")
    ],
    photos: Photos = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Add listings to the index; one with an id that is there replaces it."""
    settings = load_settings()
    given = market.file_source(source, photos, limit)
    open_index(settings.index_uri).close()  # there must be one
    with embedding(context, settings) as (embedder, _):
        report = _import(settings, given, embedder, market.import_rows)
    _tell(report, settings, as_json)


@app.command("rm", epilog=examples("vouch index rm 4711 4712"))
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of listings.")],
    as_json: Json = False,
) -> None:
    """Remove listings from the index: all that are named, or none when an id is unknown."""
    settings = load_settings()
    with closing(open_index(settings.index_uri)) as index:
        unknown = [name for name in ids if index.get(name) is None]
        if unknown:
            raise NotFoundError(
                f"listing {unknown[0]}: is not in the index {settings.index_uri}; nothing removed"
            )
        removed = index.remove(ids)
    if as_json:
        print_json({"removed": removed})
    else:
        print(f"removed {removed} listings" if removed != 1 else "removed 1 listing")


@app.command(epilog=examples("vouch index stats"))
def stats(as_json: Json = False) -> None:
    """Tell what the index holds."""
    settings = load_settings()
    with closing(open_index(settings.index_uri)) as index:
        found: dict[str, Any] = dataclasses.asdict(index.stats())
    built = market.built_from(settings)
    found["source"] = built.source if built else None
    found["complete"] = built.complete if built else None
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        print(f"{name:<10} {visible(str(value if value is not None else 'not known'))}")


@app.command(epilog=examples("vouch index search front.jpg -k 5"))
def search(
    context: typer.Context,
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO", help="One to nine photos of one item.")
    ],
    count: Annotated[int | None, typer.Option("--top-k", "-k", min=1, max=100, metavar="N")] = None,
    as_json: Json = False,
) -> None:
    """Find the listings that show the same item, or one like it."""
    settings = load_settings()
    taken = read_photos(photos, photo_limits(settings))
    open_index(settings.index_uri).close()  # there must be one
    with embedding(context, settings) as (embedder, sight):
        found = _search(settings, taken, embedder, sight, count or settings.top_k)
    _show(found, as_json)


def build_demo(settings: Settings, embedder: "ImageEmbedder", limit: int | None) -> ImportReport:
    """Draw the demo market and index it, unless that is done; return what was done now."""
    if demo_complete(settings, embedder.name, limit):
        say("the demo market is in the index already; --rebuild makes it anew")
        return ImportReport()
    market.check_source(settings, demo_label(limit), embedder.name)
    make_home(settings)
    with progress("drawing the demo market") as tick:
        source = draw_market(settings, limit=limit, progress=tick)
    report = _import(settings, source, embedder, market.build_market)
    clear_drawn(source)
    return report


@contextmanager
def embedding(
    context: typer.Context, settings: Settings
) -> "Iterator[tuple[ImageEmbedder, Sight]]":
    """Yield the embedder with its sight; SettingsError when the settings name none."""
    given = provided(context)
    with open_sight(settings, embedder=given.embedder) as sight:
        for note in sight.notes if sight.embedder is not None else ():
            say(f"note: {note}")
        if sight.embedder is None:
            raise SettingsError(sight.notes[0])
        yield sight.embedder, sight


def _search(
    settings: Settings,
    photos: list[NormalisedPhoto],
    embedder: "ImageEmbedder",
    sight: Sight,
    count: int,
) -> SearchResult:
    with closing(
        open_index(settings.index_uri, dimension=embedder.dimension, embedder_name=embedder.name)
    ) as index:
        return search_similar(
            [Image.open(io.BytesIO(photo.data)) for photo in photos],
            embedder,
            index,
            sight.thresholds,
            count,
            keys=[photo.photo.sha256 for photo in photos],
        )


def _import(
    settings: Settings,
    source: market.MarketSource,
    embedder: "ImageEmbedder",
    work: Callable[..., ImportReport],
) -> ImportReport:
    make_home(settings)
    total = source.count()
    with progress("indexing listings") as tick:
        report = work(
            settings,
            source,
            embedder,
            photo_limits(settings),
            progress=lambda state: tick(state.rows, total),
        )
    for warning in report.warnings:
        say(f"warning: {warning}")
    if report.skipped > len(report.warnings):
        say(f"warning: {report.skipped - len(report.warnings)} further rows were skipped")
    return report


def _tell(report: ImportReport, settings: Settings, as_json: bool) -> None:
    if as_json:
        print_json({"index": settings.index_uri, **dataclasses.asdict(report)})
        return
    print(
        f"{settings.index_uri}: {report.added} listings written ({report.photos} photos), "
        f"{report.unchanged} unchanged, {report.skipped} skipped"
    )


def _show(found: SearchResult, as_json: bool) -> None:
    if as_json:
        references = [reference.model_dump(mode="json") for reference in found.references]
        print_json({"references": references, "nearest": found.nearest})
        return
    if not found.references:
        near = "the index is empty" if found.nearest is None else f"nearest: {found.nearest:.3f}"
        print(f"nothing in the market is near enough ({near})")
        return
    from agent.cli.listing_view import references_table

    stdout().print(references_table(found.references))
