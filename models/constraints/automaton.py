"""From bytes to tokens: any byte automaton becomes a constraint over a vocabulary's tokens.

A token is allowed if and only if the automaton can consume all of its bytes, so a token may
straddle any boundary of the output's grammar (`",` after a value). The walk visits only the part of
the token trie that the automaton can follow, and its result is kept per state.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, Protocol, TypeVar

import torch

from models.constraints.vocabulary import TokenRange, TokenVocabulary

State = TypeVar("State", bound=Hashable)


class ByteAutomaton(Protocol[State]):
    """A deterministic automaton over bytes; every state it reaches can still reach an end."""

    @property
    def initial(self) -> State:
        """The state before the first byte."""

    def next_bytes(self, state: State) -> Iterable[int]:
        """The bytes that `step` accepts in `state`, each once."""

    def step(self, state: State, byte: int) -> State | None:
        """The state after `byte`; None where `byte` may not come."""

    def accepts(self, state: State) -> bool:
        """Whether the output may end in `state`."""


class AutomatonConstraint(Generic[State]):
    """A constraint that holds the output to the language of a byte automaton."""

    def __init__(self, automaton: ByteAutomaton[State]) -> None:
        self.automaton = automaton

    def start(self, vocabulary: TokenVocabulary) -> "AutomatonState[State]":
        """A fresh state for one generation."""
        return AutomatonState(self.automaton, vocabulary)


class AutomatonState(Generic[State]):
    """Where one generation stands in its automaton."""

    def __init__(self, automaton: ByteAutomaton[State], vocabulary: TokenVocabulary) -> None:
        self._automaton = automaton
        self._vocabulary = vocabulary
        self._state = automaton.initial
        self._ended = False
        self._allowed: dict[State, list[int]] = {}

    @property
    def finished(self) -> bool:
        """Whether the output is complete: ended, or accepted with nothing that could follow."""
        if self._ended:
            return True
        return self._automaton.accepts(self._state) and not any(
            True for _ in self._automaton.next_bytes(self._state)
        )

    def mask(self) -> torch.Tensor:
        """The tokens that may come next, as a bool tensor over the vocabulary."""
        mask = torch.zeros(self._vocabulary.size, dtype=torch.bool)
        mask[self.allowed()] = True
        return mask

    def allowed(self) -> list[int]:
        """The ids of the tokens that may come next."""
        known = self._allowed.get(self._state)
        if known is None:
            known = self._allowed[self._state] = self._walk()
        return known

    def _walk(self) -> list[int]:
        automaton, vocabulary = self._automaton, self._vocabulary
        found = [vocabulary.end_id] if automaton.accepts(self._state) else []
        pending: list[tuple[TokenRange, State]] = [(vocabulary.root, self._state)]
        while pending:
            node, state = pending.pop()
            for byte in automaton.next_bytes(state):
                child = vocabulary.child(node, byte)
                after = automaton.step(state, byte) if child is not None else None
                if child is None or after is None:
                    continue
                found.extend(vocabulary.ending_at(child))
                pending.append((child, after))
        return found

    def advance(self, token_id: int) -> None:
        """Move over the bytes of `token_id`, or end; ValueError where neither is allowed."""
        if token_id == self._vocabulary.end_id and self._automaton.accepts(self._state):
            self._ended = True
            return
        state: State | None = self._state
        piece = self._vocabulary.text_bytes(token_id)
        for byte in piece:
            state = None if state is None else self._automaton.step(state, byte)
        if state is None or not piece:
            raise ValueError(f"token {token_id} ({piece!r}) is not allowed here")
        self._state = state
