"""Sessions of both engines, step by step, that note where they end and who ended them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.plan import Limits
from mpctls.reference.mpc.engine.prover import ProverEngine
from tests.cheaters.table import Outcome, Role
from tests.unit.engine.parties import GONE, PROFILE, Session, Step

LIMITS = Limits(sent_octets=96, sent_records=2, largest_sent_record=64)


class EndedError(Exception):
    """A step of a session in which a party refused; `reasons` are those of the parties that did so by themselves."""

    def __init__(self, reasons: dict[Role, str]) -> None:
        super().__init__(str(reasons))
        self.reasons = reasons


@dataclass
class Match(Session):
    """A session in which one party may cheat."""

    def both(self, prover: Step, notary: Step) -> tuple[Any, Any]:
        results = self.outcomes(prover, notary)
        reasons = {
            role: result.reason
            for role, result in zip((Role.PROVER, Role.NOTARY), results, strict=True)
            if isinstance(result, Refused) and f"kind {GONE} " not in result.detail
        }
        if reasons:
            raise EndedError(reasons)
        return results

    def copy(self) -> Match:
        """A copy that goes its own way from here."""
        forked = self.fork()
        if not isinstance(forked, Match):
            raise TypeError("a fork is of the same type")
        return forked


def new(
    prover_type: type[ProverEngine] = ProverEngine,
    notary_type: type[NotaryEngine] = NotaryEngine,
    profile: str | None = None,
) -> Match:
    """A session before preprocessing; on the profile of the test unless another is given."""
    profile = profile or PROFILE.get()
    return Match(
        limits=LIMITS,
        prover_type=prover_type,
        notary_type=notary_type,
        prover_profile=profile,
        notary_profile=profile,
    )


@functools.cache
def _prepared(profile: str) -> Match:
    match = new(profile=profile)
    match.preprocess()
    return match


def prepared(
    prover_type: type[ProverEngine] = ProverEngine,
    notary_type: type[NotaryEngine] = NotaryEngine,
    profile: str | None = None,
) -> Match:
    """A session after preprocessing. A type that deviates only later may be given to an honest preparation."""
    match = _prepared(profile or PROFILE.get()).copy()
    match.prover.__class__ = prover_type
    match.prover.proof.__class__ = prover_type.proof_type
    match.prover.garbler.__class__ = prover_type.garbler_type
    match.notary.__class__ = notary_type
    match.notary.proof.__class__ = notary_type.proof_type
    match.prover.conversion.__class__ = prover_type.conversion_type
    match.notary.evaluator.__class__ = notary_type.evaluator_type
    match.notary.conversion.__class__ = notary_type.conversion_type
    return match


def play(match: Match, **changed: Callable[[], object]) -> Outcome:
    """Play a session to its end; `changed` replaces steps, named with underscores."""
    steps: dict[str, Callable[[], object]] = {
        "preprocessing": lambda: None if match.prover._prepared else match.preprocess(),
        "key exchange": match.key_exchange,
        "key schedule": match.key_schedule,
        "client finished": lambda: client_finished(match),
        "server finished": match.server_finished,
        "records": match.exchange,
        "finalisation": match.finalise,
    }
    steps.update({name.replace("_", " "): step for name, step in changed.items()})
    for name, step in steps.items():
        try:
            step()
        except EndedError as ended:
            return Outcome(step=name, reasons=ended.reasons, proved=_proof_begun(match))
    return Outcome(step=None, reasons={}, proved=_proof_begun(match))


def client_finished(match: Match) -> None:
    """Send the client's Finished record; the server answers with its own, whatever it thinks of it."""
    content = b"\x14\x00\x00\x0c" + match.prover.verify_data["client-finished"]
    record = match.send(0, 22, content)
    answer = b"\x14\x00\x00\x0c" + match.server.server_verify_data
    match.received.append(match.server.protect(0, 22, answer))
    if match.prover.verify_data["client-finished"] == match.server.client_verify_data:
        match.delivered.append(match.server.accept(0, record))


def _proof_begun(match: Match) -> bool:
    costs = match.prover.costs if match.prover._prepared else {}
    return "finalisation" in costs and costs["finalisation"].octets_sent > 0
