"""Writes the files of circom and snarkjs that tests read: with a known secret, so never for anything else."""

from __future__ import annotations

import numpy as np

from mpctls.zkp import circom_files
from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.bn254.transform import Domain
from mpctls.zkp.plonk.keys import ProvingKey
from mpctls.zkp.setup.generator_multiples import generator_multiples

u32 = circom_files.unsigned
field = circom_files.field_octets
sections = circom_files.sections_octets
constraint_system = circom_files.constraints_sections
witness = circom_files.witness_sections


def raw(words: Words) -> bytes:
    return words.astype("<u8").tobytes()


def powers_of_tau(size_log2: int, secret: int) -> dict[int, bytes]:
    """Header, powers and Lagrange points of a `.ptau` file that is prepared for phase 2, as far as PLONK reads it."""
    powers = SCALAR.powers(SCALAR.encode([secret]), 2 << size_log2)
    twist = [G2.multiply(G2.generator, pow(secret, power, SCALAR_MODULUS)) for power in range(1 << size_log2)]
    lagrange = []
    for level in range(size_log2 + 1):
        domain = Domain(
            level
        )  # L_i(s) are the coefficients of the polynomial with values s^0, s^1, ... in turn
        values = domain.inverse(powers[: domain.size])
        lagrange.append(values)
    return {
        1: field(BASE_MODULUS) + u32(size_log2, size_log2),
        2: raw(generator_multiples(powers[:-1])),
        3: raw(np.stack(twist)),
        12: b"".join(raw(generator_multiples(values)) for values in lagrange),
    }


def proving_key(key: ProvingKey, powers: Words, row_count: int) -> dict[int, bytes]:
    """The sections of a PLONK `.zkey` file, with zeros where a reader makes the values anew."""
    verifying_key, added = key.verifying_key, key.additions
    size = verifying_key.size
    counts = u32(key.wire_count, verifying_key.public_count, size, len(added.left), row_count)
    shifts = SCALAR.encode([verifying_key.right_shift, verifying_key.output_shift])
    points = G1.encode(list(verifying_key.commitments))
    header = field(BASE_MODULUS) + field(SCALAR_MODULUS) + counts + raw(shifts) + raw(points)
    header += raw(G2.encode([verifying_key.tau]))
    additions = b"".join(
        u32(int(added.left[row]), int(added.right[row]))
        + raw(added.left_factors[row])
        + raw(added.right_factors[row])
        for row in range(len(added.left))
    )
    elsewhere = bytes(4 * size * 32)
    contents = {1: u32(2), 2: header, 3: additions}
    contents |= {4 + k: key.columns[k, :row_count].astype("<u4").tobytes() for k in range(3)}
    contents |= {7 + k: raw(key.selectors[k]) + elsewhere for k in range(5)}
    contents[12] = b"".join(raw(polynomial) + elsewhere for polynomial in key.sigmas)
    contents[13] = b""
    contents[14] = raw(powers)
    return contents
