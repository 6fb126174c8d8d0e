"""A token has one value of a type or is malformed, and a predicate has one truth: in plain, and in its circuit.

Compared: values, value hashes, roots of trees, truth and pseudonyms, or the reason; whether the circuit can be
satisfied, which is so exactly where the specification says that the predicate holds; and what a Verifier makes of the
predicates of a presentation.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.encoding import decode_as, encode_as
from mpctls.spec.identifiers import LexicalClass
from mpctls.spec.lexical import belongs_to
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.structure.view import Kind
from mpctls.spec.zero_knowledge.evaluation import FieldInPlain, evaluate
from mpctls.spec.zero_knowledge.field_types import FieldType, Type, read_value
from mpctls.spec.zero_knowledge.predicate import decode_predicate
from mpctls.spec.zero_knowledge.scalar_field import ORDER, decode_scalar, encode_scalar
from mpctls.spec.zero_knowledge.values import value_hash, value_tree_root

from ...fields import Fields, flag, listed, number, read_list, read_number
from ...property import Operation
from .. import verified_predicates
from ..predicates import (
    KIND_OF,
    TREE_DEPTH,
    Question,
    class_of,
    perhaps_damaged,
    questions,
    tokens,
    tree,
    types,
)


@st.composite
def _values(draw: DrawFn) -> Fields:
    type_ = draw(types())
    token = draw(perhaps_damaged(draw(tokens(type_ if draw(st.integers(0, 3)) else draw(types())))))
    octets = token.octets if draw(st.integers(0, 15)) else b"0" * draw(st.sampled_from((403, 404)))
    return {"type": encode_as(Type, type_), "class": number(class_of(token)), "octets": octets}


@st.composite
def _questions(draw: DrawFn) -> Fields:
    return _fields_of(draw(questions()))


@st.composite
def _committed(draw: DrawFn) -> Fields:
    """Questions about tokens that a leaf can hold: the class of a string proves that it is UTF-8."""
    return _fields_of(draw(questions().filter(lambda question: all(map(_is_of_its_class, question.tokens)))))


def _is_of_its_class(token: FieldInPlain) -> bool:
    return token.kind is not Kind.STRING or belongs_to(token.octets, LexicalClass.JSON_STRING_INTERIOR)


def _fields_of(question: Question) -> Fields:
    return {
        "predicate": question.predicate.encode(),
        "tokens": listed([listed([number(class_of(token)), token.octets]) for token in question.tokens]),
        "trees": listed([_written(TREE_DEPTH, tree()[1])] if question.names_tree else []),
    }


def _written(depth: int, members: Sequence[int]) -> bytes:
    return listed([number(depth), listed([encode_scalar(member) for member in members])])


@st.composite
def _trees(draw: DrawFn) -> Fields:
    depth = draw(st.integers(1, 4))
    scalars = st.integers(1, ORDER - 2) | st.integers(1, 5) | st.integers(ORDER - 5, ORDER - 2)
    members = draw(st.sets(scalars, max_size=(1 << depth) - 2))
    return {"depth": number(depth), "members": listed([encode_scalar(member) for member in sorted(members)])}


def _value(fields: Fields) -> Fields:
    type_: FieldType = decode_as(Type, fields["type"])
    kind = KIND_OF[LexicalClass(read_number(fields["class"]))]
    value = read_value(type_, kind, fields["octets"])
    octets, written = (value, b"") if isinstance(value, bytes) else (b"", str(value).encode())
    return {"number": written, "octets": octets, "hash": encode_scalar(value_hash(type_, value))}


def _tokens(fields: Fields) -> list[FieldInPlain]:
    pairs = [read_list(each) for each in read_list(fields["tokens"])]
    return [
        FieldInPlain(kind=KIND_OF[LexicalClass(read_number(class_))], octets=octets)
        for class_, octets in pairs
    ]


def _trees_of(fields: Fields) -> list[tuple[int, list[int]]]:
    pairs = [read_list(each) for each in read_list(fields["trees"])]
    return [
        (read_number(depth), [decode_scalar(each) for each in read_list(members)]) for depth, members in pairs
    ]


def _evaluate(fields: Fields) -> Fields:
    predicate = decode_predicate(fields["predicate"])
    evaluation = evaluate(predicate, _tokens(fields), _trees_of(fields))
    return {
        "holds": flag(evaluation.holds),
        "outputs": listed([encode_scalar(output) for output in evaluation.outputs]),
    }


def _satisfy(fields: Fields) -> Fields:
    """Whether the circuit can be satisfied; that there is one needs types that go with kinds and lengths."""
    predicate = decode_predicate(fields["predicate"])
    for field, token in zip(predicate.fields, _tokens(fields), strict=True):
        try:
            read_value(field.type, token.kind, token.octets)
        except Rejection as rejection:
            if rejection.reason is not Reason.PREDICATE_MALFORMED_FIELD:
                raise
    try:
        return {"satisfied": _evaluate(fields)["holds"]}
    except Rejection as rejection:
        if rejection.reason is not Reason.PREDICATE_MALFORMED_FIELD:
            raise
    return {"satisfied": flag(False)}


def _root(fields: Fields) -> Fields:
    members = [decode_scalar(each) for each in read_list(fields["members"])]
    return {"root": encode_scalar(value_tree_root(read_number(fields["depth"]), members))}


OPERATIONS = (
    Operation(name="verification/read-value", inputs=_values, specification=_value),
    Operation(name="verification/evaluate-predicate", inputs=_questions, specification=_evaluate),
    Operation(name="verification/satisfy-circuit", inputs=_committed, specification=_satisfy),
    Operation(name="verification/value-tree", inputs=_trees, specification=_root),
    Operation(
        name="verification/verify-predicates",
        inputs=verified_predicates.inputs,
        specification=verified_predicates.verify,
        takes_seconds=True,
    ),
)
