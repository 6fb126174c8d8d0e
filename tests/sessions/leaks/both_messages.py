"""In the transfer of the Notary's labels the Prover sends both messages: the Notary holds two labels of each input."""

from __future__ import annotations

import numpy as np

from mpctls.reference.mpc.engine.evaluator import Evaluator
from mpctls.reference.mpc.engine.garbler import Garbler
from mpctls.reference.mpc.engine.messages import CHOICES, CHOSEN_LABELS
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Application, Party
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.zero_knowledge.bits import (
    Bits,
    Blocks,
    blocks_from_octets,
    blocks_to_octets,
    packed_length,
    select,
    unpack,
)
from tests.sessions.leaks.leak import Leak


class _Garbler(Garbler):
    def send_chosen_labels(self, application: Application) -> None:
        count = application.fresh_count(Party.NOTARY)
        corrections = unpack(self._duplex.receive(CHOICES, packed_length(count)), count)
        zero_labels = self._input_labels[application.name][Party.NOTARY][0]
        for choices in (corrections, corrections ^ np.uint8(1)):
            blocks = zero_labels ^ self._notary_keys ^ select(choices, self._delta)
            self._duplex.send(CHOSEN_LABELS, blocks_to_octets(blocks))


class _Evaluator(Evaluator):
    other_labels: Blocks

    def choose_labels(self, application: Application, bits: Bits) -> None:
        super().choose_labels(application, bits)
        octets = self._duplex.receive(CHOSEN_LABELS, 16 * application.fresh_count(Party.NOTARY))
        self.other_labels = self._macs ^ blocks_from_octets(octets)


class _Prover(ProverEngine):
    garbler_type = _Garbler


class _Notary(NotaryEngine):
    evaluator_type = _Evaluator


LEAK = Leak(prover=_Prover, notary=_Notary, found=("Notary", "both labels of an input"))
