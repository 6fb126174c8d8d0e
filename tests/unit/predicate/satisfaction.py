"""Whether a predicate's circuit can be satisfied, without proving."""

from __future__ import annotations

from collections.abc import Sequence

from mpctls.reference.foundation.errors import Refused
from mpctls.zkp.predicate.compile import compile_predicate
from mpctls.zkp.predicate.conditions import Predicate
from mpctls.zkp.predicate.evaluate import Evaluation, Token, Trees
from mpctls.zkp.predicate.pseudonym import pseudonym
from mpctls.zkp.predicate.types import parse
from mpctls.zkp.predicate.values import value_hash
from mpctls.zkp.predicate.walking import pseudonyms
from mpctls.zkp.predicate.witness import FieldInputs, circuit_inputs
from mpctls.zkp.statement import FieldSecret, field_publics

from .committed import commit_all


def field_inputs(secret: FieldSecret) -> FieldInputs:
    """What the circuit takes of a committed field."""
    commitment, offset, factor, length = field_publics(secret.public)
    return FieldInputs(
        publics=(commitment, offset, factor, length), token=secret.token, blinder=secret.blinder
    )


def outputs_of(predicate: Predicate, tokens: Sequence[Token]) -> tuple[int, ...]:
    """The pseudonyms that a proof would show."""
    outputs = []
    for part in pseudonyms(predicate.condition):
        field_type, token = predicate.fields[part.field].type, tokens[part.field]
        outputs.append(
            pseudonym(value_hash(field_type, parse(field_type, token.kind, token.octets)), part.scope)
        )
    return tuple(outputs)


def outcome(predicate: Predicate, tokens: Sequence[Token], trees: Trees) -> str:
    """ "satisfied", or the reason why no witness was found."""
    secrets = commit_all(predicate, list(tokens))
    try:
        compiled = compile_predicate(predicate, tuple(secret.public.shape for secret in secrets))
        inputs = circuit_inputs(
            compiled,
            [1, 2],
            [field_inputs(secret) for secret in secrets],
            Evaluation(holds=True, outputs=outputs_of(predicate, tokens)),
            trees,
        )
        compiled.circuit.witness(inputs)
    except Refused as refusal:
        return refusal.reason
    return "satisfied"
