"""What the Notary's signature covers."""

from __future__ import annotations

from . import contexts
from .artifacts import ATTESTATION_BODY, HEADER, AttestationBody, Header
from .hashes import digest
from .identifiers import HashAlgorithm


def body_digest(algorithm: HashAlgorithm, body: AttestationBody) -> bytes:
    """The digest that the header carries: the whole body, nothing can be dropped."""
    return digest(algorithm, contexts.ATTESTATION_BODY, ATTESTATION_BODY.encode(body))


def signed_message(header: Header) -> bytes:
    """What the Notary signs: context ‖ canonical header."""
    return contexts.ATTESTATION_HEADER + HEADER.encode(header)
