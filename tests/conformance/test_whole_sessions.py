"""Whole sessions of the real parties with a real server, and what the specification makes of what they leave."""

from __future__ import annotations

import asyncio

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from mpctls.conformance.adapters.reference_in_process import ReferenceInProcess
from mpctls.conformance.fields import Fields, flag, listed, number, optional
from mpctls.conformance.outcomes import Accepted, Rejected
from mpctls.conformance.properties.presentation_building import send_presentation
from mpctls.conformance.properties.verification import reconstruct_partial_transcript
from mpctls.conformance.properties.verification.verify_signature_validity import trust
from mpctls.conformance.property import Operation
from mpctls.reference.channel.messages import CommitRequest, EncodingRequest
from mpctls.reference.foundation.artifacts import ATTESTATION, ATTESTATION_SECRETS
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import Range
from mpctls.reference.foundation.ranges import RangeSet as ReferenceRangeSet
from mpctls.reference.foundation.transcript import Transcript as ReferenceTranscript
from mpctls.reference.notary import Notary, NotarySettings
from mpctls.reference.prover import notarize
from mpctls.spec.attestation import Attestation
from mpctls.spec.commitments import (
    EncodingCommitment,
    EncodingSecret,
    HashSecret,
    encode_leaf,
    hash_commitment_value,
)
from mpctls.spec.files import AttestationSecrets
from mpctls.spec.identifiers import CIPHER_SUITES, TLS_1_2, Closure
from mpctls.spec.merkle import tree_root
from mpctls.spec.ranges import RangeSet
from mpctls.spec.transcript import Transcript
from mpctls.spec.zero_knowledge.field_encoding import opens
from mpctls.spec.zero_knowledge.scalar_field import decode_scalar
from tests.servers.account_server import account_server, server_context
from tests.servers.authority import Authority, Kind
from tests.sessions.running import (
    Notarized,
    Page,
    commit_request_headers,
    connect,
    listening,
    prover_settings,
    request,
    signing_key,
)

KEY = signing_key()
SUITES: dict[Kind, int] = {"ecdsa": CIPHER_SUITES[0], "rsa": CIPHER_SUITES[1]}


def _with_encodings(transcript: ReferenceTranscript) -> tuple[CommitRequest, ...]:
    """Hash commitments to everything, and between them encoding commitments to parts of both directions."""
    hashed = commit_request_headers(transcript)
    encoded = [
        CommitRequest(
            direction=direction,
            ranges=ReferenceRangeSet(ranges=(Range(start=0, end=4), Range(start=9, end=9 + length))),
            kind=EncodingRequest(),
            lexical_class=LexicalClass.ANY,
        )
        for direction, length in ((Direction.SENT, 1), (Direction.RECEIVED, 31))
    ]
    return (encoded[0], *hashed, encoded[1])


def session(page: Page) -> Notarized:
    """One honest session over loopback."""

    async def run() -> Notarized:
        notary = Notary(NotarySettings(signing_keys=(KEY,)))
        await notary.prepare()
        async with listening(notary.handle) as port:
            settings = prover_settings(page, KEY.verifying_key)
            attestation, secrets = await notarize(
                await connect(port), settings, b"".join(page.pieces), _with_encodings
            )
            return Notarized(attestation=attestation, secrets=secrets)

    return asyncio.run(run())


def _same(operation: Operation, fields: Fields) -> Fields:
    """The output that specification and reference agree on."""
    specified = operation.specified(fields)
    assert ReferenceInProcess().run(operation.name, fields) == specified
    assert isinstance(specified, Accepted)
    return specified.output


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_the_specification_recomputes_and_verifies_a_real_session(
    kind: Kind, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority = Authority.create()
    certificate = authority.issue(kind, ["localhost"])
    with account_server(server_context(*certificate.write(tmp_path_factory.mktemp("server")))) as port:
        page = Page(port=port, roots=(authority.root,), pieces=(request("/large?size=40"),))
        notarized = session(page)
    stored = ATTESTATION.encode(notarized.attestation), ATTESTATION_SECRETS.encode(notarized.secrets)
    attestation, secrets = Attestation.decode(stored[0]), AttestationSecrets.decode(stored[1])
    body, info = attestation.body, attestation.body.connection_info

    # The body is what the specification says of this connection.
    transcript = Transcript(sent=secrets.sent, received=secrets.received)
    assert transcript.sent == b"".join(page.pieces)
    assert (info.mode, info.tls_version, info.cipher_suite) == (1, TLS_1_2, SUITES[kind])
    assert (info.sent_length, info.received_length) == (len(secrets.sent), len(secrets.received))
    assert info.closure is Closure.CLOSE_NOTIFY_RECEIVED
    assert body.key_exchange_commitment == secrets.key_exchange.commitment()
    assert body.handshake_commitment == secrets.handshake.commitment()
    encoded = 0
    for secret in secrets.commitments:
        commitment, opening = secret.commitment, secret.opening
        octets = commitment.ranges.gather(transcript.octets(commitment.direction))
        if isinstance(commitment, EncodingCommitment):
            assert isinstance(opening, EncodingSecret)
            assert opens(commitment, octets, decode_scalar(opening.blinder))
            encoded += 1
        else:
            assert isinstance(opening, HashSecret)
            assert hash_commitment_value(commitment.algorithm, octets, opening.blinder) == commitment.value
    assert encoded == 2
    leaves = [encode_leaf(secret.commitment) for secret in secrets.commitments]
    assert body.transcript_commitments.root == tree_root(body.transcript_commitments.algorithm, leaves)

    # Both build the same presentation of it, and read the same octets from that.
    received = RangeSet.of((0, len(secrets.received)))
    choice = {
        "attestation": stored[0],
        "secrets": stored[1],
        "sent ranges": optional(None),
        "received ranges": optional(received.encode()),
        "identity": flag(True),
        "holder": optional(None),
        "audience": b"",
        "nonce": bytes(16),
        "issued": number(0),
        "expiry": number(0),
    }
    (send,) = send_presentation.OPERATIONS
    (verify,) = reconstruct_partial_transcript.OPERATIONS
    presented = _same(send, choice)["file"]
    question = {
        "file": presented,
        "trust": trust(body.verifying_key, not_before=info.time, not_after=info.time),
        "roots": listed((authority.root.public_bytes(Encoding.DER),)),
        "now": number(info.time),
        "server names": optional(listed((b"localhost",))),
        "maximum age": optional(number(0)),
        "required extensions": listed(()),
        "challenge": optional(None),
    }
    verified = _same(verify, question)
    assert verified["received runs"] == listed((listed((number(0), secrets.received)),))
    assert verified["sent runs"] == listed(())

    # One octet of the response changed, and both refuse for the same reason.
    place = presented.index(secrets.received)
    changed = presented[:place] + bytes([presented[place] ^ 1]) + presented[place + 1 :]
    refused = verify.specified({**question, "file": changed})
    assert refused == Rejected.of("verification/opening-mismatch")
    assert ReferenceInProcess().run(verify.name, {**question, "file": changed}) == refused
