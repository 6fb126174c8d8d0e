"""Records of an open connection: the write path in three messages, and registration of what is received.

Write: the key stream of the Notary's next sequence number is opened to the Prover, counter blocks from 2 on;
the Prover asks for the one tag share of one ciphertext; *immediately afterwards* it registers the complete
record, before the Notary helps with anything else. Read, deferred: records are registered and nothing more;
of this direction no shares of the hash key and no tag share exist, because the Server's true tag together
with one share would be an equation for the hash key.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ..algebra.fields import block_to_element
from ..algebra.hash_powers import share_hash_powers
from ..diagram import Role
from ..identifiers import TLS_1_2, Direction
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..tls.constants import FINISHED_LENGTH, MAXIMUM_PLAINTEXT_LENGTH, TAG_LENGTH
from ..tls.galois_counter_mode import hash_blocks, hash_key, hash_with_powers, key_stream, tag_mask, xor
from ..tls.record_protection import additional_data, explicit_nonce_of, record_nonce
from .connection import (
    CLIENT_IMPLICIT_NONCE,
    CLIENT_KEY,
    SERVER_IMPLICIT_NONCE,
    SERVER_KEY,
    Connection,
)
from .messages import Budget, ReceivedRecord, Record, SentRecord, SentRecordCiphertext, TagShare
from .record_state_machine import (
    accept_ciphertext,
    register_received_record,
    register_sent_record,
    require_readiness,
)
from .views import Item, ViewStep

_HASH_KEY = "hash key of the sent direction"
_MASK_OF_HASH_KEY = "the Prover's mask of the hash key"


def hash_power_count(budget: Budget) -> int:
    """How many powers of H the longest sent record needs: additional data, ciphertext, lengths."""
    longest = max(FINISHED_LENGTH, min(budget.sent_octets, MAXIMUM_PLAINTEXT_LENGTH))
    return len(hash_blocks(additional_data_of(0, 0, 0), bytes(longest)))


def additional_data_of(sequence_number: int, content_type: int, length: int) -> bytes:
    """The additional data of a record of this connection."""
    return additional_data(
        sequence_number=sequence_number, content_type=content_type, version=TLS_1_2, length=length
    )


def share_hash_key(connection: Connection, randomness: Randomness) -> Connection:
    """Run by both parties once, before the first sent record: shares of the powers of H, of this direction
    only.

    The Prover draws "mask of the hash key", commits to it, and is the sender of the conversions.
    """
    computation = connection.computation
    computation.commit_input(
        Role.PROVER, _MASK_OF_HASH_KEY, randomness.octets("mask of the hash key", TAG_LENGTH)
    )
    computation.evaluate(_HASH_KEY, hash_key, CLIENT_KEY)
    prover_share, notary_share = computation.share(
        ViewStep.SENT_RECORD, Item.SHARE_OF_HASH_POWER, _HASH_KEY, mask=_MASK_OF_HASH_KEY
    )
    shares = share_hash_powers(
        sender_share=prover_share,
        receiver_share=notary_share,
        count=hash_power_count(connection.notary.budget),
        randomness=randomness,
    )
    computation.views.show(Role.NOTARY, ViewStep.SENT_RECORD, Item.CONVERSION_MESSAGE, shares.message)
    for role, powers in ((Role.PROVER, shares.sender), (Role.NOTARY, shares.receiver)):
        for power in powers:
            computation.views.show(role, ViewStep.SENT_RECORD, Item.SHARE_OF_HASH_POWER, power)
    return replace(connection, prover_hash_powers=shares.sender, notary_hash_powers=shares.receiver)


def encrypt(
    connection: Connection, content_type: int, plaintext: bytes, randomness: Randomness
) -> tuple[Connection, SentRecordCiphertext]:
    """Key stream and message 9, run by the Prover with the Notary's help.

    The Prover draws "mask of tag mask" and the sequence number, and commits to it before it sees the key
    stream; the Notary's counter is the explicit nonce. Rejects with mpc-tls/record-after-close,
    mpc-tls/unregistered-record.
    """
    computation = connection.computation
    sequence_number = require_readiness(connection.notary)
    if sequence_number != len(connection.prover.sent):
        raise Rejection(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH, "the parties count differently")
    explicit_nonce = explicit_nonce_of(sequence_number)
    mask = f"the Prover's mask of tag mask {sequence_number}"
    computation.commit_input(
        Role.PROVER, mask, randomness.octets(f"mask of tag mask {sequence_number}", TAG_LENGTH)
    )
    stream = _key_stream_name(Direction.SENT, sequence_number)
    computation.evaluate(
        stream, partial(_key_stream, explicit_nonce, len(plaintext)), CLIENT_KEY, CLIENT_IMPLICIT_NONCE
    )
    opened = computation.open_to_prover(ViewStep.SENT_RECORD, Item.KEY_STREAM, stream)
    name = f"tag mask of sent record {sequence_number}"
    computation.evaluate(name, partial(_tag_mask, explicit_nonce), CLIENT_KEY, CLIENT_IMPLICIT_NONCE)
    prover_share, notary_share = computation.share(
        ViewStep.SENT_RECORD, Item.SHARE_OF_TAG_MASK, name, mask=mask
    )
    message = SentRecordCiphertext(
        sequence_number=sequence_number, content_type=content_type, ciphertext=xor(plaintext, opened)
    )
    prover = replace(
        connection.prover,
        plaintexts=(*connection.prover.plaintexts, plaintext),
        pending=message,
        own_tag_share=tag_share(connection.prover_hash_powers, prover_share, message),
    )
    return replace(connection, prover=prover, notary_tag_mask=notary_share), message


def answer_ciphertext(connection: Connection, message: SentRecordCiphertext) -> tuple[Connection, TagShare]:
    """Message 10, run by the Notary: its one tag share for this ciphertext.

    Rejects as `record_state_machine.accept_ciphertext` does.
    """
    notary = accept_ciphertext(connection.notary, message)
    views = connection.computation.views
    views.show(Role.NOTARY, ViewStep.SENT_RECORD, Item.CIPHERTEXT, message.encode())
    share = tag_share(connection.notary_hash_powers, connection.notary_tag_mask, message)
    views.show(Role.PROVER, ViewStep.SENT_RECORD, Item.NOTARY_TAG_SHARE, share)
    answer = TagShare(sequence_number=message.sequence_number, share=share)
    return replace(connection, notary=notary), answer


def complete_record(connection: Connection, message: TagShare) -> tuple[Connection, SentRecord]:
    """Message 11, run by the Prover: the complete record, which goes to the Server after it is registered.

    Rejects with link/unexpected-message when no share is awaited, mpc-tls/sequence-number-mismatch.
    """
    pending = connection.prover.pending
    if pending is None:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "no tag share is awaited")
    if message.sequence_number != pending.sequence_number:
        raise Rejection(Reason.MPC_TLS_SEQUENCE_NUMBER_MISMATCH, f"expected {pending.sequence_number}")
    record = Record(
        content_type=pending.content_type,
        explicit_nonce=explicit_nonce_of(pending.sequence_number),
        ciphertext=pending.ciphertext,
        tag=xor(connection.prover.own_tag_share, message.share),
    )
    prover = replace(
        connection.prover, sent=(*connection.prover.sent, record), pending=None, own_tag_share=b""
    )
    registration = SentRecord(sequence_number=pending.sequence_number, record=record)
    return replace(connection, prover=prover), registration


def register_sent(connection: Connection, message: SentRecord) -> Connection:
    """Run by the Notary on message 11. Rejects as `record_state_machine.register_sent_record` does."""
    notary = register_sent_record(connection.notary, message)
    connection.computation.views.show(
        Role.NOTARY, ViewStep.SENT_RECORD, Item.REGISTERED_RECORD, message.record.encode()
    )
    return replace(connection, notary=notary)


def report_received(connection: Connection, record: Record) -> tuple[Connection, ReceivedRecord]:
    """Message 12, run by the Prover as soon as a record arrives, before it knows more than its ciphertext."""
    prover = replace(connection.prover, received=(*connection.prover.received, record))
    return replace(connection, prover=prover), ReceivedRecord(record=record)


def register_received(connection: Connection, message: ReceivedRecord) -> Connection:
    """Run by the Notary on message 12. Rejects as `record_state_machine.register_received_record` does."""
    notary = register_received_record(connection.notary, message)
    connection.computation.views.show(
        Role.NOTARY, ViewStep.RECEIVED_RECORD, Item.REGISTERED_RECORD, message.record.encode()
    )
    return replace(connection, notary=notary)


def decrypt_server_finished(connection: Connection) -> bytes:
    """Run by both parties: the key stream of received record 0 is opened to the Prover; returns its
    plaintext.

    The only key stream of this direction that is opened before close. Rejects with link/unexpected-message
    when the record is not registered, mpc-tls/unregistered-record, mpc-tls/record-after-close.
    """
    require_readiness(connection.notary)
    if not connection.notary.received:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "the Server's Finished is not registered")
    record = connection.notary.received[0]
    name = _key_stream_name(Direction.RECEIVED, 0)
    connection.computation.evaluate(
        name,
        partial(_key_stream, record.explicit_nonce, len(record.ciphertext)),
        SERVER_KEY,
        SERVER_IMPLICIT_NONCE,
    )
    opened = connection.computation.open_to_prover(
        ViewStep.RECEIVED_RECORD, Item.KEY_STREAM_OF_SERVER_FINISHED, name
    )
    return xor(record.ciphertext, opened)


def _key_stream_name(direction: Direction, sequence_number: int) -> str:
    return f"key stream of {direction.name.lower()} record {sequence_number}"


def _key_stream(explicit_nonce: bytes, length: int, key: bytes, implicit_nonce: bytes) -> bytes:
    return key_stream(key, record_nonce(implicit_nonce, explicit_nonce), length)


def _tag_mask(explicit_nonce: bytes, key: bytes, implicit_nonce: bytes) -> bytes:
    return tag_mask(key, record_nonce(implicit_nonce, explicit_nonce))


def tag_share(powers: tuple[bytes, ...], mask_share: bytes, message: SentRecordCiphertext) -> bytes:
    """Σ X_j · [H^(n-j+1)] ⊕ [E(J0)]: linear in the shares, so that both parties' sum is the tag.

    Rejects with mpc-tls/budget-exceeded when the record is longer than the shared powers reach.
    """
    blocks = hash_blocks(
        additional_data_of(message.sequence_number, message.content_type, len(message.ciphertext)),
        message.ciphertext,
    )
    if len(blocks) > len(powers):
        raise Rejection(Reason.MPC_TLS_BUDGET_EXCEEDED, "the record is longer than agreed")
    return xor(
        hash_with_powers([block_to_element(power) for power in powers[: len(blocks)]], blocks), mask_share
    )
