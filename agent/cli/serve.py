"""`vouch serve`: the HTTP service and the page."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from agent.cli.console import examples, provided, say
from agent.runtime import open_runtime
from agent.settings import Settings, load_settings
from listing.errors import SettingsError

EXAMPLES = examples(
    "vouch serve",
    "VOUCH_API_KEYS=$(openssl rand -hex 24) vouch serve --host 0.0.0.0 --port 8000",
)


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to listen. Default: VOUCH_HOST.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 takes a free one. Default: VOUCH_PORT."),
    ] = None,
) -> None:
    """Serve the assistant over HTTP, and its page.

    Prints the address when it is ready. Without VOUCH_API_KEYS only this machine may call. A first
    signal lets running turns end, a second does not wait.
    """
    settings = load_settings(host=host, port=port)
    _check_keys(settings)
    from agent.http.app import create_app
    from agent.http.server import address_of, listen
    from agent.http.server import serve as run

    bound = listen(settings.host, settings.port)
    with bound, _logged():
        given = provided(context)
        with open_runtime(settings, model=given.model, embedder=given.embedder) as runtime:
            for note in runtime.notes:
                say(f"note: {note}")
            app = create_app(runtime)
            print(address_of(bound), flush=True)
            run(app, bound)
    say("stopped")


def _check_keys(settings: Settings) -> None:
    """Refuse to be open to others; say so loudly where it is open to this machine."""
    from agent.http.auth import is_loopback

    if settings.api_keys:
        return
    if not is_loopback(settings.host):
        raise SettingsError(
            f"--host {settings.host}: anybody could call; set VOUCH_API_KEYS "
            "(`openssl rand -hex 24` makes a key), or listen on 127.0.0.1"
        )
    say("WARNING: no VOUCH_API_KEYS: every program and user of this machine may call, unasked")


@contextmanager
def _logged() -> Iterator[None]:
    """Write the service's log to stderr: a line of JSON a request, incidents with traceback."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(logging.Formatter("%(message)s"))
    levels = {
        logging.getLogger("vouch"): logging.INFO,
        logging.getLogger("uvicorn"): logging.WARNING,
    }
    for log, level in levels.items():
        log.handlers, log.propagate = [lines], False
        log.setLevel(level)
    try:
        yield
    finally:
        for log in levels:
            log.handlers, log.propagate = [], True
