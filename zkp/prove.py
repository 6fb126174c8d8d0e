"""Proving a predicate about committed, redacted fields: what the Prover does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import Randomness

from .plonk.prover import ROUNDS
from .plonk.prover import prove as prove_circuit
from .predicate.canonical import encode
from .predicate.conditions import Predicate
from .predicate.evaluate import Evaluation, Trees, evaluate
from .predicate.key_cache import KeyCache
from .predicate.shapes import COMPILER_VERSION
from .predicate.witness import FieldInputs, circuit_inputs
from .setup.checked import require_structure
from .setup.powers import Setup
from .statement import (
    PREDICATE_PROOF,
    FieldSecret,
    PredicateProof,
    Setting,
    require_fields,
    statement_digest,
    statement_limbs,
)

Progress = Callable[[str, int, int], None]
"""Called with a step ("compile", "keys", "witness", "prove"), how many of its parts are done, and how many it has."""


def prove(
    predicate: Predicate,
    fields: Sequence[FieldSecret],
    setting: Setting,
    setup: Setup,
    *,
    keys: KeyCache,
    trees: Trees | None = None,
    randomness: Randomness | None = None,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
) -> bytes:
    """Prove that a predicate holds of committed fields, one for each field of the predicate in order.

    Run by the Prover; gives the BCS octets of a PredicateProof, new ones at each call. Refuses before anything is
    proved: as `evaluate` a token that its type does not admit, with `predicate/false` a condition that does not hold
    (the detail never holds a value), with `zero-knowledge/field-mismatch` fields that are not the predicate's, as
    `compile_predicate`; then with `zero-knowledge/setup-structure-invalid`, `zero-knowledge/setup-too-small`,
    `zero-knowledge/unsatisfied` when octets and blinder do not open a commitment, and `zero-knowledge/cancelled`.
    """
    report = progress or _silent
    publics = [each.public for each in fields]
    require_fields(predicate, publics)
    evaluation = require_true(predicate, fields, trees)
    report("compile", 0, 1)
    compiled = keys.compiled(predicate, tuple(each.shape for each in publics))
    report("compile", 1, 1)
    report("keys", 0, 1)
    require_structure(setup)
    key = keys.proving_key(compiled, setup)
    report("keys", 1, 1)
    report("witness", 0, 1)
    statement = statement_digest(predicate, publics, setting)
    inputs = circuit_inputs(
        compiled,
        statement_limbs(statement),
        [_inputs(each) for each in fields],
        evaluation,
        {} if trees is None else trees,
    )
    witness = compiled.circuit.witness(inputs)
    report("witness", 1, 1)
    proof = prove_circuit(
        key,
        witness,
        randomness=randomness,
        progress=lambda done: report("prove", done, ROUNDS),
        cancelled=cancelled,
    )
    return PREDICATE_PROOF.encode(
        PredicateProof(
            predicate=encode(predicate),
            leaves=tuple(each.index for each in publics),
            compiler_version=COMPILER_VERSION,
            setup_digest=setup.digest,
            outputs=tuple(output.to_bytes(32, "little") for output in evaluation.outputs),
            proof=proof.to_octets(),
        )
    )


def require_true(predicate: Predicate, fields: Sequence[FieldSecret], trees: Trees | None) -> Evaluation:
    """Refuse with `predicate/false`, or as `evaluate`, what cannot be proved."""
    evaluation = evaluate(predicate, [each.token for each in fields], trees)
    if not evaluation.holds:
        raise Refused("predicate/false", "it does not hold of these fields")
    return evaluation


def _inputs(each: FieldSecret) -> FieldInputs:
    public = each.public
    if len(each.octets) != public.length:
        raise Refused("zero-knowledge/field-mismatch", "the octets are not as many as the leaf says")
    return FieldInputs(
        publics=(public.commitment, public.offset, public.factor, public.length),
        token=each.token,
        blinder=each.blinder,
    )


def _silent(step: str, done: int, total: int) -> None:
    pass
