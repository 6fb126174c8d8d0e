"""A proof is taken exactly when it is in its one form and the equation holds for the Verifier's key and publics.

Compared: whether the proof is taken; or the reason. Proofs are made by who knows the secret of the setup: of true
statements, of false ones as well as a cheat can, and with one fault or two in numbers, points and publics.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.zero_knowledge.bn254 import FIELD_PRIME
from mpctls.spec.zero_knowledge.plonk import (
    PROOF_LENGTH,
    PlonkKey,
    decode_proof,
    encode_proof,
    verify_plonk,
)
from mpctls.spec.zero_knowledge.scalar_field import ORDER

from ...fields import Fields, listed, read_list, read_number
from ...property import Operation
from ..known_secret import Circuit, Gate, prove_plonk
from ..verified_predicates import key_from, key_octets

_NUMBER = 32
_POINTS = 9
_VALUES = (60, 11, 7, 49)
_PUBLICS: tuple[int, ...] = (60, 11)
_COORDINATES, _EVALUATIONS = range(2 * _POINTS), range(2 * _POINTS, PROOF_LENGTH // _NUMBER)


@cache
def _circuit(other: bool) -> Circuit:
    """60 = 7² + 11, both of them public, and another circuit of the same shape: 60 = 2·49 + 11."""
    minus = ORDER - 1
    square = Gate(selectors=(1, 0, 0, minus, 0), wires=(2, 2, 3))
    addition = Gate(selectors=(0, 2 if other else 1, 1, minus, 0), wires=(3, 1, 0))
    return Circuit.of(3, 2, square, addition)


@cache
def _key(other: bool) -> PlonkKey:
    return _circuit(other).key()


@cache
def _proved(values: tuple[int, ...], publics: tuple[int, ...], seed: int) -> bytes:
    """The proof for these publics by who has wires with these values, whether they satisfy the circuit or not."""
    return encode_proof(prove_plonk(_circuit(False), _key(False), values, bytes([seed]), publics))


def _read(octets: bytes, place: int) -> int:
    return int.from_bytes(octets[_NUMBER * place : _NUMBER * (place + 1)], "big")


def _with(octets: bytes, place: int, value: int) -> bytes:
    """The proof with another number in a place."""
    return octets[: _NUMBER * place] + value.to_bytes(_NUMBER, "big") + octets[_NUMBER * (place + 1) :]


@st.composite
def _otherwise(draw: DrawFn, octets: bytes) -> bytes:
    """The proof with one fault."""
    evaluation, place = draw(st.sampled_from(_EVALUATIONS)), draw(st.sampled_from(_COORDINATES))
    x = place - place % 2
    match draw(
        st.sampled_from(
            (
                "evaluation", "same evaluation", "same coordinate", "negative", "infinity", "coordinate",
                "points changed about", "length",
            )
        )
    ):  # fmt: skip
        case "evaluation":
            return _with(octets, evaluation, (_read(octets, evaluation) + 1) % ORDER)
        case "same evaluation":
            return _with(octets, evaluation, _read(octets, evaluation) + ORDER * draw(st.integers(1, 4)))
        case "same coordinate":
            return _with(octets, place, _read(octets, place) + FIELD_PRIME * draw(st.integers(1, 4)))
        case "negative":
            return _with(octets, x + 1, FIELD_PRIME - _read(octets, x + 1))
        case "infinity":
            return _with(_with(octets, x, 0), x + 1, 0)
        case "coordinate":
            return _with(octets, place, (_read(octets, place) + 1) % FIELD_PRIME)
        case "points changed about":
            other = 2 * draw(st.integers(0, _POINTS - 1))
            points = [octets[_NUMBER * each : _NUMBER * (each + 2)] for each in (x, other)]
            octets = octets[: _NUMBER * x] + points[1] + octets[_NUMBER * (x + 2) :]
            return octets[: _NUMBER * other] + points[0] + octets[_NUMBER * (other + 2) :]
    return draw(st.sampled_from((octets[:-1], octets + b"\0", octets[:-_NUMBER], b"")))


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    other_key, publics = False, _PUBLICS
    octets = _proved(_VALUES, publics, draw(st.integers(0, 1)))
    match draw(st.sampled_from(("honest", "honest", "false", "witness", "key", "publics") + ("proof",) * 4)):
        case "false":
            # Whoever has a witness for other publics.
            publics = (61, 11)
            octets = _proved(_VALUES, publics, 2)
        case "witness":
            octets = _proved((60, 11, 8, 49), publics, 3)
        case "key":
            other_key = True
        case "publics":
            publics = draw(
                st.sampled_from(
                    (
                        (60,), (60, 11, 0), (), (11, 60), (60 + ORDER, 11), (60, 11 + 4 * ORDER), (60, ORDER),
                        (59, 11), (0, 0),
                    )
                )
            )  # fmt: skip
        case "proof":
            octets = draw(_otherwise(octets))
            if draw(st.integers(0, 3)) == 0:
                publics = draw(st.sampled_from(((60,), (60 + ORDER, 11))))
            if len(octets) == PROOF_LENGTH and draw(st.integers(0, 3)) == 0:
                octets = draw(_otherwise(octets))
    return {**key_fields(_key(other_key)), "publics": _numbers(publics), "proof": octets}


def _numbers(values: Sequence[int]) -> bytes:
    return listed([value.to_bytes(_NUMBER, "big") for value in values])


def key_fields(key: PlonkKey) -> dict[str, bytes]:
    """Points as x ‖ y, infinity as zeros; τ in G2 as x_0 ‖ x_1 ‖ y_0 ‖ y_1; all numbers big-endian."""
    names = ("power", "public count", "polynomials", "tau")
    return dict(zip(names, read_list(key_octets(key)), strict=True))


def _read_key(fields: Fields) -> PlonkKey:
    return key_from(
        read_number(fields["power"]),
        read_number(fields["public count"]),
        read_list(fields["polynomials"]),
        fields["tau"],
    )


def _verify(fields: Fields) -> Fields:
    publics = [int.from_bytes(octets, "big") for octets in read_list(fields["publics"])]
    verify_plonk(_read_key(fields), publics, decode_proof(fields["proof"]))
    return {}


OPERATIONS = (
    Operation(name="verification/plonk-proof", inputs=_inputs, specification=_verify, takes_seconds=True),
)
