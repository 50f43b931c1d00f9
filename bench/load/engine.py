"""The engine's own throughput: the service's prompts, one after the other, without the service.

Rule: the prompts are those that the service's own traces recorded, so that both did the same work.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage

from agent.request import make_request
from agent.runtime import Runtime
from eval_traces import names, read_trace
from graphs.listing import build_listing_graph, draft_listing
from models.decoding import image_block
from tools.photos import read_photo


@dataclass(frozen=True)
class Throughput:
    """So many in so many seconds."""

    count: int
    seconds: float

    @property
    def per_minute(self) -> float:
        """Listings a minute."""
        return 60 * self.count / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Prompt:
    """One recorded prompt for a description."""

    text: str
    photos: tuple[str, ...]
    """SHA-256 of each."""


def recorded_prompts(folder: Path, limit: int) -> list[Prompt]:
    """Return the first `limit` prompts for descriptions that the traces in `folder` hold."""
    found: list[Prompt] = []
    for file in sorted(folder.rglob("*.jsonl")):
        for span in read_trace(file).spans:
            if span.text(names.PROMPT_NAME) == "describe":
                found.append(_prompt(span.json(names.INPUT_MESSAGES)))
        if len(found) >= limit:
            break
    return found[:limit]


def _prompt(messages: Sequence[Mapping[str, Any]]) -> Prompt:
    parts = [part for message in messages for part in message["parts"]]
    text = "\n".join(part["content"] for part in parts if part["type"] == "text")
    uris = [part["uri"] for part in parts if part.get("uri")]
    return Prompt(text, tuple(uri.rpartition(":")[2] for uri in uris))


def describe_alone(runtime: Runtime, prompts: Sequence[Prompt], photos: Path) -> Throughput:
    """Write each description straight from the engine; the first is not counted."""
    blocks = list(_messages(prompts, photos))
    runtime.context.model.invoke([blocks[0]])
    started = time.perf_counter()
    for message in blocks:
        runtime.context.model.invoke([message])
    return Throughput(len(blocks), time.perf_counter() - started)


def _messages(prompts: Sequence[Prompt], photos: Path) -> Iterator[HumanMessage]:
    for prompt in prompts:
        images = [image_block(next(photos.rglob(f"{sha}*")).read_bytes()) for sha in prompt.photos]
        yield HumanMessage([*images, {"type": "text", "text": prompt.text}])


async def draft_alone(runtime: Runtime, photos: Sequence[bytes]) -> Throughput:
    """Draft each photo's listing in this process, one after the other; the first not counted."""
    graph = build_listing_graph()
    requests = [
        make_request(runtime.context.store, [read_photo(photo, "item.jpg")]) for photo in photos
    ]
    await draft_listing(runtime.context, requests[0], graph)
    started = time.perf_counter()
    for request in requests[1:]:
        await draft_listing(runtime.context, request, graph)
    return Throughput(len(requests) - 1, time.perf_counter() - started)
