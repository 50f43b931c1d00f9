"""The audit as one self-contained web page: nothing is loaded, nothing recorded is run.

Every recorded word is escaped, and characters that would steer a reader's display are shown by
their code. The page's policy allows its own style and script by hash, and pictures it carries.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from eval_traces.audit.page import words
from eval_traces.audit.view import VERDICTS, AuditView

if TYPE_CHECKING:  # brings jinja2
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
__all__ = ["render_audit_page"]


def render_audit_page(view: AuditView) -> str:
    """Return the HTML document, all of it UTF-8; equal views give equal pages."""
    style, script = _file("page.css"), _file("page.js")
    page = _environment().get_template("page.html.jinja")
    text = page.render(
        view=view,
        style=style,
        script=script,
        policy=_policy(style, script),
        verdicts=VERDICTS,
        photo_numbers={photo.sha256: i for i, photo in enumerate(view.photos, start=1)},
        firsts=words.first_marks(view),
    )
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
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.FILTERS
    return environment
