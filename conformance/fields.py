"""What goes into an operation and comes out of it: named octets, so that every party of a comparison is a stranger.

Numbers are eight octets little-endian, text is UTF-8, a flag is one octet, a list is BCS `vec<bytes>`. A later adapter
protocol can carry the same fields as hexadecimal members of a JSON object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias

from mpctls.spec.encoding import Limit, decode_as, encode_as

Fields: TypeAlias = Mapping[str, bytes]

_Octets = Annotated[bytes, Limit(2**26)]
_List = Annotated[tuple[_Octets, ...], Limit(2**16)]


def number(value: int) -> bytes:
    """An unsigned number below 2^64."""
    return value.to_bytes(8, "little")


def read_number(octets: bytes) -> int:
    """The number that eight octets hold."""
    return int.from_bytes(octets, "little")


def numbers(values: Sequence[int]) -> bytes:
    """A list of numbers."""
    return b"".join(map(number, values))


def read_numbers(octets: bytes) -> tuple[int, ...]:
    """The list of numbers that was written."""
    return tuple(read_number(octets[start : start + 8]) for start in range(0, len(octets), 8))


def flag(value: bool) -> bytes:
    """One octet, 0 or 1."""
    return b"\1" if value else b"\0"


def read_flag(octets: bytes) -> bool:
    """Whether the octet is 1."""
    return octets == b"\1"


def listed(items: Sequence[bytes]) -> bytes:
    """A list of octet strings."""
    return encode_as(_List, tuple(items))


def read_list(octets: bytes) -> tuple[bytes, ...]:
    """The list of octet strings that was written."""
    items: tuple[bytes, ...] = decode_as(_List, octets)
    return items


def optional(octets: bytes | None) -> bytes:
    """A list of one octet string, or of none."""
    return listed(()) if octets is None else listed((octets,))


def read_optional(octets: bytes) -> bytes | None:
    """The octet string, None when there is none."""
    items = read_list(octets)
    return items[0] if items else None
