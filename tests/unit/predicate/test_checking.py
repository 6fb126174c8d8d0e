"""What is no well-formed predicate: order, types, places, limits."""

from __future__ import annotations

import pytest

from mpctls.zkp.predicate.build import (
    age,
    average,
    boolean,
    day,
    decimal,
    field,
    integer,
    length,
    octets,
    text,
)
from mpctls.zkp.predicate.canonical import decode, encode
from mpctls.zkp.predicate.checking import check
from mpctls.zkp.predicate.conditions import (
    PREDICATE,
    AnyOf,
    Compare,
    Condition,
    Contains,
    In,
    InTree,
    Not,
    Predicate,
    Pseudonym,
)
from mpctls.zkp.predicate.expression import (
    Constant,
    ConstantNumber,
    Day,
    DayMember,
    Field,
    FieldNumber,
    NumberMember,
    Operator,
)
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.types import DateType, DecimalType, TextType
from tests.unit.foundation.refusals import refused

COUNT = field("response", "$.count", integer)
MONEY = field("response", "$.money", decimal(2))
NAME = field("response", "$.name", text(20))
BORN = field("response", "$.born", day())
FLAG = field("response", "$.flag", boolean)
RAW = field("response", "$.raw", octets)
ROOT = bytes(32)
POSITIVE = COUNT > 0


@pytest.mark.parametrize(
    "proposition",
    [
        COUNT > "2026-01-01",
        BORN > 5,
        BORN.between("2026-01-01", 5),
        COUNT + BORN > 5,
        average(BORN, BORN) > 5,
        COUNT - BORN > 5,
        NAME > 5,
        FLAG > 5,
        RAW > 5,
        length(COUNT) > 5,
        age(NAME, "2026-01-01") > 5,
        NAME == RAW,
        NAME == FLAG,
        NAME.is_truth(True),
        FLAG == "true",
        FLAG == b"true",
        COUNT.starts_with("1"),
        FLAG.contains("t"),
        RAW.matches("a"),
        BORN.ends_with("1"),
        ~COUNT.in_tree(4, ROOT),
        ~(POSITIVE | COUNT.not_in_tree(4, ROOT)),
        ~~COUNT.in_tree(4, ROOT),
        ~NAME.pseudonym("s"),
        POSITIVE | NAME.pseudonym("s"),
        POSITIVE & (POSITIVE | NAME.pseudonym("s")),
        POSITIVE & ~NAME.pseudonym("s"),
    ],
)
def test_type_errors(proposition: Proposition) -> None:
    with refused("predicate/type-error"):
        assert proposition.predicate


def test_an_all_within_the_all_is_no_place_for_a_pseudonym() -> None:
    inner = (POSITIVE & NAME.pseudonym("s")).predicate
    nested = AnyOf(conditions=(inner.condition, inner.condition))
    with refused("predicate/type-error"):
        check(Predicate(fields=inner.fields, condition=nested))


def test_members_suit_their_field() -> None:
    number = NumberMember(constant=Constant.of(5))
    for reference, member in ((BORN, number), (NAME, number), (COUNT, DayMember(day=5)), (FLAG, number)):
        with refused("predicate/type-error"):
            check(Predicate(fields=(reference.named,), condition=In(field=0, members=(member,))))


def compare(left: int, right: int) -> Condition:
    return Compare(operator=Operator.LESS, left=FieldNumber(field=left), right=FieldNumber(field=right))


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ((COUNT.named, COUNT.named), compare(0, 1)),
        ((COUNT.named, MONEY.named), compare(1, 0)),
        ((COUNT.named, MONEY.named), compare(0, 0)),
        ((COUNT.named,), compare(0, 1)),
        ((), Compare(operator=Operator.LESS, left=Day(day=1), right=Day(day=2))),
    ],
)
def test_fields_are_those_of_the_condition_in_order(fields: tuple[Field, ...], condition: Condition) -> None:
    with refused("encoding/not-canonical"):
        encode(Predicate(fields=fields, condition=condition))


def test_values_without_canonical_octets() -> None:
    member = NumberMember(constant=Constant.of(5))
    makers = (
        lambda: Constant(negative=True, magnitude=0, scale=0),
        lambda: Constant(negative=False, magnitude=10, scale=1),
        lambda: Constant(negative=False, magnitude=0, scale=1),
        lambda: Constant(negative=False, magnitude=1, scale=19),
        lambda: Constant(negative=False, magnitude=10**38, scale=0),
        lambda: DecimalType(scale=0),
        lambda: DecimalType(scale=19),
        lambda: TextType(maximum=0),
        lambda: TextType(maximum=404),
        lambda: Day(day=3_652_059),
        lambda: In(field=0, members=(member, member)),
        lambda: In(field=0, members=(member, NumberMember(constant=Constant.of(4)))),
        lambda: InTree(field=0, depth=0, root=ROOT),
        lambda: InTree(field=0, depth=33, root=ROOT),
        lambda: InTree(field=0, depth=4, root=b"\xff" * 32),
        lambda: Pseudonym(field=0, scope=""),
    )
    for make in makers:
        with refused("encoding/not-canonical"):
            make()
    with refused("encoding/unknown-variant"):
        DateType(format=5)
    with refused("encoding/not-canonical"):
        encode(Predicate(fields=(RAW.named,), condition=Contains(field=0, octets=b"")))


@pytest.mark.parametrize(
    ("place", "octet", "reason"),
    [
        (0, 2, "encoding/not-canonical"),  # version
        (2, 17, "encoding/limit-exceeded"),  # count of fields
        (4, 2, "encoding/unknown-variant"),  # side
        (5, 2, "encoding/unknown-variant"),  # name
        (16, 6, "encoding/unknown-variant"),  # type
        (17, 19, "encoding/not-canonical"),  # scale
        (18, 14, "encoding/unknown-variant"),  # condition
        (19, 6, "encoding/unknown-variant"),  # operator
        (20, 8, "encoding/unknown-variant"),  # number
        (21, 1, "encoding/not-canonical"),  # field
        (23, 2, "encoding/not-a-boolean"),  # negative
    ],
)
def test_octets_that_are_no_predicate(place: int, octet: int, reason: str) -> None:
    encoded = bytearray(encode((field("response", "$.money.x", decimal(2)) >= 1).predicate))
    assert encoded[6:7] == b"\x09"
    encoded[place] = octet
    with refused(reason):
        decode(bytes(encoded))


def test_octets_too_few_and_too_many() -> None:
    encoded = encode(POSITIVE.predicate)
    with refused("encoding/truncated"):
        decode(encoded[:-1])
    with refused("encoding/trailing-octets"):
        decode(encoded + b"\0")


def negated(times: int) -> Condition:
    condition = compare(0, 0)
    for _ in range(times):
        condition = Not(condition=condition)
    return condition


def test_depth_is_at_most_sixteen() -> None:
    deepest = Predicate(fields=(COUNT.named,), condition=negated(14))
    assert decode(encode(deepest)) == deepest
    with refused("predicate/too-large"):
        check(Predicate(fields=(COUNT.named,), condition=negated(15)))
    with refused("predicate/too-large"):
        decode(PREDICATE.encode(Predicate(fields=(COUNT.named,), condition=negated(15))))


def test_a_bomb_of_negations_is_refused_while_it_is_read() -> None:
    head = encode(POSITIVE.predicate)[: 3 + 2 + 1 + 8 + 1]
    with refused("predicate/too-large"):
        decode(head + b"\x0c" * 16_000)


def test_nodes_are_at_most_256() -> None:
    many = AnyOf(conditions=(compare(0, 0),) * 64)
    assert encode(Predicate(fields=(COUNT.named,), condition=many))
    with refused("predicate/too-large"):
        check(Predicate(fields=(COUNT.named,), condition=AnyOf(conditions=(many, many))))


def test_octets_are_at_most_16384() -> None:
    paths = [field("response", "$." + "a" * 4000 + str(number), integer) for number in range(5)]
    proposition = paths[0] > 1
    for path in paths[1:]:
        proposition = proposition & (path > 1)
    with refused("predicate/too-large"):
        encode(proposition.predicate)
    with refused("predicate/too-large"):
        decode(bytes(16_385))


def test_more_than_eight_pseudonyms() -> None:
    proposition = NAME.pseudonym("0") & NAME.pseudonym("1")
    for number in range(2, 9):
        proposition = proposition & NAME.pseudonym(str(number))
    with refused("predicate/too-large"):
        assert proposition.predicate


def test_a_condition_without_fields_is_none() -> None:
    constant = ConstantNumber(constant=Constant.of(1))
    with refused("encoding/not-canonical"):
        encode(Predicate(fields=(), condition=Compare(operator=Operator.LESS, left=constant, right=constant)))
