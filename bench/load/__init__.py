"""Many sellers at once against the real service, and the engine's own throughput beside it.

Rule: what a seller gets back is checked by code that knows nothing of the service but its contract;
each seller's words are marked, so that nobody's can be taken for another's.
"""

from bench.load.command import main

__all__ = ["main"]
