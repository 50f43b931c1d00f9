"""What a report needs of a scored run and of its scores, whoever made them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


class ScoreLike(Protocol):
    """What a report needs of a score."""

    @property
    def name(self) -> str:
        """The metric."""

    @property
    def value(self) -> float:
        """The figure of this run, or of one step of it."""

    @property
    def weight(self) -> float:
        """How much it counts: the number of claims, mostly, that it was taken over."""

    @property
    def label(self) -> str | None:
        """The figure in a word, if it has one."""


class RunLike(Protocol):
    """What a report needs of a scored run; `eval_traces.scoring.scores.RunScores` is one."""

    @property
    def trace_id(self) -> str:
        """The run."""

    @property
    def path(self) -> object:
        """Its trace file."""

    @property
    def case(self) -> str | None:
        """The key by which runs of the same thing find each other; None or empty if it has none."""

    @property
    def mode(self) -> str | None:
        """Rung of the ladder."""

    @property
    def status(self) -> str | None:
        """How it ended."""

    @property
    def category(self) -> str | None:
        """Of the listing."""

    @property
    def started(self) -> datetime | None:
        """When the run began."""

    @property
    def scores(self) -> Sequence[ScoreLike]:
        """What the evaluators said."""

    @property
    def problems(self) -> Sequence[str]:
        """What could not be read or scored, in words."""

    @property
    def recorded(self) -> Mapping[str, str]:
        """What made the run: model, code, prompts."""
