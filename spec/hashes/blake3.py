"""BLAKE3 in its hash and derive-key modes, the whole tree, with output of any length.

Source: O'Connor, Aumasson, Neves, Wilcox-O'Hearn, "BLAKE3: one function, fast everywhere" (2020), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

CHUNK_LENGTH = 1024
BLOCK_LENGTH = 64
DIGEST_LENGTH = 32

_CHUNK_START = 1 << 0
_CHUNK_END = 1 << 1
_PARENT = 1 << 2
_ROOT = 1 << 3
_DERIVE_KEY_CONTEXT = 1 << 5
_DERIVE_KEY_MATERIAL = 1 << 6

_INITIAL_VALUE = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)  # fmt: skip
_MESSAGE_PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
_COLUMNS_AND_DIAGONALS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
_ROUNDS = 7
_WORD_MASK = 0xFFFFFFFF

Words = tuple[int, ...]


def _words(octets: bytes) -> Words:
    return tuple(int.from_bytes(octets[i : i + 4], "little") for i in range(0, len(octets), 4))


def _rotate_right(word: int, count: int) -> int:
    return ((word >> count) | (word << (32 - count))) & _WORD_MASK


def _mix(state: list[int], lanes: tuple[int, int, int, int], first: int, second: int) -> None:
    """The quarter-round G of section 2.2 on four of the sixteen state words."""
    a, b, c, d = lanes
    for message_word, rotation_of_d, rotation_of_b in ((first, 16, 12), (second, 8, 7)):
        state[a] = (state[a] + state[b] + message_word) & _WORD_MASK
        state[d] = _rotate_right(state[d] ^ state[a], rotation_of_d)
        state[c] = (state[c] + state[d]) & _WORD_MASK
        state[b] = _rotate_right(state[b] ^ state[c], rotation_of_b)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """The arguments of the last compression of a chunk or of a parent: its output is not yet decided."""

    chaining_value: Words
    block: bytes
    counter: int
    flags: int

    def compress(self, *, counter: int, flags: int) -> Words:
        """The compression function of section 2.2: sixteen words."""
        message = _words(self.block.ljust(BLOCK_LENGTH, b"\0"))
        state = [
            *self.chaining_value,
            *_INITIAL_VALUE[:4],
            counter & _WORD_MASK,
            counter >> 32,
            len(self.block),
            flags,
        ]
        for _ in range(_ROUNDS):
            for number, lanes in enumerate(_COLUMNS_AND_DIAGONALS):
                _mix(state, lanes, message[2 * number], message[2 * number + 1])
            message = tuple(message[position] for position in _MESSAGE_PERMUTATION)
        return tuple(state[i] ^ state[i + 8] for i in range(8)) + tuple(
            state[i + 8] ^ self.chaining_value[i] for i in range(8)
        )

    def chained(self) -> Words:
        """The chaining value of a node that is not the root: eight words."""
        return self.compress(counter=self.counter, flags=self.flags)[:8]

    def root_output(self, length: int) -> bytes:
        """The output of the root, section 2.6: the same compression with output block counters 0, 1, 2 …"""
        blocks = (
            self.compress(counter=counter, flags=self.flags | _ROOT)
            for counter in range(-(-length // BLOCK_LENGTH))
        )
        return b"".join(word.to_bytes(4, "little") for block in blocks for word in block)[:length]


def _chunk(key: Words, chunk: bytes, index: int, mode: int) -> _Node:
    """Section 2.4: the blocks of one chunk, chained; the last one is left open."""
    blocks = [chunk[i : i + BLOCK_LENGTH] for i in range(0, len(chunk), BLOCK_LENGTH)] or [b""]
    chaining_value = key
    flags = mode | _CHUNK_START
    for block in blocks[:-1]:
        node = _Node(chaining_value=chaining_value, block=block, counter=index, flags=flags)
        chaining_value = node.chained()
        flags = mode
    return _Node(chaining_value=chaining_value, block=blocks[-1], counter=index, flags=flags | _CHUNK_END)


def _tree(key: Words, message: bytes, first_index: int, mode: int) -> _Node:
    """Section 2.1: the left subtree is the largest complete one that leaves at least one octet to the
    right.
    """
    if len(message) <= CHUNK_LENGTH:
        return _chunk(key, message, first_index, mode)
    chunks = -(-len(message) // CHUNK_LENGTH)
    left_chunks = 1 << ((chunks - 1).bit_length() - 1)
    middle = left_chunks * CHUNK_LENGTH
    left = _tree(key, message[:middle], first_index, mode).chained()
    right = _tree(key, message[middle:], first_index + left_chunks, mode).chained()
    block = b"".join(word.to_bytes(4, "little") for word in left + right)
    return _Node(chaining_value=key, block=block, counter=0, flags=mode | _PARENT)


def blake3(message: bytes, length: int = DIGEST_LENGTH) -> bytes:
    """Return `length` octets of BLAKE3 of a message in hash mode."""
    return _tree(_INITIAL_VALUE, message, 0, 0).root_output(length)


def blake3_derive_key(context: str, key_material: bytes, length: int = DIGEST_LENGTH) -> bytes:
    """Return `length` octets of BLAKE3 of key material in derive-key mode under a context string.

    The key of the tree over the key material is the digest of the context string in its own mode.
    """
    context_key = _tree(_INITIAL_VALUE, context.encode(), 0, _DERIVE_KEY_CONTEXT).root_output(DIGEST_LENGTH)
    return _tree(_words(context_key), key_material, 0, _DERIVE_KEY_MATERIAL).root_output(length)
