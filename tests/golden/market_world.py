"""The handles of the cases that the shipped checkpoint drafts, and the truth about their items.

Rule: model, embedder and thresholds are those that ship; of the generated market some listings of
each model that is asked for are there, among strangers.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agent.settings import CHECKPOINT
from bench.market_runs import MarketCase, case_photo, knowable
from graphs.listing import ListingContext, ListingRequest
from models.embedder import QwenVLEmbedder
from models.loading import load_chat_model
from tests.golden.case import Case, Shot
from tests.golden.settle import golden_trace_id
from tests.golden.world import World, limits_of
from tools.photos import read_photo
from tools.safety import redact_contacts
from tools.visual_search import MatchThresholds, SqliteIndex
from training.embed import QUERY_SIDE
from training.marketplace import Market, Unit, build_market
from training.marketplace.export import market_listing, photo_bytes, written

_STRANGERS = 60
_OF_A_MODEL = 4
_SAID = {"condition": "It is in {} condition.", "accessories": "Comes with {}."}


@dataclass(frozen=True)
class MarketWorld:
    """Drafts and knows the cases with a shot."""

    world: World
    cases: Sequence[Case]

    @cached_property
    def market(self) -> Market:
        return build_market()

    def query(self, shot: Shot) -> MarketCase:
        """Return the item with what its seller says."""
        kind = [u for u in self.market.split(shot.split) if u.sku.spu.kind == shot.kind]
        unit = kind[shot.nth]
        told = {name: unit.attributes[name] for name in shot.told if name in unit.attributes}
        said = " ".join(_SAID[name].format(value) for name, value in told.items())
        return MarketCase(shot.split, unit, told, said or None)

    def request(self, case: Case) -> ListingRequest:
        """Return what the seller of the case's item gives."""
        assert case.shot is not None
        query, store = self.query(case.shot), self.world.store
        photos = [case_photo(query, grey=case.shot.grey)]
        photos += [photo_bytes(query.unit, view, QUERY_SIDE) for view in range(1, case.shot.views)]
        stored = [store.put(read_photo(photo, f"{case.name}.jpg")) for photo in photos]
        return self.world.asked(case, stored, seller=query.seller)

    def truth(self, case: Case, photo: str) -> dict[str, Any]:
        """Return the case's line of the truth file; its run is found by trace id."""
        assert case.shot is not None
        query = self.query(case.shot)
        unit, expected = query.unit, self.market.expected(query.unit)
        return {
            "trace_id": golden_trace_id(case.name),
            "photo": photo,
            "case": case.name,
            "sku": unit.sku.id,
            "spu": unit.sku.spu.id,
            "in_market": bool(expected.similar),
            "category": unit.sku.spu.category_id,
            "attributes": unit.attributes,
            "knowable": knowable(self.market, query),
            "text": redact_contacts(written(self.market, unit).whole),
            "prohibited": case.shot.split == "prohibited",
            "grey": case.shot.grey,
            "identical_ids": sorted(expected.identical & self._listed.keys()),
            "similar_ids": sorted(expected.similar & self._listed.keys()),
        }

    @cached_property
    def _listed(self) -> dict[str, Unit]:
        """Some listings of the models that are asked for, and strangers from all the market."""
        index = self.market.split("index")
        by_id = {unit.id: unit for unit in index}
        listed = {unit.id: unit for unit in index[:: len(index) // _STRANGERS]}
        for case in self.cases:
            if case.shot is not None:
                expected = self.market.expected(self.query(case.shot).unit)
                others = sorted(expected.similar - expected.identical)
                for id in [*sorted(expected.identical), *others][:_OF_A_MODEL]:
                    listed[id] = by_id[id]
        return listed

    @contextmanager
    def handles(self) -> Iterator[ListingContext]:
        """Yield the shipped model over the small market; each case has its limits put in."""
        with ExitStack() as stack:
            model: Any = load_chat_model(str(CHECKPOINT), device="cpu")
            stack.callback(model.engine.close)
            embedder = QwenVLEmbedder.load(model.engine, CHECKPOINT)
            index = stack.enter_context(closing(self._index(embedder)))
            yield ListingContext(
                model=model.model_copy(update={"max_tokens": 256}),
                taxonomy=self.world.ground.taxonomy,
                store=self.world.store,
                policy=self.world.ground.policy,
                tracer=self.world.tracer,
                embedder=embedder,
                index=index,
                thresholds=MatchThresholds.load(CHECKPOINT / "thresholds.json"),
                limits=limits_of(Case("", "")),
                model_info=model.engine.info,
            )

    def _index(self, embedder: QwenVLEmbedder) -> SqliteIndex:
        folder = self.world.folder / "market"
        index = SqliteIndex(folder, dimension=embedder.dimension, embedder_name=embedder.name)
        for unit in self._listed.values():
            photo = self.world.store.put(read_photo(photo_bytes(unit), f"{unit.id}.jpg"))
            vectors = embedder.embed([self.world.store.open_image(photo.sha256)])
            index.add([market_listing(self.market, unit)], vectors, [[photo.sha256]])
        return index
