"""The handles of a golden run: a plain world for scripted cases, the shipped model for the others.

Rule: rules, kinds of goods and limits are the product's own, so that `vouch replay` of a golden
file with default settings comes to the same.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from eval_traces import RunTracer
from graphs.listing import Limits, ListingContext, ListingRequest
from graphs.replay import Changes, Ground, listing_nodes, read_changes
from listing import MarketListing, ModelInfo, Photo
from tests.golden.case import Case, Offer
from tests.golden.script import Clock, scripted_model
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from tools.visual_search import MatchThresholds, SqliteIndex

THRESHOLDS = MatchThresholds(identical=0.999, similar=0.95)
SCRIPTED = ModelInfo(name="scripted", device="none")


class ColourEmbedder:
    """The mean colour as a vector: one red thing finds another."""

    name = "mean-colour"
    dimension = 3

    def embed(self, images: Sequence[Image.Image], keys: Sequence[str] | None = None) -> Any:
        means = [np.asarray(i.convert("RGB"), np.float32).mean((0, 1)) + 1 for i in images]
        found = np.stack(means)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def plain_photo(colour: str) -> bytes:
    """Return a picture of nothing but one colour, as JPEG."""
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def changes_of(case: Case) -> Changes:
    """Return the edits that the case's run and its replay have in common."""
    return read_changes(case.changes, listing_nodes())


@dataclass(frozen=True)
class World:
    """What scripted cases share; runs are recorded by `tracer`, photos kept in `folder`."""

    folder: Path
    tracer: RunTracer

    @cached_property
    def store(self) -> PhotoStore:
        return PhotoStore(self.folder / "photos")

    @cached_property
    def ground(self) -> Ground:
        return Ground(market_taxonomy(), Policy.load(), self.store)

    def photo(self, colour: str) -> Photo:
        return self.store.put(read_photo(plain_photo(colour), f"{colour}.jpg"))

    def request(self, case: Case) -> ListingRequest:
        """Return what the seller of a scripted case gives."""
        photos = [self.photo(colour) for colour in case.photos]
        return self.asked(case, photos, seller=case.seller)

    def asked(self, case: Case, photos: Sequence[Photo], *, seller: str | None) -> ListingRequest:
        """Return the request of a case, whose ids are made of its name."""
        return ListingRequest(
            photos=tuple(photos),
            seller=seller,
            mode_cap=case.mode,
            leave_out=case.leave_out,
            thread_id=f"golden-{case.name}",
            listing_id=case.name,
        )

    @contextmanager
    def context(self, case: Case) -> Iterator[ListingContext]:
        """Yield the handles of a scripted case."""
        clock = Clock()
        context = ListingContext(
            model=scripted_model(case, clock),
            taxonomy=self.ground.taxonomy,
            store=self.store,
            policy=self.ground.policy,
            tracer=self.tracer,
            limits=limits_of(case),
            model_info=SCRIPTED,
            edits=changes_of(case).state,
            on_start=clock.watch,
        )
        with ExitStack() as stack:
            if case.market is not None:
                index = stack.enter_context(closing(self._market(case, case.market)))
                context = replace(
                    context, embedder=ColourEmbedder(), index=index, thresholds=THRESHOLDS
                )
                if case.market_fails:
                    index.close()  # a closed store fails for real
            yield context

    def _market(self, case: Case, offers: Sequence[Offer]) -> SqliteIndex:
        embedder = ColourEmbedder()
        index = SqliteIndex(self.folder / case.name, dimension=3, embedder_name=embedder.name)
        if offers:
            photos = [self.photo(offer.photo) for offer in offers]
            images = [self.store.open_image(p.sha256) for p in photos]
            rows = [_listing(number, offer) for number, offer in enumerate(offers, start=1)]
            index.add(rows, embedder.embed(images), [[p.sha256] for p in photos])
        return index


def limits_of(case: Case) -> Limits:
    """Return the product's limits with those that the case sets."""
    limits: Any = case.limits
    return replace(Limits(), **limits)


def _listing(number: int, offer: Offer) -> MarketListing:
    return MarketListing(
        id=f"m{number}",
        title=offer.title,
        text=offer.text,
        category_id=offer.category,
        price=offer.price,
    )
