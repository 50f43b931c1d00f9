"""The audit as one self-contained web page: nothing is loaded, nothing recorded is run.

Every recorded word is escaped, and characters that would steer a reader's display are shown by
their code. The page's policy allows its own style and script by hash, and pictures it carries.
"""

from pathlib import Path

from eval_traces.audit.page import words
from eval_traces.audit.view import VERDICTS, AuditView
from eval_traces.web_page import render_page

_FOLDER = Path(__file__).parent
__all__ = ["render_audit_page"]


def render_audit_page(view: AuditView) -> str:
    """Return the HTML document, all of it UTF-8; equal views give equal pages."""
    return render_page(
        _FOLDER,
        words.FILTERS,
        view=view,
        verdicts=VERDICTS,
        photo_numbers={photo.sha256: i for i, photo in enumerate(view.photos, start=1)},
        firsts=words.first_marks(view),
    )
