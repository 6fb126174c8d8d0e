"""Writes a `.zkey` file of Groth16, whose secret is known, for tests of its reader."""

from __future__ import annotations

import numpy as np

from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2, Group
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.circom_files import field_octets, unsigned
from mpctls.zkp.groth16.keys import ProvingKey, WirePoints
from mpctls.zkp.groth16.matrix import SparseMatrix


def raw(words: Words) -> bytes:
    return words.astype("<u8").tobytes()


def key_sections(key: ProvingKey) -> dict[int, bytes]:
    """Sections 1 to 9."""
    verifying_key = key.verifying_key
    alpha = G1.encode([verifying_key.alpha])
    beta, gamma, delta = G2.encode(verifying_key.twists)
    header = field_octets(BASE_MODULUS) + field_octets(SCALAR_MODULUS)
    header += unsigned(key.wire_count, verifying_key.public_count, 1 << key.size_log2)
    header += b"".join(map(raw, (alpha, key.beta, beta, gamma, key.delta, delta)))
    first = verifying_key.public_count + 1
    entries = [*_entries(0, key.left), *_entries(1, key.right)]
    return {
        1: unsigned(1),
        2: header,
        3: raw(G1.encode(list(verifying_key.inputs))),
        4: unsigned(len(entries)) + b"".join(entries),
        5: _spread(G1, key.left_points, key.wire_count),
        6: _spread(G1, key.right_points, key.wire_count),
        7: _spread(G2, key.twist_points, key.wire_count),
        8: _spread(G1, key.private_points, key.wire_count)[64 * first :],
        9: raw(key.quotient_points),
    }


def _entries(number: int, matrix: SparseMatrix) -> list[bytes]:
    places = np.repeat(np.arange(matrix.row_count), np.diff(matrix.offsets))
    doubled = SCALAR.multiply(matrix.factors, SCALAR.encode([1 << 256]))
    return [
        unsigned(number, int(place), int(wire)) + raw(factor)
        for place, wire, factor in zip(places, matrix.columns, doubled, strict=True)
    ]


def _spread(group: Group[int] | Group[tuple[int, int]], points: WirePoints, count: int) -> bytes:
    everywhere = group.infinity(count)
    everywhere[points.wires] = points.points
    return raw(everywhere)
