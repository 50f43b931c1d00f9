"""From chat messages to the tokens the model reads, with a place held for every photo row.

Does without the processor classes of transformers, which need torchvision for video: the
tokenizer's chat template, then each image placeholder widened to the rows of its photo. Text that
comes from people can never become a control token.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from PIL import Image

from listing.errors import BadInputError, ModelError
from models.engine.photos import PhotoEncoding, PhotoPatches, content_key

FALLBACK_TEMPLATE = Path(__file__).with_name("chat_template.jinja")

Photo: TypeAlias = PhotoPatches | PhotoEncoding
PreparePhoto: TypeAlias = Callable[[Image.Image, str], Photo]


@dataclass(frozen=True)
class Prompt:
    """A prompt ready to run: `token_ids` with placeholders widened, and the photos in order."""

    token_ids: list[int]
    photos: tuple[Photo, ...]
    image_token_id: int
    merge_size: int

    @property
    def image_tokens(self) -> int:
        """How many of the tokens stand for photo rows."""
        return sum(_rows(photo, self.merge_size) for photo in self.photos)

    @property
    def image_grid_thw(self) -> torch.Tensor | None:
        """The photos' grids, `(photos, 3)` int64; None without photos."""
        grids = [photo.grid_thw for photo in self.photos]
        return torch.tensor(grids, dtype=torch.long) if grids else None


def _rows(photo: Photo, merge_size: int) -> int:
    time, rows, columns = photo.grid_thw
    return time * rows * columns // merge_size**2


class PromptBuilder:
    """Renders messages with the checkpoint's own template where that can do what is asked."""

    def __init__(self, tokenizer: Any, *, image_token_id: int, merge_size: int) -> None:
        self._tokenizer = tokenizer
        self._image_token_id = image_token_id
        self._merge_size = merge_size
        own = tokenizer.chat_template if isinstance(tokenizer.chat_template, str) else ""
        fallback = FALLBACK_TEMPLATE.read_text(encoding="utf-8")
        image_token = str(tokenizer.convert_ids_to_tokens(image_token_id))
        self._template = own if image_token in own else fallback
        self._tool_template = self._template if "tools" in self._template else fallback
        added = list(tokenizer.added_tokens_decoder.values())
        self._markup = _any_of([token.content for token in added])
        self._control = _any_of([token.content for token in added if token.special])

    def build(
        self,
        messages: Sequence[dict[str, Any]],
        tools: list[dict[str, Any]] | None,
        prepare: PreparePhoto,
    ) -> Prompt:
        """The prompt of `messages`, ending where the assistant's answer begins.

        `prepare` turns each photo with its key into patches or its encoding. BadInputError for an
        empty conversation or a content block that is neither text nor image.
        """
        if not messages:
            raise BadInputError("messages: give at least one")
        photos: list[Photo] = []
        rendered = self._tokenizer.apply_chat_template(
            [self._plain(message, photos, prepare) for message in messages],
            tools=tools,
            chat_template=self._tool_template if tools else self._template,
            tokenize=False,
            add_generation_prompt=True,
        )
        ids = self._tokenizer(rendered, add_special_tokens=False)["input_ids"]
        return Prompt(
            self._widen(ids, photos), tuple(photos), self._image_token_id, self._merge_size
        )

    def _plain(
        self, message: dict[str, Any], photos: list[Photo], prepare: PreparePhoto
    ) -> dict[str, Any]:
        # The assistant's own words may hold markup such as <tool_call>; nobody else's may.
        control = self._control if message.get("role") == "assistant" else self._markup
        plain = {
            name: _neutral(value, control) for name, value in message.items() if name != "content"
        }
        content = message.get("content") or ""
        if isinstance(content, str):
            return plain | {"content": _neutral(content, control)}
        blocks: list[dict[str, str]] = []
        for block in content:
            if block.get("type") == "text":
                blocks.append({"type": "text", "text": _neutral(block["text"], control)})
            elif block.get("type") == "image" and isinstance(block.get("image"), Image.Image):
                image = block["image"]
                photos.append(prepare(image, block.get("key") or content_key(image)))
                blocks.append({"type": "image"})
            else:
                raise BadInputError(
                    f"messages: a content block of type {block.get('type')!r} cannot be read; "
                    "give text blocks and image blocks with a PIL image"
                )
        return plain | {"content": blocks}

    def _widen(self, ids: list[int], photos: list[Photo]) -> list[int]:
        waiting = iter(photos)
        wide: list[int] = []
        held = 0
        for token_id in ids:
            if token_id != self._image_token_id:
                wide.append(token_id)
            elif (photo := next(waiting, None)) is not None:
                wide.extend([token_id] * _rows(photo, self._merge_size))
                held += 1
        if held != len(photos):
            raise ModelError(
                f"chat template: holds a place for {held} of {len(photos)} photos; "
                "use the template that came with the checkpoint"
            )
        return wide


def _any_of(tokens: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))))


def _neutral(value: Any, control: re.Pattern[str]) -> Any:
    # "<|im_end|>" in a seller's text would end the turn; a space inside makes it mere text.
    if isinstance(value, str):
        return control.sub(lambda found: f"{found[0][:1]} {found[0][1:]}", value)
    if isinstance(value, dict):
        return {name: _neutral(inner, control) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_neutral(inner, control) for inner in value]
    return value
