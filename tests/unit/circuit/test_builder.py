"""The builder and the compiled circuit: folding, sharing, inputs, refusals that name the gadget and no value."""

from __future__ import annotations

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.statement import bind_statement
from tests.unit.circuit.building import gadget
from tests.unit.foundation.refusals import refused


def test_constants_fold() -> None:
    builder = Builder(17)
    assert builder.multiply(5, 7).constant == 1
    assert builder.inverse_or_zero(2).constant == 9
    assert builder.inverse_or_zero(0).constant == 0
    wire = builder.private("x")
    assert builder.multiply(wire, 3).key == (wire * 3).key
    assert (wire - wire).is_constant
    assert builder.constraint_count == 0


def test_equal_products_and_constraints_are_made_once() -> None:
    builder = Builder()
    a, b = builder.privates("x", 2)
    assert builder.multiply(a, b + 1) is builder.multiply(b + 1, a)
    assert builder.wire(a + b) is builder.wire(b + a)
    before = builder.constraint_count
    for _ in range(2):
        builder.assert_boolean(a)
        builder.assert_equal(a, b)
        builder.inverse_or_zero(b)
    assert builder.constraint_count == before + 5


def test_public_inputs_come_first_and_in_order() -> None:
    builder = Builder()
    builder.public("first")
    builder.publics("second", 2)
    hidden = builder.private("hidden")
    builder.multiply(hidden, hidden)
    with pytest.raises(ValueError, match="before any other wire"):
        builder.public("late")
    circuit = builder.finish()
    witness = circuit.witness({"second": [8, 9], "hidden": [3], "first": [7]})
    assert circuit.public_values(witness) == [7, 8, 9]
    assert witness == [1, 7, 8, 9, 3, 9]


def test_a_name_is_declared_once() -> None:
    builder = Builder()
    builder.private("x")
    with pytest.raises(ValueError, match="twice"):
        builder.private("x")


@pytest.mark.parametrize(
    "inputs", [{}, {"x": [1]}, {"x": [1, 2, 3]}, {"x": [1, 17]}, {"x": [1, -1]}, {"x": [1, 2], "y": []}]
)
def test_refuses_inputs_of_another_shape(inputs: dict[str, list[int]]) -> None:
    circuit = gadget(2, lambda builder, x: [builder.multiply(*x)], modulus=17).circuit
    with refused("zero-knowledge/unsatisfied"):
        circuit.witness(inputs)


def test_a_failed_constraint_names_its_gadget_and_no_value() -> None:
    builder = Builder()
    x = builder.private("x")
    with builder.scope("outer"), builder.scope("inner"):
        builder.assert_equal(x, 123456789)
    with pytest.raises(Refused) as caught:
        builder.finish().witness({"x": [987654321]})
    assert str(caught.value) == "zero-knowledge/unsatisfied: in outer/inner"


def test_constants_that_contradict_are_refused_at_once() -> None:
    builder = Builder()
    with refused("zero-knowledge/unsatisfied"):
        builder.assert_equal(1, 2)


@pytest.mark.parametrize("value", range(17))
def test_inverse_or_zero(value: int) -> None:
    built = gadget(1, lambda builder, x: [builder.inverse_or_zero(x[0])], modulus=17)
    assert built(value)[0] % 17 == (pow(value, -1, 17) if value else 0)


def test_a_hint_of_another_count_is_an_error_of_the_gadget() -> None:
    built = gadget(1, lambda builder, x: builder.hint(lambda value: [value], x, 2))
    with pytest.raises(ValueError, match="a hint gave 1 values where 2 are due"):
        built(1)


def test_a_statement_stands_in_a_constraint_of_its_own() -> None:
    builder = Builder()
    bind_statement(builder, builder.publics("statement", 2))
    circuit = builder.finish()
    limbs_with_others = [
        ({wire for wire, _ in left + right}, {wire for wire, _ in product})
        for left, right, product in circuit.rows()
    ]
    assert limbs_with_others == [({1, 2}, {3})]
    assert circuit.witness({"statement": [5, 6]}) == [1, 5, 6, 30]


def test_the_digest_names_the_relation_alone() -> None:
    def digest(factor: int, label: str, modulus: int = 17) -> bytes:
        builder = Builder(modulus)
        a, b = builder.privates("x", 2)
        with builder.scope(label):
            builder.assert_product(a, b * factor, 3)
        return builder.finish().digest()

    assert digest(5, "one") == digest(5, "two") == digest(22, "one")
    assert len({digest(5, "one"), digest(6, "one"), digest(5, "one", modulus=19)}) == 3
