"""ECtF: two points, one held by each party, become additive shares of the x coordinate of their sum.

x(P + Q) = λ² - x_P - x_Q with λ = (y_Q - y_P)/(x_Q - x_P). Two conversions from additive to multiplicative,
one back: three OLEs over GF(p). Source: DECO (arXiv 1909.00938), section 4.1; eprint 2023/964.

The sender and the receiver here are those of the three OLEs. The protocol runs this twice with the roles
swapped, and compares the sums with one bit.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..randomness import Randomness
from .fields import FieldElement, prime_field
from .p256 import FIELD_PRIME, Point
from .share_conversion import additive_to_multiplicative, multiplicative_to_additive


class EqualCoordinatesError(Exception):
    """Both points have the same x coordinate: the chord's slope is not defined, and the session ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAdditionRandomness:
    """The sender's random elements of GF(p): two factors that are not zero and three masks."""

    factor_of_run: int
    mask_of_run: int
    factor_of_rise: int
    mask_of_rise: int
    mask_of_square: int

    @classmethod
    def draw(cls, randomness: Randomness) -> PointAdditionRandomness:
        """Draw the five elements under the names of the fields."""
        return cls(
            factor_of_run=1 + randomness.below("factor of run", FIELD_PRIME - 1),
            mask_of_run=randomness.below("mask of run", FIELD_PRIME),
            factor_of_rise=1 + randomness.below("factor of rise", FIELD_PRIME - 1),
            mask_of_rise=randomness.below("mask of rise", FIELD_PRIME),
            mask_of_square=randomness.below("mask of square", FIELD_PRIME),
        )


def _square_of_quotient(rise: FieldElement, run: FieldElement) -> FieldElement:
    """Each party's factor of λ², from its factors of the rise and of the run."""
    return (rise / run) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinateShares:
    """Integers in [0, p) whose sum mod p is the x coordinate, and the two messages the sender sent in the
    clear.
    """

    sender: int
    receiver: int
    messages: tuple[int, int]


def share_sum_coordinate(
    *, sender_point: Point, receiver_point: Point, sender_randomness: PointAdditionRandomness
) -> CoordinateShares:
    """Return both parties' shares of x(sender_point + receiver_point).

    Refuses points with equal x coordinates (`EqualCoordinatesError`), which are equal or opposite, and
    through the conversion points with equal y coordinates. For independent scalars either has probability
    about 2^-255.
    """
    if sender_point.x == receiver_point.x:
        raise EqualCoordinatesError("the points of the two parties have equal x coordinates")
    field = prime_field()
    run = additive_to_multiplicative(
        field=field,
        sender_share=-field(sender_point.x),
        receiver_share=field(receiver_point.x),
        sender_factor=field(sender_randomness.factor_of_run),
        sender_mask=field(sender_randomness.mask_of_run),
    )
    rise = additive_to_multiplicative(
        field=field,
        sender_share=-field(sender_point.y),
        receiver_share=field(receiver_point.y),
        sender_factor=field(sender_randomness.factor_of_rise),
        sender_mask=field(sender_randomness.mask_of_rise),
    )
    square = multiplicative_to_additive(
        sender_share=_square_of_quotient(rise.sender, run.sender),
        receiver_share=_square_of_quotient(rise.receiver, run.receiver),
        sender_mask=field(sender_randomness.mask_of_square),
    )
    return CoordinateShares(
        sender=int(square.sender - field(sender_point.x)),
        receiver=int(square.receiver - field(receiver_point.x)),
        messages=(int(run.message), int(rise.message)),
    )
