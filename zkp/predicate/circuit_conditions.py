"""Conditions inside a circuit: as bits, and forced to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from mpctls.reference.foundation.errors import Refused

from ..circuit.automaton import run
from ..circuit.bounded import Bounded
from ..circuit.builder import Builder
from ..circuit.comparison import assert_at_most, assert_nonzero, at_most, equal, is_equal, less_than
from ..circuit.expressions import Expression
from ..circuit.poseidon import poseidon
from ..circuit.selection import conjunction, disjunction
from ..circuit.set import is_between_neighbours, is_in_tree, is_member
from ..poseidon import pack
from .automata import Automaton, automaton_of
from .automaton_size import indifferent, least_products
from .conditions import (
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    EndsWith,
    Equal,
    In,
    InTree,
    Matches,
    Not,
    NotInTree,
    Pseudonym,
    StartsWith,
)
from .expression import (
    DayMember,
    FieldTerm,
    Number,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Operator,
    TruthTerm,
)
from .field_wires import FieldWires, text_alphabet
from .gadgets_parts import contains, stands_at
from .pseudonym import PSEUDONYM_HEADER, scope_element
from .rationals import Numbers
from .text_order import claim
from .types import DecimalType

MAXIMUM_ROWS: Final = 1 << 16
_CONSTRAINTS_OF_A_HASH: Final = 400
"""A node of a tree has more."""

_BITS: Final[Mapping[Operator, Callable[[Builder, Bounded, Bounded], Expression]]] = {
    Operator.EQUAL: equal,
    Operator.NOT_EQUAL: lambda builder, left, right: 1 - equal(builder, left, right),
    Operator.LESS: less_than,
    Operator.AT_MOST: at_most,
    Operator.GREATER: lambda builder, left, right: less_than(builder, right, left),
    Operator.AT_LEAST: lambda builder, left, right: at_most(builder, right, left),
}


class CircuitConditions:
    """The conditions of one predicate over the wires of its fields; `outputs` are its public pseudonyms."""

    def __init__(self, builder: Builder, fields: Sequence[FieldWires], outputs: Sequence[Expression]) -> None:
        self._builder = builder
        self._fields = tuple(fields)
        self._numbers = Numbers(builder, fields)
        self._outputs = list(outputs)
        self._tree_count = 0

    def enforce(self, condition: Condition) -> None:
        """Force `condition` to hold; refuses with `zero-knowledge/unsatisfied` what no octets of these lengths satisfy.

        Comparisons need fewer constraints when they are forced than when they are asked for as a bit.
        """
        builder = self._builder
        match condition:
            case All(conditions=conditions):
                for each in conditions:
                    self.enforce(each)
            case Compare(operator=operator, left=left, right=right):
                with builder.scope("compare"):
                    self._enforce_comparison(operator, left, right)
            case Between(value=value, low=low, high=high):
                with builder.scope("between"):
                    self._enforce_comparison(Operator.AT_MOST, low, value)
                    self._enforce_comparison(Operator.AT_MOST, value, high)
            case Pseudonym():
                self._output(condition)
            case _:
                holds = self._bit(condition)
                with builder.scope("condition"):
                    builder.assert_equal(holds, 1)
        self.require_size()

    def require_size(self, more: int = 0) -> None:
        """Refuse with `predicate/too-large` a circuit that with `more` constraints grows beyond 2^16."""
        if self._builder.constraint_count + more > MAXIMUM_ROWS:
            raise Refused("predicate/too-large", f"the circuit has more than {MAXIMUM_ROWS} rows")

    def _enforce_comparison(self, operator: Operator, left: Number, right: Number) -> None:
        found = claim(operator, left, right, self._fields)
        if found is None:
            self._enforce_relation(operator, *self._numbers.integers(left, right))
        else:
            found.enforce(self._builder)

    def _enforce_relation(self, operator: Operator, left: Bounded, right: Bounded) -> None:
        builder = self._builder
        match operator:
            case Operator.EQUAL:
                builder.assert_equal(left.expression, right.expression)
            case Operator.NOT_EQUAL:
                assert_nonzero(builder, left.minus(right).expression)
            case Operator.LESS:
                assert_at_most(builder, _increased(left), right)
            case Operator.AT_MOST:
                assert_at_most(builder, left, right)
            case Operator.GREATER:
                assert_at_most(builder, _increased(right), left)
            case Operator.AT_LEAST:
                assert_at_most(builder, right, left)

    def _bit(self, condition: Condition) -> Expression:
        """1 where the condition holds, else 0; trees may give 0 where they could give 1, so none is negated."""
        self.require_size()
        builder = self._builder
        match condition:
            case Compare(operator=operator, left=left, right=right):
                with builder.scope("compare"):
                    return self._comparison(operator, left, right)
            case Between(value=value, low=low, high=high):
                with builder.scope("between"):
                    return builder.multiply(
                        self._comparison(Operator.AT_MOST, low, value),
                        self._comparison(Operator.AT_MOST, value, high),
                    )
            case Equal():
                with builder.scope("equal"):
                    return self._equal(condition)
            case In():
                with builder.scope("in"):
                    return self._member(condition)
            case InTree():
                return self._in_tree(condition)
            case NotInTree():
                return self._not_in_tree(condition)
            case StartsWith(field=index, octets=part):
                return self._stands_at(index, 0, part)
            case EndsWith(field=index, octets=part):
                return self._stands_at(index, self._fields[index].shape.length - len(part), part)
            case Contains(field=index, octets=part):
                with builder.scope("contains"):
                    return contains(builder, self._fields[index].octets, part)
            case Matches(field=index, pattern=pattern):
                return self._matches(self._fields[index], automaton_of(pattern))
            case All(conditions=conditions):
                return conjunction(builder, [self._bit(each) for each in conditions])
            case AnyOf(conditions=conditions):
                return disjunction(builder, [self._bit(each) for each in conditions])
            case Not(condition=inner):
                return 1 - self._bit(inner)
            case Pseudonym():
                raise TypeError("a predicate that is not well formed")

    def _comparison(self, operator: Operator, left: Number, right: Number) -> Expression:
        found = claim(operator, left, right, self._fields)
        if found is None:
            return _BITS[operator](self._builder, *self._numbers.integers(left, right))
        return found.bit(self._builder)

    def _equal(self, condition: Equal) -> Expression:
        builder, left = self._builder, self._fields[condition.left]
        match condition.right:
            case TruthTerm(truth=truth):
                return builder.constant(int(left.truth is truth))
            case OctetsTerm(octets=octets):
                return self._has_octets(left, octets)
            case FieldTerm(field=index):
                right = self._fields[index]
                if left.shape.length != right.shape.length:
                    return builder.constant(0)
                pairs = zip(left.elements, right.elements, strict=True)
                return conjunction(builder, [is_equal(builder, *pair) for pair in pairs])

    def _has_octets(self, field: FieldWires, octets: bytes) -> Expression:
        if field.shape.length != len(octets):
            return self._builder.constant(0)
        pairs = zip(field.elements, pack(octets), strict=True)
        return conjunction(self._builder, [is_equal(self._builder, *pair) for pair in pairs])

    def _member(self, condition: In) -> Expression:
        builder, field = self._builder, self._fields[condition.field]
        scale = field.type.scale if isinstance(field.type, DecimalType) else 0
        integers: list[int] = []
        octets: list[bytes] = []
        for member in condition.members:
            match member:
                case NumberMember(constant=constant):
                    # A member with more decimal places than the field is the value of no field.
                    if constant.scale <= scale:
                        integers.append(constant.signed * 10 ** (scale - constant.scale))
                case DayMember(day=day):
                    integers.append(day)
                case OctetsMember(octets=each):
                    octets.append(each)
        if integers:
            return is_member(builder, field.number.expression, integers)
        # Members differ, so at most one of the bits is 1.
        return builder.sum(self._has_octets(field, each) for each in octets)

    def _stands_at(self, index: int, start: int, part: bytes) -> Expression:
        field = self._fields[index]
        if len(part) > field.shape.length:
            return self._builder.constant(0)
        with self._builder.scope("part"):
            return stands_at(self._builder, field.octets, start, part)

    def _matches(self, field: FieldWires, automaton: Automaton) -> Expression:
        transitions = indifferent(automaton, text_alphabet(field.shape))
        self.require_size(least_products(transitions, automaton, field.shape.length))
        return run(self._builder, field.octet_bits, transitions, automaton.start, automaton.accepting)

    def _in_tree(self, condition: InTree) -> Expression:
        (path,), (siblings,) = self._tree_inputs(condition.depth, ("",))
        value = self._fields[condition.field].value_hash
        with self._builder.scope("tree"):
            return is_in_tree(self._builder, value, int.from_bytes(condition.root, "little"), path, siblings)

    def _not_in_tree(self, condition: NotInTree) -> Expression:
        number = self._tree_count
        paths, siblings = self._tree_inputs(condition.depth, (" low", " high"))
        low, high = self._builder.privates(f"tree {number} neighbours", 2)
        value = self._fields[condition.field].value_hash
        with self._builder.scope("tree"):
            return is_between_neighbours(
                self._builder,
                value,
                int.from_bytes(condition.root, "little"),
                neighbours=(low, high),
                paths=(paths[0], paths[1]),
                siblings=(siblings[0], siblings[1]),
            )

    def _tree_inputs(
        self, depth: int, sides: Sequence[str]
    ) -> tuple[list[tuple[Expression, ...]], list[tuple[Expression, ...]]]:
        self.require_size(len(sides) * (depth + 1) * _CONSTRAINTS_OF_A_HASH)
        name = f"tree {self._tree_count}"
        self._tree_count += 1
        paths = [self._builder.privates(f"{name} path{side}", depth) for side in sides]
        siblings = [self._builder.privates(f"{name} siblings{side}", depth) for side in sides]
        return paths, siblings

    def _output(self, condition: Pseudonym) -> None:
        value = self._fields[condition.field].value_hash
        with self._builder.scope("pseudonym"):
            scope = scope_element(condition.scope)
            result = poseidon(self._builder, [PSEUDONYM_HEADER, scope, 0, value])
            self._builder.assert_equal(result, self._outputs.pop(0))


def _increased(value: Bounded) -> Bounded:
    """value + 1."""
    return Bounded(expression=value.expression + 1, low=value.low + 1, high=value.high + 1)
