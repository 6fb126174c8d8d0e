"""The presentation: an attestation with openings of what the Prover chooses to show, bound to its holder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Annotated

from .attestation import Attestation, Header, handshake_commitment, key_exchange_commitment
from .commitments import Opening, TranscriptCommitment
from .contexts import Context
from .digests import sha256
from .encoding import U32, U64, Limit, Octets32, Octets64, Octets65, Structure, encode_as
from .reasons import Reason, Rejection
from .tls.handshake_messages import HandshakeData

LARGEST_OPENING_COUNT = 4096
LARGEST_PROOF_LENGTH = 65536

ServerName = Annotated[str, Limit(255)]
Audience = Annotated[str, Limit(255)]
Nonce = Annotated[bytes, Limit(64, minimum=16)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyExchangeOpening(Structure):
    """What opens the key-exchange commitment."""

    client_random: Octets32
    server_random: Octets32
    server_ephemeral_key: Octets65
    blinder: Octets32 = field(repr=False)

    def commitment(self) -> bytes:
        """Return the commitment that this opens."""
        return key_exchange_commitment(
            client_random=self.client_random,
            server_random=self.server_random,
            server_ephemeral_key=self.server_ephemeral_key,
            blinder=self.blinder,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeOpening(Structure):
    """What opens the handshake commitment."""

    handshake_data: HandshakeData
    blinder: Octets32 = field(repr=False)

    def commitment(self) -> bytes:
        """Return the commitment that this opens."""
        return handshake_commitment(self.handshake_data, self.blinder)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProof(Structure):
    """Which Server it was: its name, its signed key exchange, its certificates."""

    server_name: ServerName
    key_exchange: KeyExchangeOpening
    handshake: HandshakeOpening


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentOpening(Structure):
    """One leaf of the tree, its place among the leaves, and what opens it."""

    index: U32
    commitment: TranscriptCommitment
    opening: Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptProof(Structure):
    """Opened leaves by ascending index, and the hashes that lead from them to the signed root.

    Rejects with encoding/not-canonical when there is no opening or the indices do not ascend strictly.
    """

    openings: Annotated[tuple[CommitmentOpening, ...], Limit(LARGEST_OPENING_COUNT, minimum=1)]
    proof: Annotated[tuple[Octets32, ...], Limit(LARGEST_PROOF_LENGTH)]

    def __post_init__(self) -> None:
        if not self.openings:
            raise Rejection(Reason.ENCODING_NOT_CANONICAL, "a transcript proof opens nothing")
        for opening, following in pairwise(self.openings):
            if opening.index >= following.index:
                raise Rejection(Reason.ENCODING_NOT_CANONICAL, "openings are unordered or repeated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding(Structure):
    """The holder's signature over this presentation for one audience. Times are in Unix seconds."""

    audience: Audience
    nonce: Nonce
    issued: U64
    expiry: U64
    signature: Octets64


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation(Structure):
    """What the Prover hands to a Verifier."""

    attestation: Attestation
    identity: IdentityProof | None
    transcript: TranscriptProof | None
    predicates: Annotated[tuple[Annotated[bytes, Limit(65536)], ...], Limit(256)]
    binding: Binding | None

    def digest(self) -> bytes:
        """Return the digest of all parts but the binding."""
        return sha256(Context.PRESENTATION_DIGEST.octets + replace(self, binding=None).encode())


def binding_signature_input(
    *, header: Header, presentation: Presentation, audience: str, nonce: bytes, issued: int, expiry: int
) -> bytes:
    """Return the octets that the holder signs; a binding in `presentation` is left out."""
    return (
        Context.BINDING.octets
        + header.digest()
        + presentation.digest()
        + encode_as(Audience, audience)
        + encode_as(Nonce, nonce)
        + encode_as(U64, issued)
        + encode_as(U64, expiry)
    )
