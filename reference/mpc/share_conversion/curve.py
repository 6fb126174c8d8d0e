"""From two parties' points on P-256 to additive shares of the x coordinate of their sum (ECtF).

With points (x_1, y_1), (x_2, y_2) the coordinate is l^2 - x_1 - x_2 for the slope l = (y_2 - y_1) / (x_2 -
x_1). Both differences are already shared additively; they are converted to multiplicative shares (A2M), each
party forms its share of l^2 locally, and one conversion back (M2A) makes it additive: three linear
evaluations. Source: eprint 2023/964, figure 16, for the conversions; the composition is DECO's (arXiv
1909.00938).

The whole runs twice with the parties' roles swapped, side by side: three flights in each direction in all.
The two results are compared inside the computation that uses them, to one bit; a party that deviates in one
run cannot make the other agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from . import messages
from .fields import P256_FIELD, P256_MODULUS, Integers, Words
from .linear_evaluation import RandomEvaluations, prepare_receiver, prepare_sender

_DIFFERENCES = 2
_EVALUATIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinateShares:
    """One party's additive shares, modulo the prime of P-256, of the x coordinate of both runs.

    In the run `leading` the party that prepared with `sends_first` is the sender of the linear evaluations,
    in the run `following` the other one; the parties' shares of one run sum to the coordinate.
    """

    leading: int
    following: int

    def __repr__(self) -> str:
        return "CoordinateShares(...)"


class EllipticCurveToField:
    """One session's conversion, prepared before the points are known and used once."""

    __slots__ = ("_as_receiver", "_as_sender", "_duplex", "_sends_first")

    def __init__(
        self,
        *,
        duplex: Duplex,
        sends_first: bool,
        as_sender: RandomEvaluations[Integers],
        as_receiver: RandomEvaluations[Integers],
    ) -> None:
        self._duplex = duplex
        self._sends_first = sends_first
        self._as_sender = as_sender
        self._as_receiver = as_receiver

    @classmethod
    def prepare(
        cls,
        duplex: Duplex,
        randomness: Randomness,
        correlated_sender: CorrelatedSender,
        correlated_receiver: CorrelatedReceiver,
        round_keys: Words,
        *,
        sends_first: bool,
    ) -> EllipticCurveToField:
        """Make the random linear evaluations of both runs; exactly one party has `sends_first`.

        `round_keys` are those of the session's hash, the same at both parties. Takes 1152 correlated
        transfers in each direction. Rejects with `engine/inconsistent-oblivious-transfer` and
        `engine/not-canonical`.
        """

        def send() -> RandomEvaluations[Integers]:
            return prepare_sender(duplex, randomness, correlated_sender, round_keys, P256_FIELD, _EVALUATIONS)

        def receive() -> RandomEvaluations[Integers]:
            return prepare_receiver(duplex, correlated_receiver, round_keys, P256_FIELD, _EVALUATIONS)

        if sends_first:
            as_sender = send()
            as_receiver = receive()
        else:
            as_receiver = receive()
            as_sender = send()
        return cls(duplex=duplex, sends_first=sends_first, as_sender=as_sender, as_receiver=as_receiver)

    def convert(self, x: int, y: int) -> CoordinateShares:
        """Convert this party's point, affine coordinates in [0, p), to its shares; both parties call it.

        Rejects with `key-exchange/equal-x-coordinates` (equal or opposite points; also equal y coordinates, whose
        difference cannot be converted either), with `engine/not-canonical`, and when called twice with
        `engine/preprocessing-exhausted`.
        """
        if not (0 <= x < P256_MODULUS and 0 <= y < P256_MODULUS):
            raise ValueError("coordinates are in [0, p)")
        field, duplex = P256_FIELD, self._duplex
        point = (x, y)
        wire = field.octets
        sent_inputs, sent_outputs = self._as_sender.take(_EVALUATIONS)
        received_inputs, received_outputs = self._as_receiver.take(_EVALUATIONS)

        # As receiver: blind the own coordinates. The shared difference is receiver's minus sender's.
        shifts = field.subtract(point, received_inputs[:_DIFFERENCES])
        duplex.send(messages.CURVE_DIFFERENCES, field.encode(shifts))
        peer_shifts = field.decode(duplex.receive(messages.CURVE_DIFFERENCES, _DIFFERENCES * wire))

        # As sender: the random inputs a invert the multiplicative shares; give a * difference, less v.
        inverses = sent_inputs[:_DIFFERENCES]
        blinded = field.add(
            field.multiply(inverses, field.subtract(peer_shifts, point)), sent_outputs[:_DIFFERENCES]
        )
        own_squared_slope = _square(field.multiply(inverses[:1], field.invert(inverses[1:])))
        slope_shift = field.subtract(own_squared_slope, sent_inputs[_DIFFERENCES:])
        duplex.send(messages.CURVE_BLINDED_DIFFERENCES, field.encode(blinded + slope_shift))
        answer = field.decode(duplex.receive(messages.CURVE_BLINDED_DIFFERENCES, _EVALUATIONS * wire))

        # As receiver: a * difference, the multiplicative shares; then the slope back to additive shares.
        differences = field.add(answer[:_DIFFERENCES], received_outputs[:_DIFFERENCES])
        if field.has_zero(differences[:1]):
            raise Refused("key-exchange/equal-x-coordinates", "of the two parties' points")
        if field.has_zero(differences[1:]):
            raise Refused("key-exchange/equal-x-coordinates", "equal y coordinates of the two parties' points")
        squared_slope = _square(field.multiply(differences[1:], field.invert(differences[:1])))
        shift = field.subtract(squared_slope, received_inputs[_DIFFERENCES:])
        duplex.send(messages.CURVE_SLOPE, field.encode(shift))
        peer_shift = field.decode(duplex.receive(messages.CURVE_SLOPE, wire))

        as_sender = field.add(sent_outputs[_DIFFERENCES:], field.multiply(own_squared_slope, peer_shift))
        as_receiver = field.add(
            received_outputs[_DIFFERENCES:],
            field.multiply(answer[_DIFFERENCES:], received_inputs[_DIFFERENCES:]),
        )
        (sender_share,) = field.subtract(as_sender, (x,))
        (receiver_share,) = field.subtract(as_receiver, (x,))
        if self._sends_first:
            return CoordinateShares(leading=sender_share, following=receiver_share)
        return CoordinateShares(leading=receiver_share, following=sender_share)


def _square(vector: Integers) -> Integers:
    return P256_FIELD.multiply(vector, vector)
