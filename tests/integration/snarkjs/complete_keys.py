"""Our proving keys as `.zkey` files for the prover of snarkjs, which wants to find more values in them than ours."""

from __future__ import annotations

import numpy as np

from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.limbs import Words
from mpctls.zkp.bn254.transform import Domain
from mpctls.zkp.plonk.keys import ProvingKey
from mpctls.zkp.setup.powers import Setup
from tests.unit.plonk import circom_writers
from tests.unit.plonk.circom_writers import raw


def complete_key(key: ProvingKey, setup: Setup) -> bytes:
    """The octets of the file: each polynomial as coefficients and as values on a domain four times as large."""
    verifying_key = key.verifying_key
    size_log2 = verifying_key.size_log2
    contents = circom_writers.proving_key(key, setup.prefix(size_log2), verifying_key.size)
    for section, selector in enumerate(key.selectors, 7):
        contents[section] = _with_values(selector, size_log2)
    contents[12] = b"".join(_with_values(sigma, size_log2) for sigma in key.sigmas)
    contents[13] = b"".join(
        _with_values(_lagrange(row, size_log2), size_log2)
        for row in range(max(1, verifying_key.public_count))
    )
    return circom_writers.sections(b"zkey", 1, contents)


def _with_values(polynomial: Words, size_log2: int) -> bytes:
    extended = np.zeros((4 << size_log2, 4), np.uint64)
    extended[: len(polynomial)] = polynomial
    return raw(polynomial) + raw(Domain(size_log2 + 2).forward(extended))


def _lagrange(row: int, size_log2: int) -> Words:
    """The polynomial that is one on this row and zero on all others."""
    values = SCALAR.zero(1 << size_log2)
    values[row] = SCALAR.encode([1])[0]
    return Domain(size_log2).inverse(values)
