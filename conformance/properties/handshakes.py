"""Handshake data that Prover and Notary exchange, and the states in which they do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    HALF_GATES,
    PROTOCOL_VERSION,
    TLS_1_2,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.messages import SessionTerms, TlsHandshakeData
from mpctls.spec.mpc_tls.key_share import KeyShare
from mpctls.spec.notary_policy import LARGEST_BUDGET, NotaryPolicy
from mpctls.spec.notary_states import NotaryAgreed

from .drawing import DIGESTS, flipped, signing_key

SCALARS = st.one_of(st.integers(1, 6), st.integers(1, 2**255))


def point(scalar: int) -> bytes:
    """A public key, 65 octets."""
    return KeyShare.from_scalar(scalar).public_key


@st.composite
def damaged_points(draw: DrawFn, honest: bytes) -> bytes:
    """65 octets that are no point: off the curve, another form, a coordinate that is not below the prime."""
    return draw(
        st.sampled_from(
            (
                flipped(honest, 64),
                flipped(honest, 1),
                b"\2" + honest[1:],
                b"\6" + honest[1:],
                bytes(65),
                b"\4" + bytes(64),
                b"\4" + b"\xff" * 32 + honest[33:],
            )
        )
    )


def agreed(
    session_id: bytes, suites: tuple[int, ...] = CIPHER_SUITES, kind: SessionKind = SessionKind.NOTARIZE
) -> NotaryAgreed:
    """The Notary after its answer."""
    key = signing_key(SignatureAlgorithm.ED25519)
    terms = SessionTerms(
        protocol_version=PROTOCOL_VERSION,
        engine_profile=HALF_GATES,
        tls_version=TLS_1_2,
        cipher_suites=suites,
        signature_algorithm=key.algorithm,
        budget=LARGEST_BUDGET,
        session_id=session_id,
        verifying_key=key.verifying_key,
    )
    return NotaryAgreed(policy=NotaryPolicy(), signing_key=key, kind=kind, terms=terms)


@st.composite
def handshakes(draw: DrawFn) -> TlsHandshakeData:
    """What a Prover sends of a handshake."""
    extended = draw(st.booleans())
    return TlsHandshakeData(
        tls_version=TLS_1_2,
        cipher_suite=draw(st.sampled_from(CIPHER_SUITES)),
        client_random=draw(DIGESTS),
        server_random=draw(DIGESTS),
        extended_master_secret=extended,
        session_hash=draw(DIGESTS) if extended else None,
        server_ephemeral_key=point(draw(SCALARS)),
        handshake_commitment=draw(DIGESTS),
    )


@st.composite
def faulty(draw: DrawFn, honest: TlsHandshakeData) -> TlsHandshakeData:
    """Handshake data with exactly one fault."""
    changes: dict[str, dict[str, Any]] = {
        "version": {"tls_version": draw(st.sampled_from((0x0302, 0x0304, 0)))},
        "suite": {"cipher_suite": draw(st.sampled_from((0x1301, 0xC02C, 0)))},
        "random": {"client_random": flipped(honest.client_random)},
        "mode": {"extended_master_secret": not honest.extended_master_secret},
        "session hash": {"session_hash": None if honest.session_hash else bytes(32)},
        "point": {"server_ephemeral_key": draw(damaged_points(honest.server_ephemeral_key))},
    }
    return replace(honest, **changes[draw(st.sampled_from(sorted(changes)))])
