"""Numbers of the curve BN254 (alt_bn128 of EIP-196 and EIP-197), as circom, snarkjs and Ethereum have them."""

from __future__ import annotations

from typing import Final

PARAMETER: Final = 4965661367192848881
"""The x from which both moduli are polynomials (Barreto and Naehrig, 2005)."""

BASE_MODULUS: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
"""p: coordinates of G1 are integers modulo p."""
SCALAR_MODULUS: Final = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""r: the order of both groups; scalars and wires of circuits are integers modulo r."""

SCALAR_GENERATOR: Final = 5
"""Generates the multiplicative group modulo r; roots of unity are its powers."""
TWO_ADICITY: Final = 28
"""2^28 divides r - 1 and 2^29 does not: the largest domain of a transform."""

CURVE_B: Final = 3
"""G1: y^2 = x^3 + 3 over F_p."""
TWIST_NON_RESIDUE: Final = (9, 1)
"""F_p2 = F_p[i]/(i^2 + 1); the twist divides by 9 + i, which is no square and no cube there."""
TWIST_B: Final = (
    19485874751759354771024239261021720505790618469301721065564631296452457478373,
    266929791119991161246907387137283842545076965332900288569378510910307636690,
)
"""G2: y^2 = x^3 + 3 / (9 + i) over F_p2."""

G1_GENERATOR: Final = (1, 2)
G2_GENERATOR: Final = (
    (
        10857046999023057135944570762232829481370756359578518086990519993285655852781,
        11559732032986387107991004021392285783925812861821192530917403151452391805634,
    ),
    (
        8495653923123431417604973247489272438418190587263600148770280649306958101930,
        4082367875863433681332203403145435568316851327593401208105741076214120093531,
    ),
)
"""((x.c0, x.c1), (y.c0, y.c1)); EIP-197 writes each pair with c1 first."""
