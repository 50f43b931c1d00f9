"""The fictional market that the models are trained and tested on: goods, sellers, photos, texts.

Everything in it is a function of a seed, and its truth is known, so that what a listing invents can
be counted exactly.
"""

from training.marketplace.catalogue import Brand, Catalogue, Sku, Spu, build_catalogue
from training.marketplace.export import demo_photo, demo_unit, market_listing, write_demo_source
from training.marketplace.goods import Goods, goods
from training.marketplace.lots import lots
from training.marketplace.market import SPLITS, Expected, Market, Split, build_market
from training.marketplace.names import synthetic_brand, synthetic_model
from training.marketplace.texts import (
    Draft,
    Rewriting,
    WrittenListing,
    honest_draft,
    rewrite_pair,
    seller_text,
    synthetic_listing,
)
from training.marketplace.units import Seller, Unit, photo

__all__ = [
    "SPLITS",
    "Brand",
    "Catalogue",
    "Draft",
    "Expected",
    "Goods",
    "Market",
    "Rewriting",
    "Seller",
    "Sku",
    "Split",
    "Spu",
    "Unit",
    "WrittenListing",
    "build_catalogue",
    "build_market",
    "demo_photo",
    "demo_unit",
    "goods",
    "honest_draft",
    "lots",
    "market_listing",
    "photo",
    "rewrite_pair",
    "seller_text",
    "synthetic_brand",
    "synthetic_listing",
    "synthetic_model",
    "write_demo_source",
]
