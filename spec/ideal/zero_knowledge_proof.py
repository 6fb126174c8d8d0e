"""Zero-knowledge proof, ideal: the Prover commits to values, later statements about them are checked.

Used after close: for the re-proof of the whole computation, whose only witnesses are inputs committed before
the Notary showed anything that depends on them, and for the proofs of commitments in data submission, which
add the blinders. All corrections precede the verifier's random challenge; after it nothing can be committed.

The machine that holds the witnesses also converts parts of them for encoding commitments. Its release ends
it: what would be proved afterwards rests on a correlation that the Prover knows by then.

Leakage. A corrupt verifier learns the statements and nothing else. A corrupt Prover makes a false statement
pass with probability about n/2^128 for n multiplications, whatever its computing power.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..reasons import Reason, Rejection


class LateWitnessError(Exception):
    """A value was committed after the challenge: an engine takes no new witness then."""


class ProofEndedError(Exception):
    """The proof is asked for something after its end: an engine has erased what it would need."""


class ZeroKnowledgeProof:
    """Committed values by name, and statements about them. Holds its witnesses; a verifier only sees
    outcomes.
    """

    def __init__(self, witnesses: Mapping[str, bytes]) -> None:
        self._witnesses = dict(witnesses)
        self._challenged = False
        self._ended = False

    def commit(self, name: str, octets: bytes) -> None:
        """Add a witness. Refused after the challenge, and for a name that has a value."""
        self._require_going_on()
        if self._challenged or name in self._witnesses:
            raise LateWitnessError(f"{name!r} cannot be committed any more")
        self._witnesses[name] = octets

    def challenge(self) -> None:
        """The verifier's random challenge: everything is committed now."""
        self._challenged = True

    def require(self, holds: Callable[..., bool], *names: str, reason: Reason) -> None:
        """Prove that a statement holds of committed values. Rejects with the given reason when it does not.

        Refused before the challenge, because an answer that precedes it proves nothing, and after the end.
        """
        self._require_going_on()
        if not self._challenged:
            raise LateWitnessError("nothing is proved before the challenge")
        if not holds(*(self._witnesses[name] for name in names)):
            raise Rejection(reason, "the statement does not hold of the committed values")

    def hand_over(self, name: str) -> bytes:
        """A committed value, for another functionality of the same machine and nobody else.

        Refused before the challenge and after the end.
        """
        self._require_going_on()
        if not self._challenged:
            raise LateWitnessError("nothing is converted before everything is committed")
        return self._witnesses[name]

    def end(self) -> None:
        """The release: nothing is proved any more, whoever asks."""
        self._require_going_on()
        self._ended = True

    def _require_going_on(self) -> None:
        if self._ended:
            raise ProofEndedError("the release has ended the proof")
