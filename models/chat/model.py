"""`ChatQwenVL`: a local Qwen-VL as a LangChain chat model.

Rule: every way to call it (sync, async, streamed or not) builds its answer from the same chunks,
and whoever stops listening stops the generation.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput, ModelProfile
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field, PrivateAttr, SkipValidation, model_validator

from listing.errors import BadInputError
from models.chat.call import Call, Defaults
from models.chat.images import ImageDecoder
from models.chat.options import CallOptions, normalise_tool_choice
from models.engine import Engine
from models.structured import StructuredMethod, structured_output


class ChatQwenVL(BaseChatModel):
    """Chats with the Qwen-VL that `engine` holds.

    Takes text and pictures (base64 blocks or data URLs, in human and tool messages); calls tools
    in the model's own format; `tool_choice`, `response_format`, `choices` and `spans` bound what
    can be decoded, so that such an answer is valid unless `max_tokens` cuts it short. Beside model
    name and finish reason, `response_metadata` has `first_token_s` (seconds from the request to
    the first text) and, for `choices`, the probability of each. Not taken: audio, video,
    documents, remote addresses (BadInputError).
    """

    engine: SkipValidation[Engine] = Field(exclude=True, repr=False)
    model_name: str = ""
    """What traces call the model; the checkpoint's name when empty."""
    max_tokens: int = Field(default=256, ge=1)
    temperature: float = Field(default=0.0, ge=0)
    """0 takes the likeliest token; anything above samples."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    seed: int | None = None
    stop: list[str] | None = None
    streaming: bool = False

    _decoder: ImageDecoder = PrivateAttr(default_factory=ImageDecoder)

    @model_validator(mode="after")
    def _name_itself(self) -> Self:
        self.model_name = self.model_name or self.engine.info.name
        return self

    @property
    def constrained_decoding(self) -> bool:
        """Whether the call options `choices` and `spans` are understood."""
        return True

    @property
    def _llm_type(self) -> str:
        return "vouch-qwen-vl"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {
            "model_name": self.model_name,
            "revision": self.engine.info.revision,
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "seed": self.seed,
            "stop": self.stop,
        }

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop or self.stop, **kwargs)
        params["ls_provider"] = "vouch"
        return params

    def _resolve_model_profile(self) -> ModelProfile:
        return ModelProfile(
            text_inputs=True,
            image_inputs=True,
            image_tool_message=True,
            image_url_inputs=False,
            pdf_inputs=False,
            audio_inputs=False,
            video_inputs=False,
            text_outputs=True,
            tool_calling=True,
            tool_choice=True,
            structured_output=True,
            max_output_tokens=self.max_tokens,
        )

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | bool | dict[str, Any] | None = None,
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model that may call `tools`.

        With `tool_choice` `any` or a tool's name it must, and the call is decoded under the tool's
        schema, so it names a tool there is, with arguments of the right form. `strict` asks for
        what is so already.
        """
        schemas = [convert_to_openai_tool(tool) for tool in tools]
        if (choice := normalise_tool_choice(tool_choice)) is not None:
            kwargs["tool_choice"] = choice
        CallOptions.read({"tools": schemas, "tool_choice": choice})
        return self.bind(tools=schemas, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: StructuredMethod = "json_schema",
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model that answers in `schema`; decoding admits nothing else.

        `json_mode` only promises some JSON object. `strict` asks for what is so already.
        """
        if kwargs:
            raise BadInputError(f"with_structured_output: unknown option {min(kwargs)}")
        return structured_output(self, schema, method=method, include_raw=include_raw)

    def _call(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> Call:
        return Call(
            engine=self.engine,
            messages=messages,
            decoder=self._decoder,
            defaults=Defaults(
                model_name=self.model_name,
                max_tokens=self.max_tokens,
                temperature=self.temperature,
                top_p=self.top_p,
                seed=self.seed,
                stop=tuple(stop or self.stop or ()),
            ),
            options=CallOptions.read(kwargs),
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = self._call(messages, stop, kwargs)
        for _ in call.run():
            pass
        return call.reply.message()

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield from self._call(messages, stop, kwargs).run()

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = self._call(messages, stop, kwargs)
        async for _ in call.arun():
            pass
        return call.reply.message()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self._call(messages, stop, kwargs).arun()) as chunks:
            async for chunk in chunks:
                yield chunk
