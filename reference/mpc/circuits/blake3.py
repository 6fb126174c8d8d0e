"""The BLAKE3 compression function, truncated to a chaining value."""

from __future__ import annotations

from typing import Final

from ...foundation.errors import Refused
from .builder import Builder, Wire
from .circuit import Circuit
from .gadgets import add_words, constant, split, xor_words
from .sha256 import INITIAL_STATE
from .store import kept

# The specification, section 2.2: the initial words are those of SHA-256.
INITIAL_WORDS: Final = tuple(
    int.from_bytes(INITIAL_STATE[start : start + 4], "big") for start in range(0, len(INITIAL_STATE), 4)
)
ROUNDS: Final = 7
_PERMUTATION: Final = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_COLUMNS: Final = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15))
_DIAGONALS: Final = ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))


def _mix(builder: Builder, state: list[list[Wire]], places: tuple[int, ...], words: list[list[Wire]]) -> None:
    """The quarter round G on four words of the state, with two message words."""
    a, b, c, d = places
    for word, turn_d, turn_b in zip(words, (16, 8), (12, 7), strict=True):
        state[a] = add_words(builder, state[a], state[b], word, size=32)
        turned = xor_words(builder, state[d], state[a])
        state[d] = [*turned[turn_d:], *turned[:turn_d]]
        state[c] = add_words(builder, state[c], state[d], size=32)
        turned = xor_words(builder, state[b], state[c])
        state[b] = [*turned[turn_b:], *turned[:turn_b]]


@kept
def blake3_compression() -> Circuit:
    """The compression function: chaining value 256, block 512, parameters 128 → chaining value or digest 256.

    Words are little-endian octets; the parameters are those of `blake3_parameters`. They are inputs, although
    both parties know them, so that one circuit serves messages of every length. 10,298 AND: 336 additions of
    31, less what the four constant words fold. Source: the BLAKE3 specification, section 2.2.
    """
    builder = Builder("blake3-compression")
    chaining = split(builder.take_input(256), 32)
    message = split(builder.take_input(512), 32)
    parameters = split(builder.take_input(128), 32)
    state = [*chaining, *(constant(word, 32) for word in INITIAL_WORDS[:4]), *parameters]
    for _ in range(ROUNDS):
        for position, places in enumerate((*_COLUMNS, *_DIAGONALS)):
            _mix(builder, state, places, message[2 * position : 2 * position + 2])
        message = [message[source] for source in _PERMUTATION]
    words = [xor_words(builder, low, high) for low, high in zip(state[:8], state[8:], strict=True)]
    return builder.finish([bit for word in words for bit in word])


def blake3_parameters(counter: int, block_octets: int, flags: int) -> bytes:
    """The third input, 16 octets: counter (64 bits), octets in the block (0 … 64), flags (32 bits).

    Rejects others with `circuit/wrong-size`.
    """
    if not (0 <= counter < 1 << 64 and 0 <= block_octets <= 64 and 0 <= flags < 1 << 32):
        raise Refused("circuit/wrong-size", "a BLAKE3 parameter is out of range")
    return counter.to_bytes(8, "little") + block_octets.to_bytes(4, "little") + flags.to_bytes(4, "little")
