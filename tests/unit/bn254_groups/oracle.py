"""What the tests compare with: py_ecc's arithmetic, and points whose discrete logarithms are known."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from mpctls.zkp.bn254.constants import BASE_MODULUS, SCALAR_MODULUS
from mpctls.zkp.bn254.curve import G1, G2
from mpctls.zkp.bn254.field import BASE, SCALAR
from mpctls.zkp.bn254.limbs import Words

py_ecc: Any = importlib.import_module("py_ecc.optimized_bn128")

GROUPS: list[Any] = [G1, G2]
EDGES = [0, 1, 2, 3, 2**128, SCALAR_MODULUS - 2, SCALAR_MODULUS - 1]


def multiples(group: Any, logarithms: Sequence[int]) -> Words:
    """Return k·G for each k, by py_ecc."""
    generator, field = (py_ecc.G1, 1) if group is G1 else (py_ecc.G2, 2)
    points: list[Any] = []
    for logarithm in logarithms:
        point = (
            py_ecc.normalize(py_ecc.multiply(generator, logarithm)) if logarithm % SCALAR_MODULUS else None
        )
        if point is None:
            points.append(None)
        elif field == 1:
            points.append((int(point[0].n), int(point[1].n)))
        else:
            points.append(tuple((int(value.coeffs[0]), int(value.coeffs[1])) for value in point))
    result: Words = group.encode(points)
    return result


def small_multiples(group: Any, count: int) -> Words:
    """Return 0·G … (count - 1)·G, one py_ecc addition each."""
    generator = py_ecc.G1 if group is G1 else py_ecc.G2
    point: Any = generator
    points: list[Any] = [None]
    for _ in range(count - 1):
        x, y = py_ecc.normalize(point)
        pair = (x, y)
        points.append(tuple(int(v.n) if group is G1 else tuple(int(c) for c in v.coeffs) for v in pair))
        point = py_ecc.add(point, generator)
    result: Words = group.encode(points)
    return result


def scalars(values: Sequence[int]) -> Words:
    """Return elements of F_r."""
    return SCALAR.encode(list(values))


def finite(group: Any, words: Words) -> Any:
    """Return the coordinates of one finite point, as integers."""
    (point,) = group.decode(words[None])
    assert point is not None
    return point


def curve_point(words: Words) -> Any:
    """Return one finite point of G1 as py_ecc has it."""
    x, y = finite(G1, words)
    return py_ecc.FQ(x), py_ecc.FQ(y), py_ecc.FQ(1)


def twist_point(words: Words) -> Any:
    """Return one finite point of G2 as py_ecc has it."""
    x, y = finite(G2, words)
    return py_ecc.FQ2(x), py_ecc.FQ2(y), py_ecc.FQ2.one()


def target_element(words: Words) -> Any:
    """Return an element of F_p12 as py_ecc has it: a polynomial in w modulo w¹² - 18·w⁶ + 82, where u = w⁶ - 9."""
    numbers = BASE.decode(words)
    pairs = [numbers[2 * k : 2 * k + 2] for k in (0, 3, 1, 4, 2, 5)]  # by powers of w
    coefficients = [(low - 9 * high) % BASE_MODULUS for low, high in pairs]
    return py_ecc.FQ12([*coefficients, *(high for _, high in pairs)])
