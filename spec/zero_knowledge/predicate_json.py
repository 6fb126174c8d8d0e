"""The JSON form of a predicate: every predicate has one value that is written.

`docs/protocol/predicates.md`, section 2. It is read by `reading_predicates.py`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from ..closed_json import Json
from ..identifiers import Direction
from .field_types import (
    BooleanType,
    BytesType,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    calendar_day,
)
from .predicate import (
    All,
    AnyOf,
    Between,
    Compare,
    ConditionNode,
    Contains,
    DayMember,
    EndsWith,
    Equal,
    FieldTerm,
    In,
    InTree,
    Matches,
    Member,
    Not,
    NotInTree,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Operator,
    Predicate,
    Pseudonym,
    StartsWith,
    TruthTerm,
)
from .predicate_terms import (
    Age,
    Average,
    Constant,
    ConstantNumber,
    DayNumber,
    Difference,
    Field,
    FieldNumber,
    JsonField,
    Length,
    NumberNode,
    Sum,
)

SIDES: Final = {"request": Direction.SENT, "response": Direction.RECEIVED}
OPERATORS: Final = dict(zip("=≠<≤>≥", Operator, strict=True))
PLAIN_TYPES: Final[dict[str, FieldType]] = {
    "integer": IntegerType(),
    "boolean": BooleanType(),
    "bytes": BytesType(),
}


def write_json(predicate: Predicate) -> str:
    """Return the JSON value of a predicate, without white space."""
    value = {
        "version": predicate.version,
        "fields": [_write_field(field) for field in predicate.fields],
        "condition": _write_condition(predicate.condition, predicate.fields),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_field(field: Field) -> Json:
    side = next(name for name, direction in SIDES.items() if direction is field.side)
    name = {"json": field.name.path} if isinstance(field.name, JsonField) else {"header": field.name.name}
    return {"attestation": field.attestation, "side": side, **name, "type": write_type(field.type)}


def write_type(type_: FieldType) -> str:
    """Return the name of a type."""
    match type_:
        case DecimalType(scale=scale):
            return f"decimal({scale})"
        case TextType(maximum=maximum):
            return f"text({maximum})"
        case DateType(format=format_):
            return f"date({format_.text})"
        case _:
            return next(name for name, plain in PLAIN_TYPES.items() if plain == type_)


def _write_day(day: int) -> str:
    return calendar_day(day).isoformat()


def _write_constant(constant: Constant) -> str:
    digits = str(abs(constant.numerator)).rjust(constant.scale + 1, "0")
    whole = digits[: len(digits) - constant.scale]
    fraction = digits[len(digits) - constant.scale :]
    return ("-" if constant.negative else "") + whole + (f".{fraction}" if fraction else "")


def _write_part(octets: bytes, type_: FieldType) -> Json:
    return octets.decode("utf-8") if is_text(octets, type_) else {"hex": octets.hex()}


def is_text(octets: bytes, type_: FieldType) -> bool:
    """Whether octets are written as text: where they are UTF-8, and those of bytes never."""
    if isinstance(type_, BytesType):
        return False
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _write_member(member: Member, type_: FieldType) -> Json:
    match member:
        case NumberMember(constant=constant):
            return _write_constant(constant)
        case DayMember(day=day):
            return {"day": _write_day(day)}
        case OctetsMember(octets=octets):
            return _write_part(octets, type_)


def _write_condition(condition: ConditionNode, fields: Sequence[Field]) -> Json:
    match condition:
        case Compare(operator=operator, left=left, right=right):
            sign = next(sign for sign, each in OPERATORS.items() if each is operator)
            return {"compare": [sign, _write_number(left), _write_number(right)]}
        case Between(value=value, low=low, high=high):
            return {"between": [_write_number(value), _write_number(low), _write_number(high)]}
        case Equal(left=field, right=term):
            return {"equal": [field, _write_term(term, fields[field].type)]}
        case In(field=field, members=members):
            return {"in": [field, [_write_member(each, fields[field].type) for each in members]]}
        case InTree(field=field, depth=depth, root=root):
            return {"in_tree": [field, depth, root.hex()]}
        case NotInTree(field=field, depth=depth, root=root):
            return {"not_in_tree": [field, depth, root.hex()]}
        case StartsWith(field=field, octets=octets):
            return {"starts_with": [field, _write_part(octets, fields[field].type)]}
        case EndsWith(field=field, octets=octets):
            return {"ends_with": [field, _write_part(octets, fields[field].type)]}
        case Contains(field=field, octets=octets):
            return {"contains": [field, _write_part(octets, fields[field].type)]}
        case Matches(field=field, pattern=pattern):
            return {"matches": [field, pattern]}
        case All(conditions=conditions):
            return {"all": [_write_condition(each, fields) for each in conditions]}
        case AnyOf(conditions=conditions):
            return {"any": [_write_condition(each, fields) for each in conditions]}
        case Not(condition=negative):
            return {"not": _write_condition(negative, fields)}
        case Pseudonym(field=field, scope=scope):
            return {"pseudonym": [field, scope]}


def _write_term(term: FieldTerm | OctetsTerm | TruthTerm, type_: FieldType) -> Json:
    match term:
        case FieldTerm(field=field):
            return {"field": field}
        case OctetsTerm(octets=octets):
            return _write_part(octets, type_)
        case TruthTerm(truth=truth):
            return truth


def _write_number(number: NumberNode) -> Json:
    match number:
        case ConstantNumber(constant=constant):
            return _write_constant(constant)
        case DayNumber(day=day):
            return {"day": _write_day(day)}
        case FieldNumber(field=field):
            return {"field": field}
        case Sum(terms=terms):
            return {"sum": [_write_number(term) for term in terms]}
        case Difference(left=left, right=right):
            return {"difference": [_write_number(left), _write_number(right)]}
        case Average(terms=terms):
            return {"average": [_write_number(term) for term in terms]}
        case Length(field=field):
            return {"length": field}
        case Age(field=field, day=day):
            return {"age": [field, _write_day(day)]}
