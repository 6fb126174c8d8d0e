"""The table of Provers that deviate in the messages of a session, or in what they register of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mpctls.reference.channel.messages import (
    CloseSession,
    FinishedHash,
    IncludeCommitments,
    ProverKeyShare,
    ReceivedRecord,
    SentRecord,
    SentRecordCiphertext,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.foundation.artifacts import Extension
from tests.cheaters.deviations import (
    ImpatientProver,
    LeavingProver,
    asked_again_after_registration,
    asked_twice,
    closing,
    committing,
    conversion_of_the_read_direction,
    held_back,
    never,
    nonce_of_finished,
    of_application,
    of_type,
    one_commitment_less,
    other_ciphertext,
    other_random,
    other_value,
    received_of_type,
    registered_twice,
    repeated_entry,
    rogue_share,
    skipping,
)
from tests.cheaters.sessions import PIECES, SessionCheater, first
from tests.cheaters.table import Role
from tests.sessions.running import request

SECOND_REQUEST: Final = request("/account", token=True)
TWO_PIECES: Final = (PIECES[0][:30], PIECES[0][30:])
NOTARY_EXTENSION: Final = Extension(id="notary/audited", critical=False, value=b"yes")


def row(
    name: str,
    attacks: tuple[str, ...],
    step: str,
    reason: str,
    changes: Callable[[], dict[str, Any]],
    *,
    pieces: Sequence[bytes] = PIECES,
    quick: bool = False,
) -> SessionCheater:
    return SessionCheater(
        name=name,
        role=Role.PROVER,
        attacks=attacks,
        step=step,
        reason=reason,
        changes=changes,
        pieces=pieces,
        quick=quick,
    )


SESSION_PROVERS: Final = (
    row(
        "a rogue key share",
        ("F19", "11"),
        "establish_mpc_tls_connection",
        "key-exchange/commitment-mismatch",
        lambda: {"prover_sends": first(ProverKeyShare, rogue_share)},
        quick=True,
    ),
    row(
        "another client random than agreed",
        ("D13", "11"),
        "verify_and_record_session_parameters",
        "tls-session/client-random-mismatch",
        lambda: {"prover_sends": first(TlsHandshakeData, other_random)},
    ),
    row(
        "a tag registered after the next key stream",
        ("E2", "3"),
        "serve_records",
        "mpc-tls/unregistered-record",
        lambda: {"prover_sends": held_back(SentRecord, SentRecordCiphertext)},
        pieces=TWO_PIECES,
        quick=True,
    ),
    row(
        "a tag registered after the answer",
        ("E2", "3"),
        "serve_records",
        "mpc-tls/unregistered-record",
        lambda: {"prover_sends": held_back(SentRecord, ReceivedRecord)},
        quick=True,
    ),
    row(
        "a tag never registered",
        ("E2", "3"),
        "serve_records",
        "mpc-tls/unregistered-record",
        lambda: {"prover_type": ImpatientProver, **of_application(never, SentRecord)},
    ),
    row(
        "a second tag share for one nonce",
        ("E2", "3"),
        "serve_records",
        "mpc-tls/sequence-number-mismatch",
        lambda: of_application(asked_twice, SentRecordCiphertext),
        quick=True,
    ),
    row(
        "a tag share for a record already registered",
        ("E2", "3"),
        "serve_records",
        "mpc-tls/sequence-number-mismatch",
        lambda: of_application(asked_again_after_registration, SentRecord),
    ),
    row(
        "a repeated explicit nonce, received",
        ("E1", "E2", "7"),
        "serve_records",
        "mpc-tls/repeated-nonce",
        lambda: of_application(registered_twice, ReceivedRecord),
        quick=True,
    ),
    row(
        "a repeated explicit nonce, sent",
        ("E2", "7"),
        "serve_records",
        "mpc-tls/registered-record-differs",
        lambda: of_application(nonce_of_finished, SentRecord),
    ),
    row(
        "another ciphertext registered than got the tag share",
        ("3",),
        "serve_records",
        "mpc-tls/registered-record-differs",
        lambda: of_application(other_ciphertext, SentRecord),
    ),
    row(
        "a handshake record sent after Finished",
        ("7",),
        "serve_records",
        "mpc-tls/unexpected-content-type",
        lambda: of_application(of_type(22), SentRecordCiphertext),
        quick=True,
    ),
    row(
        "a handshake record received after Finished",
        ("7",),
        "serve_records",
        "mpc-tls/unexpected-content-type",
        lambda: of_application(received_of_type(22), ReceivedRecord),
    ),
    row(
        "a conversion of the read direction, zero as input",
        ("E12", "F3", "2"),
        "serve_records",
        "link/unexpected-message",
        lambda: {"prover_sends": first(ReceivedRecord, conversion_of_the_read_direction, skip=1)},
        quick=True,
    ),
    row(
        "a record registered after close",
        ("E11", "5"),
        "serve_records",
        "link/unexpected-message",
        lambda: {"prover_sends": held_back(ReceivedRecord, CloseSession)},
        quick=True,
    ),
    row(
        "close during the handshake",
        ("F16",),
        "verify_and_record_session_parameters",
        "link/unexpected-message",
        lambda: {"prover_sends": first(FinishedHash, closing)},
    ),
    row(
        "commitments before close",
        ("F16", "5"),
        "serve_records",
        "link/unexpected-message",
        lambda: {"prover_sends": first(CloseSession, committing)},
    ),
    row(
        "a key stream skipped",
        ("E2", "F16"),
        "serve_records",
        "mpc-tls/unregistered-record",
        lambda: {"prover_sends": first(SentRecord, skipping, skip=1)},
    ),
    row(
        "gone after the opening",
        ("F11",),
        "serve_records",
        "link/closed",
        lambda: {"prover_type": LeavingProver},
    ),
    row(
        "a prover extension under a notary id",
        ("26",),
        "submit_transcript_commit_config",
        "data-submission/reserved-extension",
        lambda: {"extensions": (NOTARY_EXTENSION,)},
        quick=True,
    ),
    row(
        "a commitment that is not to the octets",
        ("C11",),
        "include_commitments",
        "data-submission/commitment-proof-invalid",
        lambda: {"prover_sends": first(IncludeCommitments, other_value)},
    ),
    row(
        "a commitment left out",
        ("C10",),
        "include_commitments",
        "data-submission/commitment-mismatch",
        lambda: {"prover_sends": first(IncludeCommitments, one_commitment_less)},
    ),
    row(
        "an entry of the config repeated",
        ("27",),
        "submit_transcript_commit_config",
        "data-submission/duplicate-commitment",
        lambda: {"prover_sends": first(SubmitTranscriptCommitConfig, repeated_entry)},
    ),
)
