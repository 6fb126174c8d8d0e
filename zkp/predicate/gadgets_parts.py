"""Whether constant octets stand in a field: at its beginning, its end or anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ..circuit.builder import Builder, Value
from ..circuit.comparison import is_equal, is_zero
from ..circuit.expressions import Expression
from ..circuit.octets import OCTETS_OF_AN_ELEMENT
from ..circuit.selection import conjunction


def stands_at(builder: Builder, octets: Sequence[Expression], start: int, part: bytes) -> Expression:
    """1 if `part` stands at position `start` of `octets`, else 0.

    Requires octets that are forced below 256. Forces: 31 octets at a time are packed into one element, which is less
    than the modulus, and compared.
    """
    return conjunction(
        builder,
        [
            is_equal(builder, _packed(builder, octets[start + first : start + first + len(chunk)]), number)
            for first, chunk, number in _chunks(part)
        ],
    )


def contains(builder: Builder, octets: Sequence[Expression], part: bytes) -> Expression:
    """1 if `part` stands at some position of `octets`, else 0.

    Requires octets that are forced below 256. Forces: the product, over all positions, of what is 0 exactly where the
    part stands, is 0.
    """
    positions = len(octets) - len(part) + 1
    if positions < 1:
        return builder.constant(0)
    chunks = list(_chunks(part))
    windows = {len(chunk): _windows(builder, octets, len(chunk)) for _, chunk, _ in chunks}
    product: Value = 1
    for position in range(positions):
        differences = [windows[len(chunk)][position + first] - number for first, chunk, number in chunks]
        if len(differences) == 1:
            difference = differences[0]
        else:
            difference = 1 - conjunction(builder, [is_zero(builder, each) for each in differences])
        product = builder.multiply(product, difference)
    return is_zero(builder, product)


def _chunks(part: bytes) -> list[tuple[int, bytes, int]]:
    """(position, octets, their number) for up to 31 octets at a time."""
    starts = range(0, len(part), OCTETS_OF_AN_ELEMENT)
    chunks = [(start, part[start : start + OCTETS_OF_AN_ELEMENT]) for start in starts]
    return [(start, chunk, int.from_bytes(chunk, "little")) for start, chunk in chunks]


def _packed(builder: Builder, octets: Sequence[Expression]) -> Expression:
    return builder.weighted_sum((octet, 256**place) for place, octet in enumerate(octets))


def _windows(builder: Builder, octets: Sequence[Expression], size: int) -> list[Expression]:
    """The numbers that `size` octets make from each position on: each from the one before, in two rows."""
    window = builder.wire(_packed(builder, octets[:size]))
    windows = [window]
    shift = pow(256, -1, builder.modulus)
    for leaving, entering in zip(octets, octets[size:], strict=False):
        moved = (window - leaving) * shift + entering * 256 ** (size - 1)
        window = builder.wire(moved)
        windows.append(window)
    return windows
