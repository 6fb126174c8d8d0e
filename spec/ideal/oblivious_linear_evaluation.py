"""Oblivious linear evaluation, ideal: sender and receiver get addends u + v = a·b of the product of their
inputs.

Realised by Gilboa's products of oblivious transfers: for each bit b_i of the receiver's input one transfer of
(s_i, s_i + a·2^i); u = -Σ s_i, v = Σ of the messages received.

Leakage. The transfers are secure against both parties, the *correlations* are not checked: a corrupt sender
offers (s_i, s_i + a·2^i + e_i) with any e_i, so the product is off by Σ e_i·b_i. Whether the error shows
later tells the sender something about the receiver's bits. A corrupt receiver has no such power. Uses
therefore rest on what catches a wrong product: ECtF on the one-bit comparison of two runs, Finished and the
tags; GHASH on the two rules that the Notary gives one tag share for one ciphertext, and none for the received
direction.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..algebra.fields import Field, FieldElement
from ..algebra.share_conversion import OlePair, oblivious_linear_evaluation


class ObliviousLinearEvaluation:
    """One product over a field, with the deviation that a corrupt sender chose before the run."""

    def __init__(self, field: Field) -> None:
        self._field = field

    def evaluate(
        self,
        *,
        sender_input: FieldElement,
        receiver_input: FieldElement,
        sender_mask: FieldElement,
        deviation: Sequence[int] = (),
    ) -> OlePair:
        """Return both addends. `deviation[i]` is e_i, an integer of the field; absent ones are zero.

        The bits are those of the receiver's input as an integer of the field, least significant first.
        """
        honest = oblivious_linear_evaluation(
            sender_input=sender_input, receiver_input=receiver_input, sender_mask=sender_mask
        )
        bits = int(receiver_input)
        error = self._field(0)
        for position, element in enumerate(deviation):
            if bits >> position & 1:
                error += self._field(element)
        return OlePair(sender=honest.sender, receiver=honest.receiver + error)
