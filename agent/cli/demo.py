"""`vouch demo`: a first listing on a fresh machine, and what to try next."""

import shlex
import time
from pathlib import Path

import typer

from agent import market
from agent.cli.console import examples, provided, say
from agent.cli.draft import run_draft, show_listing
from agent.cli.index import build_demo, embedding
from agent.demo import DEMO_PHOTOS, write_demo_photos
from agent.request import make_request
from agent.runtime import make_home, open_runtime, photo_limits
from agent.settings import Settings, load_settings
from listing import ListingDocument
from tools.photos import read_photos

EXAMPLES = examples("vouch demo")


def demo(context: typer.Context) -> None:
    """Draft a first listing from a demo photo, with a generated market to compare it with.

    Builds the market's index if there is none (about a minute), and says what to try next.
    """
    settings = load_settings()
    make_home(settings)
    started = time.perf_counter()
    photos = write_demo_photos(settings)
    if not market.has_index(settings):
        say("building the demo market's index; this is done once")
        with embedding(context, settings) as (embedder, _):
            build_demo(settings, embedder, None)
    elif (built := market.built_from(settings)) is None or not built.source.startswith("demo"):
        say(
            f"note: {settings.index_uri} is not the demo market, so it may know nothing like the "
            "demo photos; with VOUCH_INDEX set to a new folder, `vouch demo` builds its own"
        )
    indexed = time.perf_counter()
    document = _draft(context, settings, photos["phone"])
    done = time.perf_counter()
    show_listing(document)
    print(
        f"\nThe photo: {photos['phone']}\n"
        f"Index: {indexed - started:.1f} s; model and draft: {done - indexed:.1f} s, of which the "
        f"draft {document.timings_ms.get('total', 0) / 1000:.1f} s"
    )
    for line in what_next(photos, document):
        print(line)


def what_next(photos: dict[str, Path], document: ListingDocument) -> list[str]:
    """Return what to try after the demo: commands to paste, each with what it shows."""
    lines = ["", "Try next:"]
    for photo in DEMO_PHOTOS[1:]:
        path = shlex.quote(str(photos[photo.name]))
        lines += [f"  vouch draft {path}", f"      {photo.shows}"]
    phone = shlex.quote(str(photos["phone"]))
    lines += [
        f'  vouch draft {phone} --seller "small scratch on the back, charger included"',
        "      what you say vouches for what no photo and no other listing can",
        "  vouch draft YOUR-PHOTO.jpg",
        "      a photo of your own",
        f"  vouch trace show {document.trace_id[:12]}",
        "      every step of the draft above",
        "  vouch serve",
        "      the page: photo, draft, chat, questions, publish, and how each listing was made",
        f"  vouch chat {phone}",
        "      the same talk in the terminal",
    ]
    return lines


def _draft(context: typer.Context, settings: Settings, photo: Path) -> ListingDocument:
    given = provided(context)
    taken = read_photos([photo], photo_limits(settings))
    with open_runtime(settings, model=given.model, embedder=given.embedder) as runtime:
        for note in runtime.notes:
            say(f"note: {note}")
        return run_draft(runtime, make_request(runtime.context.store, taken))
