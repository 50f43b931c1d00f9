"""The protocol between the decoding loop and a constraint; it names tokens only, never text."""

from typing import Protocol

import torch

from models.constraints.vocabulary import TokenVocabulary


class ConstraintState(Protocol):
    """Where one generation stands under its constraint."""

    @property
    def finished(self) -> bool:
        """Whether the output is complete and no further text may follow; decoding stops here."""

    def mask(self) -> torch.Tensor:
        """The tokens that may come next: a `(vocabulary.size,)` bool tensor on the CPU.

        At least one entry is true while `finished` is false. The tensor is the caller's to read
        until the next call of `mask`, not to change.
        """

    def advance(self, token_id: int) -> None:
        """Take `token_id`, which the last mask allowed; ValueError where it did not."""


class Constraint(Protocol):
    """What an output must be; immutable, so one object may serve many generations at once."""

    def start(self, vocabulary: TokenVocabulary) -> ConstraintState:
        """A fresh state for one generation with the tokens of `vocabulary`."""
