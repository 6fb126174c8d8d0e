"""Keccak-256 as Ethereum uses it: the Keccak submission's padding, which is not that of SHA3-256.

Source: FIPS 202, sections 3 and 4 for the permutation and the sponge; "The Keccak reference" 3.0 (2011) for
the multi-rate padding without SHA-3's two domain bits.
"""

from __future__ import annotations

RATE = 136
"""Octets of the state that one block of input replaces: 1600 - 2·256 bits."""

DIGEST_LENGTH = 32

_LANE_BITS = 64
_LANE_MASK = (1 << _LANE_BITS) - 1
_ROUNDS = 24

Lanes = list[list[int]]
"""The state A[x][y]: five by five lanes of 64 bits."""


def _rotate(lane: int, count: int) -> int:
    count %= _LANE_BITS
    return ((lane << count) | (lane >> (_LANE_BITS - count))) & _LANE_MASK


def _round_constants() -> list[int]:
    """RC[i] of FIPS 202, algorithm 5: bit 2^j - 1 is the output of a linear feedback shift register."""
    register = 1
    constants = []
    for _ in range(_ROUNDS):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


_ROUND_CONSTANTS = _round_constants()


def _theta(lanes: Lanes) -> Lanes:
    parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
    return [
        [lanes[x][y] ^ parity[(x - 1) % 5] ^ _rotate(parity[(x + 1) % 5], 1) for y in range(5)]
        for x in range(5)
    ]


def _rho_and_pi(lanes: Lanes) -> Lanes:
    """Rotate each lane by its triangular number, and move it: B[y][2x + 3y] = A[x][y]."""
    moved = [[0] * 5 for _ in range(5)]
    moved[0][0] = lanes[0][0]
    x, y = 1, 0
    for step in range(24):
        moved[y][(2 * x + 3 * y) % 5] = _rotate(lanes[x][y], (step + 1) * (step + 2) // 2)
        x, y = y, (2 * x + 3 * y) % 5
    return moved


def _chi(lanes: Lanes) -> Lanes:
    return [
        [lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & _LANE_MASK & lanes[(x + 2) % 5][y]) for y in range(5)]
        for x in range(5)
    ]


def _permute(lanes: Lanes) -> Lanes:
    """Keccak-f[1600]: 24 rounds of theta, rho, pi, chi and iota."""
    for constant in _ROUND_CONSTANTS:
        lanes = _chi(_rho_and_pi(_theta(lanes)))
        lanes[0][0] ^= constant
    return lanes


def keccak_256(message: bytes) -> bytes:
    """Return the 32-octet Keccak-256 digest of a message.

    Anyone runs it. The padding is 0x01, zeros, 0x80 (one octet 0x81 when only one is free).
    """
    padding = bytearray(RATE - len(message) % RATE)
    padding[0] ^= 0x01
    padding[-1] ^= 0x80
    padded = message + bytes(padding)
    lanes: Lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), RATE):
        for position in range(RATE // 8):
            word = padded[start + 8 * position : start + 8 * position + 8]
            lanes[position % 5][position // 5] ^= int.from_bytes(word, "little")
        lanes = _permute(lanes)
    return b"".join(lanes[x][0].to_bytes(8, "little") for x in range(DIGEST_LENGTH // 8))
