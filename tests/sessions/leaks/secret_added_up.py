"""The Prover gets the Notary's share and adds the pre-master secret up, as if it were an ordinary client."""

from __future__ import annotations

from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.mpc.share_conversion.fields import P256_MODULUS
from mpctls.reference.mpc.share_conversion.messages import CURVE_SLOPE
from mpctls.reference.mpc.zero_knowledge.bits import octets_of
from tests.sessions.leaks.leak import Leak


class _Notary(NotaryEngine):
    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        self.duplex.send(CURVE_SLOPE, octets_of(self._share_bits)[:32])


class _Prover(ProverEngine):
    pre_master_secret = 0

    def key_exchange(self, point: tuple[int, int]) -> None:
        super().key_exchange(point)
        received = int.from_bytes(self.duplex.receive(CURVE_SLOPE, 32), "little")
        own = int.from_bytes(octets_of(self.proof.bits(self._share_wires))[:32], "little")
        self.pre_master_secret = (own + received) % P256_MODULUS


LEAK = Leak(prover=_Prover, notary=_Notary, found=("Prover", "pre-master secret"))
