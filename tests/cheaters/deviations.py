"""What a deviating Prover does in a whole session: messages in place of others, and steps done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mpctls.reference.channel.link import Announcement
from mpctls.reference.channel.messages import (
    CloseSession,
    CommitRequest,
    FinishedHash,
    IncludeCommitments,
    ProverKeyShare,
    ReceivedRecord,
    SentRecord,
    SentRecordCiphertext,
    SessionMessage,
    SubmitTranscriptCommitConfig,
    TlsHandshakeData,
)
from mpctls.reference.foundation.artifacts import HashCommitment
from mpctls.reference.mpc.share_conversion.messages import HASH_KEY
from mpctls.reference.prover import Prover
from mpctls.reference.tls import p256
from mpctls.reference.tls.constants import ContentType
from mpctls.reference.tls.record_layer import fragments
from tests.cheaters.sessions import Change, first


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


def closing(message: FinishedHash) -> Sequence[SessionMessage]:
    return (CloseSession(),)


def committing(message: CloseSession) -> Sequence[SessionMessage]:
    return (IncludeCommitments(commitments=()),)


def skipping(message: SentRecord) -> Sequence[SessionMessage | bytes]:
    """Announce the record after the next one."""
    return (message, Announcement(sequence_number=3, length=1).encode())


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
