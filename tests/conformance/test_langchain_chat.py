"""langchain-tests' suites for chat models, run on `ChatQwenVL` and on `ScriptedChatModel`.

`ChatQwenVL` runs on a real checkpoint, except in `CONTENT_TESTS`, where the suite expects words
that only a scripted engine can promise; message conversion, prompts, parsing and constraints are
real in both. What is not supported is in `UNSUPPORTED`, with the reason, and nowhere else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests

from models.chat import ChatQwenVL
from models.engine import Engine
from models.scripted import ScriptedChatModel
from tests.conformance.chat_script import JOKE, answer, arguments_for
from tests.models.scripted_engine import ScriptedEngine
from tests.models.tiny_checkpoints import build_tiny_checkpoint

SHIPPED = Path(__file__).parents[2] / "models" / "checkpoints" / "vouch-small"

UNSUPPORTED = {
    "supports_image_urls": "nothing is fetched: a remote address would let a message make requests",
    "supports_pdf_inputs": "Qwen-VL reads text and pictures; render pages to pictures first",
    "supports_pdf_tool_message": "as pdf inputs",
    "supports_audio_inputs": "Qwen-VL has no audio encoder",
    "supports_video_inputs": "its video processor needs torchvision, which is not depended on",
    "supports_model_override": "the process holds one checkpoint; load another model object",
    "enable_vcr_tests": "no HTTP traffic to record",
    "supported_usage_metadata_details": "no audio, no hidden reasoning, no billed prompt cache",
    "is_lc_serializable": "the weights are part of the model object",
    "init_from_env_params": "settings are read by the application and given to load_chat_model",
}
"""Features of the suite that are declared absent, and why."""

CONTENT_TESTS = frozenset(
    {
        "test_tool_calling",
        "test_tool_calling_async",
        "test_bind_runnables_as_tools",
        "test_tool_choice",
        "test_tool_calling_with_no_arguments",
        "test_structured_output",
        "test_structured_output_async",
        "test_structured_output_pydantic_2_v1",
        "test_structured_output_optional_param",
        "test_json_mode",
        "test_agent_loop",
        "test_unicode_tool_call_integration",
    }
)
"""Tests that look into the words of the answer."""


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The shipped checkpoint; random weights of its class where it has not been built."""
    folder = SHIPPED
    if not (folder / "config.json").is_file():
        folder = build_tiny_checkpoint(tmp_path_factory.mktemp("checkpoint") / "tiny", "qwen3_vl")
    engine = Engine.load(folder, device="cpu")
    yield engine
    engine.close()


class Supported:
    """What both models can do."""

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def supports_model_override(self) -> bool:
        return False


class OnEngine(Supported):
    """Gives the suite a `ChatQwenVL` on the session's engine."""

    engine: ClassVar[Engine]

    @pytest.fixture(autouse=True, scope="class")
    def _hold_engine(self, request: pytest.FixtureRequest, engine: Engine) -> None:
        request.cls.engine = engine

    @property
    def chat_model_class(self) -> type[ChatQwenVL]:
        return ChatQwenVL

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"engine": type(self).engine}


class TestChatQwenVLUnit(OnEngine, ChatModelUnitTests):
    """Construction, binding, tracing parameters."""


class TestChatQwenVLIntegration(OnEngine, ChatModelIntegrationTests):
    """Calls in every way there is."""

    @pytest.fixture
    def model(self, request: pytest.FixtureRequest) -> BaseChatModel:
        params = getattr(request, "param", None) or {}
        if request.node.originalname in CONTENT_TESTS:
            scripted: Any = ScriptedEngine(type(self).engine, answer)
            return ChatQwenVL(engine=scripted, **params)
        return ChatQwenVL(engine=type(self).engine, max_tokens=16, **params)


def test_every_unsupported_feature_has_its_reason() -> None:
    declared = {
        name
        for name in dir(ChatModelUnitTests)
        if name.startswith(("supports_", "supported_", "has_", "returns_", "enable_", "init_from"))
    }
    suite = TestChatQwenVLUnit()
    absent = set()
    for name in declared:
        value = getattr(suite, name)
        empty = isinstance(value, tuple) and not any(value)
        nothing = isinstance(value, dict) and not any(value.values())
        if value is False or empty or nothing:
            absent.add(name)
    if not ChatQwenVL.is_lc_serializable():
        absent.add("is_lc_serializable")
    assert absent == set(UNSUPPORTED)


def reply(messages: list[BaseMessage], options: dict[str, Any]) -> Any:
    """Answer as `chat_script` does, in LangChain's terms."""
    tools = [tool["function"]["name"] for tool in options.get("tools", [])]
    if options.get("response_format"):
        return JOKE
    if not tools or messages[-1].type == "tool":
        return "It is sunny."
    question = next(m.text for m in reversed(messages) if m.type == "human")
    wanted = options.get("tool_choice")
    name = wanted if wanted in tools else tools[0]
    call = {"name": name, "args": arguments_for(name, question), "id": "call_1"}
    return AIMessage("", tool_calls=[{**call, "type": "tool_call"}])


class Scripted(Supported):
    """Gives the suite a `ScriptedChatModel`."""

    @property
    def chat_model_class(self) -> type[ScriptedChatModel]:
        return ScriptedChatModel

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"responses": reply}


class TestScriptedChatModelUnit(Scripted, ChatModelUnitTests):
    """Construction, binding, tracing parameters."""


class TestScriptedChatModelIntegration(Scripted, ChatModelIntegrationTests):
    """Calls in every way there is."""
