"""What a Prover asks for, and one request and its signed answer, as vectors change them."""

from __future__ import annotations

from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    HALF_GATES,
    PROTOCOL_VERSION,
    TLS_1_2,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.messages import SessionAnswer, SessionRequest, SessionTerms
from mpctls.spec.mpc_tls.messages import Budget
from mpctls.spec.signatures import SigningKey

from ...operations.form import Feature
from ..labelled import Labelled

STEP = "tls_session/establish_mpc_tls_connection"
LARGEST = Budget(sent_octets=1000, sent_records=10, received_octets=2000, received_records=20)
COMPONENTS = ("sent_octets", "sent_records", "received_octets", "received_records")
_STREAM = Labelled(label=STEP)


def features_of(algorithm: SignatureAlgorithm) -> tuple[Feature, ...]:
    """What an implementation needs for a signature algorithm."""
    if algorithm is SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256:
        return (Feature.SECP256K1, Feature.KECCAK256)
    return (Feature.SECP256K1,) if algorithm is SignatureAlgorithm.ECDSA_SECP256K1_SHA256 else ()


def key_of(algorithm: SignatureAlgorithm, which: str = "notary") -> SigningKey:
    """The key of a labelled secret."""
    secret = bytes([1]) + _STREAM.octets(31, f"{which} {algorithm.value}")
    return SigningKey(algorithm=algorithm, secret=secret)


def request() -> SessionRequest:
    """What an ordinary Prover asks for."""
    return SessionRequest(
        protocol_versions=(PROTOCOL_VERSION,),
        engine_profiles=(HALF_GATES,),
        tls_versions=(TLS_1_2,),
        cipher_suites=CIPHER_SUITES,
        kind=SessionKind.NOTARIZE,
        signature_algorithms=(SignatureAlgorithm.ED25519.value,),
        budget=Budget(sent_octets=300, sent_records=2, received_octets=700, received_records=5),
        nonce=_STREAM.octets(32, "nonce"),
    )


def terms_for(asked: SessionRequest, key: SigningKey) -> SessionTerms:
    """What the Notary chooses for a request that offers what there is."""
    return SessionTerms(
        protocol_version=PROTOCOL_VERSION,
        engine_profile=HALF_GATES,
        tls_version=TLS_1_2,
        cipher_suites=asked.cipher_suites,
        signature_algorithm=key.algorithm,
        budget=asked.budget,
        session_id=_STREAM.octets(32, "session id"),
        verifying_key=key.verifying_key,
    )


def signed(asked: SessionRequest, terms: SessionTerms, key: SigningKey) -> SessionAnswer:
    """The answer under a key."""
    return SessionAnswer(terms=terms, signature=key.sign(terms.signature_input(asked)))
