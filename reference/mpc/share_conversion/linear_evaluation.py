"""Oblivious linear evaluation u + v = a * b, from random oblivious transfers (Gilboa, CRYPTO 1999).

Preprocessing makes evaluations on random inputs; online each party sends how its input differs from its
random one. The receiver's input is made of random bits, so a sender that deviates in j transfers is caught or
learns j of those bits, each with probability one half; it can also shift the result. What catches shifts is
on the next level: the comparison of two runs, Finished, the tags (design, section 1), and the proof over the
whole computation.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from ...foundation.errors import Refused
from ...foundation.randomness import Randomness
from ..duplex import Duplex
from ..oblivious_transfer.correlated import CorrelatedReceiver, CorrelatedSender
from ..oblivious_transfer.random_transfer import random_receiver, random_sender
from . import messages
from .fields import Field, Words

V = TypeVar("V")


class RandomEvaluations(Generic[V]):
    """One party's side of random evaluations: inputs and output shares, taken once each and never reissued.

    At the sender `inputs` are units a and `outputs` are u; at the receiver they are b and v; u + v = a * b.
    """

    __slots__ = ("_count", "_inputs", "_outputs", "_taken", "field")

    def __init__(self, *, field: Field[V], count: int, inputs: V, outputs: V) -> None:
        self.field = field
        self._count = count
        self._inputs = inputs
        self._outputs = outputs
        self._taken = 0

    def take(self, count: int) -> tuple[V, V]:
        """Take the next `count` inputs and outputs; rejects with `engine/preprocessing-exhausted`."""
        start, end = self._taken, self._taken + count
        if end > self._count:
            raise Refused("engine/preprocessing-exhausted", "oblivious linear evaluation")
        self._taken = end
        return self.field.slice(self._inputs, start, end), self.field.slice(self._outputs, start, end)


def prepare_sender(
    duplex: Duplex,
    randomness: Randomness,
    correlated: CorrelatedSender,
    round_keys: Words,
    field: Field[V],
    count: int,
) -> RandomEvaluations[V]:
    """Make `count` random evaluations as the sender, whose inputs are not zero.

    Takes `count * field.gadget_length` correlated transfers; `round_keys` are those of the session's hash.
    """
    first = correlated.extended
    keys = correlated.extend(count * field.gadget_length)
    pair = random_sender(round_keys, keys, correlated.delta, first=first, direction=correlated.direction)
    binding = _binding(correlated)
    zero, one = (field.from_messages(message, binding, first) for message in pair)
    inputs = field.random_units(randomness, count)
    corrections = field.add(field.subtract(zero, one), field.repeat(inputs))
    duplex.send(messages.LINEAR_EVALUATION_CORRECTIONS, field.encode(corrections))
    outputs = field.subtract(field.subtract(inputs, inputs), field.combine(zero))
    return RandomEvaluations(field=field, count=count, inputs=inputs, outputs=outputs)


def prepare_receiver(
    duplex: Duplex, correlated: CorrelatedReceiver, round_keys: Words, field: Field[V], count: int
) -> RandomEvaluations[V]:
    """Make `count` random evaluations as the receiver. Rejects with `engine/not-canonical`."""
    first, transfers = correlated.extended, count * field.gadget_length
    bits, macs = correlated.extend(transfers)
    received = random_receiver(round_keys, macs, first=first, direction=correlated.direction)
    chosen = field.from_messages(received, _binding(correlated), first)
    octets = duplex.receive(messages.LINEAR_EVALUATION_CORRECTIONS, transfers * field.octets)
    outputs = field.combine(field.add(chosen, field.select(bits, field.decode(octets))))
    return RandomEvaluations(field=field, count=count, inputs=field.from_bits(bits), outputs=outputs)


def _binding(correlated: CorrelatedSender | CorrelatedReceiver) -> bytes:
    parts = (correlated.session_id, correlated.direction)
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)
