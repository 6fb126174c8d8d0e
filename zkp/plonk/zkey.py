"""Reading `.zkey` files of snarkjs for PLONK: keys of circuits that were compiled by circom.

Sections: 1 protocol, 2 header, 3 additions, 4 to 6 wires of the columns, 7 to 11 selectors, 12 sigmas, 13 Lagrange
polynomials of the public rows, 14 powers of the setup. Elements and points stand as in memory, in Montgomery's form.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import sha256

from ..bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from ..bn254.curve import G1, G2
from ..bn254.field import SCALAR
from ..bn254.limbs import Words
from ..circom_files import FIELD_OCTETS, SectionedFile, open_sections
from ..setup.bases import prepared_points
from ..setup.powers import check_structure, power_count
from .keys import AddedWires, ProvingKey, table_size_log2
from .proof import VerifyingKey, check_points

_PROTOCOL: Final = 1
_HEADER: Final = 2
_ADDITIONS: Final = 3
_COLUMNS: Final = (4, 5, 6)
_SELECTORS: Final = (7, 8, 9, 10, 11)
_SIGMAS: Final = 12
_POWERS: Final = 14

_PLONK: Final = 2
_MAXIMUM_WIRES: Final = (1 << 31) - 1
_COUNTS: Final = struct.Struct("<5I")
_G1_OCTETS: Final = 64
_G2_OCTETS: Final = 128
_HEADER_OCTETS: Final = 2 * (4 + FIELD_OCTETS) + _COUNTS.size + 2 * FIELD_OCTETS + 8 * _G1_OCTETS + _G2_OCTETS
_ADDITION: Final = np.dtype(
    [("left", "<u4"), ("right", "<u4"), ("left_factor", "<u8", 4), ("right_factor", "<u8", 4)]
)


def read_zkey(path: Path) -> ProvingKey:
    """Read a proving key and check it: numbers, points, the structure of its powers, its commitments.

    Run by a Prover on a file from outside. What the file has besides (values on a coset, Lagrange polynomials) is made
    anew and not read. Rejects with `zero-knowledge/malformed-key`, `zero-knowledge/element-not-canonical`, reasons of
    points, `zero-knowledge/setup-structure-invalid`, and `zero-knowledge/malformed-key` when polynomials and
    commitments differ.
    """
    with open_sections(path, magic=b"zkey", version=1, reason="zero-knowledge/malformed-key") as file:
        if file.octets(_PROTOCOL, expected=4) != _PLONK.to_bytes(4, "little"):
            raise file.refusal("not a key for PLONK")
        header = _Header(file)
        size = 1 << header.size_log2
        columns = np.zeros((3, size), np.int32)
        for column, section in zip(columns, _COLUMNS, strict=True):
            column[: header.row_count] = _wires(file, section, header)
        additions = _additions(file, header)
        polynomial_octets = size * FIELD_OCTETS
        for section, count in (*((number, 1) for number in _SELECTORS), (_SIGMAS, 3)):
            if file.length(section) != 5 * count * polynomial_octets:
                raise file.refusal(f"section {section} does not fit the size of the table")
        selectors = np.stack([_elements(file.part(k, 0, polynomial_octets)) for k in _SELECTORS])
        sigmas = np.stack(
            [_elements(file.part(_SIGMAS, 5 * k * polynomial_octets, polynomial_octets)) for k in range(3)]
        )
        power_octets = file.octets(_POWERS, expected=power_count(header.size_log2) * _G1_OCTETS)
    powers = G1.from_montgomery_octets(power_octets)
    check_points(header.verifying_key)
    check_structure(powers, G2.encode([header.verifying_key.tau])[0])
    bases = prepared_points(powers, sha256(power_octets))
    commitments = G1.decode(np.stack(bases.commit_many([*selectors, *sigmas])))
    if tuple(commitments) != header.verifying_key.commitments:
        raise Refused("zero-knowledge/malformed-key", "the commitments are not those of the polynomials")
    return ProvingKey(
        verifying_key=header.verifying_key,
        additions=additions,
        columns=columns,
        selectors=selectors,
        sigmas=sigmas,
        bases=bases,
    )


class _Header:
    """Section 2."""

    __slots__ = ("addition_count", "row_count", "size_log2", "verifying_key", "wire_count")

    def __init__(self, file: SectionedFile) -> None:
        octets = file.octets(_HEADER, expected=_HEADER_OCTETS)
        field = 4 + FIELD_OCTETS
        file.require_modulus(octets[:field], BASE_MODULUS)
        file.require_modulus(octets[field : 2 * field], SCALAR_MODULUS)
        position = 2 * field + _COUNTS.size
        counts = _COUNTS.unpack_from(octets, 2 * field)
        self.wire_count, public_count, size, self.addition_count, self.row_count = counts
        self.size_log2 = table_size_log2(size)
        if size != 1 << self.size_log2 or self.row_count > size or self.addition_count >= self.wire_count:
            raise file.refusal("the counts of the header do not fit one another")
        if self.wire_count > _MAXIMUM_WIRES or public_count >= self.wire_count - self.addition_count:
            raise file.refusal("the counts of the header do not fit one another")
        shifts = SCALAR.decode(_elements(octets[position : position + 2 * FIELD_OCTETS]))
        position += 2 * FIELD_OCTETS
        points = G1.decode(G1.from_montgomery_octets(octets[position : position + 8 * _G1_OCTETS]))
        (tau,) = G2.decode(G2.from_montgomery_octets(octets[position + 8 * _G1_OCTETS :]))
        if tau is None:
            raise Refused("zero-knowledge/point-at-infinity", "X_2")
        self.verifying_key = VerifyingKey.of(
            points,
            tau,
            size_log2=self.size_log2,
            public_count=public_count,
            shifts=(shifts[0], shifts[1]),
        )


def _wires(file: SectionedFile, section: int, header: _Header) -> NDArray[np.int32]:
    wires = np.frombuffer(file.octets(section, expected=4 * header.row_count), "<u4")
    if (wires >= header.wire_count).any():
        raise file.refusal(f"section {section} names a wire that there is not")
    return wires.astype(np.int32)


def _additions(file: SectionedFile, header: _Header) -> AddedWires:
    octets = file.octets(_ADDITIONS, expected=header.addition_count * _ADDITION.itemsize)
    table = np.frombuffer(octets, _ADDITION)
    for name in ("left", "right"):
        if (table[name] >= header.wire_count).any():
            raise file.refusal("an addition names a wire that there is not")
    return AddedWires(
        first=header.wire_count - header.addition_count,
        left=table["left"].astype(np.int32),
        right=table["right"].astype(np.int32),
        left_factors=_canonical(np.ascontiguousarray(table["left_factor"]).astype(np.uint64)),
        right_factors=_canonical(np.ascontiguousarray(table["right_factor"]).astype(np.uint64)),
    )


def _elements(octets: bytes) -> Words:
    return _canonical(np.frombuffer(octets, "<u8").astype(np.uint64).reshape(-1, 4))


def _canonical(words: Words) -> Words:
    """Return words that stand as in memory, or refuse limbs that are not below the modulus."""
    SCALAR.from_canonical(words)
    return words
