"""The list of cases is complete, its predicates mean what the list says, and this project's own Verifier agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import get_args

import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.predicate import conditions, expression, types
from mpctls.zkp.predicate.conditions import Not
from mpctls.zkp.predicate.dates import DateFormat
from mpctls.zkp.predicate.evaluate import evaluate
from mpctls.zkp.predicate.expression import Operator
from mpctls.zkp.statement import PREDICATE_PROOF
from mpctls.zkp.verify import AcceptedSetups, read_proof, verify, verify_many
from tests.unit.predicate.satisfaction import outcome

from .cases import CASES, OperatorCase
from .proofs import Proved, every_proof, keys, setup, shared_folder

NEGATED = ("Between", "In", "Contains", "Matches", "AnyOf", "Equal")
ONCE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
FALSIFIABLE = pytest.mark.parametrize(
    "case", [case for case in CASES if case.others], ids=lambda case: case.name
)


def parts(value: object) -> Iterator[object]:
    """A part of a predicate and all parts of it."""
    yield value
    if isinstance(value, tuple):
        for each in value:
            yield from parts(each)
    elif is_dataclass(value):
        for member in fields(value):
            yield from parts(getattr(value, member.name))


EVERY = [part for case in CASES for part in parts(case.predicate)]


@pytest.mark.parametrize(
    "alternatives",
    [
        conditions.Condition,
        expression.Number,
        expression.Term,
        expression.Member,
        expression.FieldName,
        types.FieldType,
    ],
    ids=["conditions", "numbers", "terms", "members", "names", "types"],
)
def test_every_alternative_of_the_language_occurs(alternatives: object) -> None:
    expected = set(get_args(alternatives))
    assert expected
    assert expected <= {type(part) for part in EVERY}


def test_every_comparison_date_format_and_kind_of_token_occurs() -> None:
    assert set(Operator) <= {part for part in EVERY if isinstance(part, Operator)}
    assert {part.date_format for part in EVERY if isinstance(part, types.DateType)} == set(DateFormat)
    kinds = {token.kind for case in CASES for token in case.tokens}
    assert kinds == set(LexicalClass) - {LexicalClass.ANY}


def test_conditions_occur_under_not_as_well() -> None:
    negated = {type(part.condition).__name__ for part in EVERY if isinstance(part, Not)}
    assert negated == set(NEGATED)


def test_every_field_is_equal_to_another_in_some_case() -> None:
    """Text, octets and truth values: the three types that two fields are compared by."""
    compared = {
        type(case.predicate.fields[part.left].type)
        for case in CASES
        for part in parts(case.predicate)
        if isinstance(part, conditions.Equal) and isinstance(part.right, expression.FieldTerm)
    }
    assert compared == {types.TextType, types.OctetsType, types.BooleanType}


def test_names_are_different() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@ONCE
def test_the_predicate_holds(case: OperatorCase) -> None:
    assert evaluate(case.predicate, case.tokens, case.trees).holds


@FALSIFIABLE
def test_the_predicate_does_not_hold_of_other_tokens(case: OperatorCase) -> None:
    assert not evaluate(case.predicate, case.others, case.trees).holds


@pytest.mark.slow
@FALSIFIABLE
def test_no_witness_is_found_for_other_tokens(case: OperatorCase) -> None:
    """Also when the Prover does not ask first whether the predicate holds."""
    assert outcome(case.predicate, case.tokens, case.trees) == "satisfied"
    assert outcome(case.predicate, case.others, case.trees) in (
        "predicate/false",
        "zero-knowledge/unsatisfied",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_folder(tmp_path_factory)


@pytest.fixture(scope="module")
def proofs(folder: Path) -> tuple[Proved, ...]:
    return every_proof(folder)


@pytest.fixture(scope="module")
def accepted() -> AcceptedSetups:
    return AcceptedSetups.of(setup(), accept_development=True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_our_verifier_accepts_every_proof(
    proofs: tuple[Proved, ...], accepted: AcceptedSetups, folder: Path
) -> None:
    verified = verify_many([each.presented for each in proofs], accepted, keys=keys(folder))
    assert [each.predicate for each in verified] == [case.predicate for case in CASES]
    assert sum(len(each.outputs) for each in verified) == 3


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_our_verifier_refuses_each_proof_with_a_bit_changed(
    proofs: tuple[Proved, ...], accepted: AcceptedSetups, folder: Path
) -> None:
    for number, each in enumerate(proofs):
        proof = bytearray(read_proof(each.octets).encoded.proof)
        proof[(number * 61) % len(proof)] ^= 1 << number % 8
        encoded = replace(read_proof(each.octets).encoded, proof=bytes(proof))
        received = read_proof(PREDICATE_PROOF.encode(encoded))
        with pytest.raises(Refused) as refusal:
            verify(replace(each.presented, received=received), accepted, keys=keys(folder))
        assert refusal.value.reason in (
            "zero-knowledge/proof-invalid",
            "zero-knowledge/point-not-on-curve",
            "zero-knowledge/point-not-canonical",
            "zero-knowledge/evaluation-not-canonical",
        ), each.case.name
