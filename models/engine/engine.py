"""The engine: what the rest of Vouch holds of the model. Safe to call from any thread.

Prompts and photos are prepared on the caller's thread; everything that touches the model runs on
the one inference thread, in the order in which it was asked.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Self

from PIL import Image

from listing import ModelInfo
from listing.errors import BadInputError
from models.constraints import TokenVocabulary
from models.engine.answer import Answer
from models.engine.choose import check_choices, score_choices
from models.engine.decode import decode, prefill
from models.engine.generation import Generation
from models.engine.loading import Checkpoint, load_checkpoint
from models.engine.photos import (
    EncodingCache,
    PhotoEncoding,
    PhotoPatches,
    PhotoPreparer,
    VisionTower,
)
from models.engine.picking import TokenPicker
from models.engine.prompt import Prompt, PromptBuilder
from models.engine.request import Choice, GenerationRequest, GenerationResult, Usage
from models.engine.worker import InferenceThread

BATCH_PHOTOS = 64


class Engine:
    """One loaded Qwen-VL. Make it with `Engine.load`; `close` it when done."""

    def __init__(
        self, checkpoint: Checkpoint, *, max_waiting: int = 64, cache_bytes: int = 512 << 20
    ) -> None:
        """At most `max_waiting` calls queue; encodings are kept up to `cache_bytes`."""
        self._checkpoint = checkpoint
        config = checkpoint.model.config
        self._vocabulary = TokenVocabulary(
            checkpoint.tokenizer,
            size=config.get_text_config().vocab_size,
            end_id=checkpoint.end_id,
        )
        self._prompts = PromptBuilder(
            checkpoint.tokenizer,
            image_token_id=config.image_token_id,
            merge_size=config.vision_config.spatial_merge_size,
        )
        self._most_tokens = int(config.get_text_config().max_position_embeddings)
        self._cache = EncodingCache(cache_bytes)
        self._fit = PhotoPreparer(checkpoint.image_processor, checkpoint.image_size)
        self._tower = VisionTower(checkpoint.model, self._cache)
        self._thread = InferenceThread(max_waiting=max_waiting, threads=checkpoint.torch_threads)

    @classmethod
    def load(cls, source: str | Path, *, device: str = "auto", dtype: str = "auto") -> "Engine":
        """Load a checkpoint folder or hub id; see `load_checkpoint`. Raises ModelError."""
        return cls(load_checkpoint(source, device=device, dtype=dtype))

    @property
    def info(self) -> ModelInfo:
        """Name, revision and device of the model."""
        return self._checkpoint.info

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that the checkpoint says it writes; empty where it says none."""
        return self._checkpoint.languages

    @property
    def sentence_wise(self) -> bool:
        """Whether the checkpoint says that it reads a message best one sentence at a time."""
        return self._checkpoint.sentence_wise

    @property
    def closed(self) -> bool:
        """Whether it takes no more calls."""
        return self._thread.closed

    @property
    def tokenizer(self) -> Any:
        """The transformers tokenizer."""
        return self._checkpoint.tokenizer

    @property
    def model(self) -> Any:
        """The transformers model; run it only through the engine."""
        return self._checkpoint.model

    @property
    def model_type(self) -> str:
        """The configuration's model type, such as `qwen3_vl`."""
        return str(self.model.config.model_type)

    @property
    def vocabulary(self) -> TokenVocabulary:
        """The tokens as constraints see them."""
        return self._vocabulary

    def encode(self, image: Image.Image, key: str) -> PhotoEncoding:
        """The encoding of one photo, made once per `key` (the sha256 of the photo's bytes)."""
        photo = self._prepare(image, key)
        return self._thread.run(lambda: self._tower.encode(photo))

    def encode_batch(
        self, images: Sequence[Image.Image], keys: Sequence[str]
    ) -> list[PhotoEncoding]:
        """The encodings of many photos, in order; new ones run through the tower in batches.

        Other calls get their turn between batches. An encoding made in a batch equals that made
        alone up to rounding.
        """
        if len(images) != len(keys):
            raise BadInputError(f"keys: {len(keys)} for {len(images)} images; give one for each")
        encodings: list[PhotoEncoding] = []
        for at in range(0, len(images), BATCH_PHOTOS):
            pairs = zip(images[at : at + BATCH_PHOTOS], keys[at : at + BATCH_PHOTOS], strict=True)
            run = partial(self._tower.encode_all, [self._prepare(*pair) for pair in pairs])
            encodings += self._thread.run(run)
        return encodings

    def start(self, request: GenerationRequest) -> Generation:
        """Queue a generation; QueueFullError where too many wait, BadInputError for messages."""
        queued = time.perf_counter()
        prompt = self._prompt(request.messages, request.tools)
        return Generation(
            self._thread.submit,
            lambda emit, cancelled: self._generate(request, prompt, emit, cancelled, queued),
        )

    def choose(
        self, messages: Sequence[dict[str, Any]], choices: Sequence[str], *, beam: int = 64
    ) -> list[Choice]:
        """All `choices` with their probability as the whole answer, the likeliest first.

        Exact for up to `EXACT_CHOICES`; of more, only the `beam` likeliest branches are followed
        (see `score_choices`). BadInputError for no, empty or repeated choices.
        """
        check_choices(choices)
        prompt = self._prompt(messages, None)
        ids = self.tokenizer(list(choices), add_special_tokens=False)["input_ids"]
        return self._thread.run(lambda: self._score(prompt, choices, ids, beam))

    def close(self) -> None:
        """Cancel the running generation and end the thread; waiting calls fail with ModelError."""
        self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, image: Image.Image, key: str) -> PhotoPatches | PhotoEncoding:
        return self._cache.get(key) or self._fit(image, key)

    def _prompt(
        self, messages: Sequence[dict[str, Any]], tools: list[dict[str, Any]] | None
    ) -> Prompt:
        prompt = self._prompts.build(messages, tools, self._prepare)
        if len(prompt.token_ids) >= self._most_tokens:
            raise BadInputError(
                f"messages: {len(prompt.token_ids)} tokens, this model reads fewer than "
                f"{self._most_tokens}; give fewer photos or less text"
            )
        return prompt

    def _score(
        self, prompt: Prompt, choices: Sequence[str], ids: list[list[int]], beam: int
    ) -> list[Choice]:
        encodings = [self._tower.encode(photo) for photo in prompt.photos]
        read = prefill(self.model, prompt, encodings)
        end_id = self._checkpoint.end_id
        return score_choices(self.model, read, choices, ids, end_id=end_id, beam=beam)

    def _generate(
        self,
        request: GenerationRequest,
        prompt: Prompt,
        emit: Callable[[str], None],
        cancelled: Event,
        queued: float,
    ) -> GenerationResult:
        picker = self._picker(request, prompt)
        answer = Answer(request, self._vocabulary, self._checkpoint.end_ids, emit)
        reason = answer.grow(
            self._tokens(prompt, picker),
            picker,
            limit=min(request.max_new_tokens, self._most_tokens - len(prompt.token_ids)),
            cancelled=lambda: cancelled.is_set() or self._thread.closed,
        )
        first = answer.first_token_at
        return GenerationResult(
            text=answer.text,
            token_ids=answer.token_ids,
            finish_reason=reason,
            usage=Usage(len(prompt.token_ids), prompt.image_tokens, len(answer.token_ids)),
            first_token_s=None if first is None else first - queued,
            total_s=time.perf_counter() - queued,
        )

    def _tokens(self, prompt: Prompt, picker: TokenPicker) -> Iterator[int]:
        # A generator, so that a generation cancelled while it waited costs nothing.
        encodings = [self._tower.encode(photo) for photo in prompt.photos]
        yield from decode(self.model, prompt, encodings, picker.pick)

    def _picker(self, request: GenerationRequest, prompt: Prompt) -> TokenPicker:
        penalty = request.repetition_penalty
        if penalty is None:
            penalty = self.model.generation_config.repetition_penalty or 1.0
        return TokenPicker(
            request,
            prompt.token_ids,
            size=self._vocabulary.size,
            penalty=penalty,
            device=self.model.device,
        )
