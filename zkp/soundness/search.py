"""Search through all witnesses of a circuit for given inputs, from its constraints alone.

Constraints with one unknown wire are solved (they are linear or quadratic in it); where none is left, the search
branches on a wire with two possible values, then on one that polynomials confine to few, and last on any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

from ..circuit.confinement import confined
from ..circuit.constraints import Circuit, Pairs

Row = tuple[Pairs, Pairs, Pairs]

_SMALL_FIELD = 1 << 12


class FreeWire(Exception):
    """A wire of a large field that no constraint confines to finitely many values: the search is not exhaustive."""


class TooManyBranches(Exception):
    """More branches than the search was allowed."""


class _Conflict(Exception):
    """The assignment so far satisfies no witness."""


@dataclass(slots=True)
class _State:
    values: list[int | None]
    choices: dict[int, tuple[int, int]]
    """Wires that have one of two values, found by a quadratic constraint."""
    assigned: list[int]
    chosen: list[int]
    """What to take back from `values` and from `choices`, in order."""


@dataclass(frozen=True, slots=True)
class _Branch:
    """A wire on which the search branches, the lengths of both lists before, and the values that are left."""

    wire: int
    mark: tuple[int, int]
    candidates: Iterator[int]


class Search:
    """The witnesses of `circuit` without the constraints whose numbers stand in `without`.

    In a field of at most 4,096 elements, and where every branch has finitely many values, the search is exhaustive.
    In a larger field a wire that nothing confines raises FreeWire, unless `samples` gives values to try for it.
    """

    def __init__(
        self,
        circuit: Circuit,
        *,
        without: frozenset[int] = frozenset(),
        samples: Sequence[int] = (),
        branches: int = 1 << 20,
    ) -> None:
        self._branches = branches
        self._modulus = circuit.modulus
        self._wire_count = circuit.wire_count
        self._inputs = circuit.inputs
        self._samples = tuple(samples)
        self._rows = [row for number, row in enumerate(circuit.rows()) if number not in without]
        products = ((dict(left), dict(right), dict(product)) for left, right, product in self._rows)
        self._confined = confined(products, circuit.modulus)
        self._of_wire: list[list[int]] = [[] for _ in range(circuit.wire_count)]
        for number, row in enumerate(self._rows):
            for wire in {wire for terms in row for wire, _ in terms}:
                self._of_wire[wire].append(number)

    def witnesses(self, inputs: Mapping[str, Sequence[int]]) -> Iterator[list[int]]:
        """Every witness for the inputs, one after the other; TooManyBranches after as many as were allowed."""
        state = _State([None] * self._wire_count, {}, [], [])
        given = [(0, 1)]
        for item in self._inputs:
            given += zip(range(item.first, item.first + item.count), inputs[item.name], strict=True)
        try:
            for wire, value in given:
                self._assign(state, wire, value)
            self._settle(state, range(len(self._rows)))
        except _Conflict:
            return
        # Branches are kept on a stack: circuits are deeper than Python's recursion.
        stack: list[_Branch] = []
        for _ in range(self._branches):
            open_wire = self._branch_wire(state)
            if open_wire is None:
                yield [0 if value is None else value for value in state.values]
            else:
                candidates = iter(self._candidates(state, open_wire))
                stack.append(_Branch(open_wire, (len(state.assigned), len(state.chosen)), candidates))
            while stack and not self._next_branch(state, stack[-1]):
                stack.pop()
            if not stack:
                return
        raise TooManyBranches

    def _next_branch(self, state: _State, branch: _Branch) -> bool:
        """Take the next value of a branch that leads to no conflict at once; False if none is left."""
        for value in branch.candidates:
            self._undo(state, branch.mark)
            try:
                self._assign(state, branch.wire, value)
                self._settle(state, self._of_wire[branch.wire])
            except _Conflict:
                continue
            return True
        self._undo(state, branch.mark)
        return False

    def _branch_wire(self, state: _State) -> int | None:
        chosen = [wire for wire in state.choices if state.values[wire] is None]
        if chosen:
            return min(chosen)
        few = [wire for wire in self._confined if state.values[wire] is None]
        if few:
            return max(few)  # The most significant digit: the sum's reach then leaves few of the others.
        return next((wire for wire, value in enumerate(state.values) if value is None), None)

    def _candidates(self, state: _State, wire: int) -> Sequence[int]:
        if wire in state.choices:
            return state.choices[wire]
        if wire in self._confined:
            return self._confined[wire]
        if self._modulus <= _SMALL_FIELD:
            return range(self._modulus)
        if not self._samples:
            raise FreeWire(f"wire {wire}")
        return self._samples

    def _assign(self, state: _State, wire: int, value: int) -> None:
        known = state.values[wire]
        if known is None:
            state.values[wire] = value
            state.assigned.append(wire)
        elif known != value:
            raise _Conflict

    @staticmethod
    def _undo(state: _State, mark: tuple[int, int]) -> None:
        for wire in state.assigned[mark[0] :]:
            state.values[wire] = None
        for wire in state.chosen[mark[1] :]:
            del state.choices[wire]
        del state.assigned[mark[0] :], state.chosen[mark[1] :]

    def _settle(self, state: _State, numbers: Sequence[int]) -> None:
        """Solve constraints with one unknown until none is left."""
        pending = list(numbers)
        while pending:
            solved = self._solve(state, self._rows[pending.pop()])
            if solved is not None:
                wire, value = solved
                self._assign(state, wire, value)
                pending.extend(self._of_wire[wire])

    def _solve(self, state: _State, row: Row) -> tuple[int, int] | None:
        modulus = self._modulus
        (left, left_terms), (right, right_terms), (product, terms) = (
            self._partial(state, side) for side in row
        )
        if left_terms and right_terms:
            wire = _only_wire(left_terms, right_terms, terms)
            if wire is None:
                return None
            a, b = left_terms[wire], right_terms[wire]
            roots = _roots(modulus, a * b, a * right + b * left - terms.get(wire, 0), left * right - product)
            if not roots:
                raise _Conflict
            if len(roots) == 1:
                return wire, roots[0]
            if wire not in state.choices:
                state.choices[wire] = roots[0], roots[1]
                state.chosen.append(wire)
            return None
        factor, other = (left, right_terms) if right_terms else (right, left_terms)
        linear = {wire: coefficient * factor for wire, coefficient in other.items()}
        for wire, coefficient in terms.items():
            linear[wire] = linear.get(wire, 0) - coefficient
        linear = {wire: value % modulus for wire, value in linear.items() if value % modulus}
        constant = left * right - product
        if not linear:
            if constant % modulus:
                raise _Conflict
            return None
        if len(linear) > 1:
            self._check_reach(state, linear, constant)
            return None
        [(wire, coefficient)] = linear.items()
        return wire, -constant * pow(coefficient, -1, modulus) % modulus

    def _check_reach(self, state: _State, linear: dict[int, int], constant: int) -> None:
        """A conflict if no choice of the few values of each unknown can bring their sum to zero.

        Only where all sums lie between minus the modulus and the modulus, so that none but 0 stands for 0.
        """
        if not all(wire in state.choices or wire in self._confined for wire in linear):
            return
        least = most = self._centred(constant)
        for wire, coefficient in linear.items():
            factor = self._centred(coefficient)
            values = state.choices[wire] if wire in state.choices else self._confined[wire]
            ends = sorted(factor * self._centred(value) for value in values)
            least, most = least + ends[0], most + ends[-1]
        if -self._modulus < least and most < self._modulus and (least > 0 or most < 0):
            raise _Conflict

    def _centred(self, value: int) -> int:
        value %= self._modulus
        return value - self._modulus if 2 * value > self._modulus else value

    def _partial(self, state: _State, terms: Pairs) -> tuple[int, dict[int, int]]:
        """The sum of the known terms, and the unknown ones."""
        total, unknown = 0, {}
        for wire, coefficient in terms:
            value = state.values[wire]
            if value is None:
                unknown[wire] = coefficient
            else:
                total += coefficient * value
        return total % self._modulus, unknown


def _only_wire(left: dict[int, int], right: dict[int, int], product: dict[int, int]) -> int | None:
    wires = {*left, *right, *product}
    return wires.pop() if len(wires) == 1 else None


def _roots(modulus: int, square: int, linear: int, constant: int) -> list[int]:
    """The roots of a quadratic polynomial that is one: its first coefficient is a product of non-zero ones."""
    half = pow(2 * square, -1, modulus)
    root = _square_root(modulus, (linear * linear - 4 * square * constant) % modulus)
    if root is None:
        return []
    return sorted({(-linear + root) * half % modulus, (-linear - root) * half % modulus})


def _square_root(modulus: int, value: int) -> int | None:
    """A square root modulo an odd prime (Tonelli and Shanks), or None."""
    if (small := isqrt(value)) ** 2 == value:
        return small
    if pow(value, (modulus - 1) // 2, modulus) != 1:
        return None
    odd, power = modulus - 1, 0
    while odd % 2 == 0:
        odd, power = odd // 2, power + 1
    other = next(c for c in range(2, modulus) if pow(c, (modulus - 1) // 2, modulus) != 1)
    step, rest = pow(other, odd, modulus), pow(value, odd, modulus)
    root = pow(value, (odd + 1) // 2, modulus)
    while rest != 1:
        order, square = 0, rest
        while square != 1:
            order, square = order + 1, square * square % modulus
        factor = pow(step, 1 << power - order - 1, modulus)
        step, power = factor * factor % modulus, order
        rest, root = rest * step % modulus, root * factor % modulus
    return root
