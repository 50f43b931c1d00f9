"""The tokens of one tokenizer as bytes, sorted, so that an automaton can find those that it allows.

Byte-level BPE tokens are pieces of UTF-8, often cut inside a character; everything here therefore
works on bytes. Sorting makes all tokens with a common prefix one range: walking down that implicit
trie costs two binary searches a byte and no memory beyond the list.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from listing.errors import ModelError

GRAMMARS = 32
"""Compiled grammars that are kept, those used last: some are made for one message only."""
Grammar = TypeVar("Grammar")


class TokenRange(NamedTuple):
    """A node of the implicit trie: sorted tokens `[low, high)` share their first `depth` bytes."""

    low: int
    high: int
    depth: int


@dataclass(frozen=True)
class _Sorted:
    pieces: list[bytes]
    ids: list[int]


class TokenVocabulary:
    """Token id -> bytes of a byte-level BPE tokenizer, with the implicit trie over all of them.

    `size` is the width of the model's logits, which may exceed the tokenizer's count. Special and
    added tokens have no bytes here: a constraint never lets them through, save `end_id`.
    """

    def __init__(self, tokenizer: Any, *, size: int, end_id: int) -> None:
        self.tokenizer = tokenizer
        self.size = size
        self.end_id = end_id
        self._added: dict[int, Any] = dict(tokenizer.added_tokens_decoder)
        self._bytes: dict[int, bytes] = {}
        self._grammars: dict[str, Any] = {}  # by schema, the one used last at the end

    def grammar(self, schema: str, compiled: Callable[[], Grammar]) -> Grammar:
        """Return the grammar of a schema for these tokens, compiled unless it was used lately."""
        known: Grammar | None = self._grammars.pop(schema, None)
        self._grammars[schema] = known = compiled() if known is None else known
        if len(self._grammars) > GRAMMARS:
            del self._grammars[next(iter(self._grammars))]
        return known

    def text_bytes(self, token_id: int) -> bytes:
        """The bytes that the token adds to the text; empty for specials and unused ids."""
        known = self._bytes.get(token_id)
        if known is None:
            known = self._bytes[token_id] = self._look_up(token_id)
        return known

    def _look_up(self, token_id: int) -> bytes:
        added = self._added.get(token_id)
        if added is not None:
            return b"" if added.special else str(added.content).encode()
        token = self.tokenizer.convert_ids_to_tokens(token_id)
        return b"" if token is None else _decode_token(token)

    @cached_property
    def _sorted(self) -> _Sorted:
        pairs = sorted(
            (_decode_token(token), token_id)
            for token, token_id in self.tokenizer.get_vocab().items()
            if token_id not in self._added and token_id < self.size and token
        )
        return _Sorted([piece for piece, _ in pairs], [token_id for _, token_id in pairs])

    @property
    def root(self) -> TokenRange:
        """All tokens, at depth 0."""
        return TokenRange(0, len(self._sorted.pieces), 0)

    def child(self, node: TokenRange, byte: int) -> TokenRange | None:
        """The tokens of `node` whose next byte is `byte`; None where there are none."""
        pieces = self._sorted.pieces
        prefix = pieces[node.low][: node.depth]
        low = bisect_left(pieces, prefix + bytes((byte,)), node.low, node.high)
        if low == node.high or pieces[low][node.depth] != byte:
            return None
        if byte == 255:
            return TokenRange(low, node.high, node.depth + 1)
        high = bisect_left(pieces, prefix + bytes((byte + 1,)), low, node.high)
        return TokenRange(low, high, node.depth + 1)

    def ending_at(self, node: TokenRange) -> Iterator[int]:
        """The ids of the tokens that are exactly the first `depth` bytes of `node`."""
        pieces, ids = self._sorted.pieces, self._sorted.ids
        index = node.low
        while index < node.high and len(pieces[index]) == node.depth:
            yield ids[index]
            index += 1


def _byte_alphabet() -> dict[str, int]:
    # GPT-2's printable stand-ins for the 256 bytes, as every byte-level BPE writes its tokens.
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = {chr(byte): byte for byte in printable}
    rest = (byte for byte in range(256) if byte not in set(printable))
    return alphabet | {chr(256 + index): byte for index, byte in enumerate(rest)}


_BYTE_OF = _byte_alphabet()


def _decode_token(token: str) -> bytes:
    try:
        return bytes(_BYTE_OF[character] for character in token)
    except KeyError:
        raise ModelError(
            f"tokenizer: token {token!r} is not byte-level BPE, as every Qwen tokenizer is; "
            "check tokenizer.json of the checkpoint"
        ) from None
