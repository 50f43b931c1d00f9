"""What is asked of the engine and what it answers; plain values, no tensors."""

from dataclasses import dataclass, field
from typing import Any, Literal

from models.constraints import Constraint

FinishReason = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True)
class GenerationRequest:
    """One generation.

    `messages` are in chat-template form: `{"role", "content"}` with content a string or a list of
    `{"type": "text", "text"}` and `{"type": "image", "image": PIL image, "key": sha256}` (without a
    key the pixels are hashed), and `tool_calls` where the assistant made some. `tools` are JSON
    function schemas. Temperature 0 is greedy. The text never contains a `stop` string nor what
    follows it. `repetition_penalty` None takes the checkpoint's own.
    """

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None
    max_new_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    constraint: Constraint | None = None
    repetition_penalty: float | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens read and written; `prompt_tokens` includes `image_tokens`."""

    prompt_tokens: int
    image_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class GenerationResult:
    """A finished generation.

    `token_ids` are the tokens as generated, without the end token; `text` is what they say, cut
    before a stop string. Times are seconds since the request was queued; `first_token_s` is None
    where no token came.
    """

    text: str
    token_ids: list[int] = field(repr=False)
    finish_reason: FinishReason
    usage: Usage
    first_token_s: float | None
    total_s: float


@dataclass(frozen=True)
class Choice:
    """One of the texts the model was asked to choose from.

    `probability` is normalised over all the choices. `log_probability` is the model's own, of the
    whole text and the end of its turn, before that: low for every choice means that none fits.
    `exact` is false where the choice was pruned: both figures are then estimates.
    """

    text: str
    probability: float
    log_probability: float
    exact: bool = True
