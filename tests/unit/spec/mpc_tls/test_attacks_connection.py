"""Attacks on a connection that begin outside the computation: another secret, another mode, another key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mpctls.spec.algebra.fields import block_to_element, element_to_block
from mpctls.spec.algebra.p256 import FIELD_PRIME
from mpctls.spec.ideal.two_party_computation import TwoPartyComputation
from mpctls.spec.key_exchange.secure_two_party_computation import SecretShares, join
from mpctls.spec.mpc_tls import finalisation, key_schedule
from mpctls.spec.mpc_tls.messages import Record
from mpctls.spec.mpc_tls.records import share_hash_key
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.tls.constants import ContentType
from mpctls.spec.tls.galois_counter_mode import (
    hash_blocks,
    hash_key,
    hash_with_powers,
    key_stream,
    powers_of,
    tag_mask,
    xor,
)
from mpctls.spec.tls.record_protection import (
    RecordAuthenticationError,
    WriteKey,
    additional_data,
    expected_tag,
    record_nonce,
    unprotect,
)

from .connections import (
    BUDGET,
    PARAMETERS,
    PRE_MASTER_SECRET,
    SHARES,
    close,
    make_connection,
    make_server,
    read,
    shake_hands,
)


@pytest.mark.parametrize("offset", [1, FIELD_PRIME - 1])
def test_a_secret_shifted_in_both_runs_is_not_the_servers(offset: int) -> None:
    """Attack catalogue, F1: the Prover enters another point into both runs, which then agree on a wrong secret."""
    notary = SecretShares(
        first_run=(PRE_MASTER_SECRET - SHARES.first_run) % FIELD_PRIME,
        second_run=(PRE_MASTER_SECRET - SHARES.second_run) % FIELD_PRIME,
    )
    shifted = SecretShares(
        first_run=(SHARES.first_run + offset) % FIELD_PRIME,
        second_run=(SHARES.second_run + offset) % FIELD_PRIME,
    )
    joint = join(TwoPartyComputation(), shifted, notary)
    connection = share_hash_key(key_schedule.perform(joint, PARAMETERS, BUDGET), Randomness(b"powers"))
    with pytest.raises(RecordAuthenticationError):
        shake_hands(connection, make_server())


@pytest.mark.parametrize("extended", [True, False])
def test_a_lie_about_the_master_secrets_mode_gives_keys_the_server_does_not_have(extended: bool) -> None:
    """Attack catalogue, D10, and protocol review, item 12: what the Prover says of the mode is not believed."""
    plain = replace(PARAMETERS, session_hash=None)
    said, true = (plain, PARAMETERS) if extended else (PARAMETERS, plain)
    with pytest.raises(RecordAuthenticationError):
        shake_hands(make_connection(said), make_server(true))
    with pytest.raises(RecordAuthenticationError):
        shake_hands(make_connection(replace(PARAMETERS, session_hash=b"o" * 32)), make_server())


@pytest.mark.parametrize("field", ["client_random", "server_random"])
def test_other_randoms_give_keys_the_server_does_not_have(field: str) -> None:
    """Attack catalogue, D13: a random of an earlier session changes every key of this one."""
    with pytest.raises(RecordAuthenticationError):
        shake_hands(make_connection(replace(PARAMETERS, **{field: b"r" * 32})), make_server())


def under_two_keys(one: WriteKey, other: WriteKey, explicit_nonce: bytes) -> Record:
    """A record of three blocks with one tag that is right under both keys: the second block is solved for.

    Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018, section 3.
    """
    ciphertext = bytes(range(48))
    associated = additional_data(sequence_number=1, content_type=23, version=0x0303, length=48)
    count = len(hash_blocks(associated, ciphertext))
    powers = [powers_of(hash_key(key.key), count) for key in (one, other)]
    masks = [tag_mask(key.key, record_nonce(key.implicit_nonce, explicit_nonce)) for key in (one, other)]
    hashes = [hash_with_powers(each, hash_blocks(associated, ciphertext)) for each in powers]
    difference = block_to_element(xor(xor(hashes[0], masks[0]), xor(hashes[1], masks[1])))
    place = (
        4 - 1
    )  # The length block has the first power, then the third, second and first block of ciphertext.
    change = difference / (powers[0][place - 1] + powers[1][place - 1])
    solved = xor(ciphertext[16:32], element_to_block(change))
    ciphertext = ciphertext[:16] + solved + ciphertext[32:]
    tag = xor(hash_with_powers(powers[0], hash_blocks(associated, ciphertext)), masks[0])
    return Record(
        content_type=23, version=0x0303, explicit_nonce=explicit_nonce, ciphertext=ciphertext, tag=tag
    )


def test_a_record_that_is_right_under_two_keys_says_what_the_handshakes_key_says() -> None:
    """Attack catalogue, E13: GCM does not commit to its key, so a server could make one record say two things.

    The proof is about the key wires that the handshake gave; a second key has no place in it.
    """
    server = make_server()
    connection = shake_hands(make_connection(), server)
    second = WriteKey(key=b"another key....."[:16], implicit_nonce=server.server.implicit_nonce)
    record = under_two_keys(server.server, second, b"a nonce.")
    readings = [
        unprotect(key, sequence_number=1, record=record.protected()) for key in (server.server, second)
    ]
    assert readings[0] != readings[1]
    result = finalisation.perform(close(read(connection, record)), SHARES)
    assert result.transcript.received == readings[0]
    result.proof.challenge()
    with pytest.raises(Rejection, match=Reason.MPC_TLS_PROOF_INVALID.value):
        result.proof.require(
            lambda received: received == readings[1], "received", reason=Reason.MPC_TLS_PROOF_INVALID
        )


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32])
def test_the_tag_covers_the_lengths(length: int) -> None:
    """Attack catalogue, E10: zeros moved between ciphertext and the filling of its last block change the tag."""
    key, nonce = make_server().server, bytes(8)
    tags = set()
    for octets in range(length, length + 17):
        record = Record(
            content_type=23, version=0x0303, explicit_nonce=nonce, ciphertext=bytes(octets), tag=bytes(16)
        )
        tags.add(
            expected_tag(
                key_of_hash=hash_key(key.key),
                mask=tag_mask(key.key, record_nonce(key.implicit_nonce, nonce)),
                sequence_number=0,
                record=record.protected(),
            )
        )
    assert len(tags) == 17


def test_key_streams_of_different_records_share_no_block() -> None:
    """Attack catalogue, F14: the same block twice would show the exclusive or of two plaintexts."""
    key = make_server().client
    blocks = [
        key_stream(key.key, record_nonce(key.implicit_nonce, number.to_bytes(8, "big")), 64)[
            start : start + 16
        ]
        for number in range(8)
        for start in range(0, 64, 16)
    ]
    assert len(set(blocks)) == 32


def test_a_received_handshake_record_ends_the_connection() -> None:
    """Attack catalogue, E6: HelloRequest, a ticket or another Finished after the handshake."""
    server = make_server()
    connection = shake_hands(make_connection(), server)
    for message in (bytes(4), b"\x04" + bytes(15), server.finished):
        with pytest.raises(Rejection, match=Reason.MPC_TLS_UNEXPECTED_CONTENT_TYPE.value):
            read(connection, server.write(ContentType.HANDSHAKE, message))
