"""The session's computation once more: in the clear at the Prover, as authenticated wires in the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ...foundation.errors import Refused
from ..kernels.proof import evaluate_bits
from ..zero_knowledge.batch import Proof, Wires
from ..zero_knowledge.bits import Bits
from .ledger import Evaluation
from .plan import Disclosure, Element, Party


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Recomputation:
    """What the Prover finds when it repeats the session: all outputs by application, and the completed
    ledger. Secret; not shown by repr.
    """

    outputs: Mapping[str, Bits]
    ledger: Sequence[Evaluation]


def recompute(
    ledger: Sequence[Evaluation],
    *,
    prover_bits: Bits,
    notary_bits: Bits,
    masks: Mapping[str, Bits],
) -> Recomputation:
    """Repeat every evaluation in the clear, with the Notary's opened inputs; run by the Prover before it
    proves anything.

    Rejects with `mpc-tls/values-differ` when a value that it was shown is not the value of the circuit: then
    the Notary opened something else than it computed with, and the Prover must stop without a word.
    """
    outputs: dict[str, Bits] = {}
    completed: list[Evaluation] = []
    for evaluation in ledger:
        application = evaluation.application
        fresh = {
            Party.PROVER: prover_bits[np.newaxis],
            Party.NOTARY: notary_bits[np.newaxis],
            Party.PUBLIC: evaluation.public,
        }
        inputs = application.inputs(evaluation.count, fresh=fresh, earlier=_first_rows(outputs))
        values, _ = evaluate_bits(application.circuit, inputs)
        _store(outputs, evaluation, values)
        decoded = values[:, : application.decoded]
        if application.masked:
            decoded = decoded ^ masks[application.name][evaluation.rows]
        if evaluation.decoded is not None and not np.array_equal(evaluation.decoded, decoded):
            raise Refused("mpc-tls/values-differ", application.name)
        shown = None if application.disclosure is Disclosure.NOBODY else decoded
        completed.append(replace(evaluation, decoded=shown))
    return Recomputation(outputs=outputs, ledger=completed)


def repeat_in_proof(
    proof: Proof,
    ledger: Sequence[Evaluation],
    *,
    prover_wires: Wires,
    notary_bits: Bits,
    masks: Mapping[str, Wires],
) -> dict[str, Wires]:
    """Repeat every evaluation on authenticated wires and assert all that was decoded; both parties run it.

    The only private inputs are wires committed before the Notary returned anything: the Prover's shares and
    masks. Returns the output wires int64[instances, outputs] of each application, 0 where an instance was not
    evaluated.
    """
    outputs: dict[str, Wires] = {}
    for evaluation in ledger:
        application = evaluation.application
        fresh = {
            Party.PROVER: prover_wires[np.newaxis],
            Party.NOTARY: proof.constant(notary_bits)[np.newaxis],
            Party.PUBLIC: proof.constant(evaluation.public),
        }
        inputs = application.inputs(evaluation.count, fresh=fresh, earlier=_first_rows(outputs))
        wires = proof.apply(application.circuit, inputs)
        _store(outputs, evaluation, wires)
        if evaluation.decoded is None:
            continue
        decoded = wires[:, : application.decoded]
        if application.masked:
            decoded = proof.exclusive_or(decoded, masks[application.name][evaluation.rows])
        proof.assert_equal(decoded, evaluation.decoded)
    return outputs


def _first_rows(outputs: Mapping[str, npt.NDArray[Element]]) -> dict[str, npt.NDArray[Element]]:
    return {name: rows[0] for name, rows in outputs.items()}


def _store(
    outputs: dict[str, npt.NDArray[Element]], evaluation: Evaluation, values: npt.NDArray[Element]
) -> None:
    application = evaluation.application
    if application.name not in outputs:
        shape = (application.instances, application.circuit.output_count)
        outputs[application.name] = np.zeros(shape, values.dtype)
    outputs[application.name][evaluation.rows] = values
