"""Sessions that ended with an attestation, put together from labels: the state in which a Prover presents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mpctls.spec.attestation import (
    Attestation,
    AttestationBody,
    ConnectionInfo,
    Header,
    TranscriptCommitments,
)
from mpctls.spec.commitments import CommitRequest, EncodingKind, HashKind, encode_leaf
from mpctls.spec.extensions import HOLDER_KEY, Extension
from mpctls.spec.files import AttestationSecrets, CommittedSecret, encode_file
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.spec.merkle import tree_root
from mpctls.spec.presentation import HandshakeOpening, KeyExchangeOpening, Presentation
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields, flag, listed, number, optional
from ...operations.shapes import Json
from ...properties.certificates import NOW, SERVER_NAME
from ...properties.commitments import committed_of
from ...properties.presentations import unbound
from ..foundation.server_identity import certificate, signature
from ..labelled import Labelled

REQUEST = b"GET /account HTTP/1.1\r\nHost: bank.example\r\nAuthorization: Bearer secret\r\n\r\n"
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 53\r\n\r\n"
    b'{"name": "alice", "balance": 12.50e2, "open": true  }'
)
_SERVER = Labelled(label="foundation/server_identity")
"""Whose signatures the material has: they are over these randoms and this key."""
_SCHEMES = {"ecdsa": (0xC02B, 0x0403, "ecdsa"), "rsa": (0xC02F, 0x0804, "rsa-pss-sha256")}


def signing_key(algorithm: SignatureAlgorithm, label: str) -> SigningKey:
    """The key of a labelled secret."""
    secret = bytes([1]) + Labelled(label=f"presentations/{label}").octets(31, algorithm.text)
    return SigningKey(algorithm=algorithm, secret=secret)


HOLDER = signing_key(SignatureAlgorithm.ED25519, "holder")


def request(
    direction: Direction, *ranges: tuple[int, int], algorithm: int = HashAlgorithm.SHA256
) -> CommitRequest:
    """One commitment that is asked for; algorithm 0 stands for an encoding commitment."""
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of(*ranges),
        kind=HashKind(algorithm=HashAlgorithm(algorithm)) if algorithm else EncodingKind(),
        lexical_class=LexicalClass.ANY,
    )


def span(octets: bytes, part: bytes) -> tuple[int, int]:
    """Where a part stands."""
    start = octets.index(part)
    return start, start + len(part)


_LINE, _TOKEN = (
    span(REQUEST, b"GET /account HTTP/1.1\r\nHost: bank.example\r\n"),
    span(REQUEST, b"Bearer secret"),
)
_STATUS, _TYPE = span(RESPONSE, b"HTTP/1.1 200 OK\r\n"), span(RESPONSE, b"Content-Type: application/json\r\n")
_NAME, _BALANCE = span(RESPONSE, b"alice"), span(RESPONSE, b"12.50e2")
_USUAL = (
    request(Direction.SENT, _LINE),
    request(Direction.SENT, _TOKEN, algorithm=HashAlgorithm.BLAKE3),
    request(Direction.RECEIVED, _STATUS),
    request(Direction.RECEIVED, _TYPE, _NAME, algorithm=HashAlgorithm.KECCAK256),
    request(Direction.RECEIVED, _BALANCE, algorithm=0),
)
"""Two of what was sent, three of what was received; the last one is an encoding commitment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a session ended with. Another `label` is another session: other blinders and another id."""

    label: str = "first"
    algorithm: SignatureAlgorithm = SignatureAlgorithm.ED25519
    server: str = "ecdsa"
    config: tuple[CommitRequest, ...] = _USUAL
    tree: HashAlgorithm = HashAlgorithm.SHA256
    body_hash: HashAlgorithm = HashAlgorithm.SHA256
    prover_extensions: tuple[Extension, ...] = ()
    notary_extensions: tuple[Extension, ...] = ()
    closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED
    sent: bytes = REQUEST
    received: bytes = RESPONSE
    time: int = NOW

    @property
    def key(self) -> SigningKey:
        """The Notary's key, which is that of all sessions."""
        return signing_key(self.algorithm, "notary")

    def _drawn(self, length: int, part: str) -> bytes:
        return Labelled(label=f"presentations/{self.label}").octets(length, part)

    def secrets(self) -> AttestationSecrets:
        """What the Prover keeps."""
        return _secrets(self)

    def attestation(self) -> Attestation:
        """What the Notary signs."""
        return _attestation(self)


def _fields(session: Session) -> Fields:
    drawn = session._drawn
    scalars = [
        (int.from_bytes(drawn(32, f"release {at}"), "little") % 2**253).to_bytes(32, "little")
        for at in range(2 * len(session.config))
    ]
    blinders, released = [], []
    for at, each in enumerate(session.config):
        encoded = isinstance(each.kind, EncodingKind)
        blinder = drawn(31, f"blinder {at}") + b"\0" if encoded else drawn(16, f"blinder {at}")
        blinders.append(blinder)
        released.append(scalars[2 * at] + scalars[2 * at + 1] if encoded else b"")
    return {
        "sent": session.sent,
        "received": session.received,
        "config": listed([each.encode() for each in session.config]),
        "blinders": listed(blinders),
        "released": listed(released),
        "tree algorithm": number(session.tree),
        "body algorithm": number(session.body_hash),
        "prover extensions": listed([each.encode() for each in session.prover_extensions]),
    }


@cache
def _secrets(session: Session) -> AttestationSecrets:
    _, scheme, name = _SCHEMES[session.server]
    data = HandshakeData(
        certificates=(certificate(session.server), certificate("intermediate")),
        signature_algorithm=scheme,
        signature=signature(name),
    )
    return AttestationSecrets(
        server_name=SERVER_NAME,
        key_exchange=KeyExchangeOpening(
            client_random=_SERVER.octets(32, "client random"),
            server_random=_SERVER.octets(32, "server random"),
            server_ephemeral_key=b"\4" + _SERVER.octets(64, "ephemeral key"),
            blinder=session._drawn(32, "key exchange blinder"),
        ),
        handshake=HandshakeOpening(handshake_data=data, blinder=session._drawn(32, "handshake blinder")),
        sent=session.sent,
        received=session.received,
        commitments=committed_of(_fields(session)),
    )


def tree_over(algorithm: HashAlgorithm, committed: Sequence[CommittedSecret]) -> TranscriptCommitments:
    """The tree over leaves."""
    leaves = [encode_leaf(each.commitment) for each in committed]
    return TranscriptCommitments(
        algorithm=algorithm, leaf_count=len(leaves), root=tree_root(algorithm, leaves)
    )


@cache
def _attestation(session: Session) -> Attestation:
    secrets = _secrets(session)
    body = AttestationBody(
        verifying_key=session.key.verifying_key,
        connection_info=ConnectionInfo(
            time=session.time,
            mode=1,
            tls_version=0x0303,
            cipher_suite=_SCHEMES[session.server][0],
            extended_master_secret=True,
            sent_length=len(session.sent),
            received_length=len(session.received),
            closure=session.closure,
        ),
        key_exchange_commitment=secrets.key_exchange.commitment(),
        handshake_commitment=secrets.handshake.commitment(),
        transcript_commitments=tree_over(session.tree, secrets.commitments),
        prover_extensions=session.prover_extensions,
        notary_extensions=session.notary_extensions,
    )
    header = Header(
        format_version=1,
        signature_algorithm=session.algorithm,
        body_hash_algorithm=session.body_hash,
        attestation_id=session._drawn(16, "attestation id"),
        body_digest=body.digest(session.body_hash),
    )
    return Attestation(header=header, body=body, signature=session.key.sign(header.signature_input()))


def holder_extension(key: SigningKey = HOLDER, *, critical: bool = True) -> Extension:
    """The extension that says who alone may present an attestation."""
    return Extension(id=HOLDER_KEY, critical=critical, value=key.verifying_key.encode())


HONEST = Session()
OTHER = Session(label="second")
HELD = Session(label="held", prover_extensions=(holder_extension(),))
RSA = Session(label="rsa", server="rsa")

EVERYTHING = DisclosureSelection(
    sent=RangeSet.of(_LINE, _TOKEN),
    received=RangeSet.of((_STATUS[0], _TYPE[1]), _NAME, _BALANCE),
    identity=True,
)
"""All that the usual config commits to."""
NOTHING = DisclosureSelection(sent=None, received=None, identity=False)


def choice(
    session: Session = HONEST,
    selection: DisclosureSelection = EVERYTHING,
    *,
    secrets: AttestationSecrets | None = None,
    attestation: Attestation | None = None,
) -> dict[str, bytes]:
    """The fields of the operations of presentation building."""
    return {
        "attestation": (attestation or session.attestation()).encode(),
        "secrets": (secrets or session.secrets()).encode(),
        "sent ranges": optional(None if selection.sent is None else selection.sent.encode()),
        "received ranges": optional(None if selection.received is None else selection.received.encode()),
        "identity": flag(selection.identity),
    }


@cache
def presentation(session: Session = HONEST, selection: DisclosureSelection = EVERYTHING) -> Presentation:
    """The presentation of a choice, without a binding."""
    return unbound(choice(session, selection))


def signed_again(
    shown: Presentation, *, by: SigningKey, header: dict[str, Any] | None = None, **body: Any
) -> Presentation:
    """The presentation with fields of its body and header changed, the digest made again, and signed by a key."""
    changed = replace(shown.attestation.body, **body)
    known = replace(
        shown.attestation.header, **{k: v for k, v in (header or {}).items() if k != "body_digest"}
    )
    digest = (header or {}).get("body_digest", changed.digest(known.body_hash_algorithm))
    known = replace(known, body_digest=digest)
    attestation = Attestation(header=known, body=changed, signature=by.sign(known.signature_input()))
    return replace(shown, attestation=attestation)


def flipped(octets: bytes, at: int = -1) -> bytes:
    """Octets of which one bit differs."""
    changed = bytearray(octets)
    changed[at] ^= 1
    return bytes(changed)


def values_of(shown: Presentation) -> dict[str, Json]:
    """What an implementer compares on the way to a signature, leaves and a binding."""
    attestation = shown.attestation
    found: dict[str, Json] = {
        "body": attestation.body.encode().hex(),
        "body_digest": attestation.body.digest(attestation.header.body_hash_algorithm).hex(),
        "signature_input": attestation.header.signature_input().hex(),
        "header_digest": attestation.header.digest().hex(),
        "presentation_digest": shown.digest().hex(),
    }
    if shown.transcript is not None:
        found["leaves"] = [encode_leaf(each.commitment).hex() for each in shown.transcript.openings]
    return found


def file_of(shown: Presentation) -> bytes:
    """The octets that travel."""
    return encode_file(shown)
