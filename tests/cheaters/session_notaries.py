"""Notaries that deviate in the messages of a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from mpctls.reference.channel.messages import (
    MerkleTreeRoot,
    NotaryKeyShare,
    RecordedSessionParameters,
    SessionAnswer,
    SessionMessage,
    TagShare,
)
from mpctls.reference.foundation.artifacts import Attestation, AttestationBody
from mpctls.reference.notary import NotarySession
from tests.cheaters.computing_notaries import FalselyOpeningNotary
from tests.cheaters.sessions import OTHER_KEY, SessionCheater, first
from tests.cheaters.table import Role


def trusted_key(message: SessionAnswer) -> Sequence[SessionMessage]:
    """Claim the key that the Prover trusts, without having it."""
    return (replace(message, verifying_key=OTHER_KEY.verifying_key),)


def no_point(message: NotaryKeyShare) -> Sequence[SessionMessage]:
    return (replace(message, public_key=b"\x04" + bytes(64)),)


def other_digest(message: RecordedSessionParameters) -> Sequence[SessionMessage]:
    return (RecordedSessionParameters(digest=bytes(32)),)


def other_share(message: TagShare) -> Sequence[SessionMessage]:
    return (replace(message, share=bytes([message.share[0] ^ 1]) + message.share[1:]),)


def share_of_another_record(message: TagShare) -> Sequence[SessionMessage]:
    return (replace(message, sequence_number=message.sequence_number + 1),)


def other_root(message: MerkleTreeRoot) -> Sequence[SessionMessage]:
    return (MerkleTreeRoot(root=bytes(32)),)


class FalselyOpeningSession(NotarySession):
    engine_type = FalselyOpeningNotary


class MisstatingSession(NotarySession):
    """States another length than the session had."""

    def build_attestation_body(self, key_exchange_blinder: bytes) -> AttestationBody:
        body = super().build_attestation_body(key_exchange_blinder)
        info = replace(body.connection_info, received_length=body.connection_info.received_length + 1)
        return replace(body, connection_info=info)


class UnsigningSession(NotarySession):
    """Returns a signature over something else."""

    def sign_with_private_key(self, body: AttestationBody) -> Attestation:
        attestation = super().sign_with_private_key(body)
        return replace(
            attestation, header=replace(attestation.header, attestation_id=b"other attestation"[:16])
        )


def row(
    name: str,
    attacks: tuple[str, ...],
    step: str,
    reason: str,
    changes: Callable[[], dict[str, Any]],
    *,
    quick: bool = False,
) -> SessionCheater:
    return SessionCheater(
        name=name,
        role=Role.NOTARY,
        attacks=attacks,
        step=step,
        reason=reason,
        changes=changes,
        quick=quick,
    )


SESSION_NOTARIES: Final = (
    row(
        "a Notary other than the trusted one",
        ("A2", "F16"),
        "establish_mpc_tls_connection",
        "tls-session/untrusted-notary",
        lambda: {"trusted": OTHER_KEY},
        quick=True,
    ),
    row(
        "a Notary that claims the trusted key without having it",
        ("A2",),
        "establish_mpc_tls_connection",
        "tls-session/answer-signature-invalid",
        lambda: {"trusted": OTHER_KEY, "notary_sends": first(SessionAnswer, trusted_key)},
        quick=True,
    ),
    row(
        "a key share that is no point",
        ("D12", "F19", "11"),
        "establish_mpc_tls_connection",
        "key-exchange/invalid-point",
        lambda: {"notary_sends": first(NotaryKeyShare, no_point)},
    ),
    row(
        "other session parameters recorded",
        ("12",),
        "send_tls_handshake_data",
        "tls-session/recorded-parameters-mismatch",
        lambda: {"notary_sends": first(RecordedSessionParameters, other_digest)},
    ),
    row(
        "a wrong tag share",
        ("F3", "4"),
        "send_tls_handshake_data",
        "tls/alert-received",
        lambda: {"notary_sends": first(TagShare, other_share)},
        quick=True,
    ),
    row(
        "a wrong tag share for the request",
        ("F3", "4"),
        "close",
        "mpc-tls/tag-mismatch",
        lambda: {"notary_sends": first(TagShare, other_share, skip=1)},
    ),
    row(
        "a tag share of another record",
        ("E4",),
        "send_tls_handshake_data",
        "mpc-tls/sequence-number-mismatch",
        lambda: {"notary_sends": first(TagShare, share_of_another_record)},
    ),
    row(
        "a false input opened",
        ("F8", "5"),
        "close",
        "mpc-tls/notary-opening-invalid",
        lambda: {"session_type": FalselyOpeningSession},
    ),
    row(
        "another tree",
        ("B3",),
        "include_commitments",
        "data-submission/root-mismatch",
        lambda: {"notary_sends": first(MerkleTreeRoot, other_root)},
    ),
    row(
        "another length stated than the session had",
        ("C6",),
        "receive_signed_attestation",
        "attestation-generation/connection-info-mismatch",
        lambda: {"session_type": MisstatingSession},
    ),
    row(
        "a signature over something else",
        ("A1",),
        "receive_signed_attestation",
        "attestation-generation/signature-invalid",
        lambda: {"session_type": UnsigningSession},
    ),
)
