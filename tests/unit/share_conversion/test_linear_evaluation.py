"""Oblivious linear evaluation: the relation, its pool, and what a cheating sender can and cannot reach."""

from __future__ import annotations

import numpy as np
import pytest

from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex
from mpctls.reference.mpc.share_conversion import messages
from mpctls.reference.mpc.share_conversion.fields import GHASH_FIELD, P256_FIELD, Field, V
from mpctls.reference.mpc.share_conversion.linear_evaluation import (
    RandomEvaluations,
    prepare_receiver,
    prepare_sender,
)

from ..oblivious_transfer.parties import CheatingDuplex, flipping, refusal_of, run_both
from .pools import ROUND_KEYS, Parties

both_fields = pytest.mark.parametrize("field", [P256_FIELD, GHASH_FIELD], ids=["prime", "binary"])
COUNT = 3


@pytest.fixture(scope="module")
def parties() -> Parties:
    return Parties.make()


def prepare(
    parties: Parties, field: Field[V], end: Duplex | None = None
) -> tuple[RandomEvaluations[V], RandomEvaluations[V]]:
    """Make evaluations with the Prover as sender, on `end` if given."""
    randomness = SeededRandomness(b"inputs")
    prover, notary = parties.prover, parties.notary
    return run_both(
        lambda: prepare_sender(end or prover.end, randomness, prover.sender, ROUND_KEYS, field, COUNT),
        lambda: prepare_receiver(notary.end, notary.receiver, ROUND_KEYS, field, COUNT),
    )


def products_differ(
    field: Field[V], sent: RandomEvaluations[V], received: RandomEvaluations[V]
) -> list[bool]:
    """For each evaluation, whether u + v differs from a * b."""
    (a, u), (b, v) = sent.take(COUNT), received.take(COUNT)
    got, expected = field.encode(field.add(u, v)), field.encode(field.multiply(a, b))
    assert not field.has_zero(a)
    size = field.octets
    return [got[start : start + size] != expected[start : start + size] for start in range(0, len(got), size)]


@both_fields
def test_shares_sum_to_the_product_and_pools_differ(parties: Parties, field: Field[V]) -> None:
    pools = [prepare(parties, field) for _ in range(2)]
    outputs = set()
    for sent, received in pools:
        (a, u), (b, v) = sent.take(COUNT), received.take(COUNT)
        assert field.encode(field.add(u, v)) == field.encode(field.multiply(a, b))
        outputs |= {field.encode(v), field.encode(b), field.encode(u)}
    assert len(outputs) == 6


@both_fields
def test_evaluations_are_taken_once(parties: Parties, field: Field[V]) -> None:
    sent, received = prepare(parties, field)
    for pool in (sent, received):
        first, second = pool.take(1), pool.take(2)
        assert field.encode(first[0]) != field.encode(second[0])[: field.octets]
        with pytest.raises(Refused, match="engine/preprocessing-exhausted"):
            pool.take(1)


@both_fields
def test_shifted_correction_shifts_the_result_exactly_when_the_bit_is_one(
    parties: Parties, field: Field[V]
) -> None:
    """The selective failure of Gilboa's protocol: one bit of the random input for a wrong result."""
    bit_of_octets = 8 * field.octets
    seen = set()
    for transfer in range(8):
        change = flipping(messages.LINEAR_EVALUATION_CORRECTIONS, 0, transfer * bit_of_octets)
        sent, received = prepare(parties, field, CheatingDuplex(parties.prover.end, change))
        bits = first_bits(field, received)
        differ = products_differ(field, sent, received)
        assert differ[1:] == [False, False]
        if bits is not None:
            assert differ[0] == bool(bits[transfer])
        seen.add(differ[0])
    assert seen == {False, True}


def first_bits(
    field: Field[V], received: RandomEvaluations[V]
) -> np.ndarray[tuple[int], np.dtype[np.uint8]] | None:
    """The bits of the first input of the receiver, where they can be read off it."""
    encoded = np.frombuffer(field.encode(received._inputs)[: field.octets], np.uint8)
    return np.unpackbits(encoded, bitorder="little") if field.gadget_length == 8 * field.octets else None


def test_corrections_that_are_no_elements_are_refused() -> None:
    parties = Parties.make()
    prover, notary = parties.prover, parties.notary
    cheater = CheatingDuplex(
        prover.end,
        lambda kind, _number, payload: (
            b"\xff" * 32 + payload[32:] if kind == messages.LINEAR_EVALUATION_CORRECTIONS else payload
        ),
    )
    randomness = SeededRandomness(b"inputs")
    refusal_of(
        lambda: prepare_receiver(notary.end, notary.receiver, ROUND_KEYS, P256_FIELD, 1),
        parties.prover.end,
        lambda: prepare_sender(cheater, randomness, prover.sender, ROUND_KEYS, P256_FIELD, 1),
        "engine/not-canonical",
    )
