"""From `VOUCH_MODEL` to a chat model."""

from pathlib import Path

import pytest
from langchain_openai import ChatOpenAI

from listing.errors import ModelError, SettingsError
from models.chat import ChatQwenVL
from models.loading import is_remote, load_chat_model
from tests.models.tiny_checkpoints import build_tiny_checkpoint


def test_a_folder_becomes_a_model_in_this_process(tmp_path: Path) -> None:
    folder = build_tiny_checkpoint(tmp_path / "tiny", "qwen3_vl")
    model = load_chat_model(str(folder), device="cpu")
    assert isinstance(model, ChatQwenVL)
    assert model.invoke("Hello", max_tokens=4).response_metadata["model_name"] == "tiny"
    model.engine.close()


@pytest.mark.parametrize("address", ["http://localhost:8000/v1", "HTTPS://gpu.example/v1/"])
def test_an_address_becomes_a_client(address: str) -> None:
    assert is_remote(address)
    model = load_chat_model(address, model_name="Qwen/Qwen3-VL-8B-Instruct")
    assert isinstance(model, ChatOpenAI)
    assert model.openai_api_base == address.rstrip("/")
    assert model.model_name == "Qwen/Qwen3-VL-8B-Instruct"
    assert model.max_retries == 1
    assert isinstance(model.request_timeout, float)


def test_an_address_needs_the_name_of_the_model_there() -> None:
    with pytest.raises(SettingsError, match="VOUCH_MODEL_NAME"):
        load_chat_model("http://localhost:8000/v1")


def test_nothing_and_no_checkpoint_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VOUCH_MODEL"):
        load_chat_model(" ")
    with pytest.raises(ModelError):
        load_chat_model(str(tmp_path))
