"""JSON as snarkjs writes and reads it, as far as its proof systems share it: numbers, points, publics; read strictly.

Numbers are decimal strings without leading zeros. A point of G1 is [x, y, "1"], infinity is ["0", "1", "0"]; a point of
G2 is [[x.c0, x.c1], [y.c0, y.c1], ["1", "0"]]. Objects have exactly their keys. Every reader takes the reason with
which it refuses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, NoReturn

from mpctls.reference.foundation.errors import Refused

from .plonk.proof import AffinePoint, QuadraticNumber, TwistPoint
from .plonk.transcript import Point

CURVE: Final = "bn128"
MAXIMUM_OCTETS: Final = 1 << 20

_PROOF: Final = "zero-knowledge/malformed-proof"
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,77}")
_INFINITY: Final = ["0", "1", "0"]


def publics_to_json(publics: Sequence[int]) -> str:
    """Write public inputs."""
    return json.dumps([str(number) for number in publics], indent=1)


def publics_from_json(text: str) -> list[int]:
    """Read public inputs; refuses with `zero-knowledge/malformed-proof`."""
    value = _value(text, _PROOF)
    if not isinstance(value, list):
        refuse(_PROOF, "public inputs are an array")
    return [read_number(each, _PROOF) for each in value]


def protocol_of(text: str, reason: str) -> str:
    """The protocol that a JSON object names, whatever else it holds."""
    value = _value(text, reason)
    protocol = value.get("protocol") if isinstance(value, dict) else None
    if not isinstance(protocol, str):
        refuse(reason, "an object that names its protocol is due")
    return protocol


def read_members(
    text: str, names: Sequence[str], protocol: str, reason: str, *, optional: str = ""
) -> dict[str, object]:
    """Read an object with exactly these names, beside `protocol` and `curve`, which are as expected.

    The name `optional` may be there or not.
    """
    value = _value(text, reason)
    if not isinstance(value, dict) or set(value) - {optional} != {*names, "protocol", "curve"}:
        refuse(reason, "an object with other names than this kind has")
    if value["protocol"] != protocol or value["curve"] != CURVE:
        refuse(reason, f"not of protocol {protocol} over {CURVE}")
    return value


def read_number(value: object, reason: str) -> int:
    """Read a number from a canonical decimal string of at most 78 digits."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        refuse(reason, "a number is not a canonical decimal string")
    return int(value)


def read_count(value: object, reason: str) -> int:
    """Read an integer of JSON from 0 below 2^32."""
    if type(value) is not int or not 0 <= value < 1 << 32:
        refuse(reason, "counts are small integers")
    return value


def read_finite_point(value: object, reason: str) -> AffinePoint:
    """Read a point of G1 that is not infinity."""
    if not isinstance(value, list) or len(value) != 3 or value[2] != "1":
        refuse(reason, 'a point is [x, y, "1"]')
    return read_number(value[0], reason), read_number(value[1], reason)


def read_point(value: object, reason: str) -> Point:
    """Read a point of G1."""
    return None if value == _INFINITY else read_finite_point(value, reason)


def read_twist_point(value: object, reason: str) -> TwistPoint:
    """Read a point of G2 that is not infinity."""
    if not isinstance(value, list) or len(value) != 3 or value[2] != ["1", "0"]:
        refuse(reason, 'a point of G2 is [[x.c0, x.c1], [y.c0, y.c1], ["1", "0"]]')
    return _quadratic(value[0], reason), _quadratic(value[1], reason)


def point_json(point: Point) -> list[str]:
    """A point of G1 as JSON."""
    return _INFINITY if point is None else [str(point[0]), str(point[1]), "1"]


def twist_point_json(point: TwistPoint) -> list[list[str]]:
    """A point of G2 as JSON."""
    return [[str(number) for number in coordinate] for coordinate in point] + [["1", "0"]]


def refuse(reason: str, detail: str) -> NoReturn:
    """Refuse what is read."""
    raise Refused(reason, detail)


def _quadratic(value: object, reason: str) -> QuadraticNumber:
    if not isinstance(value, list) or len(value) != 2:
        refuse(reason, "a coordinate in G2 is a pair")
    return read_number(value[0], reason), read_number(value[1], reason)


def _value(text: str, reason: str) -> object:
    if len(text) > MAXIMUM_OCTETS:
        refuse(reason, f"more than {MAXIMUM_OCTETS} characters")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            refuse(reason, "a name occurs twice")
        return dict(pairs)

    try:
        value: object = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        refuse(reason, "not JSON")
    return value
