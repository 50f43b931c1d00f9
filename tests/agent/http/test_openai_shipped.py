"""OpenAI's own client and the shipped checkpoint: two turns with nothing scripted."""

import base64
from typing import Any

import pytest
from openai import OpenAI

from agent.client import VouchClient
from agent.settings import CHECKPOINT, Settings
from tests.agent.served import serving
from training.marketplace import demo_photo

pytestmark = pytest.mark.skipif(
    not (CHECKPOINT / "config.json").is_file(), reason="no checkpoint ships with this checkout"
)


def test_a_photo_becomes_a_listing_that_is_talked_about(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    photo = base64.b64encode(demo_photo("phone")).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{photo}"}}
    messages: list[Any] = [{"role": "user", "content": [image]}]
    with (
        serving(Settings(home=tmp_path_factory.mktemp("shipped"))) as address,
        OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as api,
        VouchClient(address) as client,
    ):
        first = api.chat.completions.create(model="vouch", messages=messages)
        ids: dict[str, Any] = (first.model_extra or {})["vouch"]
        listing = client.text(ids["listing_id"])
        answer = first.choices[0].message.content or ""
        assert ids["status"] == "drafted" and answer.endswith(listing)
        assert first.usage is not None and first.usage.completion_tokens > 10
        messages += [
            {"role": "assistant", "content": answer},
            {"role": "user", "content": "The condition is like new."},
        ]
        chunks = list(api.chat.completions.create(model="vouch", messages=messages, stream=True))
        said = "".join(c.choices[0].delta.content or "" for c in chunks)
        assert said.strip()
        assert (chunks[-1].model_extra or {})["vouch"]["thread_id"] == ids["thread_id"]
        view = client.thread(ids["thread_id"])
        assert [m.role for m in view.messages] == ["seller", "assistant"] * 2
        assert view.messages[-1].text.strip() in said
