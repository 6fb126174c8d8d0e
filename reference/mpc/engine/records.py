"""TLS 1.2 records under AES-128-GCM as the engine gets them, and what both parties compute of them alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ...foundation.errors import Refused
from ..share_conversion.ghash import tag_share
from ..zero_knowledge.bits import Blocks
from .plan import FINISHED_OCTETS

HANDSHAKE: Final = 22
ALERT: Final = 21
TLS_VERSION: Final = b"\x03\x03"
CLOSE_NOTIFY: Final = b"\x01\x00"
TAG_OCTETS: Final = 16
_FINISHED_HEADER: Final = b"\x14\x00\x00\x0c"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedRecord:
    """A registered record; its sequence number is its place among the records of its direction."""

    content_type: int
    explicit_nonce: bytes
    ciphertext: bytes
    tag: bytes

    def __post_init__(self) -> None:
        if len(self.explicit_nonce) != 8 or len(self.tag) != TAG_OCTETS or not self.ciphertext:
            raise Refused(
                "engine/wrong-length", "a record has a nonce of 8 octets, a tag of 16 and a ciphertext"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionKeys:
    """Both traffic keys and initial vectors, as the Prover derives them after close. Secret; not shown by
    repr.
    """

    client_key: bytes
    server_key: bytes
    client_initial_vector: bytes
    server_initial_vector: bytes

    def __repr__(self) -> str:
        return "SessionKeys(...)"


def additional_data(sequence: int, content_type: int, length: int) -> bytes:
    """Additional authenticated data of a record (RFC 5246 section 6.2.3.3); `length` of the plaintext."""
    return sequence.to_bytes(8, "big") + bytes([content_type]) + TLS_VERSION + length.to_bytes(2, "big")


def finished_message(verify_data: bytes) -> bytes:
    """The Finished message of 16 octets (RFC 5246 section 7.4.9)."""
    return _FINISHED_HEADER + verify_data


def record_tag_share(
    powers: Blocks, mask: bytes, sequence: int, content_type: int, ciphertext: bytes
) -> bytes:
    """Tag, or share of a tag, from the powers of H and E(J0), or from shares of them."""
    return tag_share(powers, additional_data(sequence, content_type, len(ciphertext)), ciphertext, mask)


def is_finished_record(record: ProtectedRecord) -> bool:
    """Whether a record has the type and length of an encrypted Finished message."""
    return record.content_type == HANDSHAKE and len(record.ciphertext) == FINISHED_OCTETS
