"""The artifacts of the formats page, sections 5 to 8: attestation, presentation, secrets, and their stored form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, TypeVar

from .encoding import (
    BOOLEAN,
    DIGEST,
    U8,
    U16,
    U32,
    U64,
    Codec,
    Fixed,
    Octets,
    Option,
    Struct,
    Text,
    Variant,
    Vector,
)
from .errors import Refused
from .field_encoding import MAXIMUM_ENCODED, require_scalars
from .identifiers import (
    CLOSURE,
    DIRECTION,
    FORMAT_VERSION,
    HASH_IDENTIFIER,
    LEXICAL_CLASS,
    SIGNATURE_IDENTIFIER,
    Closure,
    Direction,
    LexicalClass,
)
from .ranges import RANGE_SET, RangeSet
from .signatures import SIGNATURE_LENGTH, VERIFYING_KEY, VerifyingKey

T = TypeVar("T")

MAXIMUM_COMMITMENTS: Final = 4096
MAXIMUM_TRANSCRIPT: Final = 2**24
NOTARY_PREFIX: Final = "notary/"
HOLDER_KEY: Final = "holder-key"
BLINDER: Final = Fixed(16)
POINT: Final = Fixed(65)
SIGNATURE: Final = Fixed(SIGNATURE_LENGTH)

_EXTENSION_ID = re.compile(r"[a-z0-9][a-z0-9./-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashCommitment:
    """A leaf: the blinded hash of the octets of some ranges, and the lexical class they were proved to have."""

    direction: Direction = field(metadata=DIRECTION.wire)
    ranges: RangeSet = field(metadata=RANGE_SET.wire)
    lexical_class: LexicalClass = field(metadata=LEXICAL_CLASS.wire)
    algorithm: int = field(metadata=HASH_IDENTIFIER.wire)
    value: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingCommitment:
    """A leaf: a commitment in scalars of BN254 to the octets of some ranges, with offset and factor of their MAC.

    The scalars C, k and Δ of the formats page, section 5.1; all zero while the Prover only asks for the commitment.
    """

    direction: Direction = field(metadata=DIRECTION.wire)
    ranges: RangeSet = field(metadata=RANGE_SET.wire)
    lexical_class: LexicalClass = field(metadata=LEXICAL_CLASS.wire)
    commitment: bytes = field(metadata=DIGEST.wire)
    offset: bytes = field(metadata=DIGEST.wire)
    factor: bytes = field(metadata=DIGEST.wire)

    def __post_init__(self) -> None:
        require_scalars(self.commitment, self.offset, self.factor)


TranscriptCommitment = HashCommitment | EncodingCommitment
TRANSCRIPT_COMMITMENT: Codec[TranscriptCommitment] = Variant((HashCommitment, EncodingCommitment))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInfo:
    """What the Notary itself saw of the connection; `time` is its clock in Unix seconds."""

    time: int = field(metadata=U64.wire)
    mode: int = field(metadata=U8.wire)
    tls_version: int = field(metadata=U16.wire)
    cipher_suite: int = field(metadata=U16.wire)
    extended_master_secret: bool = field(metadata=BOOLEAN.wire)
    sent_length: int = field(metadata=U32.wire)
    received_length: int = field(metadata=U32.wire)
    closure: Closure = field(metadata=CLOSURE.wire)

    def length(self, direction: Direction) -> int:
        """Octets of application data in one direction."""
        return self.sent_length if direction is Direction.SENT else self.received_length


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptCommitments:
    """The tree over all commitments."""

    algorithm: int = field(metadata=HASH_IDENTIFIER.wire)
    leaf_count: int = field(metadata=U32.wire)
    root: bytes = field(metadata=DIGEST.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A named statement of the Prover or of the Notary; an unknown critical one makes every Verifier refuse."""

    id: str = field(metadata=Text(64).wire)
    critical: bool = field(metadata=BOOLEAN.wire)
    value: bytes = field(metadata=Octets(4096).wire)

    def __post_init__(self) -> None:
        if not _EXTENSION_ID.fullmatch(self.id):
            raise Refused("encoding/not-canonical", "an extension id outside [a-z0-9][a-z0-9./-]*")


def check_extension_order(extensions: tuple[Extension, ...]) -> None:
    """Refuse with `encoding/not-canonical` unless ids increase strictly."""
    ids = [each.id.encode() for each in extensions]
    if any(left >= right for left, right in pairwise(ids)):
        raise Refused("encoding/not-canonical", "extensions are not sorted by id and unique")


EXTENSIONS = Vector(Struct(Extension), 32)
"""Sorted by id and unique, which the structures that hold them check."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationBody:
    """Everything the Notary states; hashed whole, so nothing can be dropped from it."""

    verifying_key: VerifyingKey = field(metadata=VERIFYING_KEY.wire)
    connection_info: ConnectionInfo = field(metadata=Struct(ConnectionInfo).wire)
    key_exchange_commitment: bytes = field(metadata=DIGEST.wire)
    handshake_commitment: bytes = field(metadata=DIGEST.wire)
    transcript_commitments: TranscriptCommitments = field(metadata=Struct(TranscriptCommitments).wire)
    prover_extensions: tuple[Extension, ...] = field(metadata=EXTENSIONS.wire)
    notary_extensions: tuple[Extension, ...] = field(metadata=EXTENSIONS.wire)

    def __post_init__(self) -> None:
        check_extension_order(self.prover_extensions)
        check_extension_order(self.notary_extensions)


ATTESTATION_BODY = Struct(AttestationBody)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is signed: versions, algorithms, a random id and the digest of the body."""

    format_version: int = field(metadata=U16.wire)
    signature_algorithm: int = field(metadata=SIGNATURE_IDENTIFIER.wire)
    body_hash_algorithm: int = field(metadata=HASH_IDENTIFIER.wire)
    attestation_id: bytes = field(metadata=Fixed(16).wire)
    body_digest: bytes = field(metadata=DIGEST.wire)


HEADER = Struct(Header)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A header, its body and the Notary's signature."""

    header: Header = field(metadata=HEADER.wire)
    body: AttestationBody = field(metadata=ATTESTATION_BODY.wire)
    signature: bytes = field(metadata=SIGNATURE.wire)


ATTESTATION = Struct(Attestation)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeData:
    """What the Server sent in Certificate (leaf first, DER) and as signature in ServerKeyExchange."""

    certificates: tuple[bytes, ...] = field(metadata=Vector(Octets(65535), 16, 1).wire)
    signature_algorithm: int = field(metadata=U16.wire)
    signature: bytes = field(metadata=Octets(1024).wire)


HANDSHAKE_DATA = Struct(HandshakeData)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchangeOpening:
    """Opens the commitment to randoms and server ephemeral key."""

    client_random: bytes = field(metadata=DIGEST.wire)
    server_random: bytes = field(metadata=DIGEST.wire)
    server_ephemeral_key: bytes = field(metadata=POINT.wire)
    blinder: bytes = field(metadata=DIGEST.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeOpening:
    """Opens the commitment to the handshake data."""

    handshake_data: HandshakeData = field(metadata=HANDSHAKE_DATA.wire)
    blinder: bytes = field(metadata=DIGEST.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProof:
    """Shows which server it was."""

    server_name: str = field(metadata=Text(255).wire)
    key_exchange: KeyExchangeOpening = field(metadata=Struct(KeyExchangeOpening).wire)
    handshake: HandshakeOpening = field(metadata=Struct(HandshakeOpening).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashOpening:
    """Octets and blinder of a hash commitment."""

    octets: bytes = field(metadata=Octets(MAXIMUM_TRANSCRIPT).wire, repr=False)
    blinder: bytes = field(metadata=BLINDER.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingOpening:
    """Octets and blinder of an encoding commitment; the blinder is a scalar."""

    octets: bytes = field(metadata=Octets(MAXIMUM_ENCODED).wire, repr=False)
    blinder: bytes = field(metadata=DIGEST.wire, repr=False)

    def __post_init__(self) -> None:
        require_scalars(self.blinder)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldOpening:
    """Opens nothing: the leaf is shown and proved to be included, its octets are not."""


Opening = HashOpening | EncodingOpening | WithheldOpening
OPENING: Codec[Opening] = Variant((HashOpening, EncodingOpening, WithheldOpening))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentOpening:
    """One leaf that is shown, opened or withheld."""

    index: int = field(metadata=U32.wire)
    commitment: TranscriptCommitment = field(metadata=TRANSCRIPT_COMMITMENT.wire)
    opening: Opening = field(metadata=OPENING.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptProof:
    """Leaves that are shown, in increasing order of their index, and one multiproof for all of them."""

    openings: tuple[CommitmentOpening, ...] = field(
        metadata=Vector(Struct(CommitmentOpening), MAXIMUM_COMMITMENTS, 1).wire
    )
    proof: tuple[bytes, ...] = field(metadata=Vector(DIGEST, 65536).wire)

    def __post_init__(self) -> None:
        indices = [each.index for each in self.openings]
        if not indices or any(left >= right for left, right in pairwise(indices)):
            raise Refused(
                "encoding/not-canonical", "openings are not in strictly increasing order of their index"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The holder's signature over everything presented, for one audience, nonce and span of time."""

    audience: str = field(metadata=Text(255).wire)
    nonce: bytes = field(metadata=Octets(64, 16).wire)
    issued: int = field(metadata=U64.wire)
    expiry: int = field(metadata=U64.wire)
    signature: bytes = field(metadata=SIGNATURE.wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """What a Prover hands to a Verifier."""

    attestation: Attestation = field(metadata=ATTESTATION.wire)
    identity: IdentityProof | None = field(metadata=Option(Struct(IdentityProof)).wire)
    transcript: TranscriptProof | None = field(metadata=Option(Struct(TranscriptProof)).wire)
    predicates: tuple[bytes, ...] = field(metadata=Vector(Octets(65536), 256).wire)
    binding: Binding | None = field(metadata=Option(Struct(Binding)).wire)

    def without_binding(self) -> Presentation:
        """The same presentation, its binding removed: what the presentation digest covers."""
        return replace(self, binding=None)


PRESENTATION = Struct(Presentation)


@dataclass(frozen=True, slots=True, kw_only=True)
class HashSecret:
    """What opens a hash commitment beside the octets."""

    blinder: bytes = field(metadata=BLINDER.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSecret:
    """What opens an encoding commitment beside the octets."""

    blinder: bytes = field(metadata=DIGEST.wire, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretCommitment:
    """A leaf and what opens it."""

    commitment: TranscriptCommitment = field(metadata=TRANSCRIPT_COMMITMENT.wire)
    opening: HashSecret | EncodingSecret = field(metadata=Variant[object]((HashSecret, EncodingSecret)).wire)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationSecrets:
    """What only the Prover keeps: the transcript and everything that opens a commitment; in leaf order."""

    server_name: str = field(metadata=Text(255).wire)
    key_exchange: KeyExchangeOpening = field(metadata=Struct(KeyExchangeOpening).wire)
    handshake: HandshakeOpening = field(metadata=Struct(HandshakeOpening).wire)
    sent: bytes = field(metadata=Octets(MAXIMUM_TRANSCRIPT).wire, repr=False)
    received: bytes = field(metadata=Octets(MAXIMUM_TRANSCRIPT).wire, repr=False)
    commitments: tuple[SecretCommitment, ...] = field(
        metadata=Vector(Struct(SecretCommitment), MAXIMUM_COMMITMENTS).wire
    )

    def octets(self, direction: Direction) -> bytes:
        return self.sent if direction is Direction.SENT else self.received


ATTESTATION_SECRETS = Struct(AttestationSecrets)


class StoredFile(Codec[T]):
    """The form in which an artifact is stored: magic, type, format version, canonical octets."""

    MAGIC: Final = b"mpctls"

    def __init__(self, file_type: int, content: Codec[T]) -> None:
        self._file_type = file_type
        self._content = content

    def encode(self, value: T) -> bytes:
        head = self.MAGIC + bytes([self._file_type]) + FORMAT_VERSION.to_bytes(2, "little")
        return head + self._content.encode(value)

    def decode(self, octets: bytes) -> T:
        """Refuses with `encoding/not-this-file-type`, `encoding/unknown-format-version` or the content's reason.

        What ends inside a right beginning is `encoding/truncated`.
        """
        start = self.MAGIC + bytes([self._file_type])
        if octets[: len(start)] != start[: len(octets)]:
            raise Refused(
                "encoding/not-this-file-type", "the file does not begin with the magic of this type"
            )
        if len(octets) < len(start) + 2:
            raise Refused("encoding/truncated", f"a file of {len(octets)} octets")
        if octets[7:9] != FORMAT_VERSION.to_bytes(2, "little"):
            raise Refused("encoding/unknown-format-version", f"version octets {octets[7:9].hex()}")
        return self._content.decode(octets[9:])


ATTESTATION_FILE = StoredFile(1, ATTESTATION)
ATTESTATION_SECRETS_FILE = StoredFile(2, ATTESTATION_SECRETS)
PRESENTATION_FILE = StoredFile(3, PRESENTATION)
