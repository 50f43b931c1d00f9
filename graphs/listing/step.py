"""What a node of the listing graph receives."""

from graphs.listing.context import ListingContext
from graphs.step import Step as AnyStep
from graphs.step import Update, node

Step = AnyStep[ListingContext]

__all__ = ["Step", "Update", "node"]
