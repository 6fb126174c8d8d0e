"""Reading the JSON form of a predicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction

from .checking import check
from .conditions import (
    MAXIMUM_BRANCHES,
    MAXIMUM_FIELDS,
    MAXIMUM_MEMBERS,
    MAXIMUM_PATTERN_OCTETS,
    MAXIMUM_SCOPE_OCTETS,
    PREDICATE_VERSION,
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
    MAXIMUM_NAME_OCTETS,
    MAXIMUM_PATH_OCTETS,
    MAXIMUM_TERMS,
    Age,
    Average,
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
    Term,
    TruthTerm,
)
from .json_strict import (
    Json,
    bounded_array,
    closed_object,
    hexadecimal,
    malformed,
    plain_text,
    small_integer,
    text_at,
)
from .types import MAXIMUM_FIELD_OCTETS, DateType, DecimalType, FieldType, IntegerType, OctetsType
from .writing import read_constant, read_day, read_type

SIDES: Final = {"request": Direction.SENT, "response": Direction.RECEIVED}
PARTS: Final[Mapping[str, type[StartsWith | EndsWith | Contains]]] = {
    "starts_with": StartsWith,
    "ends_with": EndsWith,
    "contains": Contains,
}


def from_value(value: Json) -> Predicate:
    """The predicate of a JSON value; refuses as `read_json`."""
    members = closed_object(value, "$", ("version", "fields", "condition"))
    version = small_integer(members["version"], "$.version", 2**16)
    listed = bounded_array(members["fields"], "$.fields", 1, MAXIMUM_FIELDS)
    fields = tuple(_field(each, f"$.fields[{index}]") for index, each in enumerate(listed))
    condition = _Reader(tuple(each.type for each in fields)).condition(members["condition"], "$.condition")
    if version != PREDICATE_VERSION:
        raise Refused("encoding/not-canonical", f"predicate version {version}")
    predicate = Predicate(fields=fields, condition=condition)
    check(predicate)
    return predicate


def _field(value: Json, place: str) -> Field:
    if not isinstance(value, dict):
        raise malformed(place, "not an object")
    name_key = "header" if "header" in value else "json"
    keys = ["side", name_key, "type", *(["attestation"] if "attestation" in value else [])]
    members = closed_object(value, place, keys)
    side = SIDES.get(plain_text(members["side"], f"{place}.side"))
    if side is None:
        raise malformed(f"{place}.side", "neither request nor response")
    most = MAXIMUM_NAME_OCTETS if name_key == "header" else MAXIMUM_PATH_OCTETS
    text = _bounded_text(members[name_key], f"{place}.{name_key}", 0, most)
    name: FieldName = HeaderName(name=text) if name_key == "header" else JsonPath(path=text)
    field_type: FieldType = text_at(f"{place}.type", read_type, members["type"])
    attestation = small_integer(members.get("attestation", 0), f"{place}.attestation")
    return Field(attestation=attestation, side=side, name=name, type=field_type)


def _bounded_text(value: Json, place: str, least: int, most: int) -> str:
    text = plain_text(value, place)
    if not least <= len(text.encode("utf-8")) <= most:
        raise malformed(place, f"not {least} to {most} octets")
    return text


def is_text(field_type: FieldType, octets: bytes) -> bool:
    """Whether octets of such a field are written as text, not in hexadecimal."""
    if isinstance(field_type, OctetsType):
        return False
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Reader:
    def __init__(self, types: Sequence[FieldType]) -> None:
        self._types = types

    def condition(self, value: Json, place: str) -> Condition:
        kind, inner = self._single(value, place)
        place = f"{place}.{kind}"
        match kind:
            case "compare":
                sign, left, right = bounded_array(inner, place, 3, 3)
                try:
                    operator = Operator(sign)
                except ValueError:
                    raise malformed(place, "no operator = ≠ < ≤ > ≥") from None
                return Compare(
                    operator=operator,
                    left=self._number(left, f"{place}[1]"),
                    right=self._number(right, f"{place}[2]"),
                )
            case "between":
                value, low, high = self._numbers(inner, place, 3, 3)
                return Between(value=value, low=low, high=high)
            case "equal":
                index, term = self._pair(inner, place)
                return Equal(left=index, right=self._term(index, term, f"{place}[1]"))
            case "in":
                index, listed = self._pair(inner, place)
                members = bounded_array(listed, f"{place}[1]", 1, MAXIMUM_MEMBERS)
                return In(
                    field=index,
                    members=tuple(
                        self._member(index, each, f"{place}[1][{number}]")
                        for number, each in enumerate(members)
                    ),
                )
            case "in_tree" | "not_in_tree":
                first, depth, root = bounded_array(inner, place, 3, 3)
                octets = hexadecimal(root, f"{place}[2]")
                if len(octets) != 32:
                    raise malformed(f"{place}[2]", "not 32 octets")
                of_tree = InTree if kind == "in_tree" else NotInTree
                levels = small_integer(depth, f"{place}[1]")
                return of_tree(field=self._index(first, place), depth=levels, root=octets)
            case "starts_with" | "ends_with" | "contains":
                index, part = self._pair(inner, place)
                return PARTS[kind](field=index, octets=self._octets(index, part, f"{place}[1]", least=1))
            case "matches":
                index, pattern = self._pair(inner, place)
                written = _bounded_text(pattern, f"{place}[1]", 0, MAXIMUM_PATTERN_OCTETS)
                return Matches(field=index, pattern=written)
            case "all" | "any":
                listed = bounded_array(inner, place, 2, MAXIMUM_BRANCHES)
                conditions = tuple(self.condition(each, f"{place}[{n}]") for n, each in enumerate(listed))
                return All(conditions=conditions) if kind == "all" else AnyOf(conditions=conditions)
            case "not":
                return Not(condition=self.condition(inner, place))
            case "pseudonym":
                index, scope = self._pair(inner, place)
                return Pseudonym(
                    field=index, scope=_bounded_text(scope, f"{place}[1]", 1, MAXIMUM_SCOPE_OCTETS)
                )
        raise malformed(place, "no condition")

    def _number(self, value: Json, place: str) -> Number:
        if isinstance(value, str):
            return ConstantNumber(constant=text_at(place, read_constant, value))
        kind, inner = self._single(value, place)
        place = f"{place}.{kind}"
        match kind:
            case "day":
                return Day(day=text_at(place, read_day, inner))
            case "field":
                return FieldNumber(field=self._index(inner, place))
            case "sum":
                return Sum(terms=tuple(self._numbers(inner, place, 2, MAXIMUM_TERMS)))
            case "average":
                return Average(terms=tuple(self._numbers(inner, place, 2, MAXIMUM_TERMS)))
            case "difference":
                left, right = self._numbers(inner, place, 2, 2)
                return Difference(left=left, right=right)
            case "length":
                return Length(field=self._index(inner, place))
            case "age":
                index, day = self._pair(inner, place)
                return Age(field=index, day=text_at(f"{place}[1]", read_day, day))
        raise malformed(place, "no number")

    def _numbers(self, value: Json, place: str, least: int, most: int) -> list[Number]:
        listed = bounded_array(value, place, least, most)
        return [self._number(each, f"{place}[{n}]") for n, each in enumerate(listed)]

    def _term(self, index: int, value: Json, place: str) -> Term:
        if isinstance(value, bool):
            return TruthTerm(truth=value)
        if isinstance(value, dict) and set(value) == {"field"}:
            return FieldTerm(field=self._index(value["field"], place))
        return OctetsTerm(octets=self._octets(index, value, place))

    def _member(self, index: int, value: Json, place: str) -> Member:
        match self._types[index]:
            case IntegerType() | DecimalType():
                return NumberMember(constant=text_at(place, read_constant, value))
            case DateType():
                return DayMember(day=text_at(place, read_day, closed_object(value, place, ("day",))["day"]))
            case _:
                return OctetsMember(octets=self._octets(index, value, place))

    def _octets(self, index: int, value: Json, place: str, least: int = 0) -> bytes:
        written = isinstance(value, str)
        if written:
            octets = plain_text(value, place).encode("utf-8")
        else:
            octets = hexadecimal(closed_object(value, place, ("hex",))["hex"], place)
        if written is not is_text(self._types[index], octets):
            raise malformed(place, "text where hexadecimal is due, or the other way round")
        if not least <= len(octets) <= MAXIMUM_FIELD_OCTETS:
            raise malformed(place, f"not {least} to {MAXIMUM_FIELD_OCTETS} octets")
        return octets

    def _single(self, value: Json, place: str) -> tuple[str, Json]:
        if not isinstance(value, dict) or len(value) != 1:
            raise malformed(place, "not an object with one member")
        [(kind, inner)] = value.items()
        return kind, inner

    def _pair(self, value: Json, place: str) -> tuple[int, Json]:
        first, second = bounded_array(value, place, 2, 2)
        return self._index(first, place), second

    def _index(self, value: Json, place: str) -> int:
        index = small_integer(value, place)
        if index >= len(self._types):
            raise malformed(place, "a field that is not listed")
        return index
