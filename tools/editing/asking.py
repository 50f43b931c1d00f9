"""The asking price: the seller sets it, and nobody else.

Rule: an odd amount is remarked on and kept as it is.
"""

from listing import AskingPrice, ListingDocument, PriceBand
from tools.editing.catalogue import Catalogue
from tools.editing.edited import Edited
from tools.editing.own_words import said
from tools.editing.prices import is_placeholder_price, show_price
from tools.editing.stating import Message

PRICE = "price"
_FAR = 3.0
"""A price so many times below or above the market's is worth a remark."""


def ask_price(
    words: Catalogue, document: ListingDocument, amount: float, currency: str, message: Message
) -> Edited:
    """Return the document with the price.

    Without a currency it is that of the price before, else of the market's price band.
    """
    before = document.asking_price
    usual = document.price.currency if document.price else ""
    code = currency.strip().upper() or (before.currency if before else "") or usual
    shown = show_price(amount, code)
    if before and (before.amount, before.currency) == (amount, code):
        return Edited(document, words.say("price_already", price=shown), changed=False)
    after, item = said(
        document, message.source, message.words or shown, span_id=message.span_id,
        attribute=PRICE, value=shown, start=message.start, end=message.end,
    )  # fmt: skip
    price = AskingPrice(amount=amount, currency=code, evidence=[item.id])
    after = after.model_copy(update={"asking_price": price})
    parts = [words.say("price", price=shown)]
    if is_placeholder_price(amount):
        parts.append(words.say("price_odd", price=shown))
    elif band := _far_from(document, amount, code):
        low, high = show_price(band.low, code), show_price(band.high, code)
        parts.append(words.say("price_far", low=low, high=high))
    says = (" " if words.language == "en" else "").join(parts)
    return Edited(after, says, data={"amount": amount, "currency": code})


def drop_price(words: Catalogue, document: ListingDocument) -> Edited:
    """Return the document without a price."""
    if document.asking_price is None:
        return Edited(document, words.say("no_price"), changed=False)
    gone = document.model_copy(update={"asking_price": None})
    return Edited(gone, words.say("price_gone"))


def _far_from(document: ListingDocument, amount: float, currency: str) -> PriceBand | None:
    """The market's band, where the amount is out of all proportion to it."""
    band = document.price
    if band is None or not currency or band.currency != currency:
        return None
    return band if amount * _FAR < band.low or amount > band.high * _FAR else None
