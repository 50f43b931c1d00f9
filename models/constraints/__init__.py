"""Decoding constraints: which tokens may come next so that the output keeps its promise.

A `Constraint` says what the whole output must be; its `start` gives a state for one generation that
yields a mask over the vocabulary before each token and is told which token was taken.
"""

from models.constraints.automaton import AutomatonConstraint, ByteAutomaton
from models.constraints.base import Constraint, ConstraintState
from models.constraints.choice import ChoiceConstraint
from models.constraints.json_schema import JsonSchemaConstraint
from models.constraints.span import SpanConstraint
from models.constraints.vocabulary import TokenVocabulary

__all__ = [
    "AutomatonConstraint",
    "ByteAutomaton",
    "ChoiceConstraint",
    "Constraint",
    "ConstraintState",
    "JsonSchemaConstraint",
    "SpanConstraint",
    "TokenVocabulary",
]
