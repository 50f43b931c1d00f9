"""JSON that satisfies a schema, by xgrammar; compiled once per schema and vocabulary."""

import json
from typing import Any

import torch
import xgrammar

from listing.errors import BadInputError
from models.constraints.vocabulary import TokenVocabulary


class JsonSchemaConstraint:
    """The output is one JSON value that satisfies `schema`, spaced as `json.dumps` spaces it."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self._text = json.dumps(schema, sort_keys=False)

    def start(self, vocabulary: TokenVocabulary) -> "JsonSchemaState":
        """A fresh state for one generation; BadInputError for a schema xgrammar cannot compile."""
        compiled = vocabulary.grammar(self._text, lambda: self._compile(vocabulary))
        return JsonSchemaState(compiled, vocabulary)

    def _compile(self, vocabulary: TokenVocabulary) -> xgrammar.CompiledGrammar:
        info = xgrammar.TokenizerInfo.from_huggingface(
            vocabulary.tokenizer, vocab_size=vocabulary.size, stop_token_ids=[vocabulary.end_id]
        )
        compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        try:
            return compiler.compile_json_schema(self._text, any_whitespace=False)
        except RuntimeError as error:
            raise BadInputError(f"response schema: cannot be compiled: {error}") from error


class JsonSchemaState:
    """Where one generation stands in its grammar."""

    def __init__(self, compiled: xgrammar.CompiledGrammar, vocabulary: TokenVocabulary) -> None:
        self._matcher = xgrammar.GrammarMatcher(compiled, terminate_without_stop_token=True)
        self._bits = xgrammar.allocate_token_bitmask(1, vocabulary.size)
        self._shifts = torch.arange(32, dtype=torch.int32)
        self._size = vocabulary.size

    @property
    def finished(self) -> bool:
        """Whether the JSON value is complete."""
        return bool(self._matcher.is_terminated())

    def mask(self) -> torch.Tensor:
        """The tokens that may come next, as a bool tensor over the vocabulary."""
        self._matcher.fill_next_token_bitmask(self._bits)
        spread = (self._bits[0].unsqueeze(-1) >> self._shifts) & 1
        return spread.reshape(-1)[: self._size].bool()

    def advance(self, token_id: int) -> None:
        """Take `token_id`; ValueError where the grammar does not allow it."""
        if not self._matcher.accept_token(token_id):
            raise ValueError(f"token {token_id} is not allowed by the schema here")
