"""Honest sessions after their connection, as fields: what vectors of the later stages begin with.

The Server's certificates and its signature over the key exchange were made once (`material/server_identity.json`), so
every session here has the same randoms and ephemeral key; all else follows from the session's label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from mpctls.spec.attestation import handshake_commitment
from mpctls.spec.commitments import CommitRequest, EncodingKind, HashKind
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.spec.messages import TlsHandshakeData
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ..fields import Fields, listed, number
from ..properties.certificates import NOW
from .foundation.server_identity import certificate, signature
from .labelled import Labelled

SERVER_NAME = "bank.example"
SENT = b"GET /account HTTP/1.1\r\nHost: bank.example\r\nAuthorization: Bearer token\r\n\r\n"
RECEIVED = b'HTTP/1.1 200 OK\r\n\r\n{"name":"ada","balance":12.50,"open":true}'
HASHES = tuple(HashAlgorithm)
_KEY_EXCHANGE = Labelled(label="foundation/server_identity")
"""The label under which the signed randoms and the ephemeral key of the material were drawn."""


def signing_key(label: str, algorithm: SignatureAlgorithm = SignatureAlgorithm.ED25519) -> SigningKey:
    """Somebody's key."""
    return SigningKey(algorithm=algorithm, secret=Labelled(label=f"keys/{label}").octets(32))


HOLDER = signing_key("holder", SignatureAlgorithm.ECDSA_P256_SHA256)


def holder_key(key: SigningKey = HOLDER) -> Extension:
    """The extension that binds an attestation to a holder."""
    return Extension(id=HOLDER_KEY, critical=True, value=key.verifying_key.encode())


def purpose(text: str = "a loan") -> Extension:
    """The extension that says what an attestation is for."""
    return Extension(id=PURPOSE, critical=False, value=text.encode())


def requested(
    direction: Direction,
    octets: bytes,
    *,
    of: bytes | None = None,
    algorithm: HashAlgorithm | None = HashAlgorithm.SHA256,
    lexical_class: LexicalClass = LexicalClass.ANY,
) -> CommitRequest:
    """The entry that commits to where `octets` stand in the transcript; an encoding entry without an algorithm."""
    transcript = of if of is not None else (SENT, RECEIVED)[direction]
    start = transcript.index(octets)
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of((start, start + len(octets))),
        kind=EncodingKind() if algorithm is None else HashKind(algorithm=algorithm),
        lexical_class=lexical_class,
    )


USUAL = (
    requested(Direction.SENT, SENT[: SENT.index(b"Bearer")]),
    requested(Direction.SENT, b"Bearer token", lexical_class=LexicalClass.HEADER_VALUE),
    requested(Direction.RECEIVED, RECEIVED[: RECEIVED.index(b"ada")], algorithm=HashAlgorithm.BLAKE3),
    requested(Direction.RECEIVED, b"ada", lexical_class=LexicalClass.JSON_STRING_INTERIOR),
    requested(
        Direction.RECEIVED,
        b"12.50",
        algorithm=HashAlgorithm.KECCAK256,
        lexical_class=LexicalClass.JSON_NUMBER,
    ),
)
"""Entries of a usual config, none of them an encoding entry."""

WITH_ENCODINGS = (
    *USUAL[:4],
    requested(Direction.RECEIVED, b"12.50", algorithm=None, lexical_class=LexicalClass.JSON_NUMBER),
    requested(Direction.RECEIVED, b"true", algorithm=None, lexical_class=LexicalClass.JSON_LITERAL),
)
"""The same with two encoding entries at the end."""


@cache
def _handshake_data(kind: str) -> HandshakeData:
    scheme, name = (0x0403, "ecdsa") if kind == "ecdsa" else (0x0804, "rsa-pss-sha256")
    return HandshakeData(
        certificates=(certificate(kind), certificate("intermediate")),
        signature_algorithm=scheme,
        signature=signature(name),
    )


def session(
    label: str,
    *,
    config: Sequence[CommitRequest] = USUAL,
    sent: bytes = SENT,
    received: bytes = RECEIVED,
    key: SigningKey | None = None,
    server: str = "ecdsa",
    session_hash: bool = False,
    tree: HashAlgorithm = HashAlgorithm.SHA256,
    body: HashAlgorithm = HashAlgorithm.SHA256,
    prover_extensions: Sequence[Extension] = (),
    notary_extensions: Sequence[Extension] = (),
    closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED,
) -> dict[str, bytes]:
    """The fields of a session; `label` is the name of its randomness."""
    stream = Labelled(label=f"session/{label}")
    data = _handshake_data(server)
    blinder = stream.octets(32, "handshake blinder")
    handshake = TlsHandshakeData(
        tls_version=0x0303,
        cipher_suite=0xC02B if server == "ecdsa" else 0xC02F,
        client_random=_KEY_EXCHANGE.octets(32, "client random"),
        server_random=_KEY_EXCHANGE.octets(32, "server random"),
        extended_master_secret=session_hash,
        session_hash=stream.octets(32, "session hash") if session_hash else None,
        server_ephemeral_key=b"\4" + _KEY_EXCHANGE.octets(64, "ephemeral key"),
        handshake_commitment=handshake_commitment(data, blinder),
    )
    signer = key or signing_key("notary")
    return {
        "key": bytes([signer.algorithm]) + signer.secret,
        "session id": stream.octets(32, "session id"),
        "handshake": handshake.encode(),
        "handshake data": data.encode(),
        "handshake blinder": blinder,
        "server name": SERVER_NAME.encode(),
        "sent": sent,
        "received": received,
        "config": listed([each.encode() for each in config]),
        "blinders": listed(list(_blinders(stream, config))),
        "released": listed(list(_released(stream, config))),
        "tree algorithm": number(tree),
        "body algorithm": number(body),
        "prover extensions": listed([each.encode() for each in prover_extensions]),
        "notary extensions": listed([each.encode() for each in notary_extensions]),
        "closure": number(closure),
        "now": number(NOW),
        "key exchange blinder": stream.octets(32, "key exchange blinder"),
        "attestation id": stream.octets(16, "attestation id"),
    }


def _blinders(stream: Labelled, config: Sequence[CommitRequest]) -> Iterator[bytes]:
    for index, request in enumerate(config):
        if isinstance(request.kind, EncodingKind):
            yield encode_scalar(stream.below(ORDER, f"blinder {index}"))
        else:
            yield stream.octets(16, f"blinder {index}")


def _released(stream: Labelled, config: Sequence[CommitRequest]) -> Iterator[bytes]:
    for index, request in enumerate(config):
        if isinstance(request.kind, EncodingKind):
            offset, factor = (
                stream.below(ORDER, f"offset {index}"),
                1 + stream.below(ORDER - 1, f"factor {index}"),
            )
            yield encode_scalar(offset) + encode_scalar(factor)
        else:
            yield b""


def roots() -> Fields:
    """The Verifier's trusted roots, as a field."""
    return {"roots": listed([certificate("root")])}
