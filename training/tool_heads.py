"""Throw-away heads that teach the model to read a seller's message, beside its own answers.

In a call only a few tokens choose; the rest is form, and a model that starts from nothing hardly
hears them. So for a while its middle is asked too: what a message wants (the mean over its tokens),
what each token states, and at every position of a call before the tool's name, which tool it will
be. Messages alone run through the first layers only. Nothing of this is saved.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import PreTrainedTokenizerFast

from tools.assistant import TOOLS
from training.assistant.readings import UNKNOWN, Reading, label_names, tag_names
from training.sequences import Batch

LAYERS = (1, 3)
"""After which of the model's layers messages are read."""
MESSAGES = 96
_TOKENS = 3000  # of a batch of messages, padding included
_POSITIONS = 400  # messages stand anywhere up to here
_OPENING = '<tool_call>\n{"name": "'
_KNOWN = 0.05  # weight that a token keeps once it is known
_LABELS, _MESSAGE, _ANSWER, _EARLY = 12.0, 0.7, 1.5, (0.3, 0.5)


class _Read(Exception):
    """Raised behind the last layer that is needed."""


class ToolHeads(nn.Module):
    """The heads with their losses; `readings` are the messages to draw from."""

    def __init__(self, width: int, tokenizer: PreTrainedTokenizerFast) -> None:
        super().__init__()
        self.tools = _heads(width, len(TOOLS), len(LAYERS) + 1)
        self.labels = _heads(width, len(label_names()), len(LAYERS))
        self.tags = _heads(width, len(tag_names()), len(LAYERS))
        self.before = len(tokenizer(_OPENING, add_special_tokens=False)["input_ids"])
        texts = [f'{_OPENING}{name}",' for name in TOOLS]
        called = tokenizer(texts, add_special_tokens=False)["input_ids"]
        self.names = [list(ids[self.before :]) for ids in called]
        self.readings: list[Reading] = []

    def call_loss(self, model: Any, batch: Batch) -> Tensor:
        """Return the loss of a batch of joined turns: answers, and the tool by each head."""
        inner = model.model.language_model
        with _Caught(inner, LAYERS) as caught:
            hidden = inner(
                inputs_embeds=inner.embed_tokens(batch.ids),
                attention_mask=batch.mask,
                position_ids=batch.positions,
                use_cache=False,
            ).last_hidden_state
        return _ANSWER * _unknown_first(model, hidden, batch) + self._asked(caught, hidden, batch)

    def message_loss(self, model: Any, rng: random.Random) -> Tensor:
        """Return the loss of some messages alone: what they want, and what their tokens state."""
        inner = model.model.language_model
        part = self._drawn(rng)
        longest = max(len(reading.ids) for reading in part)
        ids, tags = torch.zeros(2, len(part), longest, dtype=torch.long)
        tags += UNKNOWN
        wanted = torch.zeros(len(part), len(label_names()))
        for row, reading in enumerate(part):
            ids[row, : len(reading.ids)] = torch.tensor(reading.ids)
            tags[row, : len(reading.ids)] = torch.tensor(reading.tags)
            wanted[row, list(reading.labels)] = 1
        lengths = torch.tensor([len(reading.ids) for reading in part])
        kept = (torch.arange(longest) < lengths[:, None]).to(model.device)[..., None]
        places = (torch.arange(longest) + rng.randrange(_POSITIONS)).expand(3, len(part), longest)
        with _Caught(inner, LAYERS, stop=True) as caught:
            inner(
                inputs_embeds=inner.embed_tokens(ids.to(model.device)),
                position_ids=places.to(model.device),
                use_cache=False,
            )
        total = torch.zeros((), device=model.device)
        for labels, tagger, layer in zip(self.labels, self.tags, LAYERS, strict=True):
            mean = (caught[layer] * kept).sum(1) / kept.sum(1)
            told = labels(mean).float()
            each = tagger(caught[layer]).float().flatten(0, 1)
            total = total + _LABELS * F.binary_cross_entropy_with_logits(
                told, wanted.to(told.device)
            )
            total = total + F.cross_entropy(each, tags.to(each.device).flatten())
        return _MESSAGE * total

    def _drawn(self, rng: random.Random) -> Sequence[Reading]:
        """Messages of nearly equal length."""
        at = rng.randrange(max(1, len(self.readings) - MESSAGES))
        part = self.readings[at : at + MESSAGES]
        return part[: max(8, _TOKENS // len(part[-1].ids))]

    def _asked(self, caught: Mapping[int, Tensor], hidden: Tensor, batch: Batch) -> Tensor:
        calls = [
            (row, part, tool)
            for row, part in batch.branches
            if (tool := self._tool(batch.ids[row], part.answer)) is not None
        ]
        if not calls:
            return hidden.new_zeros(())
        tools = torch.tensor([tool for _, _, tool in calls], device=hidden.device)
        total = hidden.new_zeros((), dtype=torch.float32)
        for head, layer, weight in zip(self.tools, LAYERS, _EARLY, strict=False):
            read = [caught[layer][row, p.start : p.answer].mean(0) for row, p, _ in calls]
            total = total + weight * F.cross_entropy(head(torch.stack(read)).float(), tools)
        count = self.before + 1
        at = torch.stack([hidden[row, p.answer - 1 : p.answer - 1 + count] for row, p, _ in calls])
        told = self.tools[-1](at).float().flatten(0, 1)
        return total + F.cross_entropy(told, tools.repeat_interleave(count))

    def _tool(self, ids: Tensor, answer: int) -> int | None:
        at = answer + self.before
        for tool, name in enumerate(self.names):
            if ids[at : at + len(name)].tolist() == name:
                return tool
        return None


class _Caught:
    """What given layers put out while the model runs inside; with `stop` no layer after runs."""

    def __init__(self, inner: Any, layers: Sequence[int], *, stop: bool = False) -> None:
        self._inner, self._layers, self._stop = inner, layers, stop
        self._found: dict[int, Tensor] = {}
        self._hooks: list[Any] = []

    def __enter__(self) -> dict[int, Tensor]:
        for layer in self._layers:
            self._hooks.append(self._inner.layers[layer].register_forward_hook(self._catch(layer)))
        return self._found

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        for hook in self._hooks:
            hook.remove()
        return kind is _Read

    def _catch(self, layer: int) -> Any:
        def hook(_module: nn.Module, _inputs: Any, out: Any) -> None:
            self._found[layer] = out[0] if isinstance(out, tuple) else out
            if self._stop and layer == self._layers[-1]:
                raise _Read

        return hook


def _heads(width: int, outputs: int, count: int) -> nn.ModuleList:
    return nn.ModuleList(
        nn.Sequential(nn.LayerNorm(width), nn.Linear(width, outputs)) for _ in range(count)
    )


def _unknown_first(model: Any, hidden: Tensor, batch: Batch) -> Tensor:
    """Mean cross-entropy over the answers' tokens, each weighed by how improbable it still is."""
    target = batch.labels[:, 1:]
    learned = target != -100
    logits = model.lm_head(hidden[:, :-1][learned]).float()
    each = F.cross_entropy(logits, target[learned], reduction="none")
    weights = 1 - torch.exp(-each.detach()) + _KNOWN
    return (each * weights).sum() / weights.sum()
