"""Roles of the reference put at the point of a session where a step begins."""

from __future__ import annotations

from typing import Any, cast

from mpctls.reference.channel.link import Link
from mpctls.reference.channel.messages import Budget, SessionAnswer
from mpctls.reference.foundation.identifiers import (
    ENGINE_PROFILE,
    PROTOCOL_VERSION,
    TLS_VERSION,
    SignatureAlgorithm,
)
from mpctls.reference.foundation.randomness import Randomness
from mpctls.reference.foundation.signatures import SigningKey, VerifyingKey
from mpctls.reference.mpc.engine.notary import NotaryEngine
from mpctls.reference.mpc.engine.prover import ProverEngine
from mpctls.reference.notary import NotarySession, NotarySettings
from mpctls.reference.prover import Prover, ProverSettings
from mpctls.reference.tls.server_name import ServerName, parse_server_name

from .foundation import signing_key
from .scripted import EngineThatStops, PrescribedRandomness

BUDGET = Budget(sent_octets=65536, sent_records=64, received_octets=2**20, received_records=1024)


def any_key() -> SigningKey:
    """A key for roles whose step uses none."""
    return signing_key(SignatureAlgorithm.ED25519.value, bytes(range(32)))


def answer(
    *, session_id: bytes = bytes(32), suites: tuple[int, ...] = (), key: VerifyingKey | None = None
) -> SessionAnswer:
    """The terms of a session that is agreed on."""
    verifying_key = key or any_key().verifying_key
    return SessionAnswer(
        protocol_version=PROTOCOL_VERSION,
        engine_profile=ENGINE_PROFILE,
        tls_version=TLS_VERSION,
        cipher_suites=suites,
        signature_algorithm=verifying_key.algorithm,
        budget=BUDGET,
        session_id=session_id,
        verifying_key=verifying_key,
        signature=bytes(64),
    )


def notary(
    link: Link,
    *,
    agreed: SessionAnswer | None = None,
    randomness: Randomness | None = None,
    key: SigningKey | None = None,
    **settings: Any,
) -> NotarySession:
    """A Notary's session after the answer."""
    signing = key or any_key()
    session = NotarySession(
        link,
        NotarySettings(signing_keys=(signing,), randomness=randomness or PrescribedRandomness(), **settings),
    )
    session._signing_key = signing
    session._answer = agreed or answer(key=signing.verifying_key)
    session._engine = cast(NotaryEngine, EngineThatStops())
    return session


def prover(
    link: Link,
    *,
    agreed: SessionAnswer | None = None,
    randomness: Randomness | None = None,
    key: VerifyingKey | None = None,
    server_name: ServerName | None = None,
    **settings: Any,
) -> Prover:
    """A Prover's session after the answer."""
    role = Prover(
        link,
        ProverSettings(
            server_name=server_name or parse_server_name("bank.example"),
            host="localhost",
            port=0,
            notary_key=key or any_key().verifying_key,
            roots=(),
            budget=BUDGET,
            randomness=randomness or PrescribedRandomness(),
            **settings,
        ),
    )
    role._answer = agreed or answer()
    role._engine = cast(ProverEngine, EngineThatStops())
    return role
