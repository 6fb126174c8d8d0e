"""The permutation Keccak-f[1600] (FIPS 202 section 3)."""

from __future__ import annotations

from typing import Final

from .builder import Builder, Wire
from .circuit import Circuit
from .gadgets import constant, split, xor_words
from .store import kept

ROUNDS: Final = 24
_LANE_BITS: Final = 64


def _rotate(lane: list[Wire], distance: int) -> list[Wire]:
    """Rotate to the left."""
    start = -distance % _LANE_BITS
    return [*lane[start:], *lane[:start]]


def round_constants() -> list[int]:
    """Return the constants of ι, from the register of FIPS 202 section 3.2.5."""
    constants = []
    register = 1
    for _ in range(ROUNDS):
        total = 0
        for power in range(7):
            total |= (register & 1) << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(total)
    return constants


def rotations() -> dict[tuple[int, int], int]:
    """Return the distances of ρ by lane (x, y), FIPS 202 section 3.2.2."""
    distances = {(0, 0): 0}
    x, y = 1, 0
    for step in range(24):
        distances[x, y] = (step + 1) * (step + 2) // 2 % _LANE_BITS
        x, y = y, (2 * x + 3 * y) % 5
    return distances


@kept
def keccak_permutation() -> Circuit:
    """Keccak-f[1600]: state 1600 → state 1600, as octets of the sponge's state; 38,400 AND (χ, 24 rounds)."""
    builder = Builder("keccak-permutation")
    lanes = split(builder.take_input(1600), _LANE_BITS)
    state = {(x, y): lanes[5 * y + x] for y in range(5) for x in range(5)}
    distances = rotations()
    for round_constant in round_constants():
        parity = [xor_words(builder, *(state[x, y] for y in range(5))) for x in range(5)]
        effect = [xor_words(builder, parity[x - 1], _rotate(parity[(x + 1) % 5], 1)) for x in range(5)]
        moved = {
            (y, (2 * x + 3 * y) % 5): _rotate(xor_words(builder, lane, effect[x]), distances[x, y])
            for (x, y), lane in state.items()
        }
        for y in range(5):
            for x in range(5):
                products = [
                    builder.and_(builder.invert(low), high)
                    for low, high in zip(moved[(x + 1) % 5, y], moved[(x + 2) % 5, y], strict=True)
                ]
                state[x, y] = xor_words(builder, moved[x, y], products)
        state[0, 0] = xor_words(builder, state[0, 0], constant(round_constant, _LANE_BITS))
    return builder.finish([bit for y in range(5) for x in range(5) for bit in state[x, y]])
