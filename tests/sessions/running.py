"""Whole sessions in one process, over loopback sockets, with the same roles that the programs use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography import x509

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import Budget, CommitRequest
from mpctls.reference.foundation.artifacts import Attestation, AttestationSecrets
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, SignatureAlgorithm
from mpctls.reference.foundation.signatures import SigningKey, VerifyingKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.http.fields import commit_apart, disclose_all_but, header_fields
from mpctls.reference.presentation.building import Selection, build_presentation
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from mpctls.reference.presentation.verification import VerifiedPresentation
from mpctls.reference.prover import Prover, ProverSettings
from mpctls.reference.tls.server_name import parse_server_name
from mpctls.reference.verifier import Verifier, VerifierSettings
from tests.servers.account_server import TOKEN

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# A process that compiles kernels, or a machine with much to do, is slow, not hostile.
PATIENCE: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A request, in one piece for each record, of a server on this machine."""

    port: int
    roots: tuple[x509.Certificate, ...] = field(repr=False)
    pieces: tuple[bytes, ...]
    received_octets: int = 4096
    received_records: int = 64

    @property
    def budget(self) -> Budget:
        return Budget(
            sent_octets=sum(map(len, self.pieces)),
            sent_records=len(self.pieces),
            received_octets=self.received_octets,
            received_records=self.received_records,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notarized:
    """What a Prover has after a session."""

    attestation: Attestation
    secrets: AttestationSecrets = field(repr=False)


def request(path: str, *, token: bool = False, host: str = "localhost") -> bytes:
    """A complete HTTP/1.1 request that asks the server to close."""
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n"
    head += f"Authorization: Bearer {TOKEN}\r\n" if token else ""
    return head.encode() + b"Connection: close\r\n\r\n"


def signing_key() -> SigningKey:
    return SigningKey.generate(SignatureAlgorithm.ED25519)


def prover_settings(page: Page, notary_key: VerifyingKey, **changes: Any) -> ProverSettings:
    return ProverSettings(
        server_name=parse_server_name("localhost"),
        host="127.0.0.1",
        port=page.port,
        notary_key=notary_key,
        roots=page.roots,
        budget=page.budget,
        **changes,
    )


def commit_request_headers(transcript: Transcript) -> Sequence[CommitRequest]:
    """One commitment for each header field of the request, and one in each direction for the rest."""
    return commit_apart(transcript, header_fields(transcript, Direction.SENT), HashAlgorithm.SHA256)


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """Serve on a loopback port that the system chooses; yields the port."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def connect(port: int, *, deadline: float = PATIENCE) -> Link:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    return Link(reader, writer, deadline=deadline)


async def up_to_close(prover: Prover, pieces: Sequence[bytes]) -> Transcript:
    """Play a Prover's arrows from the first message to the authenticated transcript."""
    await prover.establish_mpc_tls_connection()
    await prover.send_tls_handshake_data()
    for piece in pieces:
        await prover.send_request(piece)
    await prover.receive_response()
    return await prover.close()


async def notarize(
    link: Link, settings: ProverSettings, pieces: Sequence[bytes], prover_type: type[Prover] = Prover
) -> Notarized:
    """Play all of a Prover's arrows with a Notary."""
    async with prover_type(link, settings) as prover:
        transcript = await up_to_close(prover, pieces)
        await prover.submit_transcript_commit_config(commit_request_headers(transcript))
        await prover.include_commitments()
        attestation, secrets = await prover.receive_signed_attestation()
    return Notarized(attestation=attestation, secrets=secrets)


def present_and_verify(
    notarized: Notarized, notary_key: VerifyingKey, roots: tuple[x509.Certificate, ...]
) -> VerifiedPresentation:
    """Disclose everything, and verify it as somebody who has never seen the session."""
    secrets = notarized.secrets
    transcript = Transcript(sent=secrets.sent, received=secrets.received)
    presentation = build_presentation(
        notarized.attestation,
        secrets,
        Selection(
            sent=disclose_all_but(transcript, Direction.SENT, []),
            received=disclose_all_but(transcript, Direction.RECEIVED, []),
        ),
    )
    attested = notarized.attestation.body.connection_info.time
    notary = TrustedNotary(
        name="test notary", verifying_key=notary_key, not_before=attested - 1, not_after=attested + 1
    )
    settings = VerifierSettings(
        roots=roots, trust_store=TrustStore(notaries=(notary,)), clock=lambda: attested
    )
    return Verifier(settings).verify(presentation)
