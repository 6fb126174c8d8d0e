"""Verifying keys, proofs and public inputs as the JSON that snarkjs writes and reads; strict in reading.

Numbers are decimal strings without leading zeros. A point of G1 is [x, y, "1"], infinity (of a selector only) is
["0", "1", "0"]; a point of G2 is [[x.c0, x.c1], [y.c0, y.c1], ["1", "0"]]. Objects have exactly their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, NoReturn

from mpctls.reference.foundation.errors import Refused

from .proof import AffinePoint, Proof, QuadraticNumber, TwistPoint, VerifyingKey, check_points
from .transcript import Point

PROTOCOL: Final = "plonk"
CURVE: Final = "bn128"
MAXIMUM_OCTETS: Final = 1 << 20

_PROOF: Final = "zero-knowledge/malformed-proof"
_KEY: Final = "zero-knowledge/malformed-key"
_POINTS: Final = ("A", "B", "C", "Z", "T1", "T2", "T3", "Wxi", "Wxiw")
_EVALUATIONS: Final = ("eval_a", "eval_b", "eval_c", "eval_s1", "eval_s2", "eval_zw")
_COMMITMENTS: Final = ("Qm", "Ql", "Qr", "Qo", "Qc", "S1", "S2", "S3")
_FIRST_SIGMA: Final = 5
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,77}")
_INFINITY: Final = ["0", "1", "0"]


def proof_to_json(proof: Proof) -> str:
    """Write a proof."""
    members: dict[str, object] = dict(zip(_POINTS, map(_point_json, proof.points), strict=True))
    members.update(zip(_EVALUATIONS, map(str, proof.evaluations), strict=True))
    return json.dumps({**members, "protocol": PROTOCOL, "curve": CURVE}, indent=1)


def proof_from_json(text: str) -> Proof:
    """Read a proof; refuses with `zero-knowledge/malformed-proof`. Whether numbers are in range, `verify` says."""
    members = _object(text, (*_POINTS, *_EVALUATIONS, "protocol", "curve"), _PROOF)
    _require_names(members, _PROOF)
    points = [_finite_point(members[name], _PROOF) for name in _POINTS]
    return Proof.of(points, [_number(members[name], _PROOF) for name in _EVALUATIONS])


def publics_to_json(publics: Sequence[int]) -> str:
    """Write public inputs."""
    return json.dumps([str(number) for number in publics], indent=1)


def publics_from_json(text: str) -> list[int]:
    """Read public inputs; refuses with `zero-knowledge/malformed-proof`."""
    value = _value(text, _PROOF)
    if not isinstance(value, list):
        _refuse(_PROOF, "public inputs are an array")
    return [_number(each, _PROOF) for each in value]


def verifying_key_to_json(key: VerifyingKey) -> str:
    """Write a verifying key."""
    points = dict(zip(_COMMITMENTS, map(_point_json, key.commitments), strict=True))
    (x_real, x_imaginary), (y_real, y_imaginary) = key.tau
    members = {
        "protocol": PROTOCOL,
        "curve": CURVE,
        "nPublic": key.public_count,
        "power": key.size_log2,
        "k1": str(key.right_shift),
        "k2": str(key.output_shift),
        **points,
        "X_2": [[str(x_real), str(x_imaginary)], [str(y_real), str(y_imaginary)], ["1", "0"]],
        "w": str(key.root),
    }
    return json.dumps(members, indent=1)


def verifying_key_from_json(text: str) -> VerifyingKey:
    """Read a verifying key and check its points.

    Rejects with `zero-knowledge/malformed-key`, `zero-knowledge/point-not-canonical`,
    `zero-knowledge/point-not-on-curve`, `zero-knowledge/point-not-in-subgroup`, and
    `zero-knowledge/point-at-infinity` for a sigma or X_2.
    """
    names = ("protocol", "curve", "nPublic", "power", "k1", "k2", *_COMMITMENTS, "X_2", "w")
    members = _object(text, names, _KEY)
    _require_names(members, _KEY)
    points = [
        _point(members[name]) if number < _FIRST_SIGMA else _finite_point(members[name], _KEY)
        for number, name in enumerate(_COMMITMENTS)
    ]
    key = VerifyingKey.of(
        points,
        _twist_point(members["X_2"]),
        size_log2=_small_integer(members["power"]),
        public_count=_small_integer(members["nPublic"]),
        shifts=(_number(members["k1"], _KEY), _number(members["k2"], _KEY)),
    )
    if _number(members["w"], _KEY) != key.root:
        _refuse(_KEY, "w is not the root of unity of the table")
    check_points(key)
    return key


def _point_json(point: Point) -> list[str]:
    return _INFINITY if point is None else [str(point[0]), str(point[1]), "1"]


def _value(text: str, reason: str) -> object:
    if len(text) > MAXIMUM_OCTETS:
        _refuse(reason, f"more than {MAXIMUM_OCTETS} characters")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            _refuse(reason, "a name occurs twice")
        return dict(pairs)

    try:
        value: object = json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        _refuse(reason, "not JSON")
    return value


def _object(text: str, names: tuple[str, ...], reason: str) -> dict[str, object]:
    value = _value(text, reason)
    if not isinstance(value, dict) or set(value) != set(names):
        _refuse(reason, "an object with other names than this kind has")
    return value


def _require_names(members: dict[str, object], reason: str) -> None:
    if members["protocol"] != PROTOCOL or members["curve"] != CURVE:
        _refuse(reason, f"not of protocol {PROTOCOL} over {CURVE}")


def _number(value: object, reason: str) -> int:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        _refuse(reason, "a number is not a canonical decimal string")
    return int(value)


def _small_integer(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 32:
        _refuse(_KEY, "nPublic and power are small integers")
    return value


def _finite_point(value: object, reason: str) -> AffinePoint:
    if not isinstance(value, list) or len(value) != 3 or value[2] != "1":
        _refuse(reason, 'a point is [x, y, "1"]')
    return _number(value[0], reason), _number(value[1], reason)


def _point(value: object) -> Point:
    return None if value == _INFINITY else _finite_point(value, _KEY)


def _twist_point(value: object) -> TwistPoint:
    if not isinstance(value, list) or len(value) != 3 or value[2] != ["1", "0"]:
        _refuse(_KEY, 'a point of G2 is [[x.c0, x.c1], [y.c0, y.c1], ["1", "0"]]')
    return _quadratic(value[0]), _quadratic(value[1])


def _quadratic(value: object) -> QuadraticNumber:
    if not isinstance(value, list) or len(value) != 2:
        _refuse(_KEY, "a coordinate in G2 is a pair")
    return _number(value[0], _KEY), _number(value[1], _KEY)


def _refuse(reason: str, detail: str) -> NoReturn:
    raise Refused(reason, detail)
