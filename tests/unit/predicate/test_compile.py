"""What the compiler makes: sizes, public inputs, bindings, and what it refuses."""

from __future__ import annotations

import time

import pytest

from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.circuit.determinism import undetermined
from mpctls.zkp.predicate import circuit_conditions
from mpctls.zkp.predicate.build import (
    Numeric,
    age,
    average,
    boolean,
    day,
    decimal,
    field,
    integer,
    octets,
    text,
    total,
)
from mpctls.zkp.predicate.compile import CompiledPredicate, compile_predicate
from mpctls.zkp.predicate.evaluate import Evaluation, Token
from mpctls.zkp.predicate.propositions import Proposition
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.witness import circuit_inputs
from tests.unit.foundation.refusals import refused

from .committed import HEADER, LITERAL, NUMBER, STRING, commit_all
from .satisfaction import field_inputs

COUNT = field("response", "$.count", integer)
MONEY = field("response", "$.money", decimal(2))
NAME = field("response", "$.name", text(403))
BORN = field("response", "$.born", day())
FLAG = field("response", "$.flag", boolean)
RAW = field("request", "$.raw", octets)
TREE_ROOT = bytes(32)


def compiled(proposition: Proposition, *shapes: Shape) -> CompiledPredicate:
    return compile_predicate(proposition.predicate, shapes)


def shape(length: int, kind: LexicalClass = NUMBER) -> Shape:
    return Shape(length=length, kind=kind)


MONEYS = [field("response", f"$.money{number}", decimal(2)) for number in range(8)]


@pytest.mark.parametrize(
    ("proposition", "shapes", "size_log2"),
    [
        (MONEY >= 1000, [shape(16)], 10),
        (MONEY >= 123456789, [shape(12)], 10),
        (NAME.matches(r"[a-z0-9._]+@[a-z0-9]+(\.[a-z]+)+"), [shape(64, STRING)], 13),
        (NAME.matches(".*(foo|bar).*"), [shape(64, STRING)], 13),
        (age(BORN, "2026-11-22") >= 18, [shape(10, STRING)], 10),
        (COUNT.in_tree(16, TREE_ROOT), [shape(8)], 14),
        (total(*MONEYS) >= 1000, [shape(8)] * 8, 13),
    ],
)
def test_sizes(proposition: Proposition, shapes: list[Shape], size_log2: int) -> None:
    assert compiled(proposition, *shapes).table.row_count <= 1 << size_log2


@pytest.mark.parametrize(
    ("proposition", "shapes"),
    [
        ((MONEY >= 1000) | ~(COUNT != 5), [shape(7), shape(2)]),
        (average(COUNT, MONEY).between(-1, 1), [shape(2), shape(4)]),
        (NAME.matches("a.*b|é+") & NAME.pseudonym("s"), [shape(5, STRING)]),
        ((BORN < "2026-01-01") & (age(BORN, "2026-11-22") >= 18), [shape(10, HEADER)]),
        (
            RAW.contains(b"abc") | (RAW == b"x" * 40) | FLAG.is_truth(True),
            [shape(40, STRING), shape(5, LITERAL)],
        ),
        (COUNT.one_of([1, 2, 300]), [shape(3)]),
    ],
)
def test_every_wire_is_determined_by_the_inputs(proposition: Proposition, shapes: list[Shape]) -> None:
    assert not undetermined(compiled(proposition, *shapes).circuit)


def test_shapes_and_predicates_name_circuits() -> None:
    first = compiled(MONEY >= 20000, shape(5))
    assert first.identity == compiled(MONEY >= 20000, shape(5)).identity
    assert first.circuit.digest() == compiled(MONEY >= 20000, shape(5)).circuit.digest()
    others = (compiled(MONEY >= 20001, shape(5)), compiled(MONEY >= 20000, shape(6)))
    assert len({first.identity, *(other.identity for other in others)}) == 3
    assert len({first.circuit.digest(), *(other.circuit.digest() for other in others)}) == 3
    assert first.identity != compiled(MONEY >= 20000, shape(5, STRING)).identity


@pytest.mark.parametrize(
    ("proposition", "shapes", "reason"),
    [
        (COUNT > 1, [shape(40)], "predicate/malformed-field"),
        (MONEY > 1, [shape(42)], "predicate/malformed-field"),
        (FLAG.is_truth(True), [shape(6, LITERAL)], "predicate/malformed-field"),
        (BORN > "2026-01-01", [shape(9, STRING)], "predicate/malformed-field"),
        (COUNT > 1, [shape(0)], "predicate/malformed-field"),
        (COUNT > 1, [shape(404)], "predicate/field-too-long"),
        (field("response", "$.a", text(3)) == "a", [shape(4, STRING)], "predicate/field-too-long"),
        (COUNT > 1, [shape(1, LITERAL)], "predicate/type-does-not-match-token"),
        (NAME == "abc", [shape(4, STRING)], "predicate/false"),
        (NAME.starts_with("abcde"), [shape(4, STRING)], "predicate/false"),
        (NAME.matches(r"\d{4}"), [shape(5, STRING)], "predicate/false"),
        (FLAG.is_truth(True), [shape(5, LITERAL)], "predicate/false"),
        (COUNT > 1000, [shape(3)], "predicate/false"),
    ],
)
def test_lengths_that_decide(proposition: Proposition, shapes: list[Shape], reason: str) -> None:
    with refused(reason):
        compiled(proposition, *shapes)


def test_an_automaton_too_large_is_refused_before_it_is_built() -> None:
    started = time.process_time()
    with refused("predicate/too-large"):
        compiled(NAME.matches("(a|b)*a(a|b){7}"), shape(403, STRING))
    assert time.process_time() - started < 10


def test_a_tree_too_large_is_refused_before_it_is_built() -> None:
    trees = COUNT.not_in_tree(32, TREE_ROOT)
    for number in range(1, 4):
        trees = trees | COUNT.not_in_tree(32, bytes([number]) + bytes(31))
    with refused("predicate/too-large"):
        compiled(trees, shape(3))


def test_every_part_counts_towards_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit_conditions, "MAXIMUM_ROWS", 1 << 10)
    assert compiled(COUNT > 1, shape(5)).circuit
    with refused("predicate/too-large"):
        compiled((COUNT > 1) & (MONEY > 1), shape(5), shape(5))


def averaged(count: int, times: int) -> Numeric:
    """An average of averages, whose bound grows with `count` at each of `times` levels."""
    finest = field("response", "$.money", decimal(18))
    number = average(*[finest] * count)
    for _ in range(times - 1):
        number = average(number, *[finest] * (count - 1))
    return number


def test_numbers_beyond_the_field() -> None:
    assert compiled(averaged(8, 13) >= averaged(9, 4), shape(38)).circuit
    with refused("predicate/too-large"):
        compiled(averaged(8, 13) >= averaged(9, 13), shape(38))


PREDICATE = (MONEY >= 1000).predicate


@pytest.mark.parametrize("damage", ["octets", "blinder", "commitment", "offset", "factor", "length"])
def test_only_the_committed_octets_satisfy_the_opening_relation(damage: str) -> None:
    token = Token(kind=NUMBER, octets=b"1234.56")
    (secret,) = commit_all(PREDICATE, [token])
    circuit = compile_predicate(PREDICATE, (secret.public.shape,))
    evaluation = Evaluation(holds=True, outputs=())
    inputs = circuit_inputs(circuit, [1, 2], [field_inputs(secret)], evaluation, {})
    assert circuit.circuit.witness(inputs)
    changed = {name: list(values) for name, values in inputs.items()}
    if damage == "octets":
        changed["field 0 octets"][0] += 1
    elif damage == "blinder":
        changed["field 0 blinder"][0] += 1
    else:
        changed["field 0"][("commitment", "offset", "factor", "length").index(damage)] += 1
    with refused("zero-knowledge/unsatisfied"):
        circuit.circuit.witness(changed)


def test_the_direction_is_part_of_the_opening() -> None:
    token = Token(kind=NUMBER, octets=b"1234.56")
    (secret,) = commit_all(PREDICATE, [token])
    other = (field("request", "$.money", decimal(2)) >= 1000).predicate
    circuit = compile_predicate(other, (secret.public.shape,))
    inputs = circuit_inputs(circuit, [1, 2], [field_inputs(secret)], Evaluation(holds=True, outputs=()), {})
    with refused("zero-knowledge/unsatisfied"):
        circuit.circuit.witness(inputs)


def test_publics_stand_in_the_order_of_the_page() -> None:
    predicate = ((MONEY > 1) & (COUNT > 2) & COUNT.pseudonym("s")).predicate
    circuit = compile_predicate(predicate, (shape(3), shape(2))).circuit
    names = [(each.name, each.first, each.count) for each in circuit.inputs if each.public]
    assert names == [("statement", 1, 2), ("field 0", 3, 4), ("field 1", 7, 4), ("outputs", 11, 1)]
    assert circuit.public_count == 11
