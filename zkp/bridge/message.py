"""The message that a hash commitment is the digest of, inside a circuit, for all lengths of as many blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mpctls.reference.foundation.contexts import HASH_COMMITMENT_SHA256
from mpctls.reference.foundation.hashes import SHA256_BLOCK

from ..circuit.bits import decompose
from ..circuit.builder import Builder
from ..circuit.expressions import Expression
from ..circuit.octets import octet_bits
from ..circuit.selection import one_hot
from .lengths import BIT_LENGTH_OCTETS, BLINDER_OCTETS, LENGTH_OCTETS, longest, shortest

Bits = tuple[Expression, ...]

CONTEXT_BLOCK = HASH_COMMITMENT_SHA256.ljust(SHA256_BLOCK, b"\0")
_OCTET = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Whole blocks of SHA-256 as the bits of their octets, least significant first, and the committed octets alone.

    `octets` are as many as the longest content has; those from the length on are 0.
    """

    bits: tuple[Bits, ...]
    octets: tuple[Expression, ...]


def filling(blocks: int) -> int:
    """How many octets `message` takes: as many as the longest content and its blinder have."""
    return longest(blocks) + BLINDER_OCTETS


def message(builder: Builder, blocks: int, length: Expression, filled: Sequence[Expression]) -> Message:
    """Context block ‖ u32 length ‖ content ‖ blinder ‖ padding, in `blocks` blocks after the context block.

    `filled` are `filling(blocks)` wires: content, blinder, then zeros. Forces: length is one that needs as many blocks;
    filled octets are below 256 and 0 after the blinder; the message's bits are those of that message, its `octets`
    those of the content followed by zeros. So for each length there is one message for each content and blinder.

    Where the blinder begins moves with the length, but nothing has to be moved: of each place it is said whether it is
    at or after the end of the content, which masks it out of `octets`; 16 places later this forces 0, and the place
    where that begins bears the padding's first octet.
    """
    fewest, most = shortest(blocks), longest(blocks)
    if len(filled) != filling(blocks):
        raise ValueError(f"{len(filled)} octets where {filling(blocks)} are due")
    with builder.scope("flags"):
        ends = one_hot(builder, length, most - fewest + 1, fewest)
    # past[p]: 1 where p is at or after the end of the content. Sums that begin alike share the rows of PLONK.
    past = [builder.sum(ends[: max(0, place - fewest + 1)]) for place in range(most)]
    with builder.scope("octets"):
        bits = [octet_bits(builder, octet) for octet in filled]
    with builder.scope("mask"):
        octets = tuple(
            builder.multiply(octet, 1 - after) for octet, after in zip(filled[:most], past, strict=True)
        )
    with builder.scope("zeros"):
        for octet, after in zip(filled[BLINDER_OCTETS:], past, strict=True):
            builder.assert_product(octet, after, 0)
    zero = builder.constant(0)
    empty = (zero,) * _OCTET
    bits.append(empty)
    with builder.scope("padding"):
        for end, place in zip(ends, range(fewest + BLINDER_OCTETS, len(bits)), strict=True):
            *low, top = bits[place]
            # Where the end is, the octet was forced to be 0: the sum is a bit.
            bits[place] = (*low, builder.wire(top + end))
    with builder.scope("length"):
        head = _bits_below(builder, length, most, _OCTET)
        # The bit length ends in three zeros: it is eight times the number of octets.
        others = len(CONTEXT_BLOCK) + LENGTH_OCTETS + BLINDER_OCTETS
        tail = (zero,) * 3 + _bits_below(builder, length + others, most + others, 2 * _OCTET - 3)
    context = [
        tuple(builder.constant(octet >> place & 1) for place in range(_OCTET)) for octet in CONTEXT_BLOCK
    ]
    whole = [*context, head, *[empty] * (LENGTH_OCTETS - 1), *bits]
    whole += [*[empty] * (BIT_LENGTH_OCTETS - 2), tail[_OCTET:], tail[:_OCTET]]
    return Message(bits=tuple(whole), octets=octets)


def _bits_below(builder: Builder, value: Expression, largest: int, count: int) -> Bits:
    """`count` bits of a value of at most `largest`."""
    bits = decompose(builder, value, largest.bit_length())
    return (*bits, *(builder.constant(0) for _ in range(count - len(bits))))
