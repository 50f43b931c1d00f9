"""Requests and responses of the OpenAI door, as OpenAI's chat completions have them.

Rule: a parameter that would change what the answer is, and that this service cannot honour, is
refused by its name; one that merely tunes a model is taken and passed over; unknown ones are
refused as OpenAI refuses them.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from agent.http.shapes import Language

MODEL = "vouch"
"""The assistant's name among models."""
MOST_MESSAGES = 200
MOST_PHOTOS = 9
TEXT = 20_000
"""Characters of one text."""
FinishReason = Literal["stop", "content_filter"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TextPart(_Part):
    """Words."""

    type: Literal["text"]
    text: str = Field(max_length=TEXT)


class ImageUrl(_Part):
    """A photo as a data URL; addresses are refused."""

    url: str = Field(examples=["data:image/jpeg;base64,/9j/4AAQ..."])
    detail: Literal["auto", "low", "high", "original"] | None = None


class ImagePart(_Part):
    """A photo of the item."""

    type: Literal["image_url"]
    image_url: ImageUrl


class RefusalPart(_Part):
    """An assistant's refusal, from a history."""

    type: Literal["refusal"]
    refusal: str = Field(max_length=TEXT)


Text: TypeAlias = Annotated[str, Field(max_length=TEXT)]


class SystemMessage(BaseModel):
    """What the calling program tells its models: read, never followed, no evidence of anything."""

    role: Literal["system", "developer"]
    content: Text | list[TextPart]


class UserMessage(BaseModel):
    """What the seller says and shows."""

    role: Literal["user"]
    content: Text | list[Annotated[TextPart | ImagePart, Field(discriminator="type")]]


class AssistantMessage(BaseModel):
    """What was answered before. It tells which conversation goes on; it is no evidence."""

    role: Literal["assistant"]
    content: Text | list[Annotated[TextPart | RefusalPart, Field(discriminator="type")]] | None = (
        None
    )
    tool_calls: Annotated[list[Any], Field(max_length=0)] | None = None


Message: TypeAlias = Annotated[
    SystemMessage | UserMessage | AssistantMessage, Field(discriminator="role")
]
Nothing: TypeAlias = Annotated[list[Any], Field(max_length=0)] | None


class StreamOptions(BaseModel):
    """What a stream carries beside the text."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class TextFormat(_Part):
    """The one form of answer that there is."""

    type: Literal["text"]


class VouchOptions(_Part):
    """What OpenAI has no name for; `extra_body={"vouch": {...}}` in its client."""

    thread_id: str | None = Field(
        default=None,
        description="Go on in this thread: only what the seller said last is then taken in.",
    )
    language: Language | None = Field(
        default=None, description="Of answer and draft; none: as the seller writes."
    )


class ChatRequest(BaseModel):
    """One call of `POST /v1/chat/completions`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "model": MODEL,
                "messages": [{"role": "user", "content": "What can you do?"}],
            }
        },
    )

    model: str = Field(max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    vouch: VouchOptions | None = None

    n: Literal[1] | None = None
    response_format: TextFormat | None = None
    modalities: Annotated[list[Literal["text"]], Field(max_length=1)] | None = None
    tools: Nothing = None
    tool_choice: Literal["none", "auto"] | None = None
    functions: Nothing = None
    function_call: Literal["none", "auto"] | None = None
    logprobs: Literal[False] | None = None
    top_logprobs: Literal[0] | None = None
    logit_bias: Annotated[dict[str, float], Field(max_length=0)] | None = None
    stop: Nothing = None
    audio: None = None
    prediction: None = None
    web_search_options: None = None

    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    user: str | None = Field(default=None, max_length=512)
    safety_identifier: str | None = Field(default=None, max_length=512)
    prompt_cache_key: str | None = Field(default=None, max_length=512)
    prompt_cache_retention: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None
    parallel_tool_calls: bool | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None


UNSUPPORTED = frozenset(
    {
        "n", "response_format", "modalities", "tools", "tool_choice", "functions", "function_call",
        "logprobs", "top_logprobs", "logit_bias", "stop", "audio", "prediction",
        "web_search_options",
    }
)  # fmt: skip
"""Parameters that OpenAI has and of which only the value that changes nothing is taken."""


class VouchExtension(BaseModel):
    """What the answer stands on; the rest of the API takes these ids."""

    thread_id: str
    listing_id: str | None = Field(description="null while there is no draft.")
    trace_id: str | None = Field(description="Of the run that drafted the listing.")
    status: str = Field(description="Of the listing: drafted, refused, halted or manual.")
    interrupt: str | None = Field(
        description="What the assistant waits for; answer at /v1/threads/{id}/resume."
    )


class Usage(BaseModel):
    """Tokens of all model calls that the answer took, its drafts and checks among them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessage(BaseModel):
    """The assistant's answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The one answer that there is."""

    index: Literal[0] = 0
    message: AnswerMessage
    finish_reason: FinishReason
    logprobs: None = None


class ChatCompletion(BaseModel):
    """An answer at once."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    system_fingerprint: str | None = None
    vouch: VouchExtension


class Delta(BaseModel):
    """More of the answer."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChunkChoice(BaseModel):
    """The one answer, in part."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: FinishReason | None = None
    logprobs: None = None


class ChatChunk(BaseModel):
    """One event of a streamed answer."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    system_fingerprint: str | None = None
    vouch: VouchExtension | None = None


class ModelCard(BaseModel):
    """A model in the list."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = MODEL


class ModelList(BaseModel):
    """The models that answer here."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class ErrorBody(BaseModel):
    """What went wrong, in OpenAI's words."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class ErrorResponse(BaseModel):
    """An error as OpenAI has them."""

    error: ErrorBody
