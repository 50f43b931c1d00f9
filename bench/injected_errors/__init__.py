"""Errors put into recorded drafts, and how well the audit finds them and takes them back.

Rule: what is true is known from the market and judged by code of its own, never by the audit.
"""

from bench.injected_errors.command import main

__all__ = ["main"]
