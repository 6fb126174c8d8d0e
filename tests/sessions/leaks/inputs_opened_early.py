"""The Notary opens its inputs before close: the Prover can add up the pre-master secret and forge the transcript."""

from __future__ import annotations

from mpctls.reference.mpc.engine.labels import DIGEST_OCTETS
from mpctls.reference.mpc.engine.messages import OPENED_INPUTS
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.engine.setup import SHARE_BITS
from tests.sessions.leaks.leak import Leak


class _Notary(NotaryEngine):
    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        self._open_inputs()


class _Prover(ProverEngine):
    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        self.duplex.receive(OPENED_INPUTS, SHARE_BITS // 8 + DIGEST_OCTETS)


LEAK = Leak(prover=_Prover, notary=_Notary, found=("Prover", "Notary's share of the pre-master secret"))
