"""A proof by propagation that the inputs of a circuit determine every wire.

After Ecne (Wang, 2022) and the propagation phase of Picus (Pailoor and others, PLDI 2023): from the set of wires known
to be unique, rules add wires until nothing changes. Only constraints are read, never the witness program. What the pass
proves holds for every assignment of the inputs; what it leaves open need not be wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .confinement import confined
from .constraints import Circuit

Terms = dict[int, int]
"""Wire to coefficient; wire 0 holds the constant."""
Key = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undetermined:
    """A wire that no rule reached, and the gadget of the first constraint that it stands in."""

    wire: int
    gadget: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Product:
    """left * right = product, neither factor constant."""

    left: Terms
    right: Terms
    product: Terms

    @property
    def wires(self) -> set[int]:
        return {*self.left, *self.right, *self.product} - {0}


def undetermined(circuit: Circuit) -> tuple[Undetermined, ...]:
    """The wires whose uniqueness was not proved, given the inputs; none for a sound circuit.

    Rules: a linear constraint with one unknown; a product of known factors; a known factor that cannot be zero, with
    the other unknown; inverses
    where they exist; unknown digits with superincreasing weights whose largest sum is
    below the modulus; canonical bits, bounded by the modulus - 1; one flag among many with distinct weights.
    """
    return _Propagation(circuit).run()


class _Propagation:
    def __init__(self, circuit: Circuit) -> None:
        self.modulus = circuit.modulus
        self.labels = circuit.labels
        self.wire_count = circuit.wire_count
        self.known = {0}
        for item in circuit.inputs:
            self.known.update(range(item.first, item.first + item.count))
        self.largest: dict[int, int] = {}
        """Wires known to be an integer from 0 to this one."""
        self.linear: dict[int, Terms] = {}
        self.products: dict[int, _Product] = {}
        self.of_wire: list[list[int]] = [[] for _ in range(circuit.wire_count)]
        self.queue: deque[int] = deque()
        self.queued: set[int] = set()
        self._read(circuit)
        products = ((each.left, each.right, each.product) for each in self.products.values())
        for wire, values in confined(products, self.modulus).items():
            self._bound(wire, max(values))
        self.by_factors: dict[frozenset[Key], list[Terms]] = {}
        for constraint in self.products.values():
            self.by_factors.setdefault(frozenset((_key(constraint.left), _key(constraint.right))), []).append(
                constraint.product
            )

    def run(self) -> tuple[Undetermined, ...]:
        while self.queue:
            number = self.queue.popleft()
            self.queued.discard(number)
            if number in self.linear:
                self._visit_linear(number, self.linear[number])
            else:
                self._visit_product(self.products[number])
        return tuple(
            Undetermined(wire=wire, gadget=self.labels[self.of_wire[wire][0]] if self.of_wire[wire] else "")
            for wire in range(self.wire_count)
            if wire not in self.known
        )

    def _read(self, circuit: Circuit) -> None:
        for number, sides in enumerate(circuit.rows()):
            left, right, product = (dict(pairs) for pairs in sides)
            if left.keys() <= {0} or right.keys() <= {0}:
                factor, other = (left, right) if left.keys() <= {0} else (right, left)
                scale = factor.get(0, 0)
                terms = {wire: coefficient * scale for wire, coefficient in other.items()}
                for wire, coefficient in product.items():
                    terms[wire] = terms.get(wire, 0) - coefficient
                reduced = {wire: value % self.modulus for wire, value in terms.items()}
                self.linear[number] = {wire: value for wire, value in reduced.items() if value}
                wires: Iterable[int] = self.linear[number].keys() - {0}
            else:
                self.products[number] = _Product(left=left, right=right, product=product)
                wires = self.products[number].wires
            for wire in wires:
                self.of_wire[wire].append(number)
            self._enqueue(number)

    def _enqueue(self, number: int) -> None:
        if number not in self.queued:
            self.queued.add(number)
            self.queue.append(number)

    def _changed(self, wire: int) -> None:
        for number in self.of_wire[wire]:
            self._enqueue(number)

    def _learn(self, wires: Iterable[int]) -> None:
        for wire in wires:
            if wire not in self.known:
                self.known.add(wire)
                self._changed(wire)

    def _bound(self, wire: int, largest: int) -> None:
        if largest < self.largest.get(wire, self.modulus):
            self.largest[wire] = largest
            self._changed(wire)

    def _unknown(self, terms: Iterable[int]) -> list[int]:
        return [wire for wire in terms if wire not in self.known]

    # Linear constraints

    def _visit_linear(self, number: int, terms: Terms) -> None:
        unknown = self._unknown(terms)
        if len(unknown) == 1 or (
            unknown and (self._are_digits(terms, unknown) or self._are_canonical_bits(terms, unknown))
        ):
            self._learn(unknown)
        elif unknown:
            self._learn_flags(terms, unknown)
        self._bound_by_sum(number, terms)

    def _are_digits(self, terms: Terms, unknown: list[int]) -> bool:
        """Distinct digits give distinct sums: each weight exceeds what all smaller ones can sum to."""
        if not all(wire in self.largest for wire in unknown):
            return False
        return any(self._superincreasing(terms, unknown, unit) for unit in (terms[unknown[0]], 1, -1))

    def _superincreasing(self, terms: Terms, unknown: list[int], unit: int) -> bool:
        inverse = pow(unit, -1, self.modulus)
        total = 0
        for weight, wire in sorted((terms[wire] * inverse % self.modulus, wire) for wire in unknown):
            if weight <= total:
                return False
            total += weight * self.largest[wire]
        return total < self.modulus

    def _are_canonical_bits(self, terms: Terms, unknown: list[int]) -> bool:
        """All bits of the modulus, summed to a known number and proved to be at most the modulus - 1."""
        width = self.modulus.bit_length()
        if len(unknown) != width or any(self.largest.get(wire) != 1 for wire in unknown):
            return False
        for unit in (1, self.modulus - 1):
            places = {terms[wire] * unit % self.modulus: wire for wire in unknown}
            # 2^(width - 1) < modulus < 2^width: all weights stand for themselves.
            if places.keys() == {1 << place for place in range(width)}:
                return self._at_most([places[1 << place] for place in range(width)], self.modulus - 1)
        return False

    def _at_most(self, bits: list[int], bound: int) -> bool:
        """Whether constraints hold the integer of `bits` at or below `bound`: `bits.assert_at_most_constant`."""
        same: int | None = None
        for place in reversed(range(len(bits))):
            rest = (2 << place) - 1
            if bound & rest == rest:
                return True
            bit = bits[place]
            if bound >> place & 1:
                same = bit if same is None else self._product_wire(same, bit)
                if same is None:
                    return False
            elif same is None or {} not in self._products_of(same, bit):
                return False
        return True

    def _products_of(self, left: int, right: int) -> list[Terms]:
        return self.by_factors.get(frozenset((frozenset({(left, 1)}), frozenset({(right, 1)}))), [])

    def _product_wire(self, left: int, right: int) -> int | None:
        for product in self._products_of(left, right):
            if len(product) == 1:
                [(wire, coefficient)] = product.items()
                if coefficient == 1 and wire:
                    return wire
        return None

    def _learn_flags(self, terms: Terms, unknown: list[int]) -> None:
        """Bits that sum to one, with weights that differ in a second sum whose other terms are known."""
        if len(unknown) > self.modulus or any(self.largest.get(wire) != 1 for wire in unknown):
            return
        coefficients = {terms[wire] for wire in unknown}
        if len(coefficients) != 1 or terms.keys() - set(unknown) != {0}:
            return
        if (terms[0] + coefficients.pop()) % self.modulus:
            return
        flags = set(unknown)
        for number in {number for wire in unknown for number in self.of_wire[wire]}:
            other = self.linear.get(number)
            if other is not None and other is not terms and set(self._unknown(other)) <= flags:
                weights = [other.get(wire, 0) for wire in unknown]
                if len(set(weights)) == len(weights):
                    self._learn(unknown)
                    return

    def _bound_by_sum(self, number: int, terms: Terms) -> None:
        """A wire that is a sum of bounded integers is one, as long as the sum stays below the modulus."""
        unbounded = [wire for wire in terms if wire and wire not in self.largest]
        if len(unbounded) != 1 or unbounded[0] in self.known:
            return
        wire = unbounded[0]
        scale = -pow(terms[wire], -1, self.modulus)
        total = 0
        for other, coefficient in terms.items():
            if other != wire:
                total += coefficient * scale % self.modulus * (self.largest[other] if other else 1)
        if total < self.modulus:
            self._bound(wire, total)

    # Products

    def _visit_product(self, constraint: _Product) -> None:
        product = self._unknown(constraint.product)
        for factor, other in ((constraint.left, constraint.right), (constraint.right, constraint.left)):
            if self._unknown(factor):
                continue
            unknown = self._unknown(other)
            if not unknown and len(product) == 1:
                self._learn(product)
            elif len(unknown) == 1 and constraint.product.keys() == {0}:
                # The product is a constant other than zero, so the known factor is not zero.
                self._learn(unknown)
            elif len(unknown) == 1 and not product:
                self._learn_conditional_inverse(unknown[0], constraint)
            elif len(unknown) == 1 and len(product) == 1:
                self._learn_inverse(factor, unknown[0], product[0], constraint)

    def _learn_inverse(self, value: Terms, inverse: int, nonzero: int, constraint: _Product) -> None:
        """value * inverse = nonzero, nonzero * value = value, nonzero * inverse = inverse."""
        alone = {inverse: 1}
        if constraint.product != {nonzero: 1} or alone not in (constraint.left, constraint.right):
            return
        flag = frozenset({(nonzero, 1)})
        restores_value = value in self.by_factors.get(frozenset((flag, _key(value))), [])
        restores_inverse = alone in self.by_factors.get(frozenset((flag, _key(alone))), [])
        if restores_value and restores_inverse:
            self._learn((inverse, nonzero))

    def _learn_conditional_inverse(self, inverse: int, constraint: _Product) -> None:
        """value * inverse = condition and condition * inverse = inverse, value and condition known.

        Where condition is not 1, the second leaves 0 alone; where it is 1, the first says that value is not 0.
        """
        alone = {inverse: 1}
        if alone not in (constraint.left, constraint.right):
            return
        if alone in self.by_factors.get(frozenset((_key(constraint.product), _key(alone))), []):
            self._learn((inverse,))


def _key(terms: Mapping[int, int]) -> Key:
    return frozenset(terms.items())
