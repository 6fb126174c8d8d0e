"""Canonical octets, JSON, types and units, limits: which predicates there are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.digests import sha256
from mpctls.spec.identifiers import Direction
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.zero_knowledge.field_types import DAY_COUNT, BooleanType, IntegerType, TextType
from mpctls.spec.zero_knowledge.predicate import (
    All,
    Compare,
    DayMember,
    Equal,
    In,
    InTree,
    Not,
    NumberMember,
    OctetsMember,
    Operator,
    Predicate,
    TruthTerm,
    decode_predicate,
    walk,
)
from mpctls.spec.zero_knowledge.predicate_json import write_json
from mpctls.spec.zero_knowledge.predicate_rules import require_sound
from mpctls.spec.zero_knowledge.predicate_terms import (
    Constant,
    ConstantNumber,
    DayNumber,
    Field,
    FieldNumber,
    JsonField,
)
from mpctls.spec.zero_knowledge.reading_predicates import read_json

from ..session.stages import rejects
from .predicates import field, predicate

BALANCE = {"compare": ["≥", field(0), "1000"]}


def test_a_predicate_has_known_octets() -> None:
    """$.a: decimal(2) ≥ 1000, written out from the page."""
    octets = bytes.fromhex(
        "0100"  # version
        "01" "00" "01" "01" "03" "242e61" "01" "02"  # one field: attestation, response, json "$.a", decimal(2)
        "00" "05" "02" "00"  # compare, ≥, field 0
        "00" "00" "e8030000000000000000000000000000" "00"  # constant 1000 / 10^0
    )  # fmt: skip
    given = predicate(BALANCE, "decimal(2)")
    assert given.encode() == octets
    assert decode_predicate(octets) == given
    assert given.digest() == sha256(b"mpctls/1/predicate\0" + octets)


CONDITIONS: list[tuple[object, tuple[str, ...]]] = [
    (BALANCE, ("decimal(2)",)),
    ({"between": [field(0), {"day": "2000-01-01"}, {"day": "2026-11-22"}]}, ("date(DD.MM.YYYY)",)),
    ({"equal": [0, field(1)]}, ("text(3)", "text(9)")),
    ({"equal": [0, "a\"\\\né"]}, ("text(30)",)),
    ({"equal": [0, {"hex": "00ff"}]}, ("text(30)",)),
    ({"equal": [0, {"hex": ""}]}, ("bytes",)),
    ({"equal": [0, False]}, ("boolean",)),
    ({"in": [0, ["2", "12.5"]]}, ("integer",)),
    ({"in": [0, [{"day": "2026-11-22"}]]}, ("date(YYYYMMDD)",)),
    ({"in": [0, ["", "DE", "FRA"]]}, ("text(2)",)),
    ({"in_tree": [0, 16, "05" + "00" * 31]}, ("text(2)",)),
    ({"not_in_tree": [0, 32, "00" * 32]}, ("integer",)),
    ({"starts_with": [0, "Bearer "]}, ("text(64)",)),
    ({"ends_with": [0, {"hex": "0d0a"}]}, ("bytes",)),
    ({"contains": [0, "@"]}, ("text(64)",)),
    ({"matches": [0, r"[a-z]+@\w+\.com"]}, ("text(64)",)),
    ({"all": [BALANCE, {"not": {"any": [BALANCE, {"equal": [1, True]}]}}]}, ("integer", "boolean")),
    ({"pseudonym": [0, "shop.example"]}, ("text(64)",)),
    ({"all": [{"pseudonym": [0, "a"]}, {"pseudonym": [0, "b"]}]}, ("bytes",)),
    (
        {"compare": ["<", {"sum": [field(0), "0.01"]}, {"average": [field(1), {"length": 2}]}]},
        ("integer", "integer", "bytes"),
    ),
    ({"compare": ["≠", {"difference": [field(0), {"day": "2026-01-01"}]}, "-3"]}, ("date(MM/DD/YYYY)",)),
    ({"compare": [">", {"age": [0, "2026-11-22"]}, "17"]}, ("date(DD/MM/YYYY)",)),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "types"), CONDITIONS)
def test_every_kind_of_condition_is_sound_and_has_one_json_value_and_one_encoding(
    condition: object, types: tuple[str, ...]
) -> None:
    given = predicate(condition, *types)
    require_sound(given)
    assert decode_predicate(given.encode()) == given
    written = write_json(given)
    assert read_json(written) == given
    assert json.loads(written)["condition"] == condition
    assert [each["type"] for each in json.loads(written)["fields"]] == list(types)


@settings(max_examples=200)
@given(st.sampled_from(CONDITIONS), st.data())
def test_two_different_octets_are_never_one_predicate(
    example: tuple[object, tuple[str, ...]], data: st.DataObject
) -> None:
    octets = bytearray(predicate(example[0], *example[1]).encode())
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        other = decode_predicate(bytes(octets))
    except Rejection as rejection:
        assert rejection.reason.startswith(("encoding/", "predicate/"))
    else:
        assert other.encode() == octets


def a_field(type_: Any, name: str = "$.a", side: Direction = Direction.RECEIVED) -> Field:
    return Field(attestation=0, side=side, name=JsonField(path=name), type=type_)


TRUE = Equal(left=0, right=TruthTerm(truth=True))


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ((), TRUE),
        ((a_field(BooleanType()), a_field(BooleanType(), "$.b")), TRUE),
        ((a_field(BooleanType()),) * 2, All(conditions=(TRUE, replace(TRUE, left=1)))),
        ((a_field(BooleanType()),), replace(TRUE, left=1)),
        (
            (a_field(BooleanType()), a_field(BooleanType(), "$.b")),
            All(conditions=(replace(TRUE, left=1), TRUE)),
        ),
    ],
)
def test_fields_are_listed_once_used_and_in_order(fields: tuple[Field, ...], condition: Any) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        Predicate(version=1, fields=fields, condition=condition)


def test_the_version_is_one() -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        predicate(BALANCE, "integer", version=2)


def a_constant(negative: bool, magnitude: int, scale: int) -> Constant:
    return Constant(negative=negative, magnitude=magnitude.to_bytes(16, "little"), scale=scale)


@pytest.mark.parametrize(
    ("negative", "magnitude", "scale"),
    [(True, 0, 0), (False, 0, 1), (False, 10, 1), (False, 10**38, 0), (False, 1, 19)],
)
def test_a_constant_has_one_form(negative: bool, magnitude: int, scale: int) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        a_constant(negative, magnitude, scale)


@given(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(0, 18))
def test_constants_are_reduced(numerator: int, scale: int) -> None:
    constant = Constant.of(numerator, scale)
    assert constant.numerator * 10**scale == numerator * 10**constant.scale


@pytest.mark.parametrize(
    "make",
    [
        lambda: DayNumber(day=DAY_COUNT),
        lambda: DayMember(day=DAY_COUNT),
        lambda: In(field=0, members=()),
        lambda: In(field=0, members=(OctetsMember(octets=b"b"), OctetsMember(octets=b"a"))),
        lambda: In(field=0, members=(OctetsMember(octets=b"a"),) * 2),
        lambda: InTree(field=0, depth=0, root=bytes(32)),
        lambda: InTree(field=0, depth=33, root=bytes(32)),
        lambda: InTree(field=0, depth=1, root=b"\xff" * 32),
    ],
)
def test_parts_of_conditions_have_one_form(make: Any) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        make()


def test_members_ascend_as_octets_and_not_as_numbers() -> None:
    two, ten = (NumberMember(constant=Constant.of(number)) for number in (2, 10))
    In(field=0, members=(two, ten))
    large = NumberMember(constant=Constant.of(256))
    In(field=0, members=(large, two))
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        In(field=0, members=(two, large))


TYPE_ERRORS: list[tuple[object, tuple[str, ...]]] = [
    ({"compare": ["=", field(0), "1"]}, ("text(3)",)),
    ({"compare": ["=", field(0), "1"]}, ("boolean",)),
    ({"compare": ["=", field(0), "1"]}, ("bytes",)),
    ({"compare": ["=", field(0), "1"]}, ("date(YYYYMMDD)",)),
    ({"compare": ["=", field(0), {"day": "2026-01-01"}]}, ("integer",)),
    ({"between": [field(0), "1", {"day": "2026-01-01"}]}, ("integer",)),
    ({"compare": ["=", {"sum": [field(0), {"day": "2026-01-01"}]}, "1"]}, ("date(YYYYMMDD)",)),
    ({"compare": ["=", {"average": [field(0), "1"]}, "1"]}, ("date(YYYYMMDD)",)),
    ({"compare": ["=", {"difference": [field(0), "1"]}, "1"]}, ("date(YYYYMMDD)",)),
    ({"compare": ["=", {"length": 0}, "1"]}, ("integer",)),
    ({"compare": ["=", {"age": [0, "2026-01-01"]}, "1"]}, ("integer",)),
    ({"equal": [0, "a"]}, ("integer",)),
    ({"equal": [0, "a"]}, ("boolean",)),
    ({"equal": [0, True]}, ("text(3)",)),
    ({"equal": [0, field(1)]}, ("text(3)", "bytes")),
    ({"equal": [0, field(1)]}, ("integer", "integer")),
    ({"in": [0, ["true"]]}, ("boolean",)),
    ({"starts_with": [0, "1"]}, ("integer",)),
    ({"ends_with": [0, "1"]}, ("date(YYYYMMDD)",)),
    ({"contains": [0, "1"]}, ("boolean",)),
    ({"matches": [0, "1"]}, ("bytes",)),
    ({"not": {"in_tree": [0, 1, "00" * 32]}}, ("bytes",)),
    ({"all": [{"not": {"any": [{"not_in_tree": [0, 1, "00" * 32]}, BALANCE]}}, BALANCE]}, ("integer",)),
    ({"not": {"pseudonym": [0, "a"]}}, ("bytes",)),
    ({"any": [{"pseudonym": [0, "a"]}, {"pseudonym": [0, "b"]}]}, ("bytes",)),
    ({"all": [{"all": [{"pseudonym": [0, "a"]}, {"pseudonym": [0, "b"]}]}, BALANCE]}, ("integer",)),
]


@pytest.mark.parametrize(("condition", "types"), TYPE_ERRORS)
def test_types_units_and_places_are_checked(condition: object, types: tuple[str, ...]) -> None:
    with rejects(Reason.PREDICATE_TYPE_ERROR):
        require_sound(predicate(condition, *types))


def test_trees_may_stand_in_all_and_any() -> None:
    tree = {"in_tree": [0, 1, "00" * 32]}
    require_sound(predicate({"any": [tree, {"all": [tree, BALANCE]}]}, "integer"))


def nested(depth: int, condition: object) -> object:
    for _ in range(depth):
        condition = {"not": condition}
    return condition


def test_depth_and_nodes_are_limited_in_octets_and_in_json() -> None:
    require_sound(predicate(nested(15, {"equal": [0, True]}), "boolean"))
    with rejects(Reason.PREDICATE_TOO_LARGE):
        predicate(nested(16, {"equal": [0, True]}), "boolean")
    with rejects(Reason.PREDICATE_TOO_LARGE):
        predicate(nested(15, BALANCE), "integer")
    wide = {"any": [{"any": [{"equal": [0, True]}] * 50}] * 5}
    require_sound(predicate(wide, "boolean"))
    with rejects(Reason.PREDICATE_TOO_LARGE):
        predicate({"any": [wide, wide]}, "boolean")
    with rejects(Reason.PREDICATE_TOO_LARGE):
        read_json('{"not":' * 5000)
    with rejects(Reason.PREDICATE_TOO_LARGE):
        read_json("[" * 65 + "]" * 65)
    with rejects(Reason.PREDICATE_MALFORMED):
        read_json("[" * 64 + '"\\"[[[["' + "]" * 64)
    with rejects(Reason.PREDICATE_TOO_LARGE):
        read_json(" " * 300_000)


def test_hostile_octets_do_not_nest_without_end() -> None:
    honest = predicate({"equal": [0, True]}, "boolean").encode()
    with rejects(Reason.PREDICATE_TOO_LARGE):
        decode_predicate(honest[:-4] + b"\x0c" * 15000 + honest[-4:])
    with rejects(Reason.PREDICATE_TOO_LARGE):
        decode_predicate(bytes(16385))
    with rejects(Reason.ENCODING_TRAILING_OCTETS):
        decode_predicate(honest + b"\0")
    deep = replace(predicate({"equal": [0, True]}, "boolean"))
    condition: Any = deep.condition
    for _ in range(20):
        condition = Not(condition=condition)
    with rejects(Reason.PREDICATE_TOO_LARGE):
        decode_predicate(replace(deep, condition=condition).encode())


def test_canonical_octets_are_limited() -> None:
    part = {"contains": [0, {"hex": "78" * 400}]}
    require_sound(predicate({"all": [part] * 40}, "bytes"))
    with rejects(Reason.PREDICATE_TOO_LARGE):
        predicate({"all": [part] * 41}, "bytes")


def chain(count: int, depth: int) -> object:
    """Averages of averages: the denominator is count^depth times that of the field."""
    number: object = field(0)
    for _ in range(depth):
        number = {"average": [number, *["1"] * (count - 1)]}
    return number


def test_a_predicate_gives_out_eight_pseudonyms_at_most() -> None:
    scopes = [{"pseudonym": [0, f"scope {number}"]} for number in range(9)]
    require_sound(predicate({"all": scopes[:8]}, "bytes"))
    with rejects(Reason.PREDICATE_TOO_LARGE):
        predicate({"all": scopes}, "bytes")


def test_integers_of_a_condition_stay_below_2_to_252() -> None:
    """56 digits of a field are 2^187 at most; what else a condition multiplies by may be 2^65."""
    require_sound(predicate({"compare": ["<", chain(16, 14), "1"]}, "decimal(18)"))
    coprime = {"sum": [chain(4, 13), chain(3, 13), chain(7, 6)]}
    require_sound(predicate({"compare": ["<", coprime, "1"]}, "decimal(18)"))
    more = {"sum": [chain(4, 13), chain(3, 13), chain(7, 10), chain(5, 13)]}
    for condition in ({"compare": ["<", more, "1"]}, {"not": {"between": ["1", field(0), more]}}):
        with rejects(Reason.PREDICATE_TOO_LARGE):
            require_sound(predicate(condition, "decimal(18)"))


def test_patterns_are_checked_with_the_rest() -> None:
    with rejects(Reason.PREDICATE_INVALID_PATTERN):
        require_sound(predicate({"not": {"matches": [0, "("]}}, "text(3)"))
    with rejects(Reason.PREDICATE_AUTOMATON_TOO_LARGE):
        require_sound(predicate({"matches": [0, "(a{100}){11}"]}, "text(3)"))


def test_a_walk_goes_from_left_to_right() -> None:
    given = predicate(
        {"all": [{"compare": ["<", {"sum": ["1", field(0)]}, "2"]}, {"not": BALANCE}]}, "integer"
    )
    assert [(type(node).__name__, depth) for node, depth in walk(given.condition)] == [
        ("All", 1),
        ("Compare", 2),
        ("Sum", 3),
        ("ConstantNumber", 4),
        ("FieldNumber", 4),
        ("ConstantNumber", 3),
        ("Not", 2),
        ("Compare", 3),
        ("FieldNumber", 4),
        ("ConstantNumber", 4),
    ]


FIELD = {"attestation": 0, "side": "response", "json": "$.a", "type": "integer"}


def text(condition: object = BALANCE, **changes: object) -> str:
    return json.dumps({"version": 1, "fields": [{**FIELD, **changes}], "condition": condition})


MALFORMED = [
    "",
    "[]",
    "null",
    "{",
    '{"version":1,"version":1,"fields":[],"condition":{}}',
    json.dumps({"version": 1, "fields": [FIELD]}),
    json.dumps({"version": 1, "fields": [FIELD], "condition": BALANCE, "more": 1}),
    json.dumps({"version": True, "fields": [FIELD], "condition": BALANCE}),
    json.dumps({"version": 1, "fields": [], "condition": BALANCE}),
    json.dumps({"version": 1, "fields": [7], "condition": BALANCE}),
    json.dumps({"version": 1, "fields": [{**FIELD, "header": "a"}], "condition": BALANCE}),
    text(side="left"),
    text(side=["response"]),
    text(attestation=256),
    text(attestation=-1),
    text(json="\ud800"),
    text(json="x" * 4097),
    *(
        text(type=type_)
        for type_ in (7, "int", "decimal", "decimal(0)", "decimal(19)", "text(404)", "text(01)", "date(X)")
    ),
    *(
        text(condition)
        for condition in (
            {},
            {"equal": [0, "a"], "in": [0, []]},
            {"unknown": 1},
            {"compare": ["==", "1", "2"]},
            {"compare": [["="], "1", "2"]},
            {"compare": ["=", 1, 2]},
            {"compare": ["=", "1"]},
            {"compare": ["=", field(0), {"field": True}]},
            {"compare": ["=", field(0), {"field": 1}]},
            {"compare": ["=", field(0), {"unknown": 1}]},
            {"compare": ["=", field(0), {"day": "2026-02-30"}]},
            {"compare": ["=", field(0), {"day": 7}]},
            {"compare": ["=", field(0), {"sum": ["1"]}]},
            *(
                {"compare": ["=", field(0), number]}
                for number in ("", "01", "-0", "-0.0", "+1", "1.", "1e2", "9" * 39, "9" * 200, "0." + "1" * 19)
            ),
            {"in": [0, []]},
            {"in": [0, [7]]},
            {"in_tree": [0, 1, "00"]},
            {"in_tree": [0, 1, "0G" * 32]},
            {"starts_with": [0, ""]},
            {"starts_with": [0, "x" * 404]},
            {"starts_with": [0, {"hex": "A0"}]},
            {"starts_with": [0, {"hex": "61"}]},
            {"starts_with": [0, {"hex": "00" * 404}]},
            {"matches": [0, "x" * 257]},
            {"pseudonym": [0, ""]},
            {"all": [BALANCE]},
            {"all": BALANCE},
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("form", MALFORMED)
def test_anything_else_is_malformed(form: str) -> None:
    with rejects(Reason.PREDICATE_MALFORMED):
        read_json(form)


def test_json_is_read_more_widely_than_it_is_written() -> None:
    given = read_json(text({"compare": ["≥", field(0), "1000.00"]}))
    assert given == read_json(text({"compare": ["≥", field(0), "1000"]}))
    fields = [{name: value for name, value in FIELD.items() if name != "attestation"}]
    assert given == read_json(json.dumps({"version": 1, "fields": fields, "condition": BALANCE}))
    assert '"attestation":0' in write_json(given)
    header = {"attestation": 0, "side": "request", "header": "cookie", "type": "text(9)"}
    other = read_json(
        json.dumps({"version": 1, "fields": [header], "condition": {"equal": [0, "\u0061"]}})
    )
    assert json.loads(write_json(other))["fields"] == [header]
    assert json.loads(write_json(other))["condition"] == {"equal": [0, "a"]}
    assert other.fields[0].spelled_name == "header cookie"
    assert other.fields[0].type == TextType(maximum=9)


@given(st.integers(-(10**38) + 1, 10**38 - 1), st.integers(0, 18))
def test_constants_are_read_as_they_are_written(numerator: int, scale: int) -> None:
    constant = Constant.of(numerator, scale)
    given = Predicate(
        version=1,
        fields=(a_field(IntegerType()),),
        condition=Compare(
            operator=Operator.EQUAL, left=FieldNumber(field=0), right=ConstantNumber(constant=constant)
        ),
    )
    assert read_json(write_json(given)) == given
