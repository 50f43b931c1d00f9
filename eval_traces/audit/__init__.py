"""The audit of a recorded run: each claim with what vouches for it, for terminal, page, programs.

The reading (`read_audit`) is pure; how it is shown is decided in `text` and `page`.
"""

from eval_traces.audit.page import render_audit_page
from eval_traces.audit.reading import read_audit
from eval_traces.audit.text import render_audit
from eval_traces.audit.view import AuditView, audit_json

__all__ = ["AuditView", "audit_json", "read_audit", "render_audit", "render_audit_page"]
