"""Sessions whose connection is over, made from labelled randomness: what vectors of the later stages start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mpctls.spec.attestation import handshake_commitment
from mpctls.spec.commitments import CommitmentKind, CommitRequest, EncodingKind, HashKind
from mpctls.spec.extensions import HOLDER_KEY, PURPOSE, Extension
from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    TLS_1_2,
    Closure,
    Direction,
    HashAlgorithm,
    LexicalClass,
    SignatureAlgorithm,
)
from mpctls.spec.messages import TlsHandshakeData
from mpctls.spec.ranges import RangeSet
from mpctls.spec.tls.handshake_messages import HandshakeData
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ...fields import listed, number
from ...operations.form import Feature
from ..foundation.signatures import signing_key
from ..labelled import Labelled

NOW = 1_780_272_000
SENT = b"GET /account HTTP/1.1\r\nHost: bank.example\r\n\r\n"
RECEIVED = b'HTTP/1.1 200 OK\r\n\r\n{"name": "alice", "balance": 1250, "open": true}'
SHA256, BLAKE3, KECCAK256 = (
    HashKind(algorithm=HashAlgorithm.SHA256),
    *(HashKind(algorithm=each) for each in (HashAlgorithm.BLAKE3, HashAlgorithm.KECCAK256)),
)
ENCODING = EncodingKind()
_HASH_FEATURES = {
    HashAlgorithm.SHA256: (),
    HashAlgorithm.BLAKE3: (Feature.BLAKE3,),
    HashAlgorithm.KECCAK256: (Feature.KECCAK256,),
}
_GENERATOR = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The base point of P-256 (SEC 2, section 2.4.2): an ephemeral key like any other."""


def request(
    direction: Direction,
    *ranges: tuple[int, int],
    kind: CommitmentKind = SHA256,
    lexical_class: LexicalClass = LexicalClass.ANY,
) -> CommitRequest:
    """One entry of a config."""
    return CommitRequest(
        direction=direction, ranges=RangeSet.of(*ranges), kind=kind, lexical_class=lexical_class
    )


USUAL = (
    request(Direction.SENT, (0, len(SENT))),
    request(Direction.RECEIVED, (0, 19), (34, 67)),
    request(Direction.RECEIVED, (29, 34), lexical_class=LexicalClass.JSON_STRING_INTERIOR),
    request(Direction.RECEIVED, (48, 52), lexical_class=LexicalClass.JSON_NUMBER),
)
"""What most sessions commit to: the request, the response around a name, the name, and a number."""
ENCODED = (
    request(Direction.RECEIVED, (48, 52), kind=ENCODING, lexical_class=LexicalClass.JSON_NUMBER),
    *USUAL[:2],
    request(Direction.SENT, (0, 3), (4, 12), kind=ENCODING),
)
"""The same with encoding commitments, one of them first and one last."""


def holder_extension(algorithm: SignatureAlgorithm = SignatureAlgorithm.ED25519) -> Extension:
    """A well-formed holder key."""
    key = signing_key(algorithm, "holder").verifying_key
    return Extension(id=HOLDER_KEY, critical=True, value=key.encode())


def purpose_extension(text: bytes = b"a loan") -> Extension:
    """A well-formed purpose."""
    return Extension(id=PURPOSE, critical=False, value=text)


def features_of(config: Iterable[CommitRequest], *algorithms: HashAlgorithm) -> tuple[Feature, ...]:
    """What an implementation must have to commit so."""
    found: set[Feature] = set()
    for each in config:
        if isinstance(each.kind, HashKind):
            found |= set(_HASH_FEATURES[each.kind.algorithm])
        else:
            found.add(Feature.ENCODING_COMMITMENTS)
    return tuple(sorted(found.union(*(_HASH_FEATURES[algorithm] for algorithm in algorithms))))


def handshake_data(label: str) -> HandshakeData:
    """What a Server sent; nobody reads its certificates at these stages."""
    stream = Labelled(label=label)
    return HandshakeData(
        certificates=(stream.octets(12, "leaf"), stream.octets(9, "authority")),
        signature_algorithm=0x0403,
        signature=stream.octets(20, "signature"),
    )


def session(
    label: str,
    config: Sequence[CommitRequest] = USUAL,
    *,
    sent: bytes = SENT,
    received: bytes = RECEIVED,
    signature: SignatureAlgorithm = SignatureAlgorithm.ED25519,
    tree: HashAlgorithm = HashAlgorithm.SHA256,
    body: HashAlgorithm = HashAlgorithm.SHA256,
    prover_extensions: Sequence[Extension] = (),
    notary_extensions: Sequence[Extension] = (),
    closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED,
    extended: bool = True,
    suite: int = CIPHER_SUITES[0],
) -> dict[str, bytes]:
    """The fields of an honest session; two of different labels share nothing that is drawn."""
    stream = Labelled(label=label)
    data, blinder = handshake_data(label), stream.octets(32, "handshake blinder")
    key = signing_key(signature, "notary")
    handshake = TlsHandshakeData(
        tls_version=TLS_1_2,
        cipher_suite=suite,
        client_random=stream.octets(32, "client random"),
        server_random=stream.octets(32, "server random"),
        extended_master_secret=extended,
        session_hash=stream.octets(32, "session hash") if extended else None,
        server_ephemeral_key=_GENERATOR,
        handshake_commitment=handshake_commitment(data, blinder),
    )
    return {
        "key": bytes([key.algorithm]) + key.secret,
        "session id": stream.octets(32, "session id"),
        "handshake": handshake.encode(),
        "handshake data": data.encode(),
        "handshake blinder": blinder,
        "server name": b"bank.example",
        "sent": sent,
        "received": received,
        **committing(label, config),
        "tree algorithm": number(tree),
        "body algorithm": number(body),
        "prover extensions": listed([each.encode() for each in prover_extensions]),
        "notary extensions": listed([each.encode() for each in notary_extensions]),
        "closure": number(closure),
        "now": number(NOW),
        "key exchange blinder": stream.octets(32, "key exchange blinder"),
        "attestation id": stream.octets(16, "attestation id"),
    }


def committing(label: str, config: Sequence[CommitRequest]) -> dict[str, bytes]:
    """The config, and what is drawn for each of its entries."""
    stream = Labelled(label=label)
    blinders, released = [], []
    for index, each in enumerate(config):
        if isinstance(each.kind, EncodingKind):
            blinders.append(encode_scalar(stream.below(ORDER, f"blinder {index}")))
            released.append(
                encode_scalar(stream.below(ORDER, f"offset {index}"))
                + encode_scalar(1 + stream.below(ORDER - 1, f"factor {index}"))
            )
        else:
            blinders.append(stream.octets(16, f"blinder {index}"))
            released.append(b"")
    return {
        "config": listed([each.encode() for each in config]),
        "blinders": listed(blinders),
        "released": listed(released),
    }
