"""After close: keys at the Prover, opening of H and E(J0) of every record, and the checks of all records."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...foundation.errors import Refused
from ..circuits.aes import aes_encrypt_block
from ..kernels.binary_field import from_gcm, powers
from ..zero_knowledge.batch import Proof, Wires
from ..zero_knowledge.bits import Bits, Blocks, bits_of, octets_of
from .computation import Computation, key_stream_blocks, tag_mask_block
from .plan import (
    BLOCK_OCTETS,
    CLIENT_FINISHED_KEY_STREAM,
    CLIENT_FINISHED_TAG_MASK,
    CLIENT_HASH_KEY,
    KEY_BLOCK,
    SERVER_FINISHED_KEY_STREAM,
    SERVER_ROUND_KEYS,
    TAG_MASKS,
)
from .records import (
    ALERT,
    CLOSE_NOTIFY,
    ProtectedRecord,
    SessionKeys,
    additional_data,
    finished_message,
    is_finished_record,
    record_tag_share,
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DirectionValues:
    """What is opened of one direction: H, E(J0) of each record, and the key stream of the records whose
    content is fixed. Not shown by repr: it forges tags.
    """

    hash_key: bytes
    tag_masks: tuple[bytes, ...]
    finished_key_stream: bytes
    alert_key_stream: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedValues:
    """What finalisation opens to the Notary."""

    sent: DirectionValues
    received: DirectionValues


def require_recordable(
    computation: Computation, sent: Sequence[ProtectedRecord], received: Sequence[ProtectedRecord]
) -> None:
    """Refuse records that do not belong to what was computed; run by both parties before anything is opened.

    Reasons: `mpc-tls/client-finished-mismatch`, `mpc-tls/server-finished-mismatch`,
    `mpc-tls/registered-record-differs`, `mpc-tls/alert-not-close-notify`.
    """
    if not sent or not is_finished_record(sent[0]) or "client-finished" not in computation.verify_data:
        raise Refused("mpc-tls/client-finished-mismatch", "no Finished record of the client")
    if (
        not received
        or not is_finished_record(received[0])
        or "server-finished" not in computation.verify_data
    ):
        raise Refused("mpc-tls/server-finished-mismatch", "no Finished record of the server")
    if received[0].explicit_nonce != computation.server_finished_nonce:
        raise Refused("mpc-tls/server-finished-mismatch", "the record has another nonce than its key stream")
    for sequence, record in enumerate(sent):
        if (
            record.explicit_nonce != sequence.to_bytes(8, "big")
            or sequence >= len(computation.record_lengths)
            or len(record.ciphertext) != computation.record_lengths[sequence]
        ):
            raise Refused("mpc-tls/registered-record-differs", f"sent record {sequence}")
    for sequence, record in enumerate(received):
        if record.content_type == ALERT and (
            sequence + 1 != len(received) or len(record.ciphertext) != len(CLOSE_NOTIFY)
        ):
            raise Refused("mpc-tls/alert-not-close-notify", "an alert before the last record, or a long one")


def derive_keys(computation: Computation, outputs: Mapping[str, Bits]) -> SessionKeys:
    """Read both traffic keys from the recomputed session."""
    key_block = octets_of(outputs[KEY_BLOCK][0])
    return SessionKeys(
        client_key=key_block[:16],
        server_key=key_block[16:],
        client_initial_vector=computation.client_initial_vector,
        server_initial_vector=computation.server_initial_vector,
    )


def check_own_records(
    computation: Computation,
    keys: SessionKeys,
    sent: Sequence[ProtectedRecord],
    received: Sequence[ProtectedRecord],
) -> None:
    """Check tags and fixed contents of all records with the keys; run by the Prover before it proves
    anything.
    """
    sent_plaintext = _decrypt("sent", keys.client_key, keys.client_initial_vector, sent)
    received_plaintext = _decrypt("received", keys.server_key, keys.server_initial_vector, received)
    _check_finished(computation, sent_plaintext[0], received_plaintext[0])
    if received[-1].content_type == ALERT and received_plaintext[-1] != CLOSE_NOTIFY:
        raise Refused("mpc-tls/alert-not-close-notify", "the server sent another alert")


def open_tag_values(
    proof: Proof,
    computation: Computation,
    wires: Mapping[str, Wires],
    sent: Sequence[ProtectedRecord],
    received: Sequence[ProtectedRecord],
) -> OpenedValues:
    """Open H and E(J0) of every record of both directions from the key wires of the session; both parties run
    it.

    Opened besides: the key stream of both Finished records and of the server's alert, whose contents are
    fixed. Returns after the batch is proved.
    """
    sent_wires = [wires[CLIENT_HASH_KEY][0], wires[CLIENT_FINISHED_TAG_MASK][0]]
    sent_wires += [wires[TAG_MASKS][row] for row in range(len(sent) - 1)]
    vector = computation.server_initial_vector
    blocks = [bytes(BLOCK_OCTETS), *(tag_mask_block(vector, record.explicit_nonce) for record in received)]
    if received[-1].content_type == ALERT:
        blocks.append(key_stream_blocks(vector, received[-1].explicit_nonce, 0, 1))
    received_wires = encrypt_in_proof(proof, wires[SERVER_ROUND_KEYS][0], b"".join(blocks))
    alert_wires = received_wires[1 + len(received) :, : 8 * len(CLOSE_NOTIFY)].ravel()
    finished = [wires[CLIENT_FINISHED_KEY_STREAM][0], wires[SERVER_FINISHED_KEY_STREAM][0]]
    opened_sent = proof.open(np.concatenate([finished[0], *sent_wires]))
    opened_received = proof.open(np.concatenate([finished[1], received_wires[: 1 + len(received)].ravel()]))
    opened_alert = proof.open(alert_wires)
    proof.flush()
    return OpenedValues(
        sent=_direction_values(octets_of(opened_sent), b""),
        received=_direction_values(octets_of(opened_received), octets_of(opened_alert)),
    )


def check_registered_records(
    computation: Computation,
    opened: OpenedValues,
    sent: Sequence[ProtectedRecord],
    received: Sequence[ProtectedRecord],
) -> None:
    """Recompute the tags of both directions and compare them with the registered ones; run by the Notary."""
    for direction, values, records in (("sent", opened.sent, sent), ("received", opened.received, received)):
        _check_tags(direction, values, records)
    _check_finished(
        computation,
        _exclusive_or(sent[0].ciphertext, opened.sent.finished_key_stream),
        _exclusive_or(received[0].ciphertext, opened.received.finished_key_stream),
    )
    if received[-1].content_type == ALERT:
        content = _exclusive_or(received[-1].ciphertext, opened.received.alert_key_stream)
        if content != CLOSE_NOTIFY:
            raise Refused("mpc-tls/alert-not-close-notify", "the server sent another alert")


def encrypt_in_proof(proof: Proof, round_keys: Wires, blocks: bytes) -> Wires:
    """Encrypt public blocks under authenticated round keys int64[1408]; wires int64[blocks, 128]."""
    inputs = proof.constant(bits_of(blocks)).reshape(-1, 8 * BLOCK_OCTETS)
    keys = np.broadcast_to(round_keys, (len(inputs), len(round_keys)))
    return proof.apply(aes_encrypt_block(), np.concatenate([keys, inputs], axis=1))


def _direction_values(octets: bytes, alert_key_stream: bytes) -> DirectionValues:
    blocks = [octets[start : start + BLOCK_OCTETS] for start in range(0, len(octets), BLOCK_OCTETS)]
    return DirectionValues(
        finished_key_stream=blocks[0],
        hash_key=blocks[1],
        tag_masks=tuple(blocks[2:]),
        alert_key_stream=alert_key_stream,
    )


def _check_tags(direction: str, values: DirectionValues, records: Sequence[ProtectedRecord]) -> None:
    longest = max(len(record.ciphertext) for record in records)
    hash_powers: Blocks = powers(from_gcm(values.hash_key), 3 + -(-longest // BLOCK_OCTETS))[1:]
    for sequence, (record, mask) in enumerate(zip(records, values.tag_masks, strict=True)):
        tag = record_tag_share(hash_powers, mask, sequence, record.content_type, record.ciphertext)
        if not hmac.compare_digest(tag, record.tag):
            raise Refused("mpc-tls/tag-mismatch", f"{direction} record {sequence}")


def _check_finished(computation: Computation, sent: bytes, received: bytes) -> None:
    if sent != finished_message(computation.verify_data["client-finished"]):
        raise Refused("mpc-tls/client-finished-mismatch", "record 0 holds another message")
    if received != finished_message(computation.verify_data["server-finished"]):
        raise Refused("mpc-tls/server-finished-mismatch", "record 0 holds another message")


def _decrypt(direction: str, key: bytes, vector: bytes, records: Sequence[ProtectedRecord]) -> list[bytes]:
    cipher = AESGCM(key)
    contents: list[bytes] = []
    for sequence, record in enumerate(records):
        associated = additional_data(sequence, record.content_type, len(record.ciphertext))
        try:
            content = cipher.decrypt(
                vector + record.explicit_nonce, record.ciphertext + record.tag, associated
            )
        except InvalidTag:
            raise Refused("mpc-tls/tag-mismatch", f"{direction} record {sequence}") from None
        contents.append(content)
    return contents


def _exclusive_or(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
