"""One exploration: both sessions with everything the attacker can do to them, then everything it can show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from mpctls.spec.tls.constants import SignatureScheme
from mpctls.spec.tls.handshake_messages import HandshakeData, signed_parameters

from .exchange import PARTIES, Exchange
from .flaws import Flaw
from .forgeries import Recipe, believed, loot_of, verifier
from .search import Violation, search
from .sessions import Certify, session
from .symbols import Symbols, symbolic

Finding = Violation | Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """How much was looked at, and the first attack; `rule` is what it breaks."""

    states: int
    transitions: int
    steps: int
    presentations: int
    believed: int
    rule: str | None
    finding: Finding | None

    def trace(self) -> Iterator[str]:
        """The attack for people: what each party took, in order, or what the presentation was made of."""
        if isinstance(self.finding, Recipe):
            yield self.finding.words()
        elif self.finding is not None:
            for (role, number), place in zip(PARTIES, self.finding.state, strict=True):
                yield from (f"{role} {number}: {move.words()}" for move in place)


def explore(flaw: Flaw | None = None, progress: Callable[[str], None] = lambda _: None) -> Explored:
    """Look at every state and every presentation, or stop at the first attack."""
    symbols = Symbols()
    with flaw.applied() if flaw is not None else nullcontext(), symbolic(symbols):
        exchange = Exchange(sessions=(session(0, _certify(symbols)), session(1, _certify(symbols))))
        searched = search(exchange, lambda each: progress(f"{each.states} states"))
        counts = {
            "states": searched.states,
            "transitions": searched.transitions,
            "steps": exchange.computed,
        }
        if searched.violation is not None:
            rule = searched.violation.rule
            return Explored(**counts, presentations=0, believed=0, rule=rule, finding=searched.violation)
        taken = 0
        judged = 0
        for judged, (recipe, verdict) in enumerate(believed(loot_of(exchange), verifier()), start=1):
            if judged % 1000 == 0:
                progress(f"{judged} presentations")
            if verdict is None:
                continue
            taken += 1
            if verdict.rule is not None:
                return Explored(
                    **counts, presentations=judged, believed=taken, rule=verdict.rule, finding=recipe
                )
        return Explored(**counts, presentations=judged, believed=taken, rule=None, finding=None)


def _certify(symbols: Symbols) -> Certify:
    def certify(
        server_name: str, client_random: bytes, server_random: bytes, ephemeral_key: bytes
    ) -> HandshakeData:
        signed = signed_parameters(
            client_random=client_random, server_random=server_random, server_ephemeral_key=ephemeral_key
        )
        return HandshakeData(
            certificates=(server_name.encode(),),
            signature_algorithm=SignatureScheme.ECDSA_SECP256R1_SHA256,
            signature=symbols.server_signature(server_name, signed),
        )

    return certify
