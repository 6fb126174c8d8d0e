"""Oblivious transfer, ideal: the receiver gets one of two messages, the sender does not learn which.

Leakage. A corrupt sender learns nothing of the choice; its choice of messages may depend on anything it saw.
A corrupt receiver learns exactly one message of each pair. In an extension a corrupt receiver's inconsistent
input is caught by the consistency check; until the check has passed, outputs are *provisional* and nothing
that depends on one may be sent. Realised by base transfers that are endemic or UC-secure, and an extension
with its check.
"""

from __future__ import annotations

from collections.abc import Sequence


class ProvisionalOutputError(Exception):
    """An output was asked for before the consistency check of its batch."""


class ObliviousTransfer:
    """One batch of transfers between a sender and a receiver of one session; never pooled, never reissued."""

    def __init__(self, pairs: Sequence[tuple[bytes, bytes]], choices: Sequence[int]) -> None:
        if len(pairs) != len(choices):
            raise ValueError("each pair of messages has one choice")
        if any(len(zero) != len(one) for zero, one in pairs):
            raise ValueError("the two messages of a pair have the same length")
        if any(choice not in {0, 1} for choice in choices):
            raise ValueError("a choice is a bit")
        self._chosen = [pair[choice] for pair, choice in zip(pairs, choices, strict=True)]
        self._checked = False

    def check_consistency(self) -> None:
        """What the sender runs before it uses the batch; from here the outputs are final."""
        self._checked = True

    def receive(self) -> list[bytes]:
        """The chosen messages: the receiver's whole view of the batch."""
        if not self._checked:
            raise ProvisionalOutputError("the consistency check has not passed")
        return list(self._chosen)
