"""Predicates of the reference: forms, values, truth, and circuits that can be satisfied or not."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mpctls.reference.encoding_commitment import commitment_value
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.field_encoding import authenticator, elements
from mpctls.reference.foundation.identifiers import LexicalClass
from mpctls.zkp.predicate.canonical import decode, digest, encode
from mpctls.zkp.predicate.compile import compile_predicate
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.evaluate import Evaluation, Token, Trees, evaluate
from mpctls.zkp.predicate.json_form import read_json, write_json
from mpctls.zkp.predicate.shapes import Shape
from mpctls.zkp.predicate.trees import build_tree
from mpctls.zkp.predicate.types import TYPE, parse
from mpctls.zkp.predicate.values import value_hash
from mpctls.zkp.predicate.walking import pseudonyms
from mpctls.zkp.predicate.witness import FieldInputs, circuit_inputs

from ...fields import Fields, flag, listed, read_list, read_number

_UNPROVABLE = {"zero-knowledge/unsatisfied", "predicate/false", "predicate/malformed-field"}
_OFFSET, _FACTOR, _BLINDER = 11, 13, 17
"""Any scalars: whether a circuit can be satisfied does not depend on them."""


def scalar(value: int) -> bytes:
    """A scalar as 32 octets."""
    return value.to_bytes(32, "little")


def _described(predicate: Predicate) -> Fields:
    return {
        "octets": encode(predicate),
        "digest": digest(predicate),
        "json": json.dumps(
            json.loads(write_json(predicate)), ensure_ascii=False, separators=(",", ":"), sort_keys=True
        ).encode(),
    }


def _decode(fields: Fields) -> Fields:
    return _described(decode(fields["octets"]))


def _read(fields: Fields) -> Fields:
    return _described(read_json(fields["text"].decode()))


def _value(fields: Fields) -> Fields:
    field_type = TYPE.decode(fields["type"])
    value = parse(field_type, LexicalClass(read_number(fields["class"])), fields["octets"])
    octets, written = (value, b"") if isinstance(value, bytes) else (b"", str(int(value)).encode())
    return {"number": written, "octets": octets, "hash": scalar(value_hash(field_type, value))}


def _question(fields: Fields) -> tuple[Predicate, tuple[Token, ...], Trees]:
    tokens = tuple(
        Token(kind=LexicalClass(read_number(class_)), octets=octets)
        for class_, octets in map(read_list, read_list(fields["tokens"]))
    )
    trees = [
        build_tree([int.from_bytes(each, "little") for each in read_list(members)], read_number(depth))
        for depth, members in map(read_list, read_list(fields["trees"]))
    ]
    return decode(fields["predicate"]), tokens, {tree.root: tree for tree in trees}


def _evaluate(fields: Fields) -> Fields:
    evaluation = evaluate(*_question(fields))
    return {"holds": flag(evaluation.holds), "outputs": listed([scalar(each) for each in evaluation.outputs])}


def _inputs(predicate: Predicate, tokens: Sequence[Token]) -> list[FieldInputs]:
    inputs = []
    for named, token in zip(predicate.fields, tokens, strict=True):
        message = authenticator(_OFFSET, _FACTOR, elements(token.octets))
        value = commitment_value(named.side, token.octets, message=message, blinder=_BLINDER)
        publics = (int.from_bytes(value, "little"), _OFFSET, _FACTOR, len(token.octets))
        inputs.append(FieldInputs(publics=publics, token=token, blinder=_BLINDER))
    return inputs


def _satisfy(fields: Fields) -> Fields:
    """Whether a prover that goes on whatever its own evaluation says finds a witness."""
    predicate, tokens, trees = _question(fields)
    shapes = tuple(Shape(length=len(token.octets), kind=token.kind) for token in tokens)
    try:
        compiled = compile_predicate(predicate, shapes)
        evaluation = Evaluation(holds=True, outputs=_outputs(predicate, tokens, trees))
        given = circuit_inputs(compiled, [1, 2], _inputs(predicate, tokens), evaluation, trees)
        compiled.circuit.witness(given)
    except Refused as refused:
        if refused.reason not in _UNPROVABLE:
            raise
        return {"satisfied": flag(False)}
    return {"satisfied": flag(True)}


def _outputs(predicate: Predicate, tokens: Sequence[Token], trees: Trees) -> tuple[int, ...]:
    """The outputs; any for a malformed token, so that it is the circuit that must refuse it."""
    try:
        return evaluate(predicate, tokens, trees).outputs
    except Refused:
        return (0,) * len(pseudonyms(predicate.condition))


def _root(fields: Fields) -> Fields:
    members = [int.from_bytes(each, "little") for each in read_list(fields["members"])]
    return {"root": build_tree(members, read_number(fields["depth"])).root}


HANDLERS = {
    "foundation/decode-predicate": _decode,
    "foundation/read-predicate": _read,
    "verification/read-value": _value,
    "verification/evaluate-predicate": _evaluate,
    "verification/satisfy-circuit": _satisfy,
    "verification/value-tree": _root,
}
