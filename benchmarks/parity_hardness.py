"""What known attacks on learning parity with regular noise cost, in bits: why `silent.PARAMETERS` are what they are.

    python -m benchmarks.parity_hardness [n k t]

An instance has n bits x = u A + e, u of k bits, e of t blocks of n/t bits with a single one in each. Costs are
counts of operations on bits or words as the sources give them, memory and the cost of reaching it ignored:
each is a lower bound of what the attack takes, and the least of them is what the parameters are worth today.

Sources: Gauss and statistical decoding, eprint 2022/712 (section 3; the t parities of the blocks are known,
which makes it an instance of n - t, k - t); regular information-set decoding, eprint 2023/1568 (appendix A.1);
algebraic attack, eprint 2023/176, and its second version, eprint 2025/1476; hybrid of guessing, linear algebra
and quadratic equations, eprint 2025/1284. Formulas of the last three were taken from the estimator that their
authors publish (lpnestimator.com).
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]

_STRASSEN: Final = 2.8
_STRASSEN_FACTOR: Final = 5.64
_NEVER: Final = 1000.0
_LARGEST_ENUMERATION: Final = 40
_GRID: Final = 129


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """n bits, k of them unknown, t of them wrong, one in each block of n/t."""

    n: int
    k: int
    t: int

    @property
    def block(self) -> int:
        return self.n // self.t


def attacks(instance: Instance) -> Mapping[str, float]:
    """Bits of each attack."""
    return {
        "Gauss": gauss(instance),
        "statistical decoding": statistical_decoding(instance),
        "regular information-set decoding": information_set_decoding(instance),
        "algebraic": algebraic(instance),
        "algebraic, second version": algebraic_second(instance),
        "hybrid": hybrid(instance),
    }


def gauss(instance: Instance) -> float:
    """Guess k - t places without noise, evenly over the blocks, and solve (eprint 2023/1568, by permutation)."""
    unknown = instance.k - instance.t
    return _STRASSEN * math.log2(unknown) - instance.t * math.log2(1 - unknown / instance.n)


def statistical_decoding(instance: Instance) -> float:
    """Parities of low weight, after as many unknowns were guessed as the Gauss attack costs bits."""
    n, k, t = instance.n - instance.t, instance.k - instance.t, instance.t
    k -= math.floor(gauss(instance))
    return math.log2(k + 1) + 2 * t * math.log2((n - t + 1) / (n - k - t))


def information_set_decoding(instance: Instance) -> float:
    """Enumerate p wrong places among k + l, half in each half of the blocks; the rest without noise."""
    n, k, t = instance.n, instance.k - instance.t, instance.t
    best = _NEVER
    for wrong in range(0, _LARGEST_ENUMERATION, 2):
        half = math.log2(math.comb(t // 2, wrong // 2))
        rough = half + wrong / 2 * math.log2(k / t)
        for extra in range(math.ceil(rough / 2), max(math.ceil(rough * 1.5), 1) + 1):
            places = (k + extra) / t
            share = places / instance.block
            if share >= 1:
                break
            chance = 2 * half + wrong * math.log2(share) + (t - wrong) * math.log2(1 - share)
            entries = half + wrong / 2 * math.log2(places)
            # The elimination is counted as n - k row operations of words, which is below what it costs.
            step = math.log2(n) + max(2 * math.log2(n - k), 1 + entries, 2 * entries - extra)
            best = min(best, step - chance)
    return best


def algebraic(instance: Instance) -> float:
    """Products of places of a block vanish; guess `each` zeros in `blocks` blocks, then solve at degree 2 to 4."""
    blocks, each = _grid(instance)
    series, monomials = _hilbert(instance, blocks, each), _monomials(instance, blocks, each)
    unknown = instance.k + 1 - blocks * each
    cost = 2 * np.log2(np.maximum(_at_witness(series, monomials), 1)) + np.log2(3 * np.maximum(unknown, 1))
    cost += _guess_bits(instance, blocks, each)
    return float(np.where((_degree(series) > 0) & (unknown > 0), cost, _NEVER).min())


def algebraic_second(instance: Instance) -> float:
    """Solve part of the system once for many guesses: few zeros guessed for it, all of them for the rest."""
    blocks, each = _grid(instance)
    degree = _degree(_hilbert(instance, blocks, each))
    bits = np.where(blocks * each <= instance.k, _guess_bits(instance, blocks, each), _NEVER)
    best = _NEVER
    for power in (2, 3, 4):
        rest = np.where(degree == power, bits, _NEVER)
        for axis in (0, 1):  # the least over all guesses that contain this one
            rest = np.flip(np.minimum.accumulate(np.flip(rest, axis), axis=axis), axis)
        columns = _monomials(instance, blocks, each)[power - 2]
        left = np.maximum(_hilbert(instance, blocks, each)[: power - 1].sum(axis=0), 1)
        rows = np.maximum(columns - left, 2)
        sparse = 3 * np.maximum(instance.k + 1 - blocks * each, 1) * np.maximum(columns, 1) ** 2
        once = np.minimum(sparse, np.maximum(columns, 1) * rows**2 / np.log2(rows))
        again = _STRASSEN_FACTOR * np.minimum(left, rows) ** _STRASSEN
        cost = np.maximum(np.log2(once) + bits, np.log2(again) + rest)
        best = min(best, float(cost.min()))
    return best


def hybrid(instance: Instance) -> float:
    """Guess zeros in all blocks but `open_blocks`, eliminate, linearise the quadratic equations that are left."""
    best = _NEVER
    block, t = instance.block, instance.t
    more = np.arange(t + 1, dtype=np.float64)
    for open_blocks in [*range(min(t, 8)), *range(8, t, max(t // 16, 1))]:
        for each in _steps(block - 3):
            counts = more[: t - open_blocks + 1]  # blocks in which one zero more is guessed
            rest = t - open_blocks - counts
            chance = counts * math.log2(1 - (each + 1) / block) + rest * math.log2(1 - each / block)
            unknown = instance.k - t - (each + 1) * counts - rest * each
            equations = rest * (block - each - 2) * (block - each - 1) / 2
            equations += counts * (block - each - 2) * (block - each - 3) / 2
            outside = (block - 1) * open_blocks
            solved = np.maximum(unknown - outside, 0)
            redundant = (
                instance.n - instance.k - (instance.n - instance.k) // (block - 1) * (block - each - 2)
            )
            eliminate = np.maximum(redundant, 1) * (instance.n - instance.k)
            eliminate = eliminate * np.maximum(redundant + np.maximum(unknown, 0), 1)
            linearise = solved**4 * np.maximum(unknown, 1) ** 2 / 8
            linearise = linearise / np.log2(np.maximum(solved**2 / 2, 2))
            last = 1.25 * (2 * solved**2 * outside + solved * outside**2)
            last = last + (2.5 * solved) ** 3 / np.log2(np.maximum(2.5 * solved, 2))
            tries = open_blocks * math.log2(block)
            cost = np.log2(eliminate + linearise + np.maximum(last, 1) * 2.0 ** min(tries, 800)) - chance
            possible = (solved <= np.sqrt(2 * equations) - 2) & ((unknown >= outside) | (unknown <= 0))
            best = min(best, float(np.where(possible, cost, _NEVER).min()))
    return best


def _steps(last: int) -> list[int]:
    return sorted({*range(min(last, 32)), *np.linspace(0, last, 4 * _GRID).astype(int).tolist()})


def _grid(instance: Instance) -> tuple[Numbers, Numbers]:
    """Numbers of blocks (rows) and of zeros guessed in each (columns)."""
    blocks = np.unique(np.linspace(0, instance.t, _GRID).astype(int)).astype(np.float64)
    each = np.unique(np.linspace(0, instance.block - 2, 8 * _GRID).astype(int)).astype(np.float64)
    rows, columns = np.meshgrid(blocks, each, indexing="ij")
    return rows, columns


def _guess_bits(instance: Instance, blocks: Numbers, each: Numbers) -> Numbers:
    bits: Numbers = -blocks * np.log2(1 - each / instance.block)
    return bits


def _powers(size: Numbers | float, count: Numbers | float) -> list[Numbers]:
    """Coefficients 0 to 4 of (1 + size·z)^count."""
    return [
        np.asarray(size, np.float64) ** power
        * np.prod([np.asarray(count) - lower for lower in range(power)], axis=0)
        / math.factorial(power)
        for power in range(5)
    ]


def _product(left: list[Numbers], right: list[Numbers]) -> list[Numbers]:
    return [sum((left[i] * right[d - i] for i in range(d + 1)), np.zeros(())) for d in range(5)]


def _places(instance: Instance, blocks: Numbers, each: Numbers) -> list[Numbers]:
    guessed = _powers(instance.block - each - 1, blocks)
    return _product(guessed, _powers(float(instance.block - 1), instance.t - blocks))


def _monomials(instance: Instance, blocks: Numbers, each: Numbers) -> Numbers:
    """Monomials of degree 1 to 2, to 3 and to 4."""
    return np.cumsum(np.stack(_places(instance, blocks, each)[1:]), axis=0)[1:]


def _hilbert(instance: Instance, blocks: Numbers, each: Numbers) -> Numbers:
    """Coefficients 2 to 4 of the places' series divided by (1 + z)^(n - k), over GF(2) (eprint 2023/176)."""
    checks = float(instance.n - instance.k - 1)
    inverse = [np.asarray(1.0)]
    for degree in range(1, 5):
        inverse.append(-inverse[-1] * (checks + degree - 1) / degree)
    return np.stack(_product(_places(instance, blocks, each), inverse)[2:])


def _degree(series: Numbers) -> NDArray[np.int64]:
    """The least degree, 2 to 4, up to which nothing is left of the system; 0 if none."""
    left = np.cumsum(series, axis=0)
    return np.select([left[0] < 1, left[1] < 1, left[2] < 1], [2, 3, 4], 0)


def _at_witness(series: Numbers, monomials: Numbers) -> Numbers:
    degree = np.maximum(_degree(series) - 2, 0)
    witness: Numbers = np.take_along_axis(monomials, degree[None], axis=0)[0]
    return witness


def main() -> None:
    """Print the bits of each attack on the parameters in use, or on those given."""
    parser = argparse.ArgumentParser(
        description="Bits of known attacks on learning parity with regular noise."
    )
    parser.add_argument("instance", nargs="*", type=int, help="n, k and t")
    options = parser.parse_args()
    if options.instance:
        n, k, t = options.instance
        instances = [Instance(n=n, k=k, t=t)]
    else:
        from mpctls.reference.mpc.oblivious_transfer.silent_parameters import PARAMETERS

        instances = [Instance(n=each.length, k=each.secret, t=each.blocks) for each in PARAMETERS.values()]
    for instance in instances:
        print(f"n = {instance.n}, k = {instance.k}, t = {instance.t}, blocks of {instance.block}")
        for name, bits in attacks(instance).items():
            print(f"  {name:34} {bits:6.1f}")


if __name__ == "__main__":
    main()
