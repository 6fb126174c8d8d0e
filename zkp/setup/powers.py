"""A setup: the powers [1], [s], [s^2], ... of a secret s in G1, and [s] in G2 (Kate, Zaverucha and Goldberg, 2010)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from mpctls.reference.foundation.contexts import SETUP
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256
from mpctls.reference.foundation.randomness import Randomness, SystemRandomness

from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.multi_scalar import multiply_sum
from ..bn254.pairing import pairing_product_is_one

EXTRA_POWERS: Final = 6
"""A polynomial of the prover has up to 2^k + 6 coefficients for a table of 2^k rows: five blinders lengthen it."""

MINIMUM_SIZE_LOG2: Final = 3
MAXIMUM_SIZE_LOG2: Final = 26
MAXIMUM_LABEL: Final = 64
_CHALLENGE_OCTETS: Final = 16


class Origin(enum.IntEnum):
    """Who made a setup, and therefore who can have kept its secret."""

    CEREMONY = 0
    """Many parties, one of whom at least threw its share away; the file is one that was published."""
    OWN = 1
    """Its holder: sound for the holder, and for whoever trusts it."""
    DEVELOPMENT = 2
    """A public label: everyone knows the secret and can prove anything."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Setup:
    """The powers of one secret, for tables of up to 2^size_log2 rows.

    `powers` is uint64[2^size_log2 + 6, 2, 4], the points [s^i] in G1; `tau` uint64[4, 4], [s] in G2. `label` names the
    ceremony's file or the development setup. Points are canonical, on the curve and in the subgroup: the readers check
    that. That they are powers of one secret, `check_structure` checks.
    """

    origin: Origin
    label: str
    size_log2: int
    powers: Words
    tau: Words

    def __post_init__(self) -> None:
        """Refuse with `zero-knowledge/malformed-setup` a size, a label or arrays that no setup has."""
        if not MINIMUM_SIZE_LOG2 <= self.size_log2 <= MAXIMUM_SIZE_LOG2:
            raise Refused("zero-knowledge/malformed-setup", f"a setup of 2^{self.size_log2}")
        if len(self.label) > MAXIMUM_LABEL or not self.label.isascii() or not self.label.isprintable():
            raise Refused("zero-knowledge/malformed-setup", "the label is not printable ASCII of at most 64")
        if self.powers.shape != (power_count(self.size_log2), 2, 4) or self.tau.shape != (4, 4):
            raise Refused("zero-knowledge/malformed-setup", "the number of powers does not fit the size")

    @cached_property
    def content(self) -> bytes:
        """The canonical octets: origin, label, size, powers and tau; integers little-endian, points big-endian."""
        label = self.label.encode("ascii")
        head = bytes([self.origin, len(label)]) + label + bytes([self.size_log2])
        return head + G1.to_octets(self.powers) + G2.to_octets(self.tau[None])

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of the context and the canonical octets: what a trust store names."""
        return sha256(SETUP, self.content)

    def prefix(self, size_log2: int) -> Words:
        """The powers for tables of 2^size_log2 rows, uint64[2^size_log2 + 6, 2, 4].

        Refuses with `zero-knowledge/setup-too-small` when this setup has fewer.
        """
        if size_log2 > self.size_log2:
            raise Refused("zero-knowledge/setup-too-small", f"2^{size_log2} needed, 2^{self.size_log2} there")
        return np.ascontiguousarray(self.powers[: power_count(size_log2)])


def power_count(size_log2: int) -> int:
    """How many powers a table of 2^size_log2 rows needs."""
    return (1 << size_log2) + EXTRA_POWERS


def check_structure(powers: Words, tau: Words, randomness: Randomness | None = None) -> None:
    """Check that points are the powers of one secret other than zero, so that commitments hide and bind alike.

    `powers` is uint64[n, 2, 4], n >= 2, on the curve; `tau` uint64[4, 4], in the subgroup of G2. Run by whoever uses a
    setup that it did not make, once. All relations e([s^(i+1)], [1]) = e([s^i], [s]) are checked together, with random
    weights of 128 bits: a wrong one passes with probability 2^-128. Rejects with
    `zero-knowledge/setup-structure-invalid`.
    """
    if not np.array_equal(powers[0], G1.generator):
        raise Refused("zero-knowledge/setup-structure-invalid", "the first power is not the generator")
    if not tau.any():
        raise Refused("zero-knowledge/setup-structure-invalid", "the secret is zero")
    source = SystemRandomness() if randomness is None else randomness
    count = len(powers) - 1
    limbs = np.zeros((count, 4), np.uint64)
    limbs[:, :2] = np.frombuffer(source.octets(count * _CHALLENGE_OCTETS), "<u8").reshape(-1, 2)
    weights = SCALAR.from_canonical(limbs)
    later = multiply_sum(np.ascontiguousarray(powers[1:]), weights)
    earlier = multiply_sum(np.ascontiguousarray(powers[:-1]), weights)
    points = np.stack([later, G1.negate(earlier)])
    if not pairing_product_is_one(points, np.stack([G2.generator, tau])):
        raise Refused("zero-knowledge/setup-structure-invalid", "the points are not powers of one secret")
