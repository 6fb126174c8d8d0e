"""Provers that garble wrongly, so that a label, or the end of the session, tells them a secret bit."""

from __future__ import annotations

import copy
import functools
import hmac
from collections.abc import Iterator

import numpy as np

from mpctls.reference.foundation.randomness import Randomness
from mpctls.reference.mpc.engine.garbler import Garbler
from mpctls.reference.mpc.engine.labels import DIGEST_OCTETS, Numbering, returned_digest
from mpctls.reference.mpc.engine.messages import RETURNED_BITS
from mpctls.reference.mpc.engine.plan import PRE_MASTER_SECRET, Application, digest_name, session_plan
from mpctls.reference.mpc.engine.profiles import PROFILES
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.trace import recompute
from mpctls.reference.mpc.garbling.schemes import THREE_HALVES
from mpctls.reference.mpc.kernels.proof import evaluate_bits
from mpctls.reference.mpc.zero_knowledge.bits import Bits, Blocks, lowest_bits, packed_length, select, unpack
from tests.cheaters.dataflow import LastAnd, last_ands
from tests.cheaters.match import LIMITS, Match
from tests.unit.engine.test_cheating_prover import StubbornProver

WATCHED = digest_name("master-secret", "first-link")
# Added to a label it does not change the lowest bit, which is what is decoded.
ADDED = np.array([2, 0], np.uint64)


def garble_otherwise(match: Match, name: str, gate: int, *, half: int, row: int = 0) -> None:
    """Let the Prover have sent another half of one garbled gate: 0 is used with the left operand's colour 1, 1 with
    the right one's.
    """
    tables = match.notary.evaluator._tables[name]
    received = tables[row]
    if received is None:
        raise ValueError("evaluated already")
    changed = received.copy()
    if PROFILES[match.prover_profile].garbling is THREE_HALVES:
        first = 24 * gate + 8 * half  # the slice G_1 or G_2
        changed[first : first + 8].view(np.uint64)[:] ^= ADDED[0]
    else:
        changed.view(np.uint64).reshape(-1, 4)[gate, 2 * half : 2 * half + 2] ^= ADDED
    tables[row] = changed


@functools.cache
def watched_gate() -> LastAnd:
    """A gate of an outer compression, the last one on the way to a disclosed bit; its operand is secret.

    The operand is a carry in the last addition, of the secret outer state: the opened sum does not give it.
    """
    return last_ands(session_plan(LIMITS)[WATCHED].circuit)[-1]


class LabelReadingGarbler(Garbler):
    """Reads from the digest of returned labels which of two labels an output had, and with it the gate's operand."""

    operand: int | None = None
    _before: Randomness | None = None

    def _garble_chunk(self, application: Application, rows: slice) -> Blocks:
        if application.name == WATCHED:
            self._before = copy.deepcopy(self._randomness)
        return super()._garble_chunk(application, rows)

    def receive_returned(self, application: Application, rows: slice, columns: slice) -> Bits:
        if application.name != WATCHED:
            return super().receive_returned(application, rows, columns)
        zero_labels = self._output_labels[application.name][rows, columns]
        octets = self._duplex.receive(RETURNED_BITS, packed_length(zero_labels.shape[1]) + DIGEST_OCTETS)
        decoded = unpack(octets[:-DIGEST_OCTETS], zero_labels.shape[1])[np.newaxis]
        labels = zero_labels ^ select(decoded, self._delta)
        for colour in (0, 1):
            expected = returned_digest(self._session_id, application, rows.start, labels)
            if hmac.compare_digest(expected, octets[-DIGEST_OCTETS:]):
                self.operand = colour ^ int(lowest_bits(self._operand_label(application))[0])
            labels[:, list(watched_gate().columns)] ^= ADDED
        return decoded

    def _operand_label(self, application: Application) -> Blocks:
        """The zero label of the gate's left operand."""
        inputs = application.inputs(1, fresh=self._input_labels[application.name], earlier=self._wire_labels)
        labels: Blocks = self._scheme.garble(
            watched_gate().left,
            input_labels=inputs,
            delta=self._delta,
            hash_key=self._hash_key,
            first_gate=self._numbering.first_gate(application, 0),
            # What the scheme drew for the whole circuit it draws again for a part of it.
            randomness=self._before or self._randomness,
        ).output_labels[0]
        return labels


class LabelReadingProver(StubbornProver):
    """Garbles the watched gate so that one output's label tells the gate's operand; what is decoded stays right."""

    garbler_type = LabelReadingGarbler


def true_operand(match: Match) -> int:
    """What the gate's operand was, computed with the inputs of both parties."""
    found = recompute(
        match.prover.ledger[:2],
        prover_bits=match.prover.proof.bits(match.prover._share_wires),
        notary_bits=match.notary._share_bits,
        masks=match.prover.masks,
    )
    application = match.prover.plan[WATCHED]
    (evaluation,) = [each for each in match.prover.ledger if each.application.name == WATCHED]
    inputs = np.concatenate([found.outputs[PRE_MASTER_SECRET][:, 257:513], evaluation.public], axis=1)
    if inputs.shape[1] != application.circuit.input_count:
        raise ValueError("other inputs than the plan's")
    values, _ = evaluate_bits(watched_gate().left, inputs)
    return int(values[0, 0])


class RepeatingNumbering(Numbering):
    """Numbers the gates of every application from 0 on."""

    __slots__ = ()

    def first_gate(self, application: Application, row: int) -> int:
        return 0


class TweakRepeatingGarbler(Garbler):
    """Garbles every application under the same tweaks."""

    def garble_plan(self) -> Iterator[int]:
        self._numbering = RepeatingNumbering(self._plan)
        return super().garble_plan()


class TweakRepeatingProver(ProverEngine):
    garbler_type = TweakRepeatingGarbler


class CarelessGarbler(Garbler):
    """Takes what the Notary returns for what it is."""

    def receive_returned(self, application: Application, rows: slice, columns: slice) -> Bits:
        shape = self._output_labels[application.name][rows, columns].shape[:2]
        count = shape[0] * shape[1]
        octets = self._duplex.receive(RETURNED_BITS, packed_length(count) + DIGEST_OCTETS)
        return unpack(octets[:-DIGEST_OCTETS], count).reshape(shape)


class CarelessProver(StubbornProver):
    garbler_type = CarelessGarbler
