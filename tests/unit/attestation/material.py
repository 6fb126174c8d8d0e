"""A complete attestation with its secrets, made without any session: throw-away authority, server, Notary, holder."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mpctls.reference.attestation.signing import sign_attestation
from mpctls.reference.encoding_commitment import opened_value
from mpctls.reference.foundation.artifacts import (
    HOLDER_KEY,
    Attestation,
    AttestationBody,
    AttestationSecrets,
    ConnectionInfo,
    EncodingCommitment,
    EncodingSecret,
    Extension,
    HandshakeData,
    HandshakeOpening,
    HashCommitment,
    HashSecret,
    KeyExchangeOpening,
    SecretCommitment,
    TranscriptCommitments,
)
from mpctls.reference.foundation.commitments import (
    handshake_commitment,
    hash_commitment_value,
    key_exchange_commitment,
    tree_root,
)
from mpctls.reference.foundation.field_encoding import scalar_octets
from mpctls.reference.foundation.identifiers import (
    Closure,
    Direction,
    HashAlgorithm,
    LexicalClass,
    SignatureAlgorithm,
)
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.signatures import VERIFYING_KEY, SigningKey
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.presentation.trust import TrustedNotary, TrustStore
from tests.servers.authority import TIME, Authority

SERVER_NAME = "server.example"
SENT = b"GET /account HTTP/1.1\r\nHost: server.example\r\nCookie: session=0123456789\r\n\r\n"
RECEIVED = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"balance":1000}'
NOW = TIME + 60


@functools.cache
def notary_key(algorithm: SignatureAlgorithm) -> SigningKey:
    return SigningKey.generate(algorithm)


@functools.cache
def holder_key() -> SigningKey:
    return SigningKey.generate(SignatureAlgorithm.ECDSA_P256_SHA256)


@functools.cache
def authority() -> Authority:
    return Authority.create()


def trust_store(*keys: SigningKey) -> TrustStore:
    """Believes these keys, or all of the Notary's, from a day before to a day after the attested time."""
    return TrustStore(
        notaries=tuple(
            TrustedNotary(
                name="notary",
                verifying_key=each.verifying_key,
                not_before=TIME - 86400,
                not_after=TIME + 86400,
            )
            for each in keys or tuple(notary_key(each) for each in SignatureAlgorithm)
        )
    )


def roots() -> tuple[x509.Certificate, ...]:
    return (authority().root,)


@functools.cache
def identity() -> tuple[KeyExchangeOpening, HandshakeOpening]:
    """What the server would have sent, its signature over the key exchange included."""
    certificate = authority().issue("ecdsa", (SERVER_NAME,))
    point = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    exchange = KeyExchangeOpening(
        client_random=bytes(range(32)),
        server_random=bytes(range(32, 64)),
        server_ephemeral_key=point,
        blinder=bytes([0xB1]) * 32,
    )
    key = certificate.private_key
    assert isinstance(key, EllipticCurvePrivateKey)
    content = exchange.client_random + exchange.server_random + b"\x03\x00\x17\x41" + point
    data = HandshakeData(
        certificates=certificate.der_chain,
        signature_algorithm=0x0403,
        signature=key.sign(content, ec.ECDSA(hashes.SHA256())),
    )
    return exchange, HandshakeOpening(handshake_data=data, blinder=bytes([0xB2]) * 32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """An attestation and what opens it."""

    attestation: Attestation
    secrets: AttestationSecrets


def secret(
    transcript: Transcript,
    direction: Direction,
    pairs: Sequence[tuple[int, int]],
    algorithm: HashAlgorithm,
    number: int,
) -> SecretCommitment:
    blinder = bytes([number]) * 16
    unvalued = HashCommitment(
        direction=direction,
        ranges=RangeSet.of(pairs),
        lexical_class=LexicalClass.ANY,
        algorithm=algorithm.value,
        value=bytes(32),
    )
    commitment = replace(unvalued, value=hash_commitment_value(unvalued, transcript, blinder))
    return SecretCommitment(commitment=commitment, opening=HashSecret(blinder=blinder))


def transcript_secrets(transcript: Transcript, *, encoding: bool = False) -> tuple[SecretCommitment, ...]:
    """Five leaves, of all three hash functions, with an overlap in the sent direction; a sixth in scalars."""
    sent, received = len(transcript.sent), len(transcript.received)
    leaves = [
        secret(transcript, Direction.SENT, [(0, 23)], HashAlgorithm.SHA256, 1),
        secret(transcript, Direction.SENT, [(23, sent)], HashAlgorithm.BLAKE3, 2),
        secret(transcript, Direction.SENT, [(10, 30)], HashAlgorithm.KECCAK256, 3),
        secret(transcript, Direction.RECEIVED, [(0, 17), (19, received)], HashAlgorithm.SHA256, 4),
        secret(transcript, Direction.RECEIVED, [(17, 19)], HashAlgorithm.BLAKE3, 5),
    ]
    if encoding:
        leaves.append(encoding_secret(transcript, Direction.RECEIVED, [(50, 54)], 6))
    return tuple(leaves)


def encoding_secret(
    transcript: Transcript, direction: Direction, pairs: Sequence[tuple[int, int]], number: int
) -> SecretCommitment:
    """An encoding commitment to a JSON number, with scalars as a conversion would give."""
    blinder = scalar_octets(2**250 + number)
    unvalued = EncodingCommitment(
        direction=direction,
        ranges=RangeSet.of(pairs),
        lexical_class=LexicalClass.JSON_NUMBER,
        commitment=bytes(32),
        offset=scalar_octets(3**150 + number),
        factor=scalar_octets(5**100 + number),
    )
    octets = unvalued.ranges.select(transcript.octets(direction))
    commitment = replace(unvalued, commitment=opened_value(unvalued, octets, blinder))
    return SecretCommitment(commitment=commitment, opening=EncodingSecret(blinder=blinder))


def holder_extension(*, critical: bool = True) -> Extension:
    return Extension(id=HOLDER_KEY, critical=critical, value=VERIFYING_KEY.encode(holder_key().verifying_key))


def body_for(
    secrets: AttestationSecrets,
    signing_key: SigningKey,
    *,
    tree_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    prover_extensions: tuple[Extension, ...] = (),
    notary_extensions: tuple[Extension, ...] = (),
) -> AttestationBody:
    leaves = [each.commitment for each in secrets.commitments]
    return AttestationBody(
        verifying_key=signing_key.verifying_key,
        connection_info=ConnectionInfo(
            time=TIME,
            mode=1,
            tls_version=0x0303,
            cipher_suite=0xC02B,
            extended_master_secret=True,
            sent_length=len(secrets.sent),
            received_length=len(secrets.received),
            closure=Closure.CLOSE_NOTIFY,
        ),
        key_exchange_commitment=key_exchange_commitment(secrets.key_exchange),
        handshake_commitment=handshake_commitment(
            secrets.handshake.handshake_data, secrets.handshake.blinder
        ),
        transcript_commitments=TranscriptCommitments(
            algorithm=tree_algorithm.value, leaf_count=len(leaves), root=tree_root(tree_algorithm, leaves)
        ),
        prover_extensions=prover_extensions,
        notary_extensions=notary_extensions,
    )


def sign(
    body: AttestationBody,
    signing_key: SigningKey | None = None,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
) -> Attestation:
    """Sign a body, whatever it says, as its own key's owner would."""
    return sign_attestation(
        body,
        signing_key=signing_key or notary_key(SignatureAlgorithm.ED25519),
        body_hash_algorithm=algorithm,
        attestation_id=bytes(range(1, 17)),
    )


def material(
    *,
    signature_algorithm: SignatureAlgorithm = SignatureAlgorithm.ED25519,
    body_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    tree_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    bound: bool = False,
    encoding: bool = False,
) -> Material:
    """A genuine attestation of one request and response, with its secrets."""
    exchange, handshake = identity()
    transcript = Transcript(sent=SENT, received=RECEIVED)
    secrets = AttestationSecrets(
        server_name=SERVER_NAME,
        key_exchange=exchange,
        handshake=handshake,
        sent=SENT,
        received=RECEIVED,
        commitments=transcript_secrets(transcript, encoding=encoding),
    )
    signing_key = notary_key(signature_algorithm)
    body = body_for(
        secrets,
        signing_key,
        tree_algorithm=tree_algorithm,
        prover_extensions=(holder_extension(),) if bound else (),
    )
    return Material(attestation=sign(body, signing_key, body_algorithm), secrets=secrets)
