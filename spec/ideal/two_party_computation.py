"""The two-party computation of Prover and Notary, ideal: a third machine that both trust.

It holds the secrets, computes on them, and shows each party what the table of views lists. Every private
input is committed before anything that depends on it is shown (commit before evaluate); after close the
Notary's inputs are opened to the Prover, and statements about the same secrets are proved to the Notary
without any new input.

Leakage.

A corrupt *Notary* learns at most one bit in a session: it may have the computation stop exactly when a
predicate of its choice holds of the Prover's inputs (`stop_if`). It changes no value that the Prover uses.

A corrupt *Prover* may ask for k bits of the Notary's ephemeral inputs (`learn_bits`); with probability 1 -
2^-k this is caught before the Notary signs anything. The Notary's share of the pre-master secret is of no use
after the session. No wrong output is ever accepted by either party, except the share conversions' errors,
which the functionality of oblivious linear evaluation states.

The object has state because it stands for a machine between the parties; what steps return is still a
function of their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..diagram import Role
from ..mpc_tls.views import Item, ViewLog, ViewStep
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from .zero_knowledge_proof import ZeroKnowledgeProof


class FunctionalityError(Exception):
    """The functionality was used against its rules: what an engine would refuse to do."""


class ComputationStopped(Exception):
    """The computation ended early, by the one abort a corrupt Notary has; the session is over for both."""


class TwoPartyComputation:
    """The secrets of one session by name, who gave them, and both views."""

    def __init__(self) -> None:
        self.views = ViewLog()
        self._inputs: dict[str, tuple[Role, bytes]] = {}
        self._values: dict[str, bytes] = {}
        self._opened_to_both: set[str] = set()
        self._closed = False
        self._notary_has_leaked = False
        self._cheating_is_caught = False

    @property
    def is_closed(self) -> bool:
        """Whether the Prover declared close: from then on nothing is computed, things are only opened and
        proved.
        """
        return self._closed

    def commit_input(self, party: Role, name: str, octets: bytes) -> None:
        """Fix a private input, before any output that depends on it. Names are used once; refused after
        close.
        """
        self._require_open()
        self._add(name, octets)
        self._inputs[name] = (party, octets)

    def evaluate(self, name: str, function: Callable[..., bytes], *arguments: str) -> None:
        """Compute a value from values; it stays with the functionality."""
        self._require_open()
        self._add(name, function(*(self._values[argument] for argument in arguments)))

    def open_to_both(self, step: ViewStep, item: Item, name: str) -> bytes:
        """Show a value to both parties. Refused after close: the proof opens nothing to the Prover."""
        self._require_open()
        self._opened_to_both.add(name)
        return self.views.show_both(step, item, self._values[name])

    def opened(self, name: str) -> bytes:
        """A value that was opened to both parties before."""
        if name not in self._opened_to_both:
            raise FunctionalityError(f"{name!r} was not opened to both parties")
        return self._values[name]

    def open_to_prover(self, step: ViewStep, item: Item, name: str) -> bytes:
        """Show a value to the Prover alone, under a mask of its own that was committed. Refused after
        close.
        """
        self._require_open()
        return self.views.show(Role.PROVER, step, item, self._values[name])

    def share(self, step: ViewStep, item: Item, name: str, *, mask: str) -> tuple[bytes, bytes]:
        """Split a value into the Prover's committed mask and the Notary's rest, by exclusive or."""
        self._require_open()
        party, prover_share = self._inputs[mask]
        if party is not Role.PROVER:
            raise FunctionalityError("a mask is an input of the Prover")
        notary_share = bytes(a ^ b for a, b in zip(self._values[name], prover_share, strict=True))
        self.views.show(Role.PROVER, step, item, prover_share)
        self.views.show(Role.NOTARY, step, item, notary_share)
        return prover_share, notary_share

    def close(self) -> None:
        """Irrevocable: no input, no evaluation and no opening to a party's free use afterwards."""
        self._require_open()
        self._closed = True

    def open_notary_inputs(self) -> Mapping[str, bytes]:
        """After close: the Notary's inputs, shown to the Prover. There is no opening with other values."""
        self._require_closed()
        opened = {name: octets for name, (party, octets) in self._inputs.items() if party is Role.NOTARY}
        for octets in opened.values():
            self.views.show(Role.PROVER, ViewStep.CLOSE, Item.NOTARY_PRE_MASTER_SECRET_SHARE, octets)
        return opened

    def prove_opening(self, item: Item, function: Callable[..., bytes], *arguments: str) -> bytes:
        """After close: a function of the session's secrets, proved and shown to the Notary.

        Rejects with mpc-tls/proof-invalid when the Prover cheated and is caught.
        """
        self._require_proof()
        opened = function(*(self._values[argument] for argument in arguments))
        return self.views.show(Role.NOTARY, ViewStep.PROOF, item, opened)

    def prove_statement(self, holds: Callable[..., bool], *arguments: str, reason: Reason) -> None:
        """After close: a statement about the session's secrets, proved to the Notary, which learns nothing
        more.

        Rejects with the given reason when it does not hold, with mpc-tls/proof-invalid when the Prover is
        caught.
        """
        self._require_proof()
        if not holds(*(self._values[argument] for argument in arguments)):
            raise Rejection(reason, "the proved contents are not what they must be")

    def proof_about(
        self, witnesses: Mapping[str, Callable[..., bytes]], *arguments: str
    ) -> ZeroKnowledgeProof:
        """After close: later proofs of the Prover, whose first witnesses are these functions of the same
        secrets.

        Rejects with mpc-tls/proof-invalid when the Prover cheated and is caught.
        """
        self._require_proof()
        values = [self._values[argument] for argument in arguments]
        return ZeroKnowledgeProof({name: function(*values) for name, function in witnesses.items()})

    def stop_if(self, predicate: Callable[[Mapping[str, bytes]], bool]) -> None:
        """The power of a corrupt Notary, once: stop the session exactly when a predicate holds of P's
        inputs.
        """
        if self._notary_has_leaked:
            raise FunctionalityError("a corrupt Notary has one such predicate in a session")
        self._notary_has_leaked = True
        if predicate(
            {name: octets for name, (party, octets) in self._inputs.items() if party is Role.PROVER}
        ):
            raise ComputationStopped("the computation stopped")

    def learn_bits(self, name: str, positions: tuple[int, ...], randomness: Randomness) -> list[int]:
        """The power of a corrupt Prover: k bits of an input of the Notary, caught but for probability 2^-k.

        Positions count from the least significant bit of the octets read big-endian.
        """
        party, octets = self._inputs[name]
        if party is not Role.NOTARY:
            raise FunctionalityError("the Prover knows its own inputs")
        if len(set(positions)) != len(positions):
            raise FunctionalityError("positions are distinct")
        if randomness.below("escape", 1 << len(positions)) != 0:
            self._cheating_is_caught = True
        value = int.from_bytes(octets, "big")
        return [value >> position & 1 for position in positions]

    def _add(self, name: str, octets: bytes) -> None:
        if name in self._values:
            raise FunctionalityError(f"{name!r} has a value already")
        self._values[name] = octets

    def _require_open(self) -> None:
        if self._closed:
            raise FunctionalityError("the session is closed")

    def _require_closed(self) -> None:
        if not self._closed:
            raise FunctionalityError("the session is not closed")

    def _require_proof(self) -> None:
        self._require_closed()
        if self._cheating_is_caught:
            raise Rejection(Reason.MPC_TLS_PROOF_INVALID, "the computation was not the agreed one")
