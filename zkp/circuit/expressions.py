"""Linear combinations of wires: the values that gadgets pass to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Terms = Mapping[int, int]
Key = tuple[tuple[tuple[int, int], ...], int]


class Expression:
    """An immutable linear combination `constant + sum of coefficient * wire` over the field of `modulus`.

    Coefficients are canonical and never zero, so that equal combinations have equal keys. Adding, subtracting and
    multiplying by integers costs no constraint; a product of two expressions is made by `Builder.multiply`.
    """

    __slots__ = ("_key", "constant", "modulus", "terms")

    def __init__(self, modulus: int, terms: Terms, constant: int) -> None:
        self.modulus = modulus
        self.terms = terms
        self.constant = constant
        self._key: Key | None = None

    @property
    def is_constant(self) -> bool:
        """Whether no wire stands in it."""
        return not self.terms

    @property
    def key(self) -> Key:
        """The same for equal combinations and for no others."""
        if self._key is None:
            self._key = (tuple(sorted(self.terms.items())), self.constant)
        return self._key

    @property
    def single_wire(self) -> int | None:
        """The wire, if the expression is one wire with coefficient one and nothing else."""
        if self.constant == 0 and len(self.terms) == 1:
            [(wire, coefficient)] = self.terms.items()
            if coefficient == 1:
                return wire
        return None

    def value(self, witness: Sequence[int]) -> int:
        """Its value where each wire has that of `witness`."""
        total = self.constant + sum(factor * witness[wire] for wire, factor in self.terms.items())
        return total % self.modulus

    def __add__(self, other: Expression | int) -> Expression:
        if isinstance(other, int):
            return Expression(self.modulus, self.terms, (self.constant + other) % self.modulus)
        return combine(self.modulus, ((self, 1), (other, 1)))

    __radd__ = __add__

    def __sub__(self, other: Expression | int) -> Expression:
        if isinstance(other, int):
            return self + -other
        return combine(self.modulus, ((self, 1), (other, -1)))

    def __rsub__(self, other: int) -> Expression:
        return self * -1 + other

    def __mul__(self, factor: int) -> Expression:
        return combine(self.modulus, ((self, factor),))

    __rmul__ = __mul__

    def __neg__(self) -> Expression:
        return self * -1

    def __repr__(self) -> str:
        parts = [f"{coefficient}*w{wire}" for wire, coefficient in sorted(self.terms.items())]
        return " + ".join([*parts, str(self.constant)])


def combine(modulus: int, weighted: Iterable[tuple[Expression, int]]) -> Expression:
    """The sum of expressions, each times an integer."""
    terms: dict[int, int] = {}
    constant = 0
    for expression, factor in weighted:
        if factor == 1:
            for wire, coefficient in expression.terms.items():
                terms[wire] = terms.get(wire, 0) + coefficient
        else:
            for wire, coefficient in expression.terms.items():
                terms[wire] = terms.get(wire, 0) + coefficient * factor
        constant += expression.constant * factor
    reduced = {wire: residue for wire, value in terms.items() if (residue := value % modulus)}
    return Expression(modulus, reduced, constant % modulus)
