"""Predicates at their limits in octets: the longest, the largest integers, and sets of members of another type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.zero_knowledge.field_types import BooleanType, FieldType, IntegerType, TextType
from mpctls.spec.zero_knowledge.predicate import (
    LARGEST_PREDICATE_LENGTH,
    AnyOf,
    OctetsMember,
    Predicate,
    StartsWith,
)
from mpctls.spec.zero_knowledge.predicate import In as InSet
from mpctls.spec.zero_knowledge.predicate_rules import INTEGER_LIMIT

from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .making import Making, of_type, predicate_of, replaced
from .sound_predicates import SOUND, Json

STEP = "foundation/predicates"
_DECODE = Making(operation="foundation/decode-predicate", importance=Importance.HIGH)
_LARGE, _TYPE = "predicate/too-large", "predicate/type-error"
_DIVISORS = (3, 7, 11, 13)
_DEPTH = 6
"""How many averages of as many terms as a divisor stand in each other."""
_SCALE = 10**18
_LENGTH = 403
"""The bound of the length of a field."""


def _of_octets(length: int) -> Predicate:
    """Starts with one of many texts, the last of them so long that the predicate has this many octets."""
    longest = StartsWith(field=0, octets=b"x" * 400)
    fields = SOUND["starts-with"].predicate.fields

    def predicate(last: int) -> Predicate:
        conditions = (*[longest] * 40, StartsWith(field=0, octets=b"y" * last))
        return Predicate(version=1, fields=fields, condition=AnyOf(conditions=conditions))

    # A length takes two octets from 128 on, so that nothing but the last text grows.
    return predicate(200 + length - len(predicate(200).encode()))


def _lengths() -> Iterator[Vector]:
    most = LARGEST_PREDICATE_LENGTH
    yield _DECODE.accepted(
        "octets-most", "16,384 octets are the most.", {"octets": _of_octets(most).encode()}
    )
    yield _DECODE.refused(
        "octet-more",
        "One octet more than the most, and a predicate in all else.",
        {"octets": _of_octets(most + 1).encode()},
        _LARGE,
        base="octets-most",
        mutation=Mutation(kind=MutationKind.EXTEND, field="octets", detail="a text that is one octet longer"),
    )


def _numbers(magnitude: int) -> Json:
    """A comparison whose integer is at most exactly this.

    Over the least common denominator each number counts with its magnitude times what its own denominator lacks:
    modulo each part of that denominator only one number is not zero, which gives them one after another.
    """
    parts = {divisor: divisor**_DEPTH for divisor in _DIVISORS}
    common = _SCALE
    for part in parts.values():
        common *= part
    left = magnitude - _LENGTH * common
    terms: list[Json] = []
    for divisor, part in (*parts.items(), (1, _SCALE)):
        weight = common // part
        value = left * pow(weight, -1, part) % part
        left -= value * weight
        number: Json = f"0.{value:018}" if part == _SCALE else str(value)
        for _ in range(_DEPTH if divisor > 1 else 0):
            number = {"average": [number, *["0"] * (divisor - 1)]}
        terms.append(number)
    whole, rest = divmod(left, common)
    if rest or not 0 < whole < 10**38:
        raise ValueError("no constants give this magnitude")
    return {"compare": ["<", {"length": 0}, {"sum": [*terms, str(whole)]}]}


def _integers() -> Iterator[Vector]:
    field = of_type("text(9)", "name")
    below, reached = (predicate_of(_numbers(INTEGER_LIMIT - less), field).encode() for less in (1, 0))
    yield _DECODE.accepted(
        "integer-largest", "An integer of the condition is at most 2^252 - 1.", {"octets": below}
    )
    yield _DECODE.refused(
        "integer-of-the-limit",
        "An integer of the condition may be 2^252, and not more.",
        {"octets": reached},
        _LARGE,
        base="integer-largest",
        mutation=replaced("octets", "constants whose sum is one larger"),
    )


def _of_field(base: str, type_: FieldType) -> bytes:
    predicate = SOUND[base].predicate
    return replace(predicate, fields=(replace(predicate.fields[0], type=type_),)).encode()


def _members() -> Iterator[Vector]:
    """What the JSON form cannot say: there the type of the field says how its members are read."""
    for base in ("in-numbers", "in-days", "in-texts"):
        yield _DECODE.accepted(base, SOUND[base].comment, {"octets": SOUND[base].predicate.encode()})
    days = SOUND["in-days"].predicate.fields[0].type
    cases: list[tuple[str, str, str, FieldType]] = [
        ("numbers-in-text", "Text is in no set of numbers.", "in-numbers", TextType(maximum=9)),
        ("numbers-in-date", "A day is in no set of numbers.", "in-numbers", days),
        ("numbers-in-boolean", "A truth is in no set of numbers.", "in-numbers", BooleanType()),
        ("days-in-integer", "A number is in no set of days.", "in-days", IntegerType()),
        ("days-in-text", "Text is in no set of days.", "in-days", TextType(maximum=10)),
        ("octets-in-integer", "A number is in no set of octets.", "in-texts", IntegerType()),
        ("octets-in-date", "A day is in no set of octets.", "in-texts", days),
    ]
    for name, comment, base, type_ in cases:
        yield _DECODE.refused(
            name,
            comment,
            {"octets": _of_field(base, type_)},
            _TYPE,
            base=base,
            mutation=replaced("octets.fields.0.type", name.replace("-", " ")),
        )
    numbers = SOUND["in-numbers"].predicate
    if not isinstance(numbers.condition, InSet):
        raise TypeError("in-numbers is a set")
    mixed = replace(
        numbers, condition=replace(numbers.condition, members=(*numbers.condition.members, _OCTETS))
    )
    yield _DECODE.refused(
        "octets-behind-numbers",
        "Every member is of the field's type, also the last one.",
        {"octets": mixed.encode()},
        _TYPE,
        base="in-numbers",
        mutation=Mutation(kind=MutationKind.INSERT, field="octets.condition.members", detail="octets"),
    )


_OCTETS = OctetsMember(octets=b"7")


def _limits() -> Iterator[Vector]:
    yield from _lengths()
    yield from _integers()
    yield from _members()


FAMILIES = (
    Family(
        step=STEP,
        name="octets-limits",
        summary="The longest octets, the largest integers, and members of another type.",
        make=_limits,
    ),
)
