"""How the value of every wire follows from the inputs: a list of operations and the loop that runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mpctls.reference.foundation.errors import Refused

from .expressions import Expression

if TYPE_CHECKING:
    from .constraints import NamedInput

HintFunction = Callable[..., Sequence[int]]
"""Takes the values of the inputs of a hint, gives the values of its outputs, below the modulus.

What a hint says is believed by the witness program alone: constraints must force it."""

Operation = tuple[Any, ...]

PRODUCT: Final = 0
AFFINE_PRODUCT: Final = 1
GENERAL_PRODUCT: Final = 2
SUM: Final = 3
HINT: Final = 4
ASSERT_BIT: Final = 5
ASSERT_ZERO: Final = 6
ASSERT_PRODUCT: Final = 7
ASSERTIONS: Final = frozenset((ASSERT_BIT, ASSERT_ZERO, ASSERT_PRODUCT))

Form = tuple[tuple[tuple[int, int], ...], int]


def form(expression: Expression) -> Form:
    """The (wire, coefficient) pairs and the constant of an expression; coefficients nearest to zero.

    Small negative numbers keep the products of the loop short.
    """
    half = expression.modulus >> 1
    pairs = tuple(
        (wire, coefficient - expression.modulus if coefficient > half else coefficient)
        for wire, coefficient in expression.terms.items()
    )
    return pairs, expression.constant


def product_operation(output: int, left: Expression, right: Expression) -> Operation:
    """Wire `output` becomes left * right."""
    left_wire, right_wire = left.single_wire, right.single_wire
    if left_wire is not None and right_wire is not None:
        return (PRODUCT, output, left_wire, right_wire)
    left_form, right_form = form(left), form(right)
    if len(left_form[0]) == len(right_form[0]) == 1:
        (left_pair,), left_constant = left_form
        (right_pair,), right_constant = right_form
        return (AFFINE_PRODUCT, output, *left_pair, left_constant, *right_pair, right_constant)
    return (GENERAL_PRODUCT, output, left_form, right_form)


def _value(values: list[int], linear: Form) -> int:
    pairs, total = linear
    for wire, coefficient in pairs:
        total += coefficient * values[wire]
    return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WitnessProgram:
    """Operations in an order in which each reads only wires that have a value."""

    modulus: int
    wire_count: int
    operations: tuple[Operation, ...]

    def run(self, declared: Sequence[NamedInput], inputs: Mapping[str, Sequence[int]]) -> list[int]:
        """The value of every wire; see `Circuit.witness`."""
        values = [0] * self.wire_count
        values[0] = 1
        _place_inputs(values, declared, inputs, self.modulus)
        execute(values, self.operations, self.modulus)
        return values


def _place_inputs(
    values: list[int], declared: Sequence[NamedInput], inputs: Mapping[str, Sequence[int]], modulus: int
) -> None:
    expected = {item.name for item in declared}
    if inputs.keys() != expected:
        difference = ", ".join(sorted(expected.symmetric_difference(inputs)))
        raise Refused("zero-knowledge/unsatisfied", f"inputs missing or unknown: {difference}")
    for item in declared:
        given = inputs[item.name]
        if len(given) != item.count or not all(0 <= value < modulus for value in given):
            raise Refused(
                "zero-knowledge/unsatisfied", f"{item.name}: {item.count} values below the modulus are due"
            )
        values[item.first : item.first + item.count] = given


def execute(values: list[int], operations: Sequence[Operation], modulus: int) -> None:
    """Run operations over `values`, one for each wire; refuses as `Circuit.witness` does."""
    for operation in operations:
        kind = operation[0]
        if kind == PRODUCT:
            _, output, left, right = operation
            values[output] = values[left] * values[right] % modulus
        elif kind == SUM:
            _, output, (pairs, total) = operation
            for wire, coefficient in pairs:
                total += coefficient * values[wire]
            values[output] = total % modulus
        elif kind == ASSERT_BIT:
            if values[operation[1]] > 1:
                raise _unsatisfied(operation)
        elif kind == AFFINE_PRODUCT:
            _, output, left, left_factor, left_constant, right, right_factor, right_constant = operation
            values[output] = (
                (left_factor * values[left] + left_constant)
                * (right_factor * values[right] + right_constant)
                % modulus
            )
        elif kind == GENERAL_PRODUCT:
            _, output, left_form, right_form = operation
            values[output] = _value(values, left_form) * _value(values, right_form) % modulus
        elif kind == HINT:
            _, first, count, function, forms = operation
            results = function(*[_value(values, linear) % modulus for linear in forms])
            if len(results) != count:
                raise ValueError(f"a hint gave {len(results)} values where {count} are due")
            values[first : first + count] = results
        elif kind == ASSERT_ZERO:
            if _value(values, operation[1]) % modulus:
                raise _unsatisfied(operation)
        else:
            _, left_form, right_form, product_form, _label = operation
            left_value, right_value = _value(values, left_form), _value(values, right_form)
            if (left_value * right_value - _value(values, product_form)) % modulus:
                raise _unsatisfied(operation)


def _unsatisfied(operation: Operation) -> Refused:
    return Refused("zero-knowledge/unsatisfied", f"in {operation[-1] or 'the circuit'}")
