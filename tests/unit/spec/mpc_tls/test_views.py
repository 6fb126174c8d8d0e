"""What each party learns in a session is what the table lists, and none of it is a secret it must not
have.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from mpctls.spec.diagram import Role
from mpctls.spec.mpc_tls import finalisation
from mpctls.spec.mpc_tls.records import decrypt_server_finished
from mpctls.spec.mpc_tls.views import VIEWS, Item, Observation, UnspecifiedViewError, ViewLog, ViewStep
from mpctls.spec.tls.constants import CLOSE_NOTIFY, ContentType
from mpctls.spec.tls.galois_counter_mode import hash_key, tag_mask
from mpctls.spec.tls.record_protection import WriteKey, record_nonce

from .connections import (
    PRE_MASTER_SECRET,
    SHARES,
    close,
    make_connection,
    make_server,
    read,
    shake_hands,
    write,
)

REQUEST, ANSWER = b"GET /account?secret-of-the-prover", b"HTTP/1.1 200 OK, balance 1234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Both parties' whole views, and the Prover's before close."""

    before_close: tuple[Observation, ...]
    prover: tuple[Observation, ...]
    notary: tuple[Observation, ...]


@cache
def _session() -> Session:
    server = make_server()
    connection = shake_hands(make_connection(), server)
    decrypt_server_finished(connection)
    connection, registration = write(connection, ContentType.APPLICATION_DATA, REQUEST)
    server.open(registration.record)
    connection = read(connection, server.write(ContentType.APPLICATION_DATA, ANSWER))
    connection = read(connection, server.write(ContentType.ALERT, CLOSE_NOTIFY))
    views = connection.computation.views
    before_close = views.of(Role.PROVER)
    finalisation.perform(close(connection), SHARES)
    return Session(before_close=before_close, prover=views.of(Role.PROVER), notary=views.of(Role.NOTARY))


SERVER = make_server()


def _holds(view: tuple[Observation, ...], secret: bytes) -> bool:
    octets = b"|".join(observation.octets for observation in view)
    return secret in octets or secret[::-1] in octets


@pytest.mark.parametrize("role", [Role.PROVER, Role.NOTARY])
def test_a_session_shows_each_party_everything_that_the_table_lists_after_the_parameters(role: Role) -> None:
    view = _session().prover if role is Role.PROVER else _session().notary
    expected = {
        (step, item)
        for step, roles in VIEWS.items()
        for item in roles[role]
        if step not in {ViewStep.PARAMETERS, ViewStep.SUBMISSION}
    }
    # The conversions of the key exchange are played in its own tests; this session begins with shares.
    expected.discard((ViewStep.PRE_MASTER_SECRET, Item.CONVERSION_MESSAGE))
    assert {(seen.step, seen.item) for seen in view} == expected


def _secrets(key: WriteKey, nonces: list[bytes]) -> list[bytes]:
    """What no party may have before close: key, hash key, tag masks."""
    masks = [tag_mask(key.key, record_nonce(key.implicit_nonce, nonce)) for nonce in nonces]
    return [key.key, hash_key(key.key), *masks]


SENT_NONCES = [number.to_bytes(8, "big") for number in range(2)]
RECEIVED_NONCES = [(1 << 40 | number).to_bytes(8, "big") for number in range(3)]


@pytest.mark.parametrize(
    "secret",
    [
        PRE_MASTER_SECRET.to_bytes(32, "big"),
        ANSWER,
        *_secrets(SERVER.client, SENT_NONCES),
        *_secrets(SERVER.server, RECEIVED_NONCES),
    ],
)
def test_before_close_the_prover_has_no_secret_and_nothing_of_the_answer(secret: bytes) -> None:
    assert not _holds(_session().before_close, secret)


@pytest.mark.parametrize(
    "secret", [PRE_MASTER_SECRET.to_bytes(32, "big"), REQUEST, ANSWER, SERVER.client.key, SERVER.server.key]
)
def test_the_notary_never_has_plaintext_secret_or_key(secret: bytes) -> None:
    assert not _holds(_session().notary, secret)


def test_the_notary_has_hash_keys_and_tag_masks_in_the_proof_and_not_before() -> None:
    for secret in [*_secrets(SERVER.client, SENT_NONCES)[1:], *_secrets(SERVER.server, RECEIVED_NONCES)[1:]]:
        steps = {seen.step for seen in _session().notary if seen.octets == secret}
        assert steps == {ViewStep.PROOF}


def test_of_the_received_direction_nobody_has_a_share_of_the_hash_key() -> None:
    shares = [seen.octets for seen in _session().notary if seen.item is Item.SHARE_OF_HASH_POWER]
    own = [seen.octets for seen in _session().prover if seen.item is Item.SHARE_OF_HASH_POWER]
    sums = {bytes(a ^ b for a, b in zip(left, right, strict=True)) for left in shares for right in own}
    assert hash_key(SERVER.client.key) in sums
    assert hash_key(SERVER.server.key) not in sums


@pytest.mark.parametrize("role", [Role.PROVER, Role.NOTARY])
@pytest.mark.parametrize("step", list(ViewStep))
def test_an_item_outside_the_table_is_refused(role: Role, step: ViewStep) -> None:
    for item in Item:
        log = ViewLog()
        if item in VIEWS[step][role]:
            assert log.show(role, step, item, b"value") == b"value"
            continue
        with pytest.raises(UnspecifiedViewError):
            log.show(role, step, item, b"value")
        assert log.of(role) == ()


def test_a_hash_key_handed_out_early_is_refused() -> None:
    connection = make_connection()
    with pytest.raises(UnspecifiedViewError):
        connection.computation.open_to_prover(
            ViewStep.SENT_RECORD, Item.HASH_KEY, "hash key of the sent direction"
        )
    with pytest.raises(UnspecifiedViewError):
        connection.computation.open_to_both(ViewStep.KEY_SCHEDULE, Item.HASH_KEY, "client key")
