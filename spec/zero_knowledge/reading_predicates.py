"""Reading the JSON form of a predicate, which is for those who do not want to count octets.

Every text is one predicate or refused: objects are closed and have no duplicate keys. Constants may have zeros
behind their digits; what is written is `predicate_json.py`.
`docs/protocol/predicates.md`, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

from ..closed_json import Json, JsonError, NestedJsonError, load_closed_json
from ..reasons import Reason, Rejection
from .field_types import (
    LARGEST_DIGIT_COUNT,
    LARGEST_SCALE,
    DateFormat,
    DateType,
    DecimalType,
    FieldType,
    IntegerType,
    TextType,
    read_day,
)
from .predicate import (
    LARGEST_DEPTH,
    LARGEST_PREDICATE_LENGTH,
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
    Not,
    NotInTree,
    NumberMember,
    OctetsMember,
    OctetsTerm,
    Predicate,
    Pseudonym,
    StartsWith,
    TruthTerm,
    require_size,
)
from .predicate_json import OPERATORS, PLAIN_TYPES, SIDES, is_text
from .predicate_terms import (
    Age,
    Average,
    Constant,
    ConstantNumber,
    DayNumber,
    Difference,
    Field,
    FieldNumber,
    HeaderField,
    JsonField,
    Length,
    NumberNode,
    Sum,
)

LARGEST_JSON_LENGTH: Final = 16 * LARGEST_PREDICATE_LENGTH
"""Characters of a text that is read at all."""

_CONSTANT = re.compile(r"(?P<minus>-?)(?P<whole>0|[1-9][0-9]*)(?:\.(?P<fraction>[0-9]+))?")
_SIZED_TYPE = re.compile(r"(?P<name>decimal|text)\((?P<size>[1-9][0-9]{0,4})\)")
_HEX = re.compile(r"(?:[0-9a-f]{2})*")


def read_json(text: str) -> Predicate:
    """Return the predicate that a JSON text is.

    Rejects with predicate/malformed, predicate/too-large, and with encoding/not-canonical as `Predicate`
    does.
    """
    if len(text) > LARGEST_JSON_LENGTH:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, f"{len(text)} characters")
    try:
        value = load_closed_json(text)
    except NestedJsonError:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, "nested too deeply") from None
    except JsonError as error:
        _malformed(str(error))
    members = _object(value, "version", "fields", "condition")
    fields = tuple(_read_field(each) for each in _array(members["fields"], 1, 16))
    predicate = Predicate(
        version=_integer(members["version"], 2**16),
        fields=fields,
        condition=_Conditions(fields).read(members["condition"], 1),
    )
    require_size(predicate)
    return predicate


def _malformed(what: str) -> NoReturn:
    raise Rejection(Reason.PREDICATE_MALFORMED, what)


# --- Objects, arrays and plain values -----------------------------------------------------------------------


def _object(value: Json, *names: str) -> Mapping[str, Json]:
    if not isinstance(value, dict) or set(value) != set(names):
        _malformed(f"not an object of exactly {', '.join(names)}")
    return value


def _single(value: Json) -> tuple[str, Json]:
    """The name and value of an object with one member."""
    if not isinstance(value, dict) or len(value) != 1:
        _malformed("not an object of one member")
    return next(iter(value.items()))


def _array(value: Json, least: int, most: int) -> Sequence[Json]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        _malformed(f"not an array of {least} to {most} values")
    return value


def _integer(value: Json, bound: int) -> int:
    if type(value) is not int or not 0 <= value < bound:
        _malformed(f"not an integer below {bound}")
    return value


def _text(value: Json, most: int, least: int = 0) -> str:
    if not isinstance(value, str) or not least <= len(_octets(value)) <= most:
        _malformed(f"not a text of {least} to {most} octets")
    return value


def _octets(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        _malformed("a lone surrogate")


def _hex(value: Json) -> bytes:
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        _malformed("not octets in lower-case hexadecimal digits")
    return bytes.fromhex(value)


def _day(value: Json) -> int:
    try:
        return read_day(_octets(_text(value, 10)), DateFormat.YEAR_MONTH_DAY)
    except Rejection:
        _malformed("not a day of the form YYYY-MM-DD")


def _constant(value: Json) -> Constant:
    found = _CONSTANT.fullmatch(value) if isinstance(value, str) and len(value) <= 64 else None
    if found is None:
        _malformed("not a number in the form of a text")
    fraction = (found["fraction"] or "").rstrip("0")
    magnitude = found["whole"] + fraction
    if len(fraction) > LARGEST_SCALE:
        _malformed("a constant has too many digits behind its point")
    if int(magnitude) >= 10**LARGEST_DIGIT_COUNT or (found["minus"] and int(magnitude) == 0):
        _malformed("a constant of more than 38 digits, or minus zero")
    return Constant.of(int(found["minus"] + magnitude), len(fraction))


def _part(value: Json, least: int, type_: FieldType) -> bytes:
    """Octets for a field of a type: a text, or their hexadecimal digits where they are not written as text."""
    octets = _hex(_object(value, "hex")["hex"]) if isinstance(value, dict) else _octets(_text(value, 403))
    if not least <= len(octets) <= 403:
        _malformed(f"not {least} to 403 octets")
    if isinstance(value, str) != is_text(octets, type_):
        _malformed("text in hexadecimal digits, or the other way round")
    return octets


# --- Fields and types ---------------------------------------------------------------------------------------


def _read_field(value: Json) -> Field:
    if not isinstance(value, dict):
        _malformed("a field is not an object")
    kind = "json" if "json" in value else "header"
    names = ["side", kind, "type", *(["attestation"] if "attestation" in value else [])]
    members = _object(value, *names)
    if not isinstance(members["side"], str) or members["side"] not in SIDES:
        _malformed("a side is neither request nor response")
    return Field(
        attestation=_integer(members.get("attestation", 0), 256),
        side=SIDES[members["side"]],
        name=(
            JsonField(path=_text(members["json"], 4096))
            if kind == "json"
            else HeaderField(name=_text(members["header"], 256))
        ),
        type=_read_type(members["type"]),
    )


def _read_type(value: Json) -> FieldType:
    dates = {f"date({each.text})": each for each in DateFormat}
    if not isinstance(value, str):
        _malformed("a type is not a text")
    if value in dates:
        return DateType(format=dates[value])
    if value in PLAIN_TYPES:
        return PLAIN_TYPES[value]
    sized = _SIZED_TYPE.fullmatch(value)
    if sized is None:
        _malformed("an unknown type")
    size = int(sized["size"])
    if sized["name"] == "decimal" and size <= LARGEST_SCALE:
        return DecimalType(scale=size)
    if sized["name"] == "text" and size <= 403:
        return TextType(maximum=size)
    _malformed("a type is of a size that it does not have")


# --- Conditions and numbers ---------------------------------------------------------------------------------


class _Conditions:
    """Reads conditions over some fields, no deeper than a predicate may be."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._readers: dict[str, Callable[[Json, int], ConditionNode]] = {
            "compare": self._compare,
            "between": self._between,
            "equal": self._equal,
            "in": self._in,
            "in_tree": lambda value, _: InTree(**self._tree(value)),
            "not_in_tree": lambda value, _: NotInTree(**self._tree(value)),
            "starts_with": lambda value, _: StartsWith(**self._with_part(value)),
            "ends_with": lambda value, _: EndsWith(**self._with_part(value)),
            "contains": lambda value, _: Contains(**self._with_part(value)),
            "matches": lambda value, _: Matches(**self._with_text(value, "pattern", 256)),
            "all": lambda value, depth: All(conditions=self._several(value, depth)),
            "any": lambda value, depth: AnyOf(conditions=self._several(value, depth)),
            "not": lambda value, depth: Not(condition=self.read(value, depth + 1)),
            "pseudonym": lambda value, _: Pseudonym(**self._with_text(value, "scope", 255, 1)),
        }

    def read(self, value: Json, depth: int) -> ConditionNode:
        if depth > LARGEST_DEPTH:
            raise Rejection(Reason.PREDICATE_TOO_LARGE, "nested too deeply")
        name, content = _single(value)
        if name not in self._readers:
            _malformed("an unknown condition")
        return self._readers[name](content, depth)

    def _compare(self, value: Json, depth: int) -> ConditionNode:
        operator, left, right = _array(value, 3, 3)
        if not isinstance(operator, str) or operator not in OPERATORS:
            _malformed("an unknown operator")
        return Compare(
            operator=OPERATORS[operator],
            left=self._number(left, depth + 1),
            right=self._number(right, depth + 1),
        )

    def _between(self, value: Json, depth: int) -> ConditionNode:
        number, low, high = (self._number(each, depth + 1) for each in _array(value, 3, 3))
        return Between(value=number, low=low, high=high)

    def _equal(self, value: Json, _depth: int) -> ConditionNode:
        index, term = _array(value, 2, 2)
        field = self._field(index)
        if isinstance(term, bool):
            return Equal(left=field, right=TruthTerm(truth=term))
        if isinstance(term, dict) and set(term) == {"field"}:
            return Equal(left=field, right=FieldTerm(field=self._field(term["field"])))
        return Equal(left=field, right=OctetsTerm(octets=_part(term, 0, self._fields[field].type)))

    def _in(self, value: Json, _depth: int) -> ConditionNode:
        index, members = _array(value, 2, 2)
        field = self._field(index)
        type_ = self._fields[field].type
        return In(field=field, members=tuple(_read_member(each, type_) for each in _array(members, 1, 64)))

    def _several(self, value: Json, depth: int) -> tuple[ConditionNode, ...]:
        return tuple(self.read(each, depth + 1) for each in _array(value, 2, 64))

    def _tree(self, value: Json) -> dict[str, Any]:
        field, depth, root = _array(value, 3, 3)
        octets = _hex(root)
        if len(octets) != 32:
            _malformed("a root is not 32 octets")
        return {"field": self._field(field), "depth": _integer(depth, 256), "root": octets}

    def _with_part(self, value: Json) -> dict[str, Any]:
        index, part = _array(value, 2, 2)
        field = self._field(index)
        return {"field": field, "octets": _part(part, 1, self._fields[field].type)}

    def _with_text(self, value: Json, name: str, most: int, least: int = 0) -> dict[str, Any]:
        field, text = _array(value, 2, 2)
        return {"field": self._field(field), name: _text(text, most, least)}

    def _field(self, value: Json) -> int:
        return _integer(value, len(self._fields))

    def _number(self, value: Json, depth: int) -> NumberNode:
        if depth > LARGEST_DEPTH:
            raise Rejection(Reason.PREDICATE_TOO_LARGE, "nested too deeply")
        if isinstance(value, str):
            return ConstantNumber(constant=_constant(value))
        match _single(value):
            case "day", day:
                return DayNumber(day=_day(day))
            case "field", field:
                return FieldNumber(field=self._field(field))
            case "sum", terms:
                return Sum(terms=self._terms(terms, depth))
            case "average", terms:
                return Average(terms=self._terms(terms, depth))
            case "difference", parts:
                left, right = (self._number(each, depth + 1) for each in _array(parts, 2, 2))
                return Difference(left=left, right=right)
            case "length", field:
                return Length(field=self._field(field))
            case "age", parts:
                field, day = _array(parts, 2, 2)
                return Age(field=self._field(field), day=_day(day))
        _malformed("an unknown number")

    def _terms(self, value: Json, depth: int) -> tuple[NumberNode, ...]:
        return tuple(self._number(each, depth + 1) for each in _array(value, 2, 16))


def _read_member(value: Json, type_: FieldType) -> NumberMember | DayMember | OctetsMember:
    if isinstance(type_, IntegerType | DecimalType):
        return NumberMember(constant=_constant(value))
    if isinstance(type_, DateType):
        return DayMember(day=_day(_object(value, "day")["day"]))
    return OctetsMember(octets=_part(value, 0, type_))
