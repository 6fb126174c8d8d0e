"""A predicate in words: one sentence that a person understands, in which every constant and name is quoted exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.identifiers import Direction

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
    Predicate,
    Pseudonym,
    StartsWith,
)
from .expression import (
    Age,
    Average,
    ConstantNumber,
    Day,
    DayMember,
    Difference,
    Field,
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
    Term,
    TruthTerm,
)
from .types import BooleanType, DateType, DecimalType, IntegerType, OctetsType, TextType
from .writing import write_day

_RELATIONS: Final[Mapping[Operator, str]] = {
    Operator.EQUAL: "equals",
    Operator.NOT_EQUAL: "does not equal",
    Operator.LESS: "is less than",
    Operator.AT_MOST: "is at most",
    Operator.GREATER: "is greater than",
    Operator.AT_LEAST: "is at least",
}
_DAY_RELATIONS: Final[Mapping[Operator, str]] = {
    **_RELATIONS,
    Operator.EQUAL: "is the same day as",
    Operator.NOT_EQUAL: "is another day than",
    Operator.LESS: "is before",
    Operator.AT_MOST: "is not after",
    Operator.GREATER: "is after",
    Operator.AT_LEAST: "is not before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noun:
    """What a sentence is about; an aside stands between commas."""

    head: str
    aside: str = ""

    @property
    def as_subject(self) -> str:
        return f"{self.head}, {self.aside}," if self.aside else self.head

    @property
    def as_object(self) -> str:
        return f"{self.head} ({self.aside})" if self.aside else self.head


def explain(predicate: Predicate) -> str:
    """What a well-formed predicate says, as one sentence without a full stop."""
    return _Words(predicate).condition(predicate.condition)


def explain_field(field: Field) -> str:
    """Which token a field is and how it is read."""
    return _noun(field).as_object


def quoted(octets: bytes) -> str:
    """Octets as they stand in a sentence: a JSON string when they are printable text, else in hexadecimal."""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    return f"the octets 0x{octets.hex()}" if octets else "nothing"


def _noun(field: Field) -> _Noun:
    aside = ""
    match field.type:
        case IntegerType():
            what = "the whole number"
        case DecimalType(scale=scale):
            what = "the number"
            aside = f"read with {scale} decimal place{'s' if scale > 1 else ''}"
        case TextType():
            what = "the text"
        case BooleanType():
            what = "the truth value"
        case DateType():
            what = "the date"
            aside = f"written {field.type.date_format.value}"
        case OctetsType():
            what = "the value"
    side = "request" if field.side is Direction.SENT else "response"
    match field.name:
        case HeaderName(name=name):
            place = f"in the header {name} of the {side}"
        case JsonPath(path=path):
            place = f"at {path} of the {side}"
    session = f" of attestation {field.attestation}" if field.attestation else ""
    return _Noun(head=f"{what} {place}{session}", aside=aside)


def _listed(parts: list[str], last: str) -> str:
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}" if len(parts) > 1 else parts[0]


class _Words:
    def __init__(self, predicate: Predicate) -> None:
        self._fields = predicate.fields

    def condition(self, condition: Condition, *, nested: bool = False) -> str:
        match condition:
            case Compare(operator=operator, left=left, right=right):
                relations = _DAY_RELATIONS if self._is_day(left) else _RELATIONS
                return f"{self._subject(left)} {relations[operator]} {self._object(right)}"
            case Between(value=value, low=low, high=high):
                bounds = f"{self._object(low)} and {self._object(high)}"
                return f"{self._subject(value)} is between {bounds} (both included)"
            case Equal(left=index, right=term):
                return f"{self._named(index)} {self._equals(term)}"
            case In(field=index, members=members):
                listed = [self._member(member) for member in members]
                return f"{self._named(index)} is {_listed(listed, 'or')}"
            case InTree(field=index, root=root):
                return f"{self._named(index)} is in the set with root {root.hex()}"
            case NotInTree(field=index, root=root):
                return f"{self._named(index)} is not in the set with root {root.hex()}"
            case StartsWith(field=index, octets=octets):
                return f"{self._named(index)} begins with {quoted(octets)}"
            case EndsWith(field=index, octets=octets):
                return f"{self._named(index)} ends with {quoted(octets)}"
            case Contains(field=index, octets=octets):
                return f"{self._named(index)} contains {quoted(octets)}"
            case Matches(field=index, pattern=pattern):
                return f"the pattern {json.dumps(pattern, ensure_ascii=False)} describes {self._noun(index).as_object}"
            case All(conditions=conditions):
                return self._joined(conditions, "and", nested)
            case AnyOf(conditions=conditions):
                return self._joined(conditions, "or", nested)
            case Not(condition=inner):
                return f"it is not so that {self.condition(inner, nested=True)}"
            case Pseudonym(field=index, scope=scope):
                shown = self._noun(index).as_object
                quoted_scope = json.dumps(scope, ensure_ascii=False)
                return f"the enumerable pseudonym of {shown} in the scope {quoted_scope} is shown"

    def _joined(self, conditions: tuple[Condition, ...], word: str, nested: bool) -> str:
        joined = f"; {word} ".join(self.condition(each, nested=True) for each in conditions)
        return f"({joined})" if nested else joined

    def _equals(self, term: Term) -> str:
        match term:
            case FieldTerm(field=other):
                return f"equals {self._noun(other).as_object}"
            case OctetsTerm(octets=octets):
                return f"equals {quoted(octets)}"
            case TruthTerm(truth=truth):
                return "is true" if truth else "is false"

    def _member(self, member: Member) -> str:
        match member:
            case NumberMember(constant=constant):
                return str(constant)
            case DayMember(day=day):
                return write_day(day)
            case OctetsMember(octets=octets):
                return quoted(octets)

    def _subject(self, number: Number) -> str:
        return self._number(number).as_subject

    def _object(self, number: Number) -> str:
        return self._number(number).as_object

    def _number(self, number: Number) -> _Noun:
        match number:
            case ConstantNumber(constant=constant):
                return _Noun(head=str(constant))
            case Day(day=day):
                return _Noun(head=write_day(day))
            case FieldNumber(field=index):
                return self._noun(index)
            case Sum(terms=terms):
                return _Noun(head=f"the sum of {_listed([self._object(term) for term in terms], 'and')}")
            case Average(terms=terms):
                return _Noun(head=f"the average of {_listed([self._object(term) for term in terms], 'and')}")
            case Difference(left=left, right=right):
                if self._is_day(left):
                    return _Noun(
                        head=f"the number of days from {self._object(right)} to {self._object(left)}"
                    )
                return _Noun(head=f"the difference {self._object(left)} minus {self._object(right)}")
            case Length(field=index):
                unit = "characters" if isinstance(self._fields[index].type, TextType) else "octets"
                return _Noun(head=f"the number of {unit} of {self._noun(index).as_object}")
            case Age(field=index, day=day):
                born = self._noun(index).as_object
                return _Noun(head=f"the age in years, on {write_day(day)}, of who was born on {born}")

    def _is_day(self, number: Number) -> bool:
        if isinstance(number, FieldNumber):
            return isinstance(self._fields[number.field].type, DateType)
        return isinstance(number, Day)

    def _noun(self, index: int) -> _Noun:
        return _noun(self._fields[index])

    def _named(self, index: int) -> str:
        return self._noun(index).as_subject
