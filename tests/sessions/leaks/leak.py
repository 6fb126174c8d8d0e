"""What a leak is: one faulty engine for each party."""

from __future__ import annotations

from dataclasses import dataclass

from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """Engines of both parties, and what must be found: (party, secret) of the view tests."""

    prover: type[ProverEngine]
    notary: type[NotaryEngine]
    found: tuple[str, str]
