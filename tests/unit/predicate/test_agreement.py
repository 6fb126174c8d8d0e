"""The circuit of a predicate can be satisfied exactly when the predicate holds of well-formed fields."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.predicate import compile as compile_module
from mpctls.zkp.predicate.evaluate import evaluate

from .satisfaction import outcome
from .strategies import Case, cases

MALFORMED = {
    "predicate/malformed-field",
    "predicate/field-too-long",
    "predicate/type-does-not-match-token",
}
UNSATISFIABLE = {"predicate/false", "zero-knowledge/unsatisfied"}


MANY = int(os.environ.get("MPCTLS_PREDICATE_PAIRS", "1000"))
"""Pairs of predicate and values in the slow run; more of them take an hour."""


def check(case: Case) -> None:
    try:
        holds = evaluate(case.predicate, case.tokens, case.trees).holds
    except Refused as refusal:
        assert refusal.reason in MALFORMED
        expected = {*MALFORMED, *UNSATISFIABLE}
    else:
        expected = {"satisfied"} if holds else UNSATISFIABLE
    assert outcome(case.predicate, case.tokens, case.trees) in expected


@pytest.fixture
def without_openings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the opening relation, which takes most of the time; `test_compile` has its tests."""
    monkeypatch.setattr(compile_module, "assert_opening", lambda builder, **inputs: None)


@pytest.mark.usefixtures("without_openings")
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_circuits_and_plaintext_agree(case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_circuits_and_plaintext_agree_on_many(case: Case) -> None:
    check(case)
