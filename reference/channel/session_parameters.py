"""Send TLS Handshake Data, Verify and Record Session Parameters: the Notary's checks and the digest it answers."""

from __future__ import annotations

from collections.abc import Collection

from ..foundation import contexts
from ..foundation.errors import Refused
from ..foundation.hashes import sha256
from ..foundation.identifiers import TLS_VERSION
from .messages import TLS_HANDSHAKE_DATA, TlsHandshakeData


def check_handshake_data(
    message: TlsHandshakeData, *, cipher_suites: Collection[int], client_random: bytes
) -> TlsHandshakeData:
    """Run by the Notary; the ephemeral key's point is checked where it is used.

    Refuses, in this order, with `tls-session/unexpected-tls-version`, `…/unexpected-cipher-suite`,
    `…/client-random-mismatch`, `…/session-hash-mismatch`.
    """
    if message.tls_version != TLS_VERSION:
        raise Refused("tls-session/unexpected-tls-version", f"version {message.tls_version:#06x}")
    if message.cipher_suite not in cipher_suites:
        raise Refused("tls-session/unexpected-cipher-suite", f"suite {message.cipher_suite:#06x}")
    if message.client_random != client_random:
        raise Refused("tls-session/client-random-mismatch", "not the random both parties contributed to")
    if message.extended_master_secret != (message.session_hash is not None):
        raise Refused(
            "tls-session/session-hash-mismatch", "a session hash goes with the extended master secret"
        )
    return message


def parameters_digest(session_id: bytes, message: TlsHandshakeData) -> bytes:
    """What the Notary answers to show what it recorded."""
    return sha256(contexts.SESSION_PARAMETERS, session_id, TLS_HANDSHAKE_DATA.encode(message))
