"""Transforms against values computed one by one, and against another implementation."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.bn254.field import SCALAR
from mpctls.zkp.bn254.transform import Domain
from tests.unit.bn254.numbers import edges, elements

FIXED = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def value_at(coefficients: list[int], point: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * point + coefficient) % SCALAR_MODULUS
    return value


def example(size: int) -> list[int]:
    """Return edges and other numbers in turn."""
    numbers = edges(SCALAR_MODULUS)
    return [
        numbers[row // 2 % len(numbers)] if row % 2 else pow(7, row, SCALAR_MODULUS) for row in range(size)
    ]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("size_log2", [0, 1, 2, 5, 6, 7, 8, 9])
def test_values_on_the_domain_and_on_a_coset(size_log2: int) -> None:
    domain, shift = Domain(size_log2), 7
    numbers = example(domain.size)
    coefficients = SCALAR.encode(numbers)
    points = [pow(domain.root, row, SCALAR_MODULUS) for row in range(domain.size)]
    values, shifted = domain.forward(coefficients), domain.forward_coset(coefficients, shift)
    checked = [*range(0, domain.size, max(1, domain.size // 16)), domain.size - 1]
    every_value, every_shifted = SCALAR.decode(values), SCALAR.decode(shifted)
    for row in checked:
        assert every_value[row] == value_at(numbers, points[row])
        assert every_shifted[row] == value_at(numbers, shift * points[row] % SCALAR_MODULUS)
    assert SCALAR.decode(domain.inverse(values)) == numbers
    assert SCALAR.decode(domain.inverse_coset(shifted, shift)) == numbers


@FIXED
@given(rows=st.data())
@pytest.mark.usefixtures("path")
def test_transforms_are_linear_and_missing_coefficients_are_zero(rows: st.DataObject) -> None:
    domain = Domain(6)
    numbers = rows.draw(st.lists(elements(SCALAR_MODULUS), min_size=1, max_size=64))
    padded = numbers + [0] * (64 - len(numbers))
    first, second = SCALAR.encode(numbers), SCALAR.encode(padded[::-1])
    total = domain.forward(SCALAR.add(SCALAR.encode(padded), second))
    assert SCALAR.decode(total) == SCALAR.decode(SCALAR.add(domain.forward(first), domain.forward(second)))


@pytest.mark.parametrize("size_log2", [10, 11])
def test_same_as_zksnake(size_log2: int) -> None:
    polynomial = pytest.importorskip("zksnake.polynomial")
    domain, numbers = Domain(size_log2), example(1 << size_log2)
    theirs = [int(value) for value in polynomial.fft(numbers, SCALAR_MODULUS, domain.size)]
    assert SCALAR.decode(domain.forward(SCALAR.encode(numbers))) == theirs
    assert SCALAR.decode(domain.inverse(SCALAR.encode(theirs))) == numbers


def test_every_row_of_a_large_transform() -> None:
    """The transform of x^k has the values root^(k·row); the rows that a faulty pass would exchange all differ."""
    domain = Domain(13)
    for power in (1, 8, 4097):
        coefficients = SCALAR.zero(domain.size)
        coefficients[power] = SCALAR.one(1)[0]
        ratio = SCALAR.encode([pow(domain.root, power, SCALAR_MODULUS)])
        assert (domain.forward(coefficients) == SCALAR.powers(ratio, domain.size)).all()


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    domain = Domain(8)
    polynomials = [SCALAR.random(count) for count in (256, 100, 1, 256)]
    many = domain.forward_many(polynomials)
    for values, polynomial in zip(many, polynomials, strict=True):
        assert (values == domain.forward(polynomial)).all()
    on_rows = domain.forward_many(polynomials[::3])
    for coefficients, polynomial in zip(domain.inverse_many(on_rows), polynomials[::3], strict=True):
        assert (coefficients == polynomial).all()


def test_roots_are_those_of_snarkjs() -> None:
    """The root of unity of order 2^28 in ffjavascript's table for BN254; all others are its powers."""
    largest = 19103219067921713944291392827692070036145651957329286315305642004821462161904
    for size_log2 in range(29):
        assert Domain(size_log2).root == pow(largest, 1 << 28 - size_log2, SCALAR_MODULUS)


def test_vanishing_polynomial() -> None:
    domain = Domain(5)
    assert domain.vanishing_at(pow(domain.root, 11, SCALAR_MODULUS)) == 0
    assert domain.vanishing_at(3) == 3**32 - 1
    assert domain.vanishing_at(0) == SCALAR_MODULUS - 1


def test_wrong_sizes_are_refused() -> None:
    for size_log2 in (-1, 29):
        with pytest.raises(ValueError, match=r"2\^28"):
            Domain(size_log2)
    domain = Domain(3)
    with pytest.raises(ValueError, match="at most size"):
        domain.forward(SCALAR.zero(9))
    with pytest.raises(ValueError, match=r"uint64\[size, 4\]"):
        domain.inverse(SCALAR.zero(7))
