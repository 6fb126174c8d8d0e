"""Predicates of which every other one has a fault that its octets can carry."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.zero_knowledge.predicate import All, AnyOf, Compare, Matches, Not, Operator, Predicate
from mpctls.spec.zero_knowledge.predicate_terms import (
    Average,
    Constant,
    ConstantNumber,
    FieldNumber,
    HeaderField,
    JsonField,
    NumberNode,
)

from .predicates import questions, types

_NO_PATTERNS = (
    "(",
    "a{2,1}",
    "a{01}",
    "[]",
    "[b-a]",
    r"\q",
    "a**",
    "^a",
    "(a{100}){100}",
    "(a{30}|b{30}){17}",
)


@st.composite
def predicates(draw: DrawFn) -> Predicate:
    """Predicates, every other one with a fault that its octets can carry, some with two."""
    predicate = draw(_perhaps_faulty(draw(questions()).predicate))
    if draw(st.sampled_from((False, False, False, True))):
        predicate = draw(_perhaps_faulty(predicate))
    return predicate


@st.composite
def _perhaps_faulty(draw: DrawFn, predicate: Predicate) -> Predicate:
    condition = predicate.condition
    match draw(
        st.sampled_from(("none",) * 6 + ("type", "not", "any", "deep", "pattern", "large", "many", "name"))
    ):
        case "type":
            place = draw(st.integers(0, len(predicate.fields) - 1))
            changed = [*predicate.fields]
            changed[place] = replace(changed[place], type=draw(types()))
            return (
                predicate if len(set(changed)) < len(changed) else replace(predicate, fields=tuple(changed))
            )
        case "not":
            return replace(predicate, condition=Not(condition=condition))
        case "any":
            return replace(predicate, condition=AnyOf(conditions=(condition, condition)))
        case "deep":
            for _ in range(draw(st.integers(10, 16))):
                condition = Not(condition=condition)
        case "pattern":
            pattern = draw(st.sampled_from(_NO_PATTERNS))
            condition = All(conditions=(condition, Matches(field=0, pattern=pattern)))
        case "large":
            condition = All(conditions=(condition, draw(_large_comparison())))
        case "many":
            repeated = (condition,) * draw(st.sampled_from((2, 63, 64)))
            condition = All(conditions=(AnyOf(conditions=repeated),) * 2)
        case "name":
            names: tuple[HeaderField | JsonField, ...] = (
                HeaderField(name="A b"),
                HeaderField(name=""),
                JsonField(path=""),
                JsonField(path='$["a"]'),
            )
            first = replace(
                predicate.fields[0], name=draw(st.sampled_from(names)), attestation=draw(st.integers(0, 5))
            )
            return replace(predicate, fields=(first, *predicate.fields[1:]))
    return replace(predicate, condition=condition)


@st.composite
def _large_comparison(draw: DrawFn) -> Compare:
    """Averages of averages: every one multiplies what it is compared with."""
    count = draw(st.sampled_from((2, 7, 16)))
    number: NumberNode = FieldNumber(field=0)
    filling = ConstantNumber(constant=Constant.of(1, 18))
    for _ in range(draw(st.integers(1, 13))):
        number = Average(terms=(number, *((filling,) * (count - 1))))
    return Compare(
        operator=Operator.ABOVE, left=number, right=ConstantNumber(constant=Constant.of(10**38 - 1))
    )
