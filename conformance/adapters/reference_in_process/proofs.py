"""The verifiers of proofs of the reference, on keys and proofs of any circuit, and what hash bridges are about."""

from __future__ import annotations

from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.zkp.bridge.bare_commitment import bare_commitment
from mpctls.zkp.bridge.statement import BridgeSetting, HashBridge, HashLeaf, require_publics
from mpctls.zkp.groth16 import proof as groth16
from mpctls.zkp.groth16.verifier import verify as verify_groth16
from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.plonk.verifier import verify

from ...fields import Fields, read_list, read_number
from .predicates import scalar
from .zero_knowledge import audience_of, publics_octets

_NUMBER = 32


def _integers(octets: bytes) -> list[int]:
    return [
        int.from_bytes(octets[start : start + _NUMBER], "big") for start in range(0, len(octets), _NUMBER)
    ]


def _publics(fields: Fields) -> list[int]:
    return [int.from_bytes(each, "big") for each in read_list(fields["publics"])]


def _point(octets: bytes) -> tuple[int, int] | None:
    x, y = _integers(octets)
    return (x, y) if x or y else None


def plonk_key(power: bytes, public_count: bytes, polynomials: bytes, tau: bytes) -> VerifyingKey:
    """The key of the parts of a field or of fields."""
    multiply, left, right, output, constant, first, second, third = map(_point, read_list(polynomials))
    x_0, x_1, y_0, y_1 = _integers(tau)
    return VerifyingKey(
        size_log2=read_number(power),
        public_count=read_number(public_count),
        right_shift=2,
        output_shift=3,
        multiply_selector=multiply,
        left_selector=left,
        right_selector=right,
        output_selector=output,
        constant_selector=constant,
        first_sigma=first,
        second_sigma=second,
        third_sigma=third,
        tau=((x_0, x_1), (y_0, y_1)),
    )


def _plonk(fields: Fields) -> Fields:
    key = plonk_key(*(fields[name] for name in ("power", "public count", "polynomials", "tau")))
    verify(key, _publics(fields), Proof.from_octets(fields["proof"]))
    return {}


def _twist(octets: bytes) -> tuple[tuple[int, int], tuple[int, int]]:
    x_0, x_1, y_0, y_1 = _integers(octets)
    return (x_0, x_1), (y_0, y_1)


def _groth16(fields: Fields) -> Fields:
    x, y = _integers(fields["alpha"])
    key = groth16.VerifyingKey(
        alpha=(x, y),
        beta=_twist(fields["beta"]),
        gamma=_twist(fields["gamma"]),
        delta=_twist(fields["delta"]),
        inputs=tuple(map(_point, read_list(fields["inputs"]))),
    )
    verify_groth16(key, _publics(fields), groth16.Proof.from_octets(fields["proof"]))
    return {}


def _bare(fields: Fields) -> Fields:
    direction = Direction(read_number(fields["direction"]))
    value = bare_commitment(direction, fields["octets"], int.from_bytes(fields["blinder"], "little"))
    return {"commitment": scalar(value)}


def _bridge(fields: Fields) -> Fields:
    leaf = HashLeaf(
        index=read_number(fields["index"]),
        direction=Direction(read_number(fields["direction"])),
        length=read_number(fields["end"]) - read_number(fields["start"]),
        algorithm=HashAlgorithm(read_number(fields["algorithm"])),
        value=fields["value"],
    )
    bridge = HashBridge(
        blocks=read_number(fields["blocks"]),
        commitment=int.from_bytes(fields["commitment"], "little"),
        proof=b"",
    )
    setting = BridgeSetting(header_digest=fields["header digest"], audience=audience_of(fields["audience"]))
    return {"publics": publics_octets(require_publics(bridge, leaf, setting))}


HANDLERS = {
    "verification/bare-commitment": _bare,
    "verification/bridge-publics": _bridge,
    "verification/groth16-proof": _groth16,
    "verification/plonk-proof": _plonk,
}
