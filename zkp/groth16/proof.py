"""A proof and the key that verifies it, with their canonical octets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..plonk.proof import AffinePoint, TwistPoint
from ..plonk.transcript import Point, point_octets, scalar_octets

PROOF_OCTETS: Final = 256
MAXIMUM_PUBLICS: Final = 1 << 16
_KEY_FORMAT: Final = b"mpctls groth16 verifying key v1\0"
_NUMBER: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A and C in G1, B in G2, as a Prover sent them: whether they are in these groups, `verify` says."""

    a: AffinePoint
    b: TwistPoint
    c: AffinePoint

    def to_octets(self) -> bytes:
        """The 256 octets of a proof: A ‖ B ‖ C, coordinates big-endian, those of B as c0 before c1."""
        return point_octets(self.a) + twist_octets(self.b) + point_octets(self.c)

    @classmethod
    def from_octets(cls, octets: bytes) -> Proof:
        """Read 256 octets; refuses with `zero-knowledge/malformed-proof` any other number of them.

        Numbers out of range are for `verify` to refuse, which knows the order of refusals.
        """
        if len(octets) != PROOF_OCTETS:
            raise Refused("zero-knowledge/malformed-proof", f"{len(octets)} octets instead of {PROOF_OCTETS}")
        numbers = [
            int.from_bytes(octets[start : start + _NUMBER], "big")
            for start in range(0, PROOF_OCTETS, _NUMBER)
        ]
        a_x, a_y, x_real, x_imaginary, y_real, y_imaginary, c_x, c_y = numbers
        return cls(a=(a_x, a_y), b=((x_real, x_imaginary), (y_real, y_imaginary)), c=(c_x, c_y))


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyingKey:
    """What a Verifier must know of a circuit and its ceremony.

    `inputs` holds one point of G1 more than the circuit has public inputs: that of the constant one, then theirs in
    order. Points may be anything that a peer sent; `verify` checks them.
    """

    alpha: AffinePoint
    beta: TwistPoint
    gamma: TwistPoint
    delta: TwistPoint
    inputs: tuple[Point, ...]

    def __post_init__(self) -> None:
        """Refuse with `zero-knowledge/malformed-key` numbers of points that no key has."""
        if not 1 <= len(self.inputs) <= MAXIMUM_PUBLICS + 1:
            raise Refused("zero-knowledge/malformed-key", f"{len(self.inputs)} points for public inputs")

    @property
    def public_count(self) -> int:
        """How many public inputs a proof has."""
        return len(self.inputs) - 1

    @property
    def twists(self) -> tuple[TwistPoint, TwistPoint, TwistPoint]:
        """The points of G2."""
        return self.beta, self.gamma, self.delta

    def to_octets(self) -> bytes:
        """Everything in the key: alpha, beta, gamma, delta, the number of public inputs (u32) and their points."""
        count = self.public_count.to_bytes(4, "little")
        points = (point_octets(self.alpha), *map(twist_octets, self.twists))
        return b"".join((*points, count, *map(point_octets, self.inputs)))

    def digest(self) -> bytes:
        """SHA-256 of everything in the key: what a Verifier names when it names a ceremony."""
        return sha256(_KEY_FORMAT, self.to_octets())


def twist_octets(point: TwistPoint) -> bytes:
    """x.c0 ‖ x.c1 ‖ y.c0 ‖ y.c1, 32 octets each, big-endian."""
    numbers: Sequence[int] = [number for coordinate in point for number in coordinate]
    return b"".join(map(scalar_octets, numbers))
