"""A listing as plain text, to copy.

Rule: what the buyer reads and no more: title, description, price, in the listing's language.
"""

from listing import ListingDocument
from tools.editing.catalogue import catalogue
from tools.editing.prices import show_price


def listing_text(document: ListingDocument) -> str:
    """Return title, description and price, with an empty line between; "" where there is none."""
    parts = [document.title.strip(), document.description.strip()]
    if document.asking_price is not None:
        words = catalogue("zh" if document.language == "zh" else "en")
        price = document.asking_price
        parts.append(words.say("price_line", price=show_price(price.amount, price.currency)))
    return "\n\n".join(part for part in parts if part)
