"""Self-contained web pages: one template with its style and script inside, and nothing fetched.

Every recorded word is escaped. The page's policy allows its own style and script by hash, pictures
that it carries, and no address at all.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded when a page is rendered
    from jinja2 import Environment


def render_page(folder: Path, filters: Mapping[str, Callable[..., Any]], **variables: Any) -> str:
    """Return `page.html.jinja` of the folder with its `page.css` and `page.js`, all of it UTF-8.

    The template gets `style`, `script` and `policy` beside `variables`.
    """
    style, script = _file(folder / "page.css"), _file(folder / "page.js")
    environment = _environment(folder)
    environment.filters |= filters
    page = environment.get_template("page.html.jinja")
    text = page.render(style=style, script=script, policy=_policy(style, script), **variables)
    return text.encode("utf-8", "replace").decode("utf-8")


def _policy(style: str, script: str) -> str:
    """The content security policy: no address may be asked for anything."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; "
        f"script-src 'sha256-{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _file(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _environment(folder: Path) -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
