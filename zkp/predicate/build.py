"""Predicates written in Python: `field("response", "$.balance", decimal(2)) >= 1000`.

What comparisons and methods give is a `Proposition`; `&`, `|` and `~` join propositions, and `.predicate` is the
immutable predicate, with its fields in the order of their first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from mpctls.reference.foundation.identifiers import Direction

from .conditions import (
    Between,
    Compare,
    Contains,
    EndsWith,
    Equal,
    In,
    InTree,
    Matches,
    NotInTree,
    Pseudonym,
    StartsWith,
)
from .dates import day_number
from .expression import (
    MEMBER,
    Age,
    Average,
    Constant,
    ConstantNumber,
    Day,
    DayMember,
    Difference,
    Field,
    FieldName,
    FieldNumber,
    FieldTerm,
    HeaderName,
    JsonPath,
    Length,
    Member,
    Number,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Operator,
    Sum,
    TruthTerm,
)
from .propositions import Fields, Proposition
from .trees import Tree
from .types import (
    BOOLEAN,
    INTEGER,
    OCTETS,
    BooleanType,
    DateType,
    DecimalType,
    FieldType,
    OctetsType,
    TextType,
)
from .writing import read_constant, read_day, read_type

SIDES: Final = {"request": Direction.SENT, "response": Direction.RECEIVED}

integer: Final = INTEGER
boolean: Final = BOOLEAN
octets: Final = OCTETS


def decimal(scale: int) -> DecimalType:
    """A decimal number with up to `scale` digits after the point."""
    return DecimalType(scale=scale)


def text(maximum: int) -> TextType:
    """Text of at most `maximum` octets."""
    return TextType(maximum=maximum)


def day(written: str = "YYYY-MM-DD") -> DateType:
    """A day written in one of the formats of the language."""
    found = read_type(f"date({written})")
    if not isinstance(found, DateType):
        raise TypeError("no date format")
    return found


class Numeric:
    """A number or a day made of constants and fields."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, make: Callable[[Fields], Number], terms: tuple[Numeric, ...] | None = None) -> None:
        self.make = make
        self.terms = terms

    def __add__(self, other: Operand) -> Numeric:
        return total(self, other)

    def __radd__(self, other: Operand) -> Numeric:
        return total(other, self)

    def __sub__(self, other: Operand) -> Numeric:
        return _difference(self, numeric(other))

    def __rsub__(self, other: Operand) -> Numeric:
        return _difference(numeric(other), self)

    def __lt__(self, other: Operand) -> Proposition:
        return self.compared(Operator.LESS, other)

    def __le__(self, other: Operand) -> Proposition:
        return self.compared(Operator.AT_MOST, other)

    def __gt__(self, other: Operand) -> Proposition:
        return self.compared(Operator.GREATER, other)

    def __ge__(self, other: Operand) -> Proposition:
        return self.compared(Operator.AT_LEAST, other)

    def __eq__(self, other: Comparable) -> Proposition:  # type: ignore[override]
        return self.compared(Operator.EQUAL, other)

    def __ne__(self, other: Comparable) -> Proposition:  # type: ignore[override]
        return self.compared(Operator.NOT_EQUAL, other)

    def between(self, low: Operand, high: Operand) -> Proposition:
        """low <= this <= high."""
        least, greatest = numeric(low), numeric(high)
        return Proposition(
            lambda fields: Between(
                value=self.make(fields), low=least.make(fields), high=greatest.make(fields)
            )
        )

    def compared(self, operator: Operator, other: Comparable) -> Proposition:
        """This stands in the relation to the other."""
        right = numeric(other)
        return Proposition(
            lambda fields: Compare(operator=operator, left=self.make(fields), right=right.make(fields))
        )


class FieldReference(Numeric):
    """A field that conditions are put on."""

    def __init__(self, named: Field) -> None:
        super().__init__(lambda fields: FieldNumber(field=fields.index(named)))
        self.named = named

    def __eq__(self, other: Comparable) -> Proposition:  # type: ignore[override]
        if isinstance(self.named.type, TextType | OctetsType | BooleanType):
            return self._equal(other)
        return super().__eq__(other)

    def __ne__(self, other: Comparable) -> Proposition:  # type: ignore[override]
        if isinstance(self.named.type, TextType | OctetsType | BooleanType):
            return ~self._equal(other)
        return super().__ne__(other)

    __hash__ = None

    def one_of(self, members: Iterable[int | Decimal | date | str | bytes]) -> Proposition:
        """The field's value is one of these; a text for a number or a day is read as one."""
        chosen = {MEMBER.encode(member): member for member in map(self._member, members)}
        ordered = tuple(chosen[key] for key in sorted(chosen))
        return Proposition(lambda fields: In(field=fields.index(self.named), members=ordered))

    def in_tree(self, depth: int, root: bytes) -> Proposition:
        """The field's value is in the tree with this root."""
        return Proposition(lambda fields: InTree(field=fields.index(self.named), depth=depth, root=root))

    def not_in_tree(self, depth: int, root: bytes) -> Proposition:
        """The field's value is not in the tree with this root."""
        return Proposition(lambda fields: NotInTree(field=fields.index(self.named), depth=depth, root=root))

    def among(self, tree: Tree) -> Proposition:
        """The field's value is in a tree."""
        return self.in_tree(tree.depth, tree.root)

    def is_truth(self, truth: bool) -> Proposition:
        """The field is `true`, or `false`."""
        return Proposition(lambda fields: Equal(left=fields.index(self.named), right=TruthTerm(truth=truth)))

    def starts_with(self, part: str | bytes) -> Proposition:
        """The field begins with these octets (of a text: its UTF-8)."""
        wanted = _octets(part)
        return Proposition(lambda fields: StartsWith(field=fields.index(self.named), octets=wanted))

    def ends_with(self, part: str | bytes) -> Proposition:
        """The field ends with these octets."""
        wanted = _octets(part)
        return Proposition(lambda fields: EndsWith(field=fields.index(self.named), octets=wanted))

    def contains(self, part: str | bytes) -> Proposition:
        """These octets stand somewhere in the field."""
        wanted = _octets(part)
        return Proposition(lambda fields: Contains(field=fields.index(self.named), octets=wanted))

    def matches(self, pattern: str) -> Proposition:
        """A pattern describes the whole of the field."""
        return Proposition(lambda fields: Matches(field=fields.index(self.named), pattern=pattern))

    def pseudonym(self, scope: str) -> Proposition:
        """Shows the enumerable pseudonym of the field's value in this scope."""
        return Proposition(lambda fields: Pseudonym(field=fields.index(self.named), scope=scope))

    def _equal(self, other: Comparable) -> Proposition:
        named = self.named
        if isinstance(other, FieldReference):
            return Proposition(
                lambda fields: Equal(
                    left=fields.index(named), right=FieldTerm(field=fields.index(other.named))
                )
            )
        if isinstance(other, bool):
            return self.is_truth(other)
        if isinstance(other, str | bytes):
            wanted = _octets(other)
            return Proposition(
                lambda fields: Equal(left=fields.index(named), right=OctetsTerm(octets=wanted))
            )
        raise TypeError("text and octets equal text, octets or such a field; booleans equal truth values")

    def _member(self, value: int | Decimal | date | str | bytes) -> Member:
        field_type = self.named.type
        if isinstance(field_type, DateType):
            return DayMember(day=_day(value))
        if isinstance(field_type, TextType | OctetsType) and isinstance(value, str | bytes):
            return OctetsMember(octets=_octets(value))
        if isinstance(value, str):
            return NumberMember(constant=read_constant(value))
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return NumberMember(constant=Constant.of(value))
        raise TypeError(f"no member for a field of type {field_type}")


Operand: TypeAlias = Numeric | int | Decimal | date | str
Comparable: TypeAlias = Operand | bool | bytes


def field(side: str, name: str, field_type: FieldType, *, attestation: int = 0) -> FieldReference:
    """A field: `side` is "request" or "response", `name` a JSON path or `header NAME`."""
    if side not in SIDES:
        raise ValueError("the side is request or response")
    header = name.removeprefix("header ")
    chosen: FieldName = HeaderName(name=header) if header != name else JsonPath(path=name)
    return FieldReference(Field(attestation=attestation, side=SIDES[side], name=chosen, type=field_type))


def length(reference: FieldReference) -> Numeric:
    """The characters of a text field, or the octets of a field of octets."""
    return Numeric(lambda fields: Length(field=fields.index(reference.named)))


def age(reference: FieldReference, on: date | str) -> Numeric:
    """The age in whole years on a day."""
    number = _day(on)
    return Numeric(lambda fields: Age(field=fields.index(reference.named), day=number))


def total(*terms: Operand) -> Numeric:
    """The sum; terms that are sums of `+` themselves are taken apart."""
    flat: tuple[Numeric, ...] = ()
    for term in map(numeric, terms):
        flat += (term,) if term.terms is None else term.terms
    return Numeric(lambda fields: Sum(terms=tuple(term.make(fields) for term in flat)), flat)


def average(*terms: Operand) -> Numeric:
    """The sum divided by the number of terms."""
    listed = tuple(map(numeric, terms))
    return Numeric(lambda fields: Average(terms=tuple(term.make(fields) for term in listed)))


def numeric(value: Comparable) -> Numeric:
    """A constant, a day or a number as part of a predicate; a text is read as a day or a number in decimal."""
    if isinstance(value, Numeric):
        return value
    if isinstance(value, date):
        number = day_number(value)
        return Numeric(lambda fields: Day(day=number))
    if isinstance(value, str):
        if value[4:5] == "-":
            written = read_day(value)
            return Numeric(lambda fields: Day(day=written))
        constant = read_constant(value)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        constant = Constant.of(value)
    else:
        raise TypeError("a number is an int, a Decimal, a date, a text or made of fields; never a float")
    return Numeric(lambda fields: ConstantNumber(constant=constant))


def _difference(left: Numeric, right: Numeric) -> Numeric:
    return Numeric(lambda fields: Difference(left=left.make(fields), right=right.make(fields)))


def _octets(value: str | bytes) -> bytes:
    return value.encode("utf-8") if isinstance(value, str) else value


def _day(value: object) -> int:
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, str):
        return read_day(value)
    raise TypeError("a day is a date or written as YYYY-MM-DD")
