"""The verifiers of proofs of the reference, on keys and proofs of any circuit."""

from __future__ import annotations

from mpctls.zkp.plonk.proof import Proof, VerifyingKey
from mpctls.zkp.plonk.verifier import verify

from ...fields import Fields, read_list, read_number

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


def _plonk(fields: Fields) -> Fields:
    multiply, left, right, output, constant, first, second, third = (
        _point(octets) for octets in read_list(fields["polynomials"])
    )
    x_0, x_1, y_0, y_1 = _integers(fields["tau"])
    key = VerifyingKey(
        size_log2=read_number(fields["power"]),
        public_count=read_number(fields["public count"]),
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
    verify(key, _publics(fields), Proof.from_octets(fields["proof"]))
    return {}


HANDLERS = {
    "verification/plonk-proof": _plonk,
}
