"""`vouch draft`: one listing from one to nine photos of one item."""

import asyncio
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from agent.cli.console import examples, print_json, provided, say, stderr, stdout
from agent.cli.follow import RunView, open_view
from agent.cli.listing_view import render_listing
from agent.request import check_seller, make_request
from agent.runtime import Runtime, open_runtime, photo_limits
from agent.settings import load_settings
from listing import ListingDocument
from listing.errors import VouchError
from tools.photos import read_photos

if TYPE_CHECKING:  # brings torch
    from graphs.listing import ListingRequest


EXAMPLES = examples(
    "vouch draft front.jpg back.jpg",
    'vouch draft phone.jpg --seller "128 GB, bought last year, small scratch on the back"',
    "vouch draft phone.jpg --json > listing.json",
)


def draft(
    context: typer.Context,
    photos: Annotated[
        list[Path],
        typer.Argument(metavar="PHOTO", help="One to nine photos of one item.", show_default=False),
    ],
    seller: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What you know about the item, in your own words."),
    ] = None,
    mode: Annotated[
        Literal["reference", "template", "image_only"] | None,
        typer.Option(help="The best mode to take; a poorer one is taken where it must be."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the listing document as JSON.")
    ] = False,
    trace_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of traces. Default: VOUCH_TRACE_DIR."),
    ] = None,
) -> None:
    """Draft a listing from photos of one item.

    Every statement of the draft is shown with what vouches for it. A photo of something that may
    not be sold is refused with the reason; that is a result, too (exit 0).
    """
    settings = load_settings(trace_dir=trace_dir)
    words = check_seller(seller, "--seller")
    taken = read_photos(photos, photo_limits(settings))
    given = provided(context)
    with open_runtime(settings, model=given.model, embedder=given.embedder) as runtime:
        for note in runtime.notes:
            say(f"note: {note}")
        request = make_request(runtime.context.store, taken, seller=words, mode=mode)
        document = run_draft(runtime, request)
    if as_json:
        print_json(document.model_dump(mode="json"))
    else:
        show_listing(document)


def run_draft(runtime: Runtime, request: "ListingRequest") -> ListingDocument:
    """Draft the listing, showing on stderr how it goes."""
    with open_view(stderr()) as view:
        return asyncio.run(_follow(runtime, request, view))


def show_listing(document: ListingDocument) -> None:
    """Print the listing on stdout for a reader."""
    console = stdout()
    for part in render_listing(document):
        plain = isinstance(part, Text) and not console.is_terminal
        console.print(part, soft_wrap=plain)


async def _follow(runtime: Runtime, request: "ListingRequest", view: RunView) -> ListingDocument:
    from graphs.listing import stream_listing

    async with (
        runtime.graph() as graph,
        aclosing(stream_listing(runtime.context, request, graph)) as events,
    ):
        async for event in events:
            if event["event"] == "done":
                return ListingDocument.model_validate(event["document"])
            if event["event"] == "error":
                raise VouchError(str(event.get("text") or event.get("detail") or event))
            view.show(event)
    raise VouchError("the run ended without a listing; `vouch trace ls` shows how far it came")
