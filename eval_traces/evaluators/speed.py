"""Time by node, tokens, calls and what they cost."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval_traces import names
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score
from eval_traces.scoring.scanned_span import ScannedSpan
from listing.errors import BadInputError

_USAGE = {
    "input": names.INPUT_TOKENS,
    "output": names.OUTPUT_TOKENS,
    "image": names.IMAGE_TOKENS,
    "cached": names.CACHED_TOKENS,
}


class Latency:
    """Seconds of the run, of each of its nodes (all attempts together), to the first token."""

    name: ClassVar[str] = "latency"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield times of what ended; a run that was cut off has no total."""
        if run.complete and run.root is not None and run.root.duration_s is not None:
            yield Score("seconds.total", run.root.duration_s)
        spent: dict[str, float] = defaultdict(float)
        span_of: dict[str, str] = {}
        for node in run.nodes:
            if node.duration_s is not None:
                spent[node.label] += node.duration_s
                span_of[node.label] = node.span_id
        for label, seconds in spent.items():
            yield Score(f"seconds.node.{label}", seconds, 1.0, span_of[label])
        for chat in run.chats:
            first = chat.number(names.TIME_TO_FIRST_CHUNK)
            if first is not None:
                yield Score("seconds.first_token", first, 1.0, chat.span_id)
                return


class Tokens:
    """Tokens of all model calls of a run as they were recorded, and how many calls there were."""

    name: ClassVar[str] = "tokens"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield sums; a kind of token that no call recorded has no score."""
        for kind, key in _USAGE.items():
            counts = [n for chat in run.chats if (n := chat.number(key)) is not None]
            if counts:
                yield Score(f"tokens.{kind}", sum(counts))
        yield Score("calls.model", float(len(run.chats)))
        yield Score("calls.tool", float(len(run.tools)))


class Price(BaseModel):
    """What a million tokens of a model cost; image and cached tokens are part of the input's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    image: float | None = Field(default=None, ge=0)
    """None: as other input."""
    cached: float | None = Field(default=None, ge=0)


class _PriceFile(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_: Literal["vouch.prices/1"] = Field(alias="schema")
    currency: str
    models: dict[str, Price]


@dataclass(frozen=True)
class Prices:
    """A price file: models by name, and the currency."""

    currency: str
    models: Mapping[str, Price]


def read_prices(path: str | Path) -> Prices:
    """Read a price file (YAML). BadInputError names the file and the key."""
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        file = _PriceFile.model_validate(data)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: not YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInputError(f"{path}: {key}: {first['msg']}") from None
    return Prices(file.currency, file.models)


class Cost:
    """What a run's tokens cost by a price file, in its currency."""

    name: ClassVar[str] = "cost"

    def __init__(self, prices: Prices) -> None:
        self._prices = prices

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the sum over calls that recorded usage; LookupError for a model without price."""
        priced = [c for c in run.chats if c.number(names.INPUT_TOKENS) is not None]
        if priced:
            total = sum(self._of(chat) for chat in priced)
            yield Score("cost.total", total, label=self._prices.currency)

    def _of(self, chat: ScannedSpan) -> float:
        model = chat.text(names.RESPONSE_MODEL) or chat.text(names.REQUEST_MODEL) or ""
        price = self._prices.models.get(model)
        if price is None:
            raise LookupError(f"the price file has no model {model!r}")
        used = {kind: chat.number(key) or 0.0 for kind, key in _USAGE.items()}
        plain = used["input"] - used["image"] - used["cached"]
        dear = used["image"] * (price.input if price.image is None else price.image)
        cheap = used["cached"] * (price.input if price.cached is None else price.cached)
        return (plain * price.input + dear + cheap + used["output"] * price.output) / 1e6
