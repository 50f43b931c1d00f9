"""A run that is killed between two steps goes on with the next."""

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from graphs.listing import ListingContext, ListingRequest, build_listing_graph, stream_listing
from listing import ListingDocument, Photo


class DyingSaver(InMemorySaver):
    """Keeps results of steps, but dies before the checkpoint that counts them as done."""

    def __init__(self, checkpoints: int) -> None:
        super().__init__()
        self.left = checkpoints

    async def aput(self, *args: Any, **kwargs: Any) -> Any:
        if self.left == 0:
            raise OSError("killed")
        self.left -= 1
        return await super().aput(*args, **kwargs)


async def drafted(
    context: ListingContext, photo: Photo, saver: Any, *, resume: bool
) -> tuple[ListingDocument, list[str]]:
    request = ListingRequest(photos=(photo,), thread_id="t", listing_id="l" * 32)
    graph, steps, document = build_listing_graph(saver), [], None
    async for event in stream_listing(context, request, graph, resume=resume):
        if event["event"] == "step" and event["state"] == "done":
            steps.append(event["name"])
        elif event["event"] == "done":
            document = ListingDocument.model_validate(event["document"])
    assert document is not None
    return document, steps


@pytest.mark.parametrize("checkpoints", range(1, 7))
async def test_nothing_done_is_done_again_and_nothing_is_left_out(
    context: ListingContext, take: Any, checkpoints: int
) -> None:
    photo = take()
    whole, order = await drafted(context, photo, InMemorySaver(), resume=False)
    saver = DyingSaver(checkpoints)
    with pytest.raises(OSError, match="killed"):
        await drafted(context, photo, saver, resume=False)
    saver.left = 1000
    document, rest = await drafted(context, photo, saver, resume=True)
    assert document.status == whole.status == "drafted"
    assert (document.title, document.description) == (whole.title, whole.description)
    assert len(rest) < len(order) or checkpoints == 1
    assert rest == [name for name in order if name in rest]
