"""Base transfers: a receiver gets exactly what it chose; nothing malformed or misplaced shares a seed."""

from __future__ import annotations

import hashlib

import nacl.bindings
import numpy as np
import pytest
from numpy.typing import NDArray

from mpctls.reference.foundation.randomness import SeededRandomness
from mpctls.reference.mpc.duplex import Duplex, memory_pair
from mpctls.reference.mpc.oblivious_transfer import group, messages
from mpctls.reference.mpc.oblivious_transfer.base import receive_base, send_base

from .parties import DIRECTION, SESSION, TIMEOUT, CheatingDuplex, refusal_of, run_both

Words = NDArray[np.uint64]
CHOICES = np.array([0, 1, 1, 0, 1], np.uint8)
COUNT = len(CHOICES)
PRIME = 2**255 - 19
ORDER_TWO = (PRIME - 1).to_bytes(32, "little")
BASE_POINT = nacl.bindings.crypto_scalarmult_ed25519_base_noclamp((1).to_bytes(32, "little"))
BAD_POINTS = {
    "identity": (1).to_bytes(32, "little"),
    "order 2": ORDER_TWO,
    "order 4": bytes(32),
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "component of order 2": nacl.bindings.crypto_core_ed25519_add(BASE_POINT, ORDER_TWO),
    "not canonical": (PRIME + 1).to_bytes(32, "little"),
    "not on the curve": (2).to_bytes(32, "little"),
}


def send(end: Duplex, *, session: bytes = SESSION, direction: bytes = DIRECTION) -> Words:
    return send_base(end, SeededRandomness(b"s"), session, COUNT, direction=direction)


def receive(end: Duplex, *, session: bytes = SESSION, direction: bytes = DIRECTION) -> Words:
    return receive_base(end, SeededRandomness(b"r"), session, CHOICES, direction=direction)


def rows(words: Words) -> set[bytes]:
    return {row.tobytes() for row in words.reshape(-1, 2)}


def test_receiver_holds_the_chosen_seed_of_each_transfer_and_no_other() -> None:
    here, there = memory_pair(TIMEOUT)
    pairs, chosen = run_both(lambda: send(here), lambda: receive(there))
    index = np.arange(COUNT)
    np.testing.assert_array_equal(pairs[index, CHOICES], chosen)
    assert len(rows(pairs)) == 2 * COUNT
    assert not rows(pairs[index, 1 - CHOICES]) & rows(chosen)


@pytest.mark.parametrize("other", [{"session": bytes(32)}, {"direction": b"notary to prover"}])
def test_another_session_or_direction_gives_no_shared_seed(other: dict[str, bytes]) -> None:
    here, there = memory_pair(TIMEOUT)
    pairs, chosen = run_both(lambda: send(here), lambda: receive(there, **other))
    assert not rows(pairs) & rows(chosen)


def test_points_moved_to_another_index_give_no_shared_seed() -> None:
    here, there = memory_pair(TIMEOUT)

    def swap(kind: int, _number: int, payload: bytes) -> bytes:
        assert kind == messages.BASE_RECEIVER_POINTS
        return payload[64:128] + payload[:64] + payload[128:]

    pairs, chosen = run_both(lambda: send(here), lambda: receive(CheatingDuplex(there, swap)))
    assert not rows(pairs[:2]) & rows(chosen[:2])


def test_choice_turned_round_on_the_way_gives_no_shared_seed() -> None:
    here, there = memory_pair(TIMEOUT)

    def swap(_kind: int, _number: int, payload: bytes) -> bytes:
        return payload[32:64] + payload[:32] + payload[64:]

    pairs, chosen = run_both(lambda: send(here), lambda: receive(CheatingDuplex(there, swap)))
    assert not rows(pairs[0]) & rows(chosen[0])


@pytest.mark.parametrize("same_direction", [False, True])
def test_reflected_messages_are_worthless_because_directions_differ(same_direction: bool) -> None:
    """A victim runs both directions; the attacker only sends its own messages back to it."""
    as_sender, attacker_receiver = memory_pair(TIMEOUT)
    as_receiver, attacker_sender = memory_pair(TIMEOUT)
    direction = DIRECTION if same_direction else b"notary to prover"

    def reflect() -> None:
        point = attacker_receiver.receive(messages.BASE_SENDER_POINT, 32)
        points = attacker_sender.receive(messages.BASE_RECEIVER_POINTS, 64 * COUNT)
        attacker_sender.send(messages.BASE_SENDER_POINT, point)
        attacker_receiver.send(messages.BASE_RECEIVER_POINTS, points)

    def victim() -> tuple[Words, Words]:
        return run_both(lambda: send(as_sender), lambda: receive(as_receiver, direction=direction))

    _, (pairs, chosen) = run_both(reflect, victim)
    # With one direction for both the attack works: this is what binding the direction is for.
    assert bool(rows(pairs) & rows(chosen)) == same_direction


@pytest.mark.parametrize("bad", BAD_POINTS.values(), ids=BAD_POINTS.keys())
def test_bad_points_are_refused_by_both_parties(bad: bytes) -> None:
    here, there = memory_pair(TIMEOUT)

    def points(_kind: int, _number: int, payload: bytes) -> bytes:
        return payload[:96] + bad + payload[128:]

    refusal_of(
        lambda: send(here), here, lambda: receive(CheatingDuplex(there, points)), "engine/invalid-point"
    )
    here, there = memory_pair(TIMEOUT)
    there.send(messages.BASE_SENDER_POINT, bad)
    refusal_of(lambda: receive(here), here, lambda: None, "engine/invalid-point")


def test_points_that_cancel_to_the_identity_are_refused() -> None:
    """With R_0 = -H(R_1) the sender's key is the identity whatever its secret: known without any scalar."""
    here, there = memory_pair(TIMEOUT)

    def cheat() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(group, "subtract", lambda _own, hashed: negated(hashed))
            receive(there)

    refusal_of(lambda: send(here), here, cheat, "engine/invalid-point")


def negated(point: bytes) -> bytes:
    return nacl.bindings.crypto_core_ed25519_sub((1).to_bytes(32, "little"), point)


def test_point_of_order_eight_is_one() -> None:
    """Its fourth multiple is the point of order 2, its eighth the identity."""
    point = BAD_POINTS["order 8"]
    multiples = [point]
    for _ in range(3):
        multiples.append(nacl.bindings.crypto_core_ed25519_add(multiples[-1], multiples[-1]))
    assert multiples[3] == BAD_POINTS["identity"]
    assert multiples[2] == ORDER_TWO


def test_an_independent_receiver_computes_the_same_seeds() -> None:
    """A receiver written from the formulas, without the module's code: pins what each hash binds."""
    here, there = memory_pair(TIMEOUT)
    prefix = b"".join(len(part).to_bytes(4, "little") + part for part in (SESSION, DIRECTION))
    sent = b""
    for index, choice in enumerate(CHOICES.tolist()):
        other = multiple(BASE_POINT, 1000 + index)
        place = index.to_bytes(4, "little") + bytes([choice])
        digest = hashlib.sha512(
            b"mpctls/half-gates-1/base-transfer/point\0" + prefix + place + other
        ).digest()
        maps = [nacl.bindings.crypto_core_ed25519_from_uniform(half) for half in (digest[:32], digest[32:])]
        hashed = nacl.bindings.crypto_core_ed25519_add(*maps)
        own = nacl.bindings.crypto_core_ed25519_sub(multiple(BASE_POINT, 2000 + index), hashed)
        sent += other + own if choice else own + other
    there.send(messages.BASE_RECEIVER_POINTS, sent)
    pairs = send(here)
    sender_point = there.receive(messages.BASE_SENDER_POINT, 32)
    transcript = hashlib.sha256(
        b"mpctls/half-gates-1/base-transfer/transcript\0" + prefix + sender_point + sent
    ).digest()
    for index, choice in enumerate(CHOICES.tolist()):
        place = index.to_bytes(4, "little") + bytes([choice])
        shared = multiple(sender_point, 2000 + index)
        seed = hashlib.sha256(
            b"mpctls/half-gates-1/base-transfer/key\0" + transcript + place + shared
        ).digest()
        assert pairs[index, choice].astype("<u8").tobytes() == seed[:16]


def multiple(point: bytes, factor: int) -> bytes:
    return nacl.bindings.crypto_scalarmult_ed25519_noclamp(factor.to_bytes(32, "little"), point)


def test_secret_scalars_are_multiples_of_the_cofactor_and_fit() -> None:
    scalars = [int.from_bytes(group.random_scalar(SeededRandomness(bytes([n]))), "little") for n in range(50)]
    assert all(scalar % 8 == 0 and 0 < scalar < 2**255 for scalar in scalars)
    assert max(scalars) > 2**253


@pytest.mark.parametrize("length", [64 * COUNT - 32, 64 * COUNT + 32])
def test_wrong_number_of_points_is_refused(length: int) -> None:
    here, there = memory_pair(TIMEOUT)
    there.send(messages.BASE_RECEIVER_POINTS, bytes(length))
    refusal_of(lambda: send(here), here, lambda: None, "engine/unexpected-message")
