"""The Prover's share of the client's GHASH key is always zero, so the Notary's share is the key."""

from __future__ import annotations

import numpy as np

from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import CLIENT_HASH_KEY
from mpctls.reference.mpc.engine.prover import ProverEngine
from tests.sessions.leaks.leak import Leak


class _Prover(ProverEngine):
    def _draw_masks(self) -> None:
        super()._draw_masks()
        share = np.zeros_like(self.masks[CLIENT_HASH_KEY])
        self.masks[CLIENT_HASH_KEY] = share
        self._mask_wires[CLIENT_HASH_KEY] = self.proof.constant(share)


class _Notary(NotaryEngine):
    def _draw_masks(self) -> None:
        super()._draw_masks()
        wires = self._mask_wires[CLIENT_HASH_KEY]
        self._mask_wires[CLIENT_HASH_KEY] = self.proof.constant(np.zeros(wires.shape, np.uint8))


LEAK = Leak(prover=_Prover, notary=_Notary, found=("Notary", "client hash key"))
