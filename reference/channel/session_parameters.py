"""Send TLS Handshake Data, Verify and Record Session Parameters: the Notary's checks and the digest it answers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from ..foundation import contexts
from ..foundation.errors import Refused
from ..foundation.hashes import sha256
from ..foundation.identifiers import TLS_VERSION
from ..mpc.engine.plan import LARGEST_RECORD, Limits
from .messages import TLS_HANDSHAKE_DATA, Budget, RecordedSessionParameters, TlsHandshakeData


class KeySchedule(Protocol):
    """The part of either engine that derives the session's keys."""

    def master_secret(self, *, seed: bytes, extended: bool) -> None: ...

    def key_expansion(self, *, seed: bytes) -> None: ...


def engine_limits(budget: Budget) -> Limits:
    """What the engine prepares for an agreed budget."""
    return Limits(
        sent_octets=budget.sent_octets,
        sent_records=budget.sent_records,
        largest_sent_record=min(LARGEST_RECORD, budget.sent_octets),
    )


def run_key_schedule(engine: KeySchedule, parameters: TlsHandshakeData) -> None:
    """Run by both parties alike on the recorded parameters: RFC 5246 sections 8.1 and 6.3, RFC 7627 section 4."""
    if parameters.session_hash is not None:
        engine.master_secret(seed=parameters.session_hash, extended=True)
    else:
        engine.master_secret(seed=parameters.client_random + parameters.server_random, extended=False)
    engine.key_expansion(seed=parameters.server_random + parameters.client_random)


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


def check_recorded_parameters(
    recorded: RecordedSessionParameters, *, session_id: bytes, message: TlsHandshakeData
) -> None:
    """Run by the Prover on the Notary's answer; refuses with `tls-session/recorded-parameters-mismatch`."""
    if recorded.digest != parameters_digest(session_id, message):
        raise Refused("tls-session/recorded-parameters-mismatch", "the Notary recorded something else")
