"""A tool call that cannot be wrong: the call's opening tag, then JSON of the tool's schema.

Rule: the opening tag is written as the tokenizer writes it, so that the model stands where its
training put it before it chooses arguments; the closing tag needs no model.
"""

from typing import Any

import torch

from models.constraints import Constraint, ConstraintState, JsonSchemaConstraint, TokenVocabulary

OPENING = "<tool_call>\n"
CLOSING = "\n</tool_call>"


class ForcedCallConstraint:
    """The output is `<tool_call>`, a line break and one JSON value that satisfies `schema`."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.call = JsonSchemaConstraint(schema)

    def start(self, vocabulary: TokenVocabulary) -> "ForcedCallState":
        """A fresh state for one generation."""
        return ForcedCallState(self.call, vocabulary)


class ForcedCallState:
    """Where one generation stands: in the opening tag, or in the call."""

    def __init__(self, call: Constraint, vocabulary: TokenVocabulary) -> None:
        self._opening: list[int] = list(
            vocabulary.tokenizer.encode(OPENING, add_special_tokens=False)
        )
        self._call: ConstraintState = call.start(vocabulary)
        self._size = vocabulary.size

    @property
    def finished(self) -> bool:
        """Whether the call is complete."""
        return not self._opening and self._call.finished

    def mask(self) -> torch.Tensor:
        """The tokens that may come next, as a bool tensor over the vocabulary."""
        if not self._opening:
            return self._call.mask()
        mask = torch.zeros(self._size, dtype=torch.bool)
        mask[self._opening[0]] = True
        return mask

    def advance(self, token_id: int) -> None:
        """Take `token_id`; ValueError where it may not come."""
        if not self._opening:
            self._call.advance(token_id)
        elif token_id == self._opening[0]:
            del self._opening[0]
        else:
            raise ValueError(f"token {token_id} is not the next of the opening tag")
