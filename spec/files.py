"""Stored artifacts: magic, type and version before the canonical octets, and the Prover's secrets as a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, TypeVar

from .attestation import Attestation
from .commitments import CommitmentSecret, TranscriptCommitment
from .encoding import Limit, Structure
from .identifiers import FORMAT_VERSION
from .presentation import HandshakeOpening, KeyExchangeOpening, Presentation, ServerName
from .reasons import Reason, Rejection

MAGIC: Final = b"mpctls"
_TYPE_END = len(MAGIC) + 1
_VERSION_END = _TYPE_END + 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedSecret(Structure):
    """A leaf of the tree and what the Prover needs, beside the transcript, to open it."""

    commitment: TranscriptCommitment
    opening: CommitmentSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationSecrets(Structure):
    """What the Prover keeps to build presentations: transcript, openings, leaves in order."""

    server_name: ServerName
    key_exchange: KeyExchangeOpening
    handshake: HandshakeOpening
    sent: Annotated[bytes, Limit(2**24)] = field(repr=False)
    received: Annotated[bytes, Limit(2**24)] = field(repr=False)
    commitments: Annotated[tuple[CommittedSecret, ...], Limit(4096)]


Artifact = TypeVar("Artifact", Attestation, AttestationSecrets, Presentation)

FILE_TYPES: Final[dict[type[Structure], int]] = {Attestation: 1, AttestationSecrets: 2, Presentation: 3}
"""The type octet of each artifact."""


def encode_file(artifact: Attestation | AttestationSecrets | Presentation) -> bytes:
    """Return the octets of the file that stores an artifact."""
    version = FORMAT_VERSION.to_bytes(2, "little")
    return MAGIC + bytes([FILE_TYPES[type(artifact)]]) + version + artifact.encode()


def decode_file(artifact: type[Artifact], octets: bytes) -> Artifact:
    """Return the artifact of the given type that a file stores.

    Rejects with encoding/truncated, encoding/not-this-file-type, encoding/unknown-format-version, then as
    `Structure.decode` does.
    """
    if not octets.startswith(MAGIC[: len(octets)]):
        raise Rejection(Reason.ENCODING_NOT_THIS_FILE_TYPE, "the file does not begin with the magic")
    if len(octets) >= _TYPE_END and octets[len(MAGIC)] != FILE_TYPES[artifact]:
        raise Rejection(Reason.ENCODING_NOT_THIS_FILE_TYPE, f"the file does not hold {artifact.__name__}")
    if len(octets) < _VERSION_END:
        raise Rejection(Reason.ENCODING_TRUNCATED, "the file ends before its version")
    version = int.from_bytes(octets[_TYPE_END:_VERSION_END], "little")
    if version != FORMAT_VERSION:
        raise Rejection(Reason.ENCODING_UNKNOWN_FORMAT_VERSION, f"format version {version}")
    return artifact.decode(octets[_VERSION_END:])
