"""Poseidon over F_r: the hash that costs a proof a few hundred multiplications.

The state of a width t = k + 1 starts as (0, a_1 … a_k). A round adds constants, raises elements to the fifth
power (all of them in the first and last four rounds, only the first one in between) and multiplies by a
matrix. The output is the first element. There is neither padding nor separation of uses: what an input means
and how many elements it has must be said by an element of the input, which is what headers are for.

Source: eprint 2019/458, section 2.2 and figure 2; width, rounds and output as in circomlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .poseidon_constants import FULL_ROUNDS, LARGEST_WIDTH, instance
from .scalar_field import ORDER

LARGEST_ARITY: Final = LARGEST_WIDTH - 1


def poseidon(inputs: Sequence[int]) -> int:
    """Return the hash of one to sixteen elements of F_r."""
    if not 1 <= len(inputs) <= LARGEST_ARITY:
        raise ValueError(f"Poseidon has 1 to {LARGEST_ARITY} inputs, not {len(inputs)}")
    constants = instance(len(inputs) + 1)
    state = [0, *inputs]
    last_full = len(constants.round_constants) - FULL_ROUNDS // 2
    for number, row in enumerate(constants.round_constants):
        state = [(element + constant) % ORDER for element, constant in zip(state, row, strict=True)]
        if FULL_ROUNDS // 2 <= number < last_full:
            state[0] = pow(state[0], 5, ORDER)
        else:
            state = [pow(element, 5, ORDER) for element in state]
        state = [
            sum(factor * element for factor, element in zip(line, state, strict=True)) % ORDER
            for line in constants.matrix
        ]
    return state[0]
