"""Challenges of the Verifier as hashes of what was sent before (Fiat and Shamir), exactly as snarkjs has them.

Keccak-256, a fresh hash for each challenge; points are x ‖ y and scalars one number, 32 octets big-endian each, the
point at infinity is 64 zero octets; a digest is reduced modulo r. Each challenge but the last includes the one before,
and the first includes key and public inputs; `separation` hashes the two openings only, which is harmless because
everything else is fixed when they are: the equation is linear in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from mpctls.reference.foundation.hashes import keccak256

from ..bn254.constants import SCALAR_MODULUS

Point: TypeAlias = tuple[int, int] | None
"""Affine coordinates in G1, or None for the point at infinity."""

_OCTETS: Final = 32


def point_octets(point: Point) -> bytes:
    """x ‖ y, big-endian; zeros for the point at infinity."""
    x, y = (0, 0) if point is None else point
    return x.to_bytes(_OCTETS, "big") + y.to_bytes(_OCTETS, "big")


def scalar_octets(scalar: int) -> bytes:
    """One number of 32 octets, big-endian."""
    return scalar.to_bytes(_OCTETS, "big")


def challenge(points_before: Sequence[Point], scalars: Sequence[int], points: Sequence[Point] = ()) -> int:
    """The hash of points, scalars and again points as a scalar."""
    parts = (*map(point_octets, points_before), *map(scalar_octets, scalars), *map(point_octets, points))
    return int.from_bytes(keccak256(b"".join(parts)), "big") % SCALAR_MODULUS


def permutation_challenges(
    key: Sequence[Point], publics: Sequence[int], wires: Sequence[Point]
) -> tuple[int, int]:
    """beta and gamma, from the key's eight commitments, the public inputs and the commitments to a, b, c."""
    beta = challenge(key, publics, wires)
    return beta, challenge((), (beta,))


def combination_challenge(beta: int, gamma: int, permutation: Point) -> int:
    """alpha, from the commitment to the permutation polynomial."""
    return challenge((), (beta, gamma), (permutation,))


def evaluation_challenge(alpha: int, quotients: Sequence[Point]) -> int:
    """xi, from the commitments to the three parts of the quotient."""
    return challenge((), (alpha,), quotients)


def opening_challenge(xi: int, evaluations: Sequence[int]) -> int:
    """v, from the six evaluations."""
    return challenge((), (xi, *evaluations))


def separation_challenge(opening: Point, shifted_opening: Point) -> int:
    """u, from the two opening proofs."""
    return challenge((opening, shifted_opening), ())
