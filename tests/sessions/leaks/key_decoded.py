"""The Prover sends decoding bits for the wires of the client's key, so the Notary reads the key off its labels."""

from __future__ import annotations

from mpctls.reference.mpc.engine.evaluator import Evaluator
from mpctls.reference.mpc.engine.garbler import Garbler
from mpctls.reference.mpc.engine.messages import DECODING
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import CLIENT_ROUND_KEYS, Application
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.zero_knowledge.bits import (
    Bits,
    Blocks,
    lowest_bits,
    octets_of,
    packed_length,
    unpack,
)
from tests.sessions.leaks.leak import Leak


class _Garbler(Garbler):
    def _garble_chunk(self, application: Application, rows: slice) -> Blocks:
        labels = super()._garble_chunk(application, rows)
        if application.name == CLIENT_ROUND_KEYS:
            self._duplex.send(DECODING, octets_of(lowest_bits(labels)))
        return labels


class _Evaluator(Evaluator):
    round_keys = b""
    _key_decoding: Bits

    def _receive_tables(self, application: Application, count: int) -> list[Bits | None]:
        tables = super()._receive_tables(application, count)
        if application.name == CLIENT_ROUND_KEYS:
            length = application.circuit.output_count
            self._key_decoding = unpack(self._duplex.receive(DECODING, packed_length(length)), length)
        return tables

    def evaluate(self, application: Application, rows: slice) -> Blocks:
        labels = super().evaluate(application, rows)
        if application.name == CLIENT_ROUND_KEYS:
            self.round_keys = octets_of(lowest_bits(labels)[0] ^ self._key_decoding)
        return labels


class _Prover(ProverEngine):
    garbler_type = _Garbler


class _Notary(NotaryEngine):
    evaluator_type = _Evaluator


LEAK = Leak(prover=_Prover, notary=_Notary, found=("Notary", "client key"))
