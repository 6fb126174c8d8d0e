"""Reading `.zkey` files of snarkjs for Groth16: what a ceremony made for one circuit.

Sections: 1 protocol, 2 header, 3 points of the public inputs, 4 entries of the matrices A and B, 5 A in G1, 6 B in G1,
7 B in G2, 8 C, 9 points of the quotient, 10 contributions (not read). Points stand as in memory, in Montgomery's form;
factors of the matrices stand times 2^512.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..bn254.pairing import pairing_product_is_one
from ..circom_files import FIELD_OCTETS, SectionedFile, open_sections
from .keys import MAXIMUM_SIZE_LOG2, ProvingKey, WirePoints
from .matrix import SparseMatrix
from .proof import MAXIMUM_PUBLICS, VerifyingKey
from .verifier import require_key

_PROTOCOL: Final = 1
_HEADER: Final = 2
_INPUTS: Final = 3
_ENTRIES: Final = 4
_LEFT: Final = 5
_RIGHT: Final = 6
_TWIST: Final = 7
_PRIVATE: Final = 8
_QUOTIENT: Final = 9

_GROTH16: Final = 1
_MAXIMUM_WIRES: Final = (1 << 31) - 1
_COUNTS: Final = struct.Struct("<3I")
_G1_OCTETS: Final = 64
_G2_OCTETS: Final = 128
_HEADER_OCTETS: Final = 2 * (4 + FIELD_OCTETS) + _COUNTS.size + 3 * _G1_OCTETS + 3 * _G2_OCTETS
_ENTRY: Final = np.dtype([("matrix", "<u4"), ("row", "<u4"), ("wire", "<u4"), ("factor", "<u8", 4)])


def read_zkey(path: Path) -> ProvingKey:
    """Read a proving key and check it: numbers, all points, and that its halves in G1 and G2 belong together.

    Run by a Prover on a file from outside; the length of each section is checked before it is read. That the points of
    wires are those of the ceremony, a proof shows, which is checked as soon as it is made. Rejects with
    `zero-knowledge/malformed-key`, `zero-knowledge/element-not-canonical`, reasons of points,
    `zero-knowledge/gamma-equals-delta` when nobody contributed, and `zero-knowledge/setup-structure-invalid`.
    """
    with open_sections(path, magic=b"zkey", version=1, reason="zero-knowledge/malformed-key") as file:
        header = _Header(file)
        wires, private = header.wire_count, header.wire_count - header.public_count - 1
        lengths = {
            _LEFT: wires * _G1_OCTETS,
            _RIGHT: wires * _G1_OCTETS,
            _TWIST: wires * _G2_OCTETS,
            _PRIVATE: private * _G1_OCTETS,
            _QUOTIENT: (1 << header.size_log2) * _G1_OCTETS,
        }
        for section, expected in lengths.items():
            if file.length(section) != expected:
                raise file.refusal(f"section {section} has not {expected} octets")
        left, right = _matrices(file, header)
        points = {
            section: (G2 if section == _TWIST else G1).from_montgomery_octets(
                file.octets(section, expected=expected)
            )
            for section, expected in lengths.items()
        }
    key = header.verifying_key
    require_key(key, accept_development=True)
    _require_twins(header)
    return ProvingKey(
        verifying_key=key,
        size_log2=header.size_log2,
        left=left,
        right=right,
        beta=header.beta,
        delta=header.delta,
        left_points=WirePoints.of(points[_LEFT]),
        right_points=WirePoints.of(points[_RIGHT]),
        twist_points=WirePoints.of(points[_TWIST]),
        private_points=WirePoints.of(points[_PRIVATE], first=header.public_count + 1),
        quotient_points=points[_QUOTIENT],
    )


def read_verifying_key(path: Path) -> VerifyingKey:
    """Read only the verifying key of a `.zkey` file and check it; rejects like `read_zkey`."""
    with open_sections(path, magic=b"zkey", version=1, reason="zero-knowledge/malformed-key") as file:
        header = _Header(file)
    require_key(header.verifying_key, accept_development=True)
    return header.verifying_key


class _Header:
    """Sections 1 to 3."""

    __slots__ = ("beta", "delta", "public_count", "size_log2", "verifying_key", "wire_count")

    def __init__(self, file: SectionedFile) -> None:
        if file.octets(_PROTOCOL, expected=4) != _GROTH16.to_bytes(4, "little"):
            raise file.refusal("not a key for Groth16")
        octets = file.octets(_HEADER, expected=_HEADER_OCTETS)
        field = 4 + FIELD_OCTETS
        file.require_modulus(octets[:field], BASE_MODULUS)
        file.require_modulus(octets[field : 2 * field], SCALAR_MODULUS)
        self.wire_count, self.public_count, size = _COUNTS.unpack_from(octets, 2 * field)
        self.size_log2 = size.bit_length() - 1
        if size != 1 << max(self.size_log2, 0) or self.size_log2 > MAXIMUM_SIZE_LOG2:
            raise file.refusal("the size of the domain is not a power of two that has one")
        if self.wire_count > _MAXIMUM_WIRES or self.public_count >= self.wire_count:
            raise file.refusal("the counts of the header do not fit one another")
        if self.public_count > MAXIMUM_PUBLICS:
            raise file.refusal(f"{self.public_count} public inputs")
        position = 2 * field + _COUNTS.size

        def take(count: int) -> bytes:
            nonlocal position
            position += count
            return octets[position - count : position]

        near = [take(_G1_OCTETS), take(_G1_OCTETS)]
        far = [take(_G2_OCTETS), take(_G2_OCTETS)]
        near.append(take(_G1_OCTETS))
        far.append(take(_G2_OCTETS))
        alpha, self.beta, self.delta = G1.from_montgomery_octets(b"".join(near))
        twists = G2.decode(G2.from_montgomery_octets(b"".join(far)))
        (alpha_point,) = G1.decode(alpha[None])
        finite = [point for point in twists if point is not None]
        if alpha_point is None or len(finite) != len(twists):
            raise Refused("zero-knowledge/point-at-infinity", "alpha, beta, gamma or delta of the key")
        inputs = file.octets(_INPUTS, expected=(self.public_count + 1) * _G1_OCTETS)
        self.verifying_key = VerifyingKey(
            alpha=alpha_point,
            beta=finite[0],
            gamma=finite[1],
            delta=finite[2],
            inputs=tuple(G1.decode(G1.from_montgomery_octets(inputs))),
        )


def _matrices(file: SectionedFile, header: _Header) -> tuple[SparseMatrix, SparseMatrix]:
    """A and B of section 4."""
    count = int.from_bytes(file.part(_ENTRIES, 0, 4), "little")
    octets = file.octets(_ENTRIES, expected=4 + count * _ENTRY.itemsize)
    table = np.frombuffer(octets, _ENTRY, offset=4)
    shape = (1 << header.size_log2, header.wire_count)
    if (table["matrix"] > 1).any() or (table["row"] >= shape[0]).any() or (table["wire"] >= shape[1]).any():
        raise file.refusal("an entry of the matrices stands where there is none")
    stored = np.ascontiguousarray(table["factor"]).astype(np.uint64)
    SCALAR.from_canonical(stored)  # as in memory, limbs are those of a number below r
    factors = SCALAR.to_canonical(stored)  # f·2^512 as a number is f as an element, once divided by 2^256

    def matrix(number: int) -> SparseMatrix:
        chosen: NDArray[np.int64] = np.flatnonzero(table["matrix"] == number)
        return SparseMatrix.of_entries(
            table["row"][chosen].astype(np.int64),
            table["wire"][chosen].astype(np.int32),
            factors[chosen],
            shape,
        )

    return matrix(0), matrix(1)


def _require_twins(header: _Header) -> None:
    """Check that beta and delta of G1 have the same logarithms as those of G2."""
    beta, _, delta = G2.encode(header.verifying_key.twists)
    for near, far, name in ((header.beta, beta, "beta"), (header.delta, delta, "delta")):
        opposite: Words = G1.negate(near)
        if not pairing_product_is_one(np.stack([opposite, G1.generator]), np.stack([G2.generator, far])):
            raise Refused("zero-knowledge/setup-structure-invalid", f"{name} differs between G1 and G2")
