"""The JSON form of a predicate: one JSON value for each predicate, read strictly (predicates page, section 2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from .checking import check
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
    Sum,
    Term,
    TruthTerm,
)
from .json_reader import PARTS, SIDES, from_value, is_text
from .json_strict import Json, parse_strictly
from .types import FieldType
from .writing import write_day

_SIDE_NAMES: Final = {side: name for name, side in SIDES.items()}
_PART_NAMES: Final = {case: name for name, case in PARTS.items()}


def write_json(predicate: Predicate) -> str:
    """The JSON text of a well-formed predicate, without superfluous white space."""
    return json.dumps(to_value(predicate), ensure_ascii=False, separators=(",", ":"))


def read_json(text: str) -> Predicate:
    """The well-formed predicate that a JSON text writes.

    Refuses with `predicate/malformed` what is not the JSON form (naming the place), else as `canonical.decode`.
    """
    return from_value(parse_strictly(text))


def to_value(predicate: Predicate) -> Json:
    """The JSON value of a well-formed predicate."""
    check(predicate)
    types = tuple(each.type for each in predicate.fields)
    return {
        "version": predicate.version,
        "fields": [_field_value(each) for each in predicate.fields],
        "condition": _Writer(types).condition(predicate.condition),
    }


def _field_value(field: Field) -> Json:
    value: dict[str, Json] = {"attestation": field.attestation, "side": _SIDE_NAMES[field.side]}
    match field.name:
        case HeaderName(name=name):
            value["header"] = name
        case JsonPath(path=path):
            value["json"] = path
    value["type"] = str(field.type)
    return value


class _Writer:
    def __init__(self, types: Sequence[FieldType]) -> None:
        self._types = types

    def condition(self, condition: Condition) -> Json:
        match condition:
            case Compare(operator=operator, left=left, right=right):
                return {"compare": [operator.value, self._number(left), self._number(right)]}
            case Between(value=value, low=low, high=high):
                return {"between": [self._number(each) for each in (value, low, high)]}
            case Equal(left=index, right=term):
                return {"equal": [index, self._term(index, term)]}
            case In(field=index, members=members):
                return {"in": [index, [self._member(index, member) for member in members]]}
            case InTree(field=index, depth=depth, root=root):
                return {"in_tree": [index, depth, root.hex()]}
            case NotInTree(field=index, depth=depth, root=root):
                return {"not_in_tree": [index, depth, root.hex()]}
            case StartsWith(field=index, octets=octets) | EndsWith(field=index, octets=octets):
                return {_PART_NAMES[type(condition)]: [index, self._octets(index, octets)]}
            case Contains(field=index, octets=octets):
                return {"contains": [index, self._octets(index, octets)]}
            case Matches(field=index, pattern=pattern):
                return {"matches": [index, pattern]}
            case All(conditions=conditions):
                return {"all": [self.condition(each) for each in conditions]}
            case AnyOf(conditions=conditions):
                return {"any": [self.condition(each) for each in conditions]}
            case Not(condition=inner):
                return {"not": self.condition(inner)}
            case Pseudonym(field=index, scope=scope):
                return {"pseudonym": [index, scope]}

    def _number(self, number: Number) -> Json:
        match number:
            case ConstantNumber(constant=constant):
                return str(constant)
            case Day(day=day):
                return {"day": write_day(day)}
            case FieldNumber(field=index):
                return {"field": index}
            case Sum(terms=terms):
                return {"sum": [self._number(term) for term in terms]}
            case Average(terms=terms):
                return {"average": [self._number(term) for term in terms]}
            case Difference(left=left, right=right):
                return {"difference": [self._number(left), self._number(right)]}
            case Length(field=index):
                return {"length": index}
            case Age(field=index, day=day):
                return {"age": [index, write_day(day)]}

    def _term(self, index: int, term: Term) -> Json:
        match term:
            case FieldTerm(field=other):
                return {"field": other}
            case OctetsTerm(octets=octets):
                return self._octets(index, octets)
            case TruthTerm(truth=truth):
                return truth

    def _member(self, index: int, member: Member) -> Json:
        match member:
            case NumberMember(constant=constant):
                return str(constant)
            case DayMember(day=day):
                return {"day": write_day(day)}
            case OctetsMember(octets=octets):
                return self._octets(index, octets)

    def _octets(self, index: int, octets: bytes) -> Json:
        if is_text(self._types[index], octets):
            return octets.decode("utf-8")
        return {"hex": octets.hex()}
