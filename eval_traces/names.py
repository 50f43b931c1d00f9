"""Every span, attribute and event name that a trace holds; no other module spells one.

`gen_ai.*` names follow the OpenTelemetry semantic conventions for generative AI, still in
development: repository open-telemetry/semantic-conventions-genai (schema gen-ai-dev/1.42.0-dev,
moved out of opentelemetry-semantic-conventions, whose 0.66b2 still lists most), read on 2026-11-21.
`gen_ai.prompt.version`, `gen_ai.retrieval.top_k` and `gen_ai.usage.image.input_tokens` are of the
drafts after that schema. `openinference.*`, `input.*` and `output.*` are OpenInference's, so that
Phoenix renders the tree. `listing.*` are ours, where neither has a name. A name changes only by
adding: recorded files stay readable.
"""

from typing import Final, Literal

SCOPE: Final = "vouch.eval_traces"
SERVICE_NAME: Final = "service.name"
SERVICE_VERSION: Final = "service.version"

SpanKind = Literal["workflow", "agent", "node", "tool", "retrieval", "embeddings", "chat", "other"]
"""What a span stands for; `other` is a span of a foreign file."""

# Operations: the value of `gen_ai.operation.name`; nodes have none.
OPERATION: Final = "gen_ai.operation.name"
INVOKE_WORKFLOW: Final = "invoke_workflow"
INVOKE_AGENT: Final = "invoke_agent"
EXECUTE_TOOL: Final = "execute_tool"
RETRIEVAL: Final = "retrieval"
EMBEDDINGS: Final = "embeddings"
CHAT: Final = "chat"
NODE: Final = "node"
"""First word of a node span's name, which is `node NAME`."""

KIND_OF_OPERATION: Final[dict[str, SpanKind]] = {
    INVOKE_WORKFLOW: "workflow",
    INVOKE_AGENT: "agent",
    EXECUTE_TOOL: "tool",
    RETRIEVAL: "retrieval",
    EMBEDDINGS: "embeddings",
    CHAT: "chat",
}

# OpenInference.
OI_SPAN_KIND: Final = "openinference.span.kind"
OI_KIND: Final[dict[SpanKind, str]] = {
    "workflow": "CHAIN",
    "agent": "AGENT",
    "node": "CHAIN",
    "tool": "TOOL",
    "retrieval": "RETRIEVER",
    "embeddings": "EMBEDDING",
    "chat": "LLM",
}
INPUT: Final = "input.value"
INPUT_TYPE: Final = "input.mime_type"
OUTPUT: Final = "output.value"
OUTPUT_TYPE: Final = "output.mime_type"
JSON_TYPE: Final = "application/json"

# Runs.
TRACE_SCHEMA: Final = "listing.trace.schema"
"""On the root: which edition of these names the file is written in."""
SCHEMA: Final = "vouch.trace/1"
SETTINGS: Final = "listing.settings"
"""On the root, JSON: the limits, thresholds, prompts and model that steered the run."""
CONTENT_CAPTURED: Final = "listing.content.captured"
"""False on the root of a run whose content was not recorded, by the operator's wish."""
REPLAY_PARENT: Final = "listing.replay.parent"
"""On the root of a replay: the trace id of the run that it replays."""
REPLAY_FROM: Final = "listing.replay.from"
REPLAY_LIVE: Final = "listing.replay.live"
REPLAY_EDITS: Final = "listing.replay.edits"
REPLAY_ANSWERED: Final = "listing.replay.answered"
"""On a tool span of a replay whose result was taken from the record: `whole`, or `missed` where the
tool ran and asked the model what the record does not have."""
CONVERSATION_ID: Final = "gen_ai.conversation.id"
WORKFLOW_NAME: Final = "gen_ai.workflow.name"
AGENT_NAME: Final = "gen_ai.agent.name"
STATUS: Final = "listing.status"
MODE: Final = "listing.mode"

# Nodes.
NODE_NAME: Final = "listing.node.name"
NODE_ATTEMPT: Final = "listing.node.attempt"
NODE_STEP: Final = "listing.node.step"
"""The graph's superstep, from 1: nodes of one step run side by side."""
CHECKPOINT_ID: Final = "listing.checkpoint.id"
ROUTE: Final = "listing.route"
ROUTE_REASON: Final = "listing.route.reason"
DEGRADED: Final = "listing.degraded"
"""The reason, in words, why the node went on with less."""

# How a span ended, where that is not success.
ERROR_TYPE: Final = "error.type"
PAUSED: Final = "listing.paused"
"""True on a span that a pause for the seller went through; not an error."""
INTERRUPTS: Final = "listing.interrupts"
CANCELLED: Final = "listing.cancelled"
"""True on a span that its caller stopped (a closed stream, a deadline); no error of the span."""
UNFINISHED: Final = "listing.unfinished"
"""True on a span that was still open when its run ended."""

# Tools.
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_TYPE: Final = "gen_ai.tool.type"
TOOL_CALL_ID: Final = "gen_ai.tool.call.id"
TOOL_ARGUMENTS: Final = "gen_ai.tool.call.arguments"
TOOL_RESULT: Final = "gen_ai.tool.call.result"

# Retrieval and embeddings.
DATA_SOURCE_ID: Final = "gen_ai.data_source.id"
TOP_K: Final = "gen_ai.retrieval.top_k"
DOCUMENTS: Final = "gen_ai.retrieval.documents"
QUERY: Final = "gen_ai.retrieval.query.text"
DIMENSION: Final = "gen_ai.embeddings.dimension.count"
EMBEDDED_COUNT: Final = "listing.embeddings.count"

# Chat: request.
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_TEMPERATURE: Final = "gen_ai.request.temperature"
REQUEST_TOP_P: Final = "gen_ai.request.top_p"
REQUEST_TOP_K: Final = "gen_ai.request.top_k"
REQUEST_MAX_TOKENS: Final = "gen_ai.request.max_tokens"
REQUEST_SEED: Final = "gen_ai.request.seed"
REQUEST_STOP: Final = "gen_ai.request.stop_sequences"
REQUEST_FREQUENCY_PENALTY: Final = "gen_ai.request.frequency_penalty"
REQUEST_PRESENCE_PENALTY: Final = "gen_ai.request.presence_penalty"
REQUEST_CHOICE_COUNT: Final = "gen_ai.request.choice.count"
REQUEST_STREAM: Final = "gen_ai.request.stream"
OUTPUT_KIND: Final = "gen_ai.output.type"
TOOL_DEFINITIONS: Final = "gen_ai.tool.definitions"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
PROMPT_NAME: Final = "gen_ai.prompt.name"
PROMPT_VERSION: Final = "gen_ai.prompt.version"
REQUEST_CHOICES: Final = "listing.request.choices"
REQUEST_SPANS: Final = "listing.request.spans"
REQUEST_FORMAT: Final = "listing.request.response_format"
REQUEST_TOOL_CHOICE: Final = "listing.request.tool_choice"

# Chat: response.
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
RESPONSE_ID: Final = "gen_ai.response.id"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
TIME_TO_FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
"""Seconds from the request to the first chunk of a streamed answer."""
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
IMAGE_TOKENS: Final = "gen_ai.usage.image.input_tokens"
CACHED_TOKENS: Final = "gen_ai.usage.cache_read.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
RESPONSE_CHUNKS: Final = "listing.response.chunks"
"""Lengths in code points of the pieces that a streamed answer came in.

They add up to the recorded text; absent where contact data had to be taken out of it."""
RESPONSE_METADATA: Final = "listing.response.metadata"
"""What the model said beside its message (probabilities of the choices), as JSON."""

# Log records.
EVALUATION_EVENT: Final = "gen_ai.evaluation.result"
EVALUATION_NAME: Final = "gen_ai.evaluation.name"
EVALUATION_SCORE: Final = "gen_ai.evaluation.score.value"
EVALUATION_LABEL: Final = "gen_ai.evaluation.score.label"
EVALUATION_EXPLANATION: Final = "gen_ai.evaluation.explanation"
EVALUATION_WEIGHT: Final = "listing.evaluation.weight"
"""How much a score counts among those of other runs, where that is not 1: the number of claims."""
STARTED_EVENT: Final = "listing.span.started"
"""Only in the file of a run that has not ended: says what was under way when it stopped."""
STARTED_NAME: Final = "listing.span.name"
STARTED_PARENT: Final = "listing.span.parent_id"

CONTENT: Final = frozenset(
    {INPUT, INPUT_TYPE, OUTPUT, OUTPUT_TYPE, TOOL_ARGUMENTS, TOOL_RESULT, TOOL_DEFINITIONS}
    | {QUERY, INPUT_MESSAGES, OUTPUT_MESSAGES, REQUEST_STOP, REQUEST_CHOICES, REQUEST_SPANS}
    | {REQUEST_FORMAT, RESPONSE_METADATA, INTERRUPTS, ROUTE_REASON, EVALUATION_EXPLANATION}
)
"""Attributes that hold words of sellers, listings and models: left out where content is not to be
recorded. Of `gen_ai.retrieval.documents` ids, scores and matches stay."""
