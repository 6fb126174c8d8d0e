"""The tower of fields over integers, held against py_ecc's F_p12; kernels run the same formulas."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.zkp.bn254.constants import BASE_MODULUS
from mpctls.zkp.bn254.field import BASE
from mpctls.zkp.bn254.tower import INTEGERS, Base, Dodecic, Quadratic, Sextic, quadratic

from .oracle import py_ecc, target_element

coefficient = st.one_of(
    st.sampled_from([0, 1, 2, BASE_MODULUS - 1, BASE_MODULUS - 2, 2**253]), st.integers(0, BASE_MODULUS - 1)
)
elements = st.lists(coefficient, min_size=12, max_size=12).map(
    lambda numbers: Dodecic.of([Base(INTEGERS, number) for number in numbers])
)


def _target(value: Dodecic) -> Any:
    return target_element(BASE.encode([part.value for part in value.parts()]))


def _invert(value: Dodecic) -> Dodecic:
    return value.inverse(Base(INTEGERS, pow(value.norm().value, BASE_MODULUS - 2, BASE_MODULUS)))


@settings(max_examples=30, deadline=None)
@given(elements, elements)
def test_products_and_squares(left: Dodecic, right: Dodecic) -> None:
    assert _target(left * right) == _target(left) * _target(right)
    assert _target(left.square()) == _target(left) * _target(left)


@settings(max_examples=10, deadline=None)
@given(elements)
def test_powers_of_p_and_inverses(value: Dodecic) -> None:
    assert _target(value.frobenius()) == _target(value) ** BASE_MODULUS
    conjugate = value
    for _ in range(6):
        conjugate = conjugate.frobenius()
    assert conjugate == value.conjugate()
    expected = py_ecc.FQ12.one() if value.norm().value else py_ecc.FQ12.zero()
    assert _target(_invert(value)) * _target(value) == expected


@settings(max_examples=10, deadline=None)
@given(elements.filter(lambda value: value.norm().value != 0))
def test_squares_in_the_cyclotomic_subgroup(value: Dodecic) -> None:
    unitary = value.conjugate() * _invert(value)
    member = unitary.frobenius().frobenius() * unitary
    assert member.cyclotomic_square() == member * member


@settings(max_examples=20, deadline=None)
@given(elements, st.lists(coefficient, min_size=6, max_size=6))
def test_products_with_lines(value: Dodecic, numbers: list[int]) -> None:
    zero = quadratic(INTEGERS, (0, 0))
    constant, linear, cubic = (
        Quadratic.of([Base(INTEGERS, number) for number in numbers[k : k + 2]]) for k in (0, 2, 4)
    )
    line = Dodecic(Sextic(constant, zero, zero), Sextic(linear, cubic, zero))
    assert value.multiply_line(constant, linear, cubic) == value * line
