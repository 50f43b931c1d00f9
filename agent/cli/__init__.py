"""The command line `vouch`: one small module for each group of commands.

Rule: results go to stdout, everything else to stderr, and an error is one line that says what is
wrong and what to do; see docs/cli.md.
"""

from agent.cli.app import app, main

__all__ = ["app", "main"]
