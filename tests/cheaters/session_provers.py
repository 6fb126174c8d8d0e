"""Provers that deviate in the messages of a session, or in what they register of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from mpctls.reference.channel.messages import (
    CloseSession,
    CommitRequest,
    IncludeCommitments,
    ProverKeyShare,
    ReceivedRecord,
    SentRecord,
    SentRecordCiphertext,
    SessionMessage,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.foundation.artifacts import Extension, HashCommitment
from mpctls.reference.mpc.share_conversion.messages import HASH_KEY
from mpctls.reference.prover import Prover
from mpctls.reference.tls import p256
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.record_layer import fragments
from tests.cheaters.sessions import PIECES, Change, first
from tests.cheaters.table import Role, Row
from tests.sessions.running import request

SECOND_REQUEST: Final = request("/account", token=True)
TWO_PIECES: Final = (PIECES[0][:30], PIECES[0][30:])


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCheater(Row):
    """A cheat in a whole session: how the `Game` differs from an honest one, and in which method it ends.

    Every tier plays those that are `quick`.
    """

    step: str
    changes: Callable[[], dict[str, Any]]
    pieces: Sequence[bytes] = PIECES
    quick: bool = False


def of_application(
    change: Callable[[Any], Sequence[SessionMessage | bytes]], kind: type[Any]
) -> dict[str, Any]:
    """Change the first message of a kind about a record of application data."""
    return {"prover_sends": first(kind, change, skip=1)}


def held_back(kind: type[Any], until: type[Any], skip: int = 1) -> Change:
    """Keep one message of a kind until one of another kind was sent."""
    kept: list[SessionMessage] = []
    seen = 0

    def change(message: SessionMessage) -> Sequence[SessionMessage | bytes]:
        nonlocal seen
        if isinstance(message, kind):
            seen += 1
            if seen == skip + 1:
                kept.append(message)
                return ()
        if isinstance(message, until) and kept:
            return (message, kept.pop())
        return (message,)

    return change


def rogue_share(message: ProverKeyShare) -> Sequence[SessionMessage]:
    """Open another share than the one committed to before the Notary's was known."""
    return (replace(message, public_key=p256.public_point(7).encode()),)


def of_type(content_type: int) -> Callable[[SentRecordCiphertext], Sequence[SessionMessage]]:
    return lambda message: (replace(message, content_type=content_type),)


def received_of_type(content_type: int) -> Callable[[ReceivedRecord], Sequence[SessionMessage]]:
    return lambda message: (ReceivedRecord(record=replace(message.record, content_type=content_type)),)


def asked_twice(message: SentRecordCiphertext) -> Sequence[SessionMessage]:
    other = bytes([message.ciphertext[0] ^ 1]) + message.ciphertext[1:]
    return (message, replace(message, ciphertext=other))


def asked_again_after_registration(message: SentRecord) -> Sequence[SessionMessage]:
    record = message.record
    again = SentRecordCiphertext(
        sequence_number=message.sequence_number, content_type=23, ciphertext=record.ciphertext
    )
    return (message, again)


def registered_twice(message: ReceivedRecord) -> Sequence[SessionMessage]:
    return (message, message)


def nonce_of_finished(message: SentRecord) -> Sequence[SessionMessage]:
    return (replace(message, record=replace(message.record, explicit_nonce=bytes(8))),)


def other_ciphertext(message: SentRecord) -> Sequence[SessionMessage]:
    record = message.record
    changed = record.ciphertext[:-1] + bytes([record.ciphertext[-1] ^ 1])
    return (replace(message, record=replace(record, ciphertext=changed)),)


def conversion_of_the_read_direction(message: ReceivedRecord) -> Sequence[SessionMessage | bytes]:
    """Ask for a conversion of H of the server's direction, with zero as own input."""
    return (message, HASH_KEY.to_bytes(2, "little") + bytes(16))


def other_random(message: TlsHandshakeData) -> Sequence[SessionMessage]:
    return (replace(message, client_random=bytes(32)),)


def other_value(message: IncludeCommitments) -> Sequence[SessionMessage]:
    """Commitments to other octets than the transcript's."""
    one = message.commitments[0]
    if not isinstance(one, HashCommitment):
        raise TypeError("of another kind")
    return (replace(message, commitments=(replace(one, value=bytes(32)), *message.commitments[1:])),)


def one_commitment_less(message: IncludeCommitments) -> Sequence[SessionMessage]:
    return (replace(message, commitments=message.commitments[1:]),)


def repeated_entry(message: SubmitTranscriptCommitConfig) -> Sequence[SessionMessage]:
    entry: CommitRequest = message.config[0]
    return (replace(message, config=(*message.config, entry)),)


class LeavingProver(Prover):
    """Goes away after close with what the Notary's opening told it, and proves nothing."""

    async def close(self) -> Any:
        await self._link.send(CloseSession())
        await self._link.close()
        return await super().close()


class HoardingProver(Prover):
    """Has every request after the first encrypted and registers it, but never sends it."""

    async def send_request(self, request: bytes) -> None:
        if not self._sent_octets:
            await super().send_request(request)
            return
        for content in fragments(request):
            await self._protect(ContentType.APPLICATION_DATA, content)
            self._sent_octets += content


class TruncatingProver(Prover):
    """Reads nothing after the first record of the answer."""

    async def receive_response(self) -> None:
        await self._receive_record()


class ImpatientProver(Prover):
    """Does not wait for an answer."""

    async def receive_response(self) -> None:
        return


def never(message: SentRecord) -> Sequence[SessionMessage]:
    return ()


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
