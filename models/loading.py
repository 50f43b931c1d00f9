"""From the setting `VOUCH_MODEL` to a chat model: a local checkpoint or a server's address.

Rule: the address decides, and each path imports only what it needs.
"""

from pathlib import Path

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from listing.errors import SettingsError

TIMEOUT_S = 120.0
"""Longest wait for a remote answer; between two pieces when it is streamed."""
RETRIES = 1


def load_chat_model(
    model: str,
    *,
    model_name: str | None = None,
    api_key: str | None = None,
    device: str = "auto",
    dtype: str = "auto",
) -> BaseChatModel:
    """Return the chat model that `model` names.

    `http(s)://…/v1` gives an OpenAI-compatible client for the server's `model_name`; `device` and
    `dtype` do not apply. Anything else is a folder or hub id, loaded in process as `ChatQwenVL`.
    A missing name or a malformed address raises SettingsError, a checkpoint that cannot be loaded
    ModelError.
    """
    if not model.strip():
        raise SettingsError("VOUCH_MODEL is empty: set a checkpoint's folder, a hub id or a URL")
    if is_remote(model):
        return _remote(model.strip(), model_name, api_key)
    return _local(model.strip(), model_name, device, dtype)


def is_remote(model: str) -> bool:
    """Whether `model` is a server's address rather than a checkpoint."""
    return model.strip().lower().startswith(("http://", "https://"))


def _remote(address: str, model_name: str | None, api_key: str | None) -> BaseChatModel:
    if not model_name:
        raise SettingsError(
            f"VOUCH_MODEL is the address {address}, so the model's name on that server is needed: "
            "set VOUCH_MODEL_NAME"
        )
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model_name,
        base_url=address.rstrip("/"),
        api_key=SecretStr(api_key or "none"),
        timeout=TIMEOUT_S,
        max_retries=RETRIES,
        stream_usage=True,
        temperature=0.0,
        use_responses_api=False,
    )


def _local(source: str, model_name: str | None, device: str, dtype: str) -> BaseChatModel:
    from models.chat import ChatQwenVL
    from models.engine import Engine

    folder = Path(source).expanduser()
    engine = Engine.load(folder if folder.exists() else source, device=device, dtype=dtype)
    return ChatQwenVL(engine=engine, model_name=model_name or "")
