"""Arithmetic on arrays of field elements against Python's integers, and what is refused at the door."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from py_ecc.bn128.bn128_curve import G1, G2, b, b2, curve_order, field_modulus

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.zkp.bn254 import constants
from mpctls.zkp.bn254.field import BASE, SCALAR, Field, Order
from tests.unit.bn254.numbers import edges, elements, pairs

# What is drawn never depends on the fixtures: they only choose a field and a way to compute.
FIXED = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
ORDERS: tuple[Order, Order] = ("little", "big")


def test_numbers_of_the_curve_are_those_of_py_ecc() -> None:
    assert (field_modulus, curve_order) == (constants.BASE_MODULUS, constants.SCALAR_MODULUS)
    assert int(b) == constants.CURVE_B
    assert tuple(map(int, b2.coeffs)) == constants.TWIST_B
    assert tuple(int(coordinate) for coordinate in G1) == constants.G1_GENERATOR
    assert tuple(tuple(map(int, coordinate.coeffs)) for coordinate in G2) == constants.G2_GENERATOR


def test_moduli_are_the_polynomials_of_the_parameter() -> None:
    """Barreto and Naehrig's 36x^4 + 36x^3 + 24x^2 + 6x + 1, and the same with 18x^2 for the order."""
    x = constants.PARAMETER
    assert 36 * x**4 + 36 * x**3 + 24 * x**2 + 6 * x + 1 == constants.BASE_MODULUS
    assert 36 * x**4 + 36 * x**3 + 18 * x**2 + 6 * x + 1 == constants.SCALAR_MODULUS


@FIXED
@given(drawn=pairs())
@pytest.mark.usefixtures("path")
def test_sums_differences_and_products(field: Field, drawn: list[tuple[int, int]]) -> None:
    firsts, seconds = (list(numbers) for numbers in zip(*drawn, strict=True))
    left, right, modulus = field.encode(firsts), field.encode(seconds), field.modulus
    assert field.decode(left) == firsts
    assert field.decode(field.add(left, right)) == [(x + y) % modulus for x, y in drawn]
    assert field.decode(field.subtract(left, right)) == [(x - y) % modulus for x, y in drawn]
    assert field.decode(field.multiply(left, right)) == [x * y % modulus for x, y in drawn]
    assert field.decode(field.negate(left)) == [-x % modulus for x in firsts]
    assert field.decode(field.square(left)) == [x * x % modulus for x in firsts]
    assert field.decode(field.inner_product(left, right)) == [sum(x * y for x, y in drawn) % modulus]


@pytest.mark.usefixtures("path")
def test_products_of_all_edges(field: Field) -> None:
    """More than eight lanes hold, and a rest that they do not."""
    numbers = edges(field.modulus)
    table = [(x, y) for x in numbers for y in numbers[:: len(numbers) // 12]][:1021]
    left, right = (field.encode(column) for column in zip(*table, strict=True))
    assert field.decode(field.multiply(left, right)) == [x * y % field.modulus for x, y in table]
    one = field.encode([numbers[-1]])
    assert field.decode(field.multiply(left, one[0])) == [x * numbers[-1] % field.modulus for x, _ in table]
    assert field.decode(field.multiply(one, left)) == [x * numbers[-1] % field.modulus for x, _ in table]


@FIXED
@given(numbers=st.lists(elements(constants.SCALAR_MODULUS), max_size=20))
@pytest.mark.usefixtures("path")
def test_inverses_and_zero_stays_zero(field: Field, numbers: list[int]) -> None:
    inverses = field.decode(field.invert(field.encode(numbers)))
    assert inverses == [pow(x, -1, field.modulus) if x else 0 for x in numbers]


def test_division_steps_invert_every_edge_by_itself(field: Field) -> None:
    """A batch inverts one product only; here each number goes through the steps."""
    for number in edges(field.modulus):
        assert field.decode(field.invert(field.encode([number]))) == [
            pow(number, -1, field.modulus) if number else 0
        ]


@FIXED
@given(number=elements(constants.SCALAR_MODULUS), exponent=st.integers(-(1 << 300), 1 << 300))
@pytest.mark.usefixtures("path")
def test_powers(field: Field, number: int, exponent: int) -> None:
    element = field.encode([number])
    if number or exponent >= 0:
        assert field.decode(field.power(element, exponent)) == [pow(number, exponent, field.modulus)]
    sequence = field.decode(field.powers(element[0], 11))
    assert sequence == [pow(number, power, field.modulus) for power in range(11)]


@FIXED
@given(
    numbers=st.lists(elements(constants.SCALAR_MODULUS), max_size=20),
    point=elements(constants.SCALAR_MODULUS),
)
@pytest.mark.usefixtures("path")
def test_values_of_polynomials(field: Field, numbers: list[int], point: int) -> None:
    value = field.evaluate(field.encode(numbers), field.encode([point])[0])
    expected = sum(x * pow(point, power, field.modulus) for power, x in enumerate(numbers)) % field.modulus
    assert field.decode(value) == [expected]


@pytest.mark.parametrize("order", ORDERS)
def test_octets_there_and_back(field: Field, order: Order) -> None:
    numbers = edges(field.modulus)
    octets = b"".join(number.to_bytes(32, order) for number in numbers)
    words = field.from_octets(octets, order=order)
    assert field.decode(words) == numbers
    assert field.to_octets(words, order=order) == octets


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("excess", [0, 1, 1 << 64, 1 << 128, 1 << 192, (1 << 256) - 1])
def test_octets_of_numbers_not_below_the_modulus_are_refused(field: Field, order: Order, excess: int) -> None:
    number = min(field.modulus + excess, (1 << 256) - 1)
    octets = bytes(32) + number.to_bytes(32, order)
    with pytest.raises(Refused) as refusal:
        field.from_octets(octets, order=order)
    assert refusal.value.reason == "zero-knowledge/element-not-canonical"
    assert str(number) not in str(refusal.value)


def test_octets_that_are_not_whole_numbers_are_refused(field: Field) -> None:
    with pytest.raises(Refused) as refusal:
        field.from_octets(bytes(33), order="big")
    assert refusal.value.reason == "zero-knowledge/element-not-canonical"


def test_arrays_keep_their_shape_and_one_element_stands_for_many(field: Field) -> None:
    words = field.encode(range(6)).reshape(3, 2, 4)
    assert field.add(words, field.one(1)[0]).shape == (3, 2, 4)
    assert field.decode(field.multiply(field.encode([3])[0], words)) == [3 * x for x in range(6)]
    assert field.invert(words).shape == field.power(words, 3).shape == (3, 2, 4)
    with pytest.raises(ValueError, match=r"uint64\[\.\.\., 4\]"):
        field.add(words, np.zeros(3, np.uint64))


def test_random_elements_are_canonical_distinct_and_from_the_source(field: Field) -> None:
    drawn = [field.random(100, SeededRandomness(seed)) for seed in (b"1", b"1", b"2")]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])
    assert len(set(field.decode(drawn[0]))) == 100
    raw = [int.from_bytes(row.tobytes(), "little") for row in field.random(300)]
    assert max(raw) < field.modulus
    assert max(raw) > field.modulus * 9 // 10  # fails once in 10^13


def test_the_fields_are_two() -> None:
    assert (BASE.modulus, SCALAR.modulus) == (constants.BASE_MODULUS, constants.SCALAR_MODULUS)
