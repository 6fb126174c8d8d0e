"""Shares of a sum become shares of a product and back: A2M and M2A over any field, through one OLE each.

x = x_P + x_N is an additive sharing, x = x_P·x_N a multiplicative one. Source: eprint 2023/964, figure 16,
and Gilboa, "Two party RSA key generation" (CRYPTO 1999) for the product; the OLE itself is ideal here
(`mpctls.spec.ideal.oblivious_linear_evaluation` states what it may leak).

All functions are the honest computation of both parties at once. What each party may do instead is part of
the steps that use them: a cheating party chooses the error of a conversion freely.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Field, FieldElement


class ConversionError(Exception):
    """A conversion met zero where a product needs a unit: the value shared is zero, and the session ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OlePair:
    """What one OLE gives: sender and receiver get u and v with u + v = a·b."""

    sender: FieldElement
    receiver: FieldElement


def oblivious_linear_evaluation(
    *, sender_input: FieldElement, receiver_input: FieldElement, sender_mask: FieldElement
) -> OlePair:
    """The function of an OLE: u = mask, v = a·b - mask, with a uniformly random mask."""
    return OlePair(sender=sender_mask, receiver=sender_input * receiver_input - sender_mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Both parties' shares after an A2M, and the one message that its sender sends in the clear."""

    sender: FieldElement
    receiver: FieldElement
    message: FieldElement


def additive_to_multiplicative(
    *,
    field: Field,
    sender_share: FieldElement,
    receiver_share: FieldElement,
    sender_factor: FieldElement,
    sender_mask: FieldElement,
) -> Conversion:
    """A2M: from h = h_S + h_R to h = r · (h/r), r chosen by the sender.

    The sender inputs 1/r to an OLE, the receiver h_R: s_S + s_R = h_R/r. The sender sends d = h_S/r + s_S;
    the receiver's new share is d + s_R = h/r. Refuses r = 0; the receiver refuses a share of zero, which says
    h = 0.
    """
    if sender_factor == 0:
        raise ConversionError("the sender's factor is zero")
    inverse = field(1) / sender_factor
    masks = oblivious_linear_evaluation(
        sender_input=inverse, receiver_input=receiver_share, sender_mask=sender_mask
    )
    message = sender_share * inverse + masks.sender
    new_share = message + masks.receiver
    if new_share == 0:
        raise ConversionError("the shared value is zero")
    return Conversion(sender=sender_factor, receiver=new_share, message=message)


def multiplicative_to_additive(
    *, sender_share: FieldElement, receiver_share: FieldElement, sender_mask: FieldElement
) -> OlePair:
    """M2A: one OLE on the two factors gives the two addends."""
    return oblivious_linear_evaluation(
        sender_input=sender_share, receiver_input=receiver_share, sender_mask=sender_mask
    )
