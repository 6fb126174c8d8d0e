"""Wires that constraints confine to few small values, by polynomials of one wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

Terms = Mapping[int, int]
"""Wire to coefficient; wire 0 holds the constant."""
Product = tuple[Terms, Terms, Terms]
"""left * right = product."""

LARGEST_DEGREE: Final = 16


def confined(products: Iterable[Product], modulus: int) -> dict[int, tuple[int, ...]]:
    """For wires that the constraints confine to numbers below 16: all that they allow.

    A constraint whose factors are polynomials of one wire either makes one wire more such a polynomial, or says that
    a polynomial is zero. Where as many numbers below 16 are its roots as it has degrees, the wire is one of these.
    """
    forms = _Forms(modulus)
    found: dict[int, tuple[int, ...]] = {}
    for left, right, product in products:
        base = forms.base(left, right)
        if base is None:
            continue
        roots = forms.roots(base, left, right, product)
        if roots and base not in found:
            found[base] = roots
    return found


class _Forms:
    """Wires as polynomials of another wire: that wire, and the coefficients, constant first."""

    def __init__(self, modulus: int) -> None:
        self._modulus = modulus
        self._known: dict[int, tuple[int, Sequence[int]]] = {}

    def base(self, left: Terms, right: Terms) -> int | None:
        """The one wire that both factors are polynomials of."""
        bases = {self._form(wire)[0] for wire in {*left, *right} - {0}}
        return bases.pop() if len(bases) == 1 else None

    def roots(self, base: int, left: Terms, right: Terms, product: Terms) -> tuple[int, ...]:
        """The small roots, if they are all; none where the constraint only makes one wire more a polynomial."""
        others = [wire for wire in product if wire and self._form(wire)[0] != base]
        if len(others) > 1:
            return ()
        rest = {wire: factor for wire, factor in product.items() if wire not in others}
        total = _times(self._polynomial(left), self._polynomial(right))
        total = self._reduced(_plus(total, self._polynomial(rest), -1))
        if len(total) > LARGEST_DEGREE + 1:
            return ()
        if others:
            inverse = pow(product[others[0]], -1, self._modulus)
            self._known.setdefault(others[0], (base, self._reduced([value * inverse for value in total])))
            return ()
        roots = tuple(
            value for value in range(min(LARGEST_DEGREE, self._modulus)) if not self._value(total, value)
        )
        return roots if len(roots) == len(total) - 1 else ()

    def _form(self, wire: int) -> tuple[int, Sequence[int]]:
        return self._known.get(wire, (wire, (0, 1)))

    def _polynomial(self, terms: Terms) -> list[int]:
        """A linear combination of polynomials of one wire."""
        total: list[int] = []
        for wire, factor in terms.items():
            total = _plus(total, self._form(wire)[1] if wire else (1,), factor)
        return total

    def _reduced(self, coefficients: Iterable[int]) -> list[int]:
        """Modulo the modulus, without leading zeros."""
        reduced = [value % self._modulus for value in coefficients]
        while reduced and not reduced[-1]:
            reduced.pop()
        return reduced

    def _value(self, coefficients: Sequence[int], at: int) -> int:
        total = 0
        for factor in reversed(coefficients):
            total = total * at + factor
        return total % self._modulus


def _times(left: Sequence[int], right: Sequence[int]) -> list[int]:
    total = [0] * max(0, len(left) + len(right) - 1)
    for place, factor in enumerate(left):
        for other, value in enumerate(right):
            total[place + other] += factor * value
    return total


def _plus(left: Sequence[int], right: Sequence[int], factor: int) -> list[int]:
    size = max(len(left), len(right))
    wide = [[*side, *[0] * (size - len(side))] for side in (left, right)]
    return [a + factor * b for a, b in zip(*wide, strict=True)]
