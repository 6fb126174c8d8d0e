"""The fields of BN254's groups and pairing, one upon the other: F_p, F_p2, F_p6, F_p12.

F_p2 = F_p[u]/(u² + 1), F_p6 = F_p2[v]/(v³ - ξ) with ξ = 9 + u, F_p12 = F_p6[w]/(w² - v). An element holds its
coefficients, that of 1 first. Formulas written over these classes run in any arithmetic: over `Integers` they
compute; over those of `tower_instructions` they emit what a kernel computes.

Products follow Karatsuba as in Devegili, Ó hÉigeartaigh, Scott, Dahab, "Multiplication and squaring on
pairing-friendly fields" (2006); squares in the cyclotomic subgroup follow Granger and Scott (2010).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from .constants import BASE_MODULUS, TWIST_NON_RESIDUE

E = TypeVar("E", "Base", "Quadratic", "Sextic", "Dodecic")


class Arithmetic(Protocol):
    """What computes modulo p, on values of its own kind."""

    def constant(self, number: int) -> Any:
        """Return the value of an integer."""

    def add(self, left: Any, right: Any) -> Any:
        """Return left + right."""

    def subtract(self, left: Any, right: Any) -> Any:
        """Return left - right."""

    def multiply(self, left: Any, right: Any) -> Any:
        """Return left·right."""

    def square(self, value: Any) -> Any:
        """Return value²."""

    def call(self, formula: Callable[..., E], *operands: Element) -> E:
        """Return what a formula of F_p2 makes of its operands; the result is of the kind of the first."""


class Integers:
    """Arithmetic on integers in [0, p)."""

    def constant(self, number: int) -> int:
        """Return the integer modulo p."""
        return number % BASE_MODULUS

    def add(self, left: int, right: int) -> int:
        """Return left + right."""
        return (left + right) % BASE_MODULUS

    def subtract(self, left: int, right: int) -> int:
        """Return left - right."""
        return (left - right) % BASE_MODULUS

    def multiply(self, left: int, right: int) -> int:
        """Return left·right."""
        return left * right % BASE_MODULUS

    def square(self, value: int) -> int:
        """Return value²."""
        return value * value % BASE_MODULUS

    def call(self, formula: Callable[..., E], *operands: Element) -> E:
        """Return formula(*operands)."""
        return formula(*operands)


INTEGERS = Integers()


@dataclass(frozen=True, slots=True)
class Base:
    """An element of F_p."""

    degree: ClassVar[int] = 1

    arithmetic: Arithmetic
    value: Any

    def __add__(self, other: Base) -> Base:
        return Base(self.arithmetic, self.arithmetic.add(self.value, other.value))

    def __sub__(self, other: Base) -> Base:
        return Base(self.arithmetic, self.arithmetic.subtract(self.value, other.value))

    def __mul__(self, other: Base) -> Base:
        return Base(self.arithmetic, self.arithmetic.multiply(self.value, other.value))

    def __neg__(self) -> Base:
        return Base(self.arithmetic, self.arithmetic.subtract(self.arithmetic.constant(0), self.value))

    def square(self) -> Base:
        """Return its square."""
        return Base(self.arithmetic, self.arithmetic.square(self.value))

    def norm(self) -> Base:
        """Return what has to be inverted to invert this."""
        return self

    def inverse(self, inverse_of_norm: Base) -> Base:
        """Return its inverse."""
        return inverse_of_norm

    def parts(self) -> list[Base]:
        """Return its coefficients in F_p."""
        return [self]

    @staticmethod
    def of(parts: Sequence[Base]) -> Base:
        """Return the element with these coefficients."""
        (part,) = parts
        return part


@dataclass(frozen=True, slots=True)
class Quadratic:
    """An element of F_p2."""

    degree: ClassVar[int] = 2

    low: Base
    high: Base

    def __add__(self, other: Quadratic) -> Quadratic:
        return self.low.arithmetic.call(_quadratic_sum, self, other)

    def __sub__(self, other: Quadratic) -> Quadratic:
        return self.low.arithmetic.call(_quadratic_difference, self, other)

    def __neg__(self) -> Quadratic:
        return self.low.arithmetic.call(_quadratic_opposite, self)

    def __mul__(self, other: Quadratic) -> Quadratic:
        return self.low.arithmetic.call(_quadratic_product, self, other)

    def square(self) -> Quadratic:
        """Return its square."""
        return self.low.arithmetic.call(_quadratic_square, self)

    def scale(self, factor: Base) -> Quadratic:
        """Return its product with an element of F_p."""
        return self.low.arithmetic.call(_quadratic_scaled, self, factor)

    def conjugate(self) -> Quadratic:
        """Return its p-th power."""
        return self.low.arithmetic.call(_quadratic_conjugate, self)

    def twist(self) -> Quadratic:
        """Return its product with ξ = 9 + u."""
        return self.low.arithmetic.call(_quadratic_twist, self)

    def norm(self) -> Base:
        """Return what has to be inverted to invert this."""
        return self.low.square() + self.high.square()

    def inverse(self, inverse_of_norm: Base) -> Quadratic:
        """Return its inverse, and 0 for 0."""
        return Quadratic(self.low * inverse_of_norm, -(self.high * inverse_of_norm))

    def parts(self) -> list[Base]:
        """Return its coefficients in F_p."""
        return [self.low, self.high]

    @staticmethod
    def of(parts: Sequence[Base]) -> Quadratic:
        """Return the element with these coefficients."""
        low, high = parts
        return Quadratic(low, high)


def _quadratic_sum(left: Quadratic, right: Quadratic) -> Quadratic:
    return Quadratic(left.low + right.low, left.high + right.high)


def _quadratic_difference(left: Quadratic, right: Quadratic) -> Quadratic:
    return Quadratic(left.low - right.low, left.high - right.high)


def _quadratic_opposite(value: Quadratic) -> Quadratic:
    return Quadratic(-value.low, -value.high)


def _quadratic_scaled(value: Quadratic, factor: Base) -> Quadratic:
    return Quadratic(value.low * factor, value.high * factor)


def _quadratic_conjugate(value: Quadratic) -> Quadratic:
    return Quadratic(value.low, -value.high)


def _quadratic_product(left: Quadratic, right: Quadratic) -> Quadratic:
    low, high = left.low * right.low, left.high * right.high
    mixed = (left.low + left.high) * (right.low + right.high)
    return Quadratic(low - high, mixed - low - high)


def _quadratic_square(value: Quadratic) -> Quadratic:
    product = value.low * value.high
    return Quadratic((value.low + value.high) * (value.low - value.high), product + product)


def _quadratic_twist(value: Quadratic) -> Quadratic:
    return Quadratic(_nine_times(value.low) - value.high, _nine_times(value.high) + value.low)


def _nine_times(value: Base) -> Base:
    eightfold = value + value
    eightfold = eightfold + eightfold
    return eightfold + eightfold + value


@dataclass(frozen=True, slots=True)
class Sextic:
    """An element of F_p6."""

    degree: ClassVar[int] = 6

    first: Quadratic
    second: Quadratic
    third: Quadratic

    def __add__(self, other: Sextic) -> Sextic:
        return Sextic(self.first + other.first, self.second + other.second, self.third + other.third)

    def __sub__(self, other: Sextic) -> Sextic:
        return Sextic(self.first - other.first, self.second - other.second, self.third - other.third)

    def __neg__(self) -> Sextic:
        return Sextic(-self.first, -self.second, -self.third)

    def __mul__(self, other: Sextic) -> Sextic:
        first, second, third = self.first * other.first, self.second * other.second, self.third * other.third
        upper = (self.second + self.third) * (other.second + other.third) - (second + third)
        lower = (self.first + self.second) * (other.first + other.second) - (first + second)
        outer = (self.first + self.third) * (other.first + other.third) - (first + third)
        return Sextic(first + upper.twist(), lower + third.twist(), outer + second)

    def scale(self, factor: Quadratic) -> Sextic:
        """Return its product with an element of F_p2."""
        return Sextic(self.first * factor, self.second * factor, self.third * factor)

    def multiply_linear(self, constant: Quadratic, linear: Quadratic) -> Sextic:
        """Return its product with constant + linear·v."""
        first, second = self.first * constant, self.second * linear
        mixed = (self.first + self.second) * (constant + linear)
        return Sextic(
            first + (self.third * linear).twist(), mixed - (first + second), second + self.third * constant
        )

    def twist(self) -> Sextic:
        """Return its product with v."""
        return Sextic(self.third.twist(), self.first, self.second)

    def _adjoint(self) -> Sextic:
        return Sextic(
            self.first.square() - (self.second * self.third).twist(),
            self.third.square().twist() - self.first * self.second,
            self.second.square() - self.first * self.third,
        )

    def _relative_norm(self, adjoint: Sextic) -> Quadratic:
        return (
            self.first * adjoint.first + (self.third * adjoint.second + self.second * adjoint.third).twist()
        )

    def norm(self) -> Base:
        """Return what has to be inverted to invert this."""
        return self._relative_norm(self._adjoint()).norm()

    def inverse(self, inverse_of_norm: Base) -> Sextic:
        """Return its inverse, and 0 for 0."""
        adjoint = self._adjoint()
        return adjoint.scale(self._relative_norm(adjoint).inverse(inverse_of_norm))

    def parts(self) -> list[Base]:
        """Return its coefficients in F_p."""
        return [*self.first.parts(), *self.second.parts(), *self.third.parts()]

    @staticmethod
    def of(parts: Sequence[Base]) -> Sextic:
        """Return the element with these coefficients."""
        return Sextic(Quadratic.of(parts[:2]), Quadratic.of(parts[2:4]), Quadratic.of(parts[4:]))


@dataclass(frozen=True, slots=True)
class Dodecic:
    """An element of F_p12."""

    degree: ClassVar[int] = 12

    low: Sextic
    high: Sextic

    def __mul__(self, other: Dodecic) -> Dodecic:
        low, high = self.low * other.low, self.high * other.high
        mixed = (self.low + self.high) * (other.low + other.high)
        return Dodecic(low + high.twist(), mixed - low - high)

    def square(self) -> Dodecic:
        """Return its square."""
        product = self.low * self.high
        mixed = (self.low + self.high) * (self.low + self.high.twist())
        return Dodecic(mixed - product - product.twist(), product + product)

    def multiply_line(self, constant: Quadratic, linear: Quadratic, cubic: Quadratic) -> Dodecic:
        """Return its product with constant + linear·w + cubic·w³, the shape of a line of the Miller loop."""
        low, high = self.low.scale(constant), self.high.multiply_linear(linear, cubic)
        mixed = (self.low + self.high).multiply_linear(constant + linear, cubic)
        return Dodecic(low + high.twist(), mixed - low - high)

    def conjugate(self) -> Dodecic:
        """Return its p⁶-th power, which is the inverse in the cyclotomic subgroup."""
        return Dodecic(self.low, -self.high)

    def frobenius(self) -> Dodecic:
        """Return its p-th power."""
        even = (self.low.first, self.low.second, self.low.third)
        odd = (self.high.first, self.high.second, self.high.third)
        arithmetic = self.low.first.low.arithmetic
        low = [part.conjugate() * frobenius_constant(arithmetic, 2 * k) for k, part in enumerate(even)]
        high = [part.conjugate() * frobenius_constant(arithmetic, 2 * k + 1) for k, part in enumerate(odd)]
        return Dodecic(Sextic(*low), Sextic(*high))

    def cyclotomic_square(self) -> Dodecic:
        """Return the square of an element of the cyclotomic subgroup, by three squares in F_p4."""
        first, fifth, fourth = self.low.first, self.low.second, self.low.third
        third, second, sixth = self.high.first, self.high.second, self.high.third
        first_even, first_odd = _square_pair(first, second)
        third_even, third_odd = _square_pair(third, fourth)
        fifth_even, fifth_odd = _square_pair(fifth, sixth)
        return Dodecic(
            Sextic(
                _thrice_less_twice(first_even, first),
                _thrice_less_twice(third_even, fifth),
                _thrice_less_twice(fifth_even, fourth),
            ),
            Sextic(
                _thrice_and_twice(fifth_odd.twist(), third),
                _thrice_and_twice(first_odd, second),
                _thrice_and_twice(third_odd, sixth),
            ),
        )

    def _relative_norm(self) -> Sextic:
        return self.low * self.low - (self.high * self.high).twist()

    def norm(self) -> Base:
        """Return what has to be inverted to invert this."""
        return self._relative_norm().norm()

    def inverse(self, inverse_of_norm: Base) -> Dodecic:
        """Return its inverse, and 0 for 0."""
        inverse = self._relative_norm().inverse(inverse_of_norm)
        return Dodecic(self.low * inverse, -(self.high * inverse))

    def parts(self) -> list[Base]:
        """Return its coefficients in F_p."""
        return [*self.low.parts(), *self.high.parts()]

    @staticmethod
    def of(parts: Sequence[Base]) -> Dodecic:
        """Return the element with these coefficients."""
        return Dodecic(Sextic.of(parts[:6]), Sextic.of(parts[6:]))


Element: TypeAlias = Base | Quadratic | Sextic | Dodecic


def _square_pair(a: Quadratic, b: Quadratic) -> tuple[Quadratic, Quadratic]:
    """Return a² + ξ·b² and 2·a·b, the square of a + b·√ξ."""
    product = a * b
    return (a + b) * (a + b.twist()) - product - product.twist(), product + product


def _thrice_less_twice(a: Quadratic, b: Quadratic) -> Quadratic:
    difference = a - b
    return difference + difference + a


def _thrice_and_twice(a: Quadratic, b: Quadratic) -> Quadratic:
    total = a + b
    return total + total + a


def quadratic(arithmetic: Arithmetic, numbers: tuple[int, int]) -> Quadratic:
    """Return the element of F_p2 with two integers as coefficients."""
    return Quadratic.of([Base(arithmetic, arithmetic.constant(number)) for number in numbers])


def frobenius_constant(arithmetic: Arithmetic, power: int) -> Quadratic:
    """Return ξ^(power·(p - 1)/6) = w^(power·(p - 1)), what w^power gains when raised to the p."""
    result, factor = quadratic(INTEGERS, (1, 0)), quadratic(INTEGERS, TWIST_NON_RESIDUE)
    for bit in bin(power * (BASE_MODULUS - 1) // 6)[2:]:
        result = result.square() * factor if bit == "1" else result.square()
    return quadratic(arithmetic, (result.low.value, result.high.value))
