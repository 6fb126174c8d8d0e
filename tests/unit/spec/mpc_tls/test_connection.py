"""A whole connection in the ideal world against a Server that holds the keys, and every way it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.algebra.fields import block_to_element, element_to_block
from mpctls.spec.diagram import Role
from mpctls.spec.identifiers import Closure, Direction
from mpctls.spec.mpc_tls import finalisation
from mpctls.spec.mpc_tls.close import ClosedConnection, receive, send
from mpctls.spec.mpc_tls.connection import Connection
from mpctls.spec.mpc_tls.finished import open_verify_data, verify_server_finished
from mpctls.spec.mpc_tls.messages import Budget, FinishedHash, Record
from mpctls.spec.mpc_tls.records import (
    answer_ciphertext,
    complete_record,
    decrypt_server_finished,
    encrypt,
    hash_power_count,
    register_sent,
)
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import OutOfOrderError, Reason, Rejection
from mpctls.spec.tls.constants import CLOSE_NOTIFY, ContentType
from mpctls.spec.tls.galois_counter_mode import hash_key, powers_of, xor
from mpctls.spec.tls.handshake_messages import finished_message

from .connections import (
    BUDGET,
    HASHES,
    PARAMETERS,
    PRE_MASTER_SECRET,
    SHARES,
    Server,
    close,
    make_connection,
    make_server,
    read,
    shake_hands,
    write,
)

APPLICATION_DATA = ContentType.APPLICATION_DATA


def _rejected(reason: Reason) -> pytest.RaisesExc[Rejection]:
    return pytest.raises(Rejection, match=reason.value)


def _open() -> tuple[Connection, Server]:
    server = make_server()
    return shake_hands(make_connection(), server), server


@given(
    st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=3),
    st.lists(st.binary(min_size=1, max_size=30), max_size=3),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=6)
def test_what_both_sides_said_is_what_finalisation_authenticates(
    requests: list[bytes], answers: list[bytes], says_goodbye: bool, extended: bool
) -> None:
    parameters = PARAMETERS if extended else replace(PARAMETERS, session_hash=None)
    server = make_server(parameters)
    connection = shake_hands(make_connection(parameters), server)
    for request in requests:
        connection, registration = write(connection, APPLICATION_DATA, request)
        assert server.open(registration.record) == request
    for answer in answers:
        connection = read(connection, server.write(APPLICATION_DATA, answer))
    if says_goodbye:
        connection = read(connection, server.write(ContentType.ALERT, CLOSE_NOTIFY))
    result = finalisation.perform(close(connection), SHARES)
    assert (result.transcript.sent, result.transcript.received) == (b"".join(requests), b"".join(answers))
    assert (result.sent_length, result.received_length) == tuple(
        len(b"".join(part)) for part in (requests, answers)
    )
    assert (result.closure is Closure.CLOSE_NOTIFY_RECEIVED) == says_goodbye
    result.proof.challenge()
    result.proof.require(lambda sent: sent == b"".join(requests), "sent", reason=Reason.MPC_TLS_PROOF_INVALID)


def test_the_prover_accepts_the_servers_finished_by_its_contents() -> None:
    connection, server = _open()
    verify_data = connection.computation.opened("verify_data of the server")
    plaintext = decrypt_server_finished(connection)
    assert plaintext == server.finished
    verify_server_finished(plaintext, verify_data)
    with _rejected(Reason.MPC_TLS_SERVER_FINISHED_MISMATCH):
        verify_server_finished(plaintext, bytes(12))
    with _rejected(Reason.MPC_TLS_SERVER_FINISHED_MISMATCH):
        verify_server_finished(plaintext + b"\0", verify_data)


def test_the_key_schedule_opens_two_inner_states_and_every_chain_value() -> None:
    connection, _ = _open()
    for role in (Role.PROVER, Role.NOTARY):
        items = [seen.item for seen in connection.computation.views.of(role)]
        assert items.count(Item.INNER_STATE) == 2
        assert items.count(Item.CHAIN_VALUE) == 2 + 2 + 1 + 1


def test_shares_of_hash_powers_add_up_to_them() -> None:
    connection = make_connection()
    powers = powers_of(hash_key(make_server().client.key), hash_power_count(BUDGET))
    assert len(connection.prover_hash_powers) == len(powers) == 1 + 7 + 1
    for own, other, power in zip(
        connection.prover_hash_powers, connection.notary_hash_powers, powers, strict=True
    ):
        assert xor(own, other) == element_to_block(power)


def test_the_longest_record_needs_as_many_powers_as_it_has_blocks() -> None:
    def longest(octets: int) -> Budget:
        return Budget(sent_octets=octets, sent_records=1, received_octets=1, received_records=1)

    assert hash_power_count(longest(1)) == 3
    assert hash_power_count(longest(17)) == 4
    assert hash_power_count(longest(10**6)) == 1026


def test_each_finished_is_computed_once_the_clients_first() -> None:
    connection = make_connection()
    own = FinishedHash(direction=Direction.SENT, hash=HASHES[Direction.SENT])
    other = FinishedHash(direction=Direction.RECEIVED, hash=HASHES[Direction.RECEIVED])
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        open_verify_data(connection, other)
    connection, _ = open_verify_data(connection, own)
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        open_verify_data(connection, own)
    connection, _ = open_verify_data(connection, other)
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        open_verify_data(connection, other)


def test_a_made_up_handshake_hash_gives_a_finished_that_the_server_does_not_know() -> None:
    connection = make_connection()
    _, verify_data = open_verify_data(connection, FinishedHash(direction=Direction.SENT, hash=bytes(32)))
    _, honest = open_verify_data(
        make_connection(), FinishedHash(direction=Direction.SENT, hash=HASHES[Direction.SENT])
    )
    assert verify_data != honest


def test_the_notary_helps_with_nothing_while_a_record_is_outstanding() -> None:
    connection, verify_data = open_verify_data(
        make_connection(), FinishedHash(direction=Direction.SENT, hash=HASHES[Direction.SENT])
    )
    connection, ciphertext = encrypt(connection, 22, finished_message(verify_data), Randomness(b"0"))
    connection, share = answer_ciphertext(connection, ciphertext)
    with _rejected(Reason.MPC_TLS_UNREGISTERED_RECORD):
        encrypt(connection, 23, b"GET /", Randomness(b"1"))
    with _rejected(Reason.MPC_TLS_UNREGISTERED_RECORD):
        open_verify_data(connection, FinishedHash(direction=Direction.RECEIVED, hash=bytes(32)))
    with _rejected(Reason.MPC_TLS_UNREGISTERED_RECORD):
        decrypt_server_finished(connection)
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        receive(connection, send(connection))
    with _rejected(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH):
        complete_record(connection, replace(share, sequence_number=1))
    connection, registration = complete_record(connection, share)
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        complete_record(connection, share)
    connection = register_sent(connection, registration)
    encrypt(connection, 23, b"GET /", Randomness(b"1"))


def test_parties_that_count_differently_do_not_encrypt() -> None:
    connection, _ = _open()
    behind = replace(connection, prover=replace(connection.prover, sent=()))
    with _rejected(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH):
        encrypt(behind, 23, b"GET /", Randomness(b"1"))


def test_the_key_stream_of_a_record_needs_its_registration() -> None:
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        decrypt_server_finished(make_connection())


def test_a_record_longer_than_the_shared_powers_gets_no_tag() -> None:
    connection, _ = _open()
    with _rejected(Reason.MPC_TLS_BUDGET_EXCEEDED):
        encrypt(connection, 23, bytes(BUDGET.sent_octets + 16), Randomness(b"long"))


def test_after_close_nothing_more_happens() -> None:
    connection, server = _open()
    closed = close(connection)
    after = closed.connection
    for attempt in (
        lambda: encrypt(after, 23, b"late", Randomness(b"")),
        lambda: read(after, server.write(APPLICATION_DATA, b"late")),
        lambda: decrypt_server_finished(after),
    ):
        with _rejected(Reason.MPC_TLS_RECORD_AFTER_CLOSE):
            attempt()
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        receive(after, send(after))
    with pytest.raises(OutOfOrderError):
        send(closed)  # type: ignore[arg-type]
    with pytest.raises(OutOfOrderError):
        finalisation.perform(connection, SHARES)  # type: ignore[arg-type]


def test_a_connection_without_both_finished_is_not_authenticated() -> None:
    connection = make_connection()
    with _rejected(Reason.LINK_UNEXPECTED_MESSAGE):
        close(connection)
    connection.computation.close()
    with _rejected(Reason.MPC_TLS_CLIENT_FINISHED_MISMATCH):
        finalisation.perform(ClosedConnection(connection=connection), SHARES)


def _with_notary_records(connection: Connection, *, sent: bool, change: Record, number: int) -> Connection:
    """The same session with another record registered: what a cheating Prover would have sent in message
    11, 12.
    """
    records = connection.notary.sent if sent else connection.notary.received
    changed = (*records[:number], change, *records[number + 1 :])
    if sent:
        return replace(connection, notary=replace(connection.notary, sent=changed))
    return replace(connection, notary=replace(connection.notary, received=changed))


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize("number", [0, 1])
def test_every_registered_tag_and_ciphertext_is_checked(sent: bool, number: int) -> None:
    connection, server = _open()
    connection, _ = write(connection, APPLICATION_DATA, b"GET / HTTP/1.1\r\n\r\n")
    connection = read(connection, server.write(APPLICATION_DATA, b"HTTP/1.1 200 OK\r\n\r\n"))
    record = (connection.notary.sent if sent else connection.notary.received)[number]
    for change in (
        replace(record, tag=xor(record.tag, b"\1" + bytes(15))),
        replace(record, ciphertext=xor(record.ciphertext, b"\1" + bytes(len(record.ciphertext) - 1))),
        replace(record, explicit_nonce=b"other..."),
        replace(record, content_type=24),
    ):
        changed = _with_notary_records(connection, sent=sent, change=change, number=number)
        changed = replace(changed, computation=_open()[0].computation)
        with _rejected(Reason.MPC_TLS_TAG_MISMATCH):
            finalisation.perform(close(changed), SHARES)


def test_reordered_and_dropped_received_records_are_noticed() -> None:
    for keep in ((0, 2, 1), (0, 2)):
        connection, server = _open()
        for answer in (b"one", b"two"):
            connection = read(connection, server.write(APPLICATION_DATA, answer))
        records = tuple(connection.notary.received[number] for number in keep)
        changed = replace(
            connection,
            notary=replace(connection.notary, received=records),
            prover=replace(connection.prover, received=records),
        )
        with _rejected(Reason.MPC_TLS_TAG_MISMATCH):
            finalisation.perform(close(changed), SHARES)


def test_a_prover_that_scaled_a_conversion_cannot_send_another_record_than_it_registers() -> None:
    """Protocol review, item 3. The Prover scales its conversion input, so that the Notary's share is one of
    c·H³.

    The completed tag is then right for the record whose first block is c times the one the Notary saw: the
    Server accepts that other record. The registered pair fails when the Notary recomputes its tag.
    """
    connection, server = _open()
    factor = block_to_element(b"\x40" + bytes(15))
    cube = block_to_element(powers_block(3))
    scaled = list(connection.notary_hash_powers)
    scaled[2] = element_to_block(factor * cube + block_to_element(connection.prover_hash_powers[2]))
    connection = replace(connection, notary_hash_powers=tuple(scaled))
    connection, registration = write(connection, APPLICATION_DATA, b"GET /registered! and no other one"[:32])
    seen = registration.record
    other = element_to_block(factor * block_to_element(seen.ciphertext[:16]))
    assert server.open(replace(seen, ciphertext=other + seen.ciphertext[16:])) != b""

    # The Prover hides the record from its own checks; it is the Notary that must refuse.
    cheating = replace(connection, prover=replace(connection.prover, sent=connection.prover.sent[:1]))
    with _rejected(Reason.MPC_TLS_TAG_MISMATCH):
        finalisation.perform(close(cheating), SHARES)


def test_later_proofs_are_about_what_was_registered_and_not_what_the_prover_says() -> None:
    connection, _ = _open()
    connection, _ = write(connection, APPLICATION_DATA, b"GET /first")
    connection, _ = write(connection, APPLICATION_DATA, b"GET /hidden")
    silent = replace(connection, prover=replace(connection.prover, sent=connection.prover.sent[:2]))
    result = finalisation.perform(close(silent), SHARES)
    assert result.transcript.sent == b"GET /first"
    assert result.sent_length == len(b"GET /firstGET /hidden")
    result.proof.challenge()
    with _rejected(Reason.MPC_TLS_PROOF_INVALID):
        result.proof.require(lambda sent: sent == b"GET /first", "sent", reason=Reason.MPC_TLS_PROOF_INVALID)
    result.proof.require(
        lambda sent: sent == b"GET /firstGET /hidden", "sent", reason=Reason.MPC_TLS_PROOF_INVALID
    )


def powers_block(power: int) -> bytes:
    """A power of the hash key of the sent direction."""
    return element_to_block(powers_of(hash_key(make_server().client.key), power)[power - 1])


def test_the_prover_checks_its_own_sent_tags() -> None:
    """A Notary that gives a wrong share is noticed by the Prover, before it submits anything."""
    connection, _ = _open()
    connection, ciphertext = encrypt(connection, 23, b"GET /", Randomness(b"1"))
    connection, share = answer_ciphertext(connection, ciphertext)
    wrong = replace(share, share=xor(share.share, b"\1" * 16))
    connection, registration = complete_record(connection, wrong)
    connection = register_sent(connection, registration)
    with _rejected(Reason.MPC_TLS_TAG_MISMATCH):
        finalisation.perform(close(connection), SHARES)


def test_contents_of_finished_and_alert_are_proved() -> None:
    connection, server = make_connection(), make_server()
    connection, _ = open_verify_data(
        connection, FinishedHash(direction=Direction.SENT, hash=HASHES[Direction.SENT])
    )
    connection, _ = write(connection, ContentType.HANDSHAKE, finished_message(bytes(12)))
    connection = read(connection, server.write(ContentType.HANDSHAKE, server.finished))
    connection, _ = open_verify_data(
        connection, FinishedHash(direction=Direction.RECEIVED, hash=HASHES[Direction.RECEIVED])
    )
    with _rejected(Reason.MPC_TLS_CLIENT_FINISHED_MISMATCH):
        finalisation.perform(close(connection), SHARES)

    server = make_server()
    server.finished = finished_message(bytes(12))
    connection = shake_hands(make_connection(), server)
    with _rejected(Reason.MPC_TLS_SERVER_FINISHED_MISMATCH):
        finalisation.perform(close(connection), SHARES)

    connection, server = _open()
    connection = read(connection, server.write(ContentType.ALERT, b"\x02\x28"))
    with _rejected(Reason.MPC_TLS_ALERT_NOT_CLOSE_NOTIFY):
        finalisation.perform(close(connection), SHARES)


@pytest.mark.parametrize(
    "item",
    [
        Item.INNER_STATE,
        Item.CHAIN_VALUE,
        Item.CLIENT_VERIFY_DATA,
        Item.SERVER_VERIFY_DATA,
        Item.KEY_STREAM,
        Item.KEY_STREAM_OF_SERVER_FINISHED,
    ],
)
def test_a_changed_value_that_the_prover_was_shown_stops_it(item: Item) -> None:
    connection, _ = _open()
    decrypt_server_finished(connection)
    seen = connection.computation.views.of(Role.PROVER)
    finalisation.recompute(connection, PRE_MASTER_SECRET, seen)
    changed = tuple(
        replace(value, octets=xor(value.octets, b"\1" + bytes(len(value.octets) - 1)))
        if value.item is item
        else value
        for value in seen
    )
    assert changed != seen
    with _rejected(Reason.MPC_TLS_VALUES_DIFFER):
        finalisation.recompute(connection, PRE_MASTER_SECRET, changed)


def test_a_false_opening_of_the_notary_stops_the_prover() -> None:
    connection, _ = _open()
    with _rejected(Reason.MPC_TLS_VALUES_DIFFER):
        finalisation.perform(close(connection), replace(SHARES, first_run=SHARES.first_run + 1))


def test_a_prover_that_cheated_in_the_computation_is_caught_in_the_proof() -> None:
    connection, _ = _open()
    connection.computation.learn_bits("share of run 1 of the Notary", tuple(range(64)), Randomness(b"cheat"))
    with _rejected(Reason.MPC_TLS_PROOF_INVALID):
        finalisation.perform(close(connection), SHARES)
