"""The key-exchange diagram played, its three lanes, and every refusal on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.algebra.p256 import FIELD_PRIME, GENERATOR, ORDER, Point, add, encode_point, multiply
from mpctls.spec.diagram import Role
from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.key_exchange import (
    combined_public_key,
    forward_server_public_key,
    secure_two_party_computation,
    server_public_key,
    verifier_public_key,
)
from mpctls.spec.key_exchange.combined_public_key import CombinedPublicKey, ServerBeforeKeyExchange
from mpctls.spec.key_exchange.forward_server_public_key import (
    ForwardedServerPublicKey,
    NotaryReadyToCompute,
    ProverReadyToCompute,
)
from mpctls.spec.key_exchange.secure_two_party_computation import (
    HoldsPreMasterSecret,
    ReadyToCompute,
    SecretShares,
)
from mpctls.spec.key_exchange.server_public_key import ServerPublicKey
from mpctls.spec.mpc_tls import key_share
from mpctls.spec.mpc_tls.key_share import KeyShare
from mpctls.spec.mpc_tls.messages import NotaryKeyShare
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import OutOfOrderError, Reason, Rejection
from mpctls.spec.tls.handshake_messages import decode_server_key_exchange

SESSION = b"session identifier of 32 octets!"
OFF_CURVE = b"\x04" + bytes(63) + b"\1"
SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What the three lanes hold at the end, and what crossed on the way."""

    joint: HoldsPreMasterSecret
    server_secret: bytes
    client_key: CombinedPublicKey
    server_key: ServerPublicKey
    client_randoms: tuple[bytes, bytes]


def play_anew(
    seed: bytes, signing_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = SIGNING_KEY
) -> Played:
    """Play the diagram from its first arrow to its note."""
    root = Randomness(seed)
    committed, commitment = key_share.commit(SESSION, root.child("prover"))
    holds_commitment = key_share.accept_commitment(SESSION, commitment)
    share_sent, share = verifier_public_key.send(holds_commitment, root.child("notary"))
    prover = verifier_public_key.receive(committed, share)
    notary = key_share.accept_opening(share_sent, key_share.open_commitment(prover))
    awaits, client_key = combined_public_key.send(prover, root.child("prover, arrow 2"))
    server = combined_public_key.receive(
        ServerBeforeKeyExchange(
            client_random=prover.client_random, server_random=b"s" * 32, signing_key=signing_key
        ),
        client_key,
    )
    server_end, server_key = server_public_key.send(server, root.child("server"))
    holds_key = server_public_key.receive(awaits, server_key)
    prover_ready, forwarded = forward_server_public_key.send(holds_key, root.child("prover, arrow 4"))
    notary_ready = forward_server_public_key.receive(notary, forwarded)
    joint = secure_two_party_computation.perform(
        ReadyToCompute(prover=prover_ready, notary=notary_ready, computation=TwoPartyComputation()),
        root.child("computation"),
    )
    return Played(
        joint=joint,
        server_secret=server_end.pre_master_secret,
        client_key=client_key,
        server_key=server_key,
        client_randoms=(prover.client_random, notary.client_random),
    )


play = cache(play_anew)


def _rejected(reason: Reason) -> pytest.RaisesExc[Rejection]:
    return pytest.raises(Rejection, match=reason.value)


@given(st.binary(min_size=1, max_size=8))
@settings(max_examples=5)
def test_the_three_lanes_hold_one_secret(seed: bytes) -> None:
    """The Server has the secret as one value; each run's two shares add up to it; no party's share is it."""
    played = play(seed)
    secret = int.from_bytes(played.server_secret, "big")
    prover, notary = played.joint.prover, played.joint.notary
    print(f"\nServer   {played.server_secret.hex()}")
    print(f"Prover   {prover.first_run:064x} {prover.second_run:064x}")
    print(f"Verifier {notary.first_run:064x} {notary.second_run:064x}")
    assert (prover.first_run + notary.first_run) % FIELD_PRIME == secret
    assert (prover.second_run + notary.second_run) % FIELD_PRIME == secret
    assert secret not in {prover.first_run, prover.second_run, notary.first_run, notary.second_run}
    assert played.client_randoms[0] == played.client_randoms[1]


def test_the_same_seed_gives_the_same_octets() -> None:
    first, second = play(b"seed"), play_anew(b"seed")
    assert first.server_key == second.server_key
    assert first.joint.prover == second.joint.prover
    assert play(b"other").server_secret != first.server_secret


def test_no_view_holds_the_secret() -> None:
    played = play(b"seed")
    for role in (Role.PROVER, Role.NOTARY):
        seen = played.joint.computation.views.of(role)
        assert [observation.item for observation in seen] == [Item.CONVERSION_MESSAGE] * 2 + [Item.RUNS_AGREE]
        octets = b"".join(observation.octets for observation in seen)
        assert played.server_secret not in octets
        assert played.server_secret[::-1] not in octets


@pytest.mark.parametrize("key", [SIGNING_KEY, rsa.generate_private_key(65537, 2048)])
def test_messages_to_and_from_the_server_are_those_of_tls(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
) -> None:
    played = play_anew(b"seed", key)
    assert played.client_key.to_wire() == b"\x41" + played.client_key.public_key
    read = decode_server_key_exchange(played.server_key.to_wire())
    assert (read.server_ephemeral_key, read.signature) == (
        played.server_key.public_key,
        played.server_key.signature,
    )


def test_the_commitment_and_the_client_random_are_the_documented_hashes() -> None:
    committed, message = key_share.commit(SESSION, Randomness(b"seed"))
    opened = b"".join([committed.key_share.public_key, committed.random, committed.blinder])
    expected = hashlib.sha256(b"mpctls/1/key-share-commitment\0" + SESSION + opened).digest()
    assert message.commitment == expected
    expected = hashlib.sha256(b"mpctls/1/client-random\0" + b"p" * 32 + b"n" * 32).digest()
    assert key_share.client_random(b"p" * 32, b"n" * 32) == expected


@pytest.mark.parametrize("scalar", [0, -1, ORDER, ORDER + 1])
def test_a_scalar_outside_its_range_is_refused(scalar: int) -> None:
    with pytest.raises(ValueError, match=r"\[1, n\)"):
        KeyShare.from_scalar(scalar)


def test_a_scalar_that_annihilates_the_servers_point_is_refused() -> None:
    """Only a scalar that did not come from `from_scalar` can: the group's order is prime."""
    with _rejected(Reason.KEY_EXCHANGE_POINT_AT_INFINITY):
        KeyShare(scalar=ORDER, public_key=b"").multiply(GENERATOR)


def _negated(public_key: bytes) -> bytes:
    y = FIELD_PRIME - int.from_bytes(public_key[33:], "big")
    return public_key[:33] + y.to_bytes(32, "big")


def test_the_prover_refuses_bad_shares_of_the_notary() -> None:
    committed, _ = key_share.commit(SESSION, Randomness(b"seed"))
    for public_key, reason in (
        (OFF_CURVE, Reason.KEY_EXCHANGE_INVALID_POINT),
        (b"\x03" + bytes(64), Reason.KEY_EXCHANGE_INVALID_POINT),
        (committed.key_share.public_key[:33], Reason.KEY_EXCHANGE_INVALID_POINT),
        (_negated(committed.key_share.public_key), Reason.KEY_EXCHANGE_POINT_AT_INFINITY),
    ):
        with _rejected(reason):
            verifier_public_key.receive(committed, NotaryKeyShare(public_key=public_key, random=bytes(32)))


def test_the_notary_refuses_bad_openings_in_order() -> None:
    committed, commitment = key_share.commit(SESSION, Randomness(b"prover"))
    state, share = verifier_public_key.send(
        key_share.accept_commitment(SESSION, commitment), Randomness(b"notary")
    )
    opening = key_share.open_commitment(verifier_public_key.receive(committed, share))
    other = KeyShare.draw(Randomness(b"other")).public_key
    with _rejected(Reason.KEY_EXCHANGE_INVALID_POINT):
        key_share.accept_opening(state, replace(opening, public_key=OFF_CURVE))
    for changed in (
        replace(opening, public_key=other),
        replace(opening, random=bytes(32)),
        replace(opening, blinder=bytes(32)),
    ):
        with _rejected(Reason.KEY_EXCHANGE_COMMITMENT_MISMATCH):
            key_share.accept_opening(state, changed)
    with _rejected(Reason.KEY_EXCHANGE_COMMITMENT_MISMATCH):
        key_share.accept_opening(replace(state, session_id=bytes(32)), opening)
    rogue = replace(opening, public_key=_negated(state.key_share.public_key))
    committed_to_rogue = replace(state, commitment=key_share.key_share_commitment(SESSION, rogue))
    with _rejected(Reason.KEY_EXCHANGE_POINT_AT_INFINITY):
        key_share.accept_opening(committed_to_rogue, rogue)


def test_points_of_and_for_the_server_are_checked_by_everyone() -> None:
    played = play(b"seed")
    awaits = combined_public_key.ProverAwaitsServerKey(
        key_share=KeyShare.draw(Randomness(b"p")), client_random=bytes(32)
    )
    with _rejected(Reason.KEY_EXCHANGE_INVALID_POINT):
        server_public_key.receive(awaits, replace(played.server_key, public_key=OFF_CURVE))
    notary = key_share.NotaryHoldsProverShare(
        key_share=KeyShare.draw(Randomness(b"n")), combined_public_key=b"", client_random=b""
    )
    with _rejected(Reason.KEY_EXCHANGE_INVALID_POINT):
        forward_server_public_key.receive(notary, ForwardedServerPublicKey(server_ephemeral_key=OFF_CURVE))
    server = ServerBeforeKeyExchange(client_random=b"", server_random=b"", signing_key=SIGNING_KEY)
    with _rejected(Reason.KEY_EXCHANGE_INVALID_POINT):
        combined_public_key.receive(server, CombinedPublicKey(public_key=OFF_CURVE))


def _ready(prover: Point, notary: Point) -> ReadyToCompute:
    return ReadyToCompute(
        prover=ProverReadyToCompute(addend=prover),
        notary=NotaryReadyToCompute(server_ephemeral_key=encode_point(GENERATOR), addend=notary),
        computation=TwoPartyComputation(),
    )


@pytest.mark.parametrize("scalar", [5, ORDER - 5])
def test_equal_and_opposite_addends_are_refused(scalar: int) -> None:
    five, other = multiply(5, GENERATOR), multiply(scalar, GENERATOR)
    assert isinstance(five, Point)
    assert isinstance(other, Point)
    with _rejected(Reason.KEY_EXCHANGE_EQUAL_X_COORDINATES):
        secure_two_party_computation.perform(_ready(five, other), Randomness(b"seed"))


@given(st.integers(1, FIELD_PRIME - 1), st.booleans(), st.booleans())
@settings(max_examples=15)
def test_an_offset_in_one_run_is_caught_with_one_bit(offset: int, of_prover: bool, in_first: bool) -> None:
    """Whoever shifts one of the two runs learns only that they differ."""
    honest = play(b"seed").joint
    shares = honest.prover if of_prover else honest.notary
    shifted = (
        replace(shares, first_run=(shares.first_run + offset) % FIELD_PRIME)
        if in_first
        else replace(shares, second_run=(shares.second_run + offset) % FIELD_PRIME)
    )
    computation = TwoPartyComputation()
    prover, notary = (shifted, honest.notary) if of_prover else (honest.prover, shifted)
    with _rejected(Reason.KEY_EXCHANGE_PRE_MASTER_SECRET_MISMATCH):
        secure_two_party_computation.join(computation, prover, notary)
    for role in (Role.PROVER, Role.NOTARY):
        assert [seen.octets for seen in computation.views.of(role)] == [b"\0"]


def test_inputs_of_the_joining_circuit_are_reduced() -> None:
    """Both runs agree mod p although one pair of shares wraps around."""
    joint = secure_two_party_computation.join(
        TwoPartyComputation(),
        SecretShares(first_run=FIELD_PRIME - 1, second_run=3),
        SecretShares(first_run=6, second_run=2),
    )
    assert joint.computation.opened("runs agree") == b"\1"


def test_the_sum_is_a_sum_of_points() -> None:
    left, right = KeyShare.draw(Randomness(b"l")), KeyShare.draw(Randomness(b"r"))
    total = multiply(left.scalar + right.scalar, GENERATOR)
    assert isinstance(total, Point)
    assert key_share.combine_public_keys(left.public_key, right.public_key) == encode_point(total)
    assert add(total, total) is not total


def test_steps_out_of_order_are_refused() -> None:
    committed, commitment = key_share.commit(SESSION, Randomness(b"seed"))
    holds = key_share.accept_commitment(SESSION, commitment)
    sent, share = verifier_public_key.send(holds, Randomness(b"notary"))
    prover = verifier_public_key.receive(committed, share)
    with pytest.raises(OutOfOrderError):
        verifier_public_key.send(sent, Randomness(b""))  # type: ignore[arg-type]
    with pytest.raises(OutOfOrderError):
        key_share.open_commitment(committed)  # type: ignore[arg-type]
    with pytest.raises(OutOfOrderError):
        combined_public_key.send(committed, Randomness(b""))  # type: ignore[arg-type]
    with pytest.raises(OutOfOrderError):
        secure_two_party_computation.perform(prover, Randomness(b""))  # type: ignore[arg-type]
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        verifier_public_key.receive(prover, share)  # type: ignore[arg-type]
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        key_share.accept_opening(holds, prover.opening)  # type: ignore[arg-type]
