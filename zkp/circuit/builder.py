"""The builder: gadgets call it to make wires and constraints; `finish` gives the immutable circuit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from .constraints import Circuit, LinearForms, NamedInput
from .expressions import Expression, Key, combine
from .witness_program import (
    ASSERT_BIT,
    ASSERT_PRODUCT,
    ASSERT_ZERO,
    HINT,
    SUM,
    HintFunction,
    Operation,
    WitnessProgram,
    form,
    product_operation,
)

Value = Expression | int
Constraint = tuple[Expression, Expression, Expression, str]


class Builder:
    """Collects wires and constraints over the field of `modulus`.

    Products of constants are folded, equal products and equal constraints are made once. Public inputs are declared
    before any other wire, since their wires come first.
    """

    def __init__(self, modulus: int = SCALAR_MODULUS) -> None:
        self.modulus = modulus
        self._wire_count = 1
        self._public_count = 0
        self._inputs: list[NamedInput] = []
        self._constraints: list[Constraint] = []
        self._operations: list[Operation] = []
        self._products: dict[tuple[Key, Key], Expression] = {}
        self._materialised: dict[Key, Expression] = {}
        self._inverses: dict[Key, Expression] = {}
        self._asserted: set[tuple[Key, Key, Key]] = set()
        self._scopes: list[str] = []
        self._label = ""
        self._one = Expression(modulus, {}, 1)
        self._zero = Expression(modulus, {}, 0)

    @property
    def constraint_count(self) -> int:
        """The number of constraints so far."""
        return len(self._constraints)

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Constraints made in the block bear `name` in their label."""
        self._scopes.append(name)
        self._label = "/".join(self._scopes)
        try:
            yield
        finally:
            self._scopes.pop()
            self._label = "/".join(self._scopes)

    def publics(self, name: str, count: int) -> tuple[Expression, ...]:
        """`count` public inputs; requires that nothing else was declared or made before."""
        if self._public_count + 1 != self._wire_count:
            raise ValueError("public inputs are declared before any other wire")
        self._public_count += count
        return self._declare(name, count, public=True)

    def privates(self, name: str, count: int) -> tuple[Expression, ...]:
        """`count` private inputs."""
        return self._declare(name, count, public=False)

    def public(self, name: str) -> Expression:
        """One public input."""
        return self.publics(name, 1)[0]

    def private(self, name: str) -> Expression:
        """One private input."""
        return self.privates(name, 1)[0]

    def constant(self, value: int) -> Expression:
        """The expression without wires that is `value` modulo the modulus."""
        return Expression(self.modulus, {}, value % self.modulus)

    def expression(self, value: Value) -> Expression:
        """An integer as a constant; an expression as it is."""
        return self.constant(value) if isinstance(value, int) else value

    def sum(self, values: Iterable[Value]) -> Expression:
        """The sum of all values."""
        return combine(self.modulus, ((self.expression(value), 1) for value in values))

    def weighted_sum(self, weighted: Iterable[tuple[Value, int]]) -> Expression:
        """The sum of all values, each times its integer."""
        return combine(self.modulus, ((self.expression(value), factor) for value, factor in weighted))

    def multiply(self, left: Value, right: Value) -> Expression:
        """left * right: a new wire and one constraint, unless a factor is constant or the product exists."""
        left, right = self.expression(left), self.expression(right)
        if left.is_constant:
            return right * left.constant
        if right.is_constant:
            return left * right.constant
        key = (left.key, right.key) if left.key <= right.key else (right.key, left.key)
        known = self._products.get(key)
        if known is None:
            known = self._new_wire()
            self._operations.append(product_operation(self._wire_count - 1, left, right))
            self._add(left, right, known)
            self._products[key] = known
        return known

    def wire(self, value: Value) -> Expression:
        """One wire equal to `value`; a constant or a single wire is given back as it is.

        Rank-one constraints do not need it. In PLONK rows, where a sum of n terms costs n - 1 rows wherever it
        occurs, it makes a sum that is used in larger sums only once.
        """
        expression = self.expression(value)
        if expression.is_constant or expression.single_wire is not None:
            return expression
        known = self._materialised.get(expression.key)
        if known is None:
            known = self._new_wire()
            self._operations.append((SUM, self._wire_count - 1, form(expression)))
            self._add(expression, self._one, known)
            self._materialised[expression.key] = known
        return known

    def assert_product(self, left: Value, right: Value, product: Value) -> None:
        """Forces left * right = product; refuses as `assert_zero` does."""
        left, right, product = self.expression(left), self.expression(right), self.expression(product)
        if left.is_constant or right.is_constant:
            factor, other = (left, right) if left.is_constant else (right, left)
            self.assert_zero(other * factor.constant - product)
            return
        if self._add(left, right, product):
            label = self._label
            wire = left.single_wire
            if wire is not None and right.key == (left - 1).key and product.key == self._zero.key:
                self._operations.append((ASSERT_BIT, wire, label))
            else:
                self._operations.append((ASSERT_PRODUCT, form(left), form(right), form(product), label))

    def assert_zero(self, value: Value) -> None:
        """Forces value = 0; a constant other than zero is refused with `zero-knowledge/unsatisfied`."""
        expression = self.expression(value)
        if expression.is_constant:
            if expression.constant:
                raise self.impossible("constants that differ")
            return
        if self._add(expression, self._one, self._zero):
            self._operations.append((ASSERT_ZERO, form(expression), self._label))

    def impossible(self, detail: str) -> Refused:
        """What to raise when constants alone contradict what a gadget forces."""
        return Refused("zero-knowledge/unsatisfied", f"in {self._label or 'the circuit'}: {detail}")

    def assert_equal(self, left: Value, right: Value) -> None:
        """Forces left = right."""
        self.assert_zero(self.expression(left) - right)

    def assert_boolean(self, value: Value) -> None:
        """Forces value to be 0 or 1."""
        expression = self.expression(value)
        self.assert_product(expression, expression - 1, 0)

    def inverse_or_zero(self, value: Value) -> Expression:
        """The inverse of `value`, and 0 of 0: forced, so that no freedom is left where value is 0.

        With n = value * inverse, the three constraints say that n * value = value and n * inverse = inverse.
        """
        expression = self.expression(value)
        if expression.is_constant:
            inverse = pow(expression.constant, -1, self.modulus) if expression.constant else 0
            return self.constant(inverse)
        known = self._inverses.get(expression.key)
        if known is None:
            modulus = self.modulus
            (known,) = self.hint(lambda number: (pow(number, -1, modulus) if number else 0,), [expression], 1)
            nonzero = self.multiply(expression, known)
            self.assert_product(nonzero, expression, expression)
            self.assert_product(nonzero, known, known)
            self._inverses[expression.key] = known
        return known

    def hint(self, function: HintFunction, inputs: Sequence[Value], count: int) -> tuple[Expression, ...]:
        """`count` wires whose values `function` computes from those of `inputs`; nothing is forced.

        `function` is called with one integer below the modulus for each input and returns `count` such integers. It is
        a plain function of its arguments. The gadget that calls adds the constraints.
        """
        first = self._wire_count
        wires = tuple(self._new_wire() for _ in range(count))
        self._operations.append(
            (HINT, first, count, function, tuple(form(self.expression(value)) for value in inputs))
        )
        return wires

    def finish(self) -> Circuit:
        """The circuit of everything made so far."""
        table: dict[int, int] = {}
        left = _linear_forms([constraint[0] for constraint in self._constraints], table)
        right = _linear_forms([constraint[1] for constraint in self._constraints], table)
        product = _linear_forms([constraint[2] for constraint in self._constraints], table)
        return Circuit(
            modulus=self.modulus,
            wire_count=self._wire_count,
            public_count=self._public_count,
            coefficients=tuple(table),
            left=left,
            right=right,
            product=product,
            inputs=tuple(self._inputs),
            labels=tuple(constraint[3] for constraint in self._constraints),
            program=WitnessProgram(
                modulus=self.modulus, wire_count=self._wire_count, operations=tuple(self._operations)
            ),
        )

    def _declare(self, name: str, count: int, *, public: bool) -> tuple[Expression, ...]:
        if any(item.name == name for item in self._inputs):
            raise ValueError(f"the input {name} is declared twice")
        self._inputs.append(NamedInput(name=name, first=self._wire_count, count=count, public=public))
        return tuple(self._new_wire() for _ in range(count))

    def _new_wire(self) -> Expression:
        wire = Expression(self.modulus, {self._wire_count: 1}, 0)
        self._wire_count += 1
        return wire

    def _add(self, left: Expression, right: Expression, product: Expression) -> bool:
        factors = (left.key, right.key) if left.key <= right.key else (right.key, left.key)
        key = (*factors, product.key)
        if key in self._asserted:
            return False
        self._asserted.add(key)
        self._constraints.append((left, right, product, self._label))
        return True


def _linear_forms(expressions: Sequence[Expression], table: dict[int, int]) -> LinearForms:
    offsets, wires, coefficients = [0], [], []
    for expression in expressions:
        if expression.constant:
            wires.append(0)
            coefficients.append(table.setdefault(expression.constant, len(table)))
        for wire, coefficient in sorted(expression.terms.items()):
            wires.append(wire)
            coefficients.append(table.setdefault(coefficient, len(table)))
        offsets.append(len(wires))
    return LinearForms(
        offsets=np.array(offsets, dtype=np.int32),
        wires=np.array(wires, dtype=np.int32),
        coefficients=np.array(coefficients, dtype=np.int32),
    )
