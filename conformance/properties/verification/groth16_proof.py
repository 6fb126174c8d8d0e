"""A proof of Groth16 is taken exactly when key, publics and points are what they must be and the equation holds.

Compared: whether the proof is taken; or the reason. Proofs are made by who knows the secret of the key, for any publics
whatever; also under a key that lets anybody prove; and with one fault or two in the key, the publics and the proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.zero_knowledge.bn254 import FIELD_PRIME, G1Point, G2Point, triple
from mpctls.spec.zero_knowledge.curve_library import curve
from mpctls.spec.zero_knowledge.groth16 import Groth16Key, Groth16Proof, verify_groth16
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ...fields import Fields, listed, read_list
from ...property import Operation
from ..known_secret import (
    INPUTS,
    OUTSIDE_SUBGROUP,
    g1_point,
    g2_point,
    groth16_key,
    prove_groth16,
)

_NUMBER = 32
_G1, _G2 = 2 * _NUMBER, 4 * _NUMBER
_PUBLICS = (29, 31)
_CANCELLING = (-INPUTS[0] * pow(INPUTS[1], -1, ORDER) % ORDER, 0)
"""Publics for which IC_0 + Σ p_i·IC_i is infinity."""
_KEY_POINTS = ("alpha", "beta", "gamma", "delta")
_PROOF_POINTS = {"a": slice(0, _G1), "b": slice(_G1, _G1 + _G2), "c": slice(_G1 + _G2, 2 * _G1 + _G2)}
_FAULTS = ("aliased", "coordinate", "infinity", "negative", "outside subgroup")


def inputs_of(key: Groth16Key, publics: Sequence[int], proof: Groth16Proof) -> Fields:
    """Points as coordinates of 32 octets, big-endian, those of G2 as c_0 before c_1; infinity as zeros."""
    return {
        "alpha": _near(key.alpha),
        "beta": _far(key.beta),
        "gamma": _far(key.gamma),
        "delta": _far(key.delta),
        "inputs": listed([_near(each) for each in key.inputs]),
        "publics": listed([value.to_bytes(_NUMBER, "big") for value in publics]),
        "proof": _near(proof.a) + _far(proof.b) + _near(proof.c),
    }


def with_fault(fields: Fields, name: str, fault: str) -> Fields:
    """The fields with one of `_FAULTS` in a point of the key (IC_0 for `inputs`) or of the proof (a, b or c)."""
    if name in _PROOF_POINTS:
        place, octets = _PROOF_POINTS[name], fields["proof"]
        return {
            **fields,
            "proof": octets[: place.start] + _faulty(octets[place], fault) + octets[place.stop :],
        }
    if name == "inputs":
        points = read_list(fields["inputs"])
        return {**fields, "inputs": listed([*(_faulty(each, fault) for each in points[:1]), *points[1:]])}
    return {**fields, name: _faulty(fields[name], fault)}


def _faulty(point: bytes, fault: str) -> bytes:
    numbers = _numbers(point)
    half = len(numbers) // 2
    match fault:
        case "aliased":
            numbers[-1] += FIELD_PRIME
        case "coordinate":
            numbers[0] = (numbers[0] + 1) % FIELD_PRIME
        case "infinity":
            numbers = [0] * len(numbers)
        case "outside subgroup" if half > 1:
            numbers = _beside(tuple(numbers))
        case _:
            numbers[half:] = [-each % FIELD_PRIME for each in numbers[half:]]
    # What one fault made too large for another stays as it was.
    if max(numbers) >> 8 * _NUMBER:
        return point
    return b"".join(each.to_bytes(_NUMBER, "big") for each in numbers)


@cache
def _beside(numbers: tuple[int, ...]) -> list[int]:
    """A point of G2 and one of the twist whose order is prime to r: of the sum, a pairing sees the former alone."""
    x_0, x_1, y_0, y_1 = (each % FIELD_PRIME for each in numbers)
    strange = curve.multiply(triple(OUTSIDE_SUBGROUP), ORDER)
    if any(numbers):
        strange = curve.add(strange, triple(G2Point(x=(x_0, x_1), y=(y_0, y_1))))
    return [int(each) for coordinate in curve.normalize(strange) for each in coordinate.coeffs]


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    key, publics = groth16_key(), _PUBLICS
    kind = draw(
        st.sampled_from(("honest", "cancelling", "false", "other key", "everybody") + ("faulty",) * 5)
    )
    if kind == "cancelling":
        publics = _CANCELLING
    proof = prove_groth16(publics, draw(st.integers(1, 3)), draw(st.integers(4, 6)))
    match kind:
        case "false":
            # The public input whose point is infinity may have any value.
            publics = draw(st.sampled_from(((30, 31), (31, 29), (0, 0), (29, 32))))
        case "other key":
            changes: tuple[dict[str, Any], ...] = (
                {"delta": g2_point(12)},
                {"gamma": key.delta, "delta": key.gamma},
                {"alpha": key.inputs[0]},
                {"inputs": (None,) * 3},
                {"inputs": key.inputs[::-1]},
            )
            key = replace(key, **draw(st.sampled_from(changes)))
        case "everybody":
            key = replace(key, delta=key.gamma)
            inputs = INPUTS[0] + INPUTS[1] * publics[0]
            proof = Groth16Proof(a=g1_point(3), b=g2_point(5), c=g1_point(-inputs))
    fields = inputs_of(key, publics, proof)
    if kind == "faulty" or draw(st.integers(0, 7)) == 7:
        for _ in range(draw(st.integers(1, 2))):
            fields = draw(_otherwise(fields))
    return fields


@st.composite
def _otherwise(draw: DrawFn, fields: Fields) -> Fields:
    """The fields with one fault."""
    match draw(st.sampled_from(("proof", "proof", "key", "key", "count", "publics", "changed about"))):
        case "proof":
            return with_fault(fields, draw(st.sampled_from(list(_PROOF_POINTS))), draw(_FAULT))
        case "key":
            return with_fault(fields, draw(st.sampled_from((*_KEY_POINTS, "inputs"))), draw(_FAULT))
        case "count":
            points = read_list(fields["inputs"])
            other = draw(st.sampled_from(((), points[:-1], (*points, *points[:1]))))
            return {**fields, "inputs": listed(other)}
        case "publics":
            publics = draw(st.sampled_from(((29,), (29, 31, 0), (), (29 + ORDER, 31), (29, ORDER), (31, 29))))
            return {**fields, "publics": listed([each.to_bytes(_NUMBER, "big") for each in publics])}
    a, b, c = (fields["proof"][place] for place in _PROOF_POINTS.values())
    return {**fields, "proof": c + b + a}


_FAULT = st.sampled_from(_FAULTS)


def _near(point: G1Point | None) -> bytes:
    return bytes(_G1) if point is None else point.octets()


def _far(point: G2Point | None) -> bytes:
    numbers = (0,) * 4 if point is None else (*point.x, *point.y)
    return b"".join(each.to_bytes(_NUMBER, "big") for each in numbers)


def _numbers(octets: bytes) -> list[int]:
    return [
        int.from_bytes(octets[start : start + _NUMBER], "big") for start in range(0, len(octets), _NUMBER)
    ]


def _read_near(octets: bytes) -> G1Point:
    x, y = _numbers(octets)
    return G1Point(x=x, y=y)


def _read_far(octets: bytes) -> G2Point:
    x_0, x_1, y_0, y_1 = _numbers(octets)
    return G2Point(x=(x_0, x_1), y=(y_0, y_1))


def _verify(fields: Fields) -> Fields:
    beta, gamma, delta = (
        _read_far(fields[name]) if any(fields[name]) else None for name in ("beta", "gamma", "delta")
    )
    key = Groth16Key(
        alpha=_read_near(fields["alpha"]) if any(fields["alpha"]) else None,
        beta=beta,
        gamma=gamma,
        delta=delta,
        inputs=tuple(_read_near(each) if any(each) else None for each in read_list(fields["inputs"])),
    )
    a, b, c = (fields["proof"][place] for place in _PROOF_POINTS.values())
    proof = Groth16Proof(a=_read_near(a), b=_read_far(b), c=_read_near(c))
    verify_groth16(key, [int.from_bytes(each, "big") for each in read_list(fields["publics"])], proof)
    return {}


OPERATIONS = (
    Operation(name="verification/groth16-proof", inputs=_inputs, specification=_verify, takes_seconds=True),
)
