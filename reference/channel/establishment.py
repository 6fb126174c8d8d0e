"""Establish MPC-TLS Connection: the Prover's request, the Notary's signed answer, and both sides' checks of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from ..foundation import contexts
from ..foundation.errors import Refused
from ..foundation.identifiers import (
    CIPHER_SUITES,
    ENGINE_PROFILE,
    PROTOCOL_VERSION,
    TLS_VERSION,
    SessionKind,
    SignatureAlgorithm,
)
from ..foundation.signatures import SIGNATURE_LENGTH, SigningKey, VerifyingKey
from .messages import SESSION_ANSWER, SESSION_REQUEST, Budget, SessionAnswer, SessionRequest

_COMPONENTS: Final = ("sent_octets", "sent_records", "received_octets", "received_records")


def session_request(
    *,
    kind: SessionKind,
    signature_algorithms: Iterable[SignatureAlgorithm],
    budget: Budget,
    nonce: bytes,
    engine_profiles: tuple[str, ...] = (ENGINE_PROFILE,),
) -> SessionRequest:
    """What a Prover of this implementation asks for, profiles in its order; `nonce` is 32 fresh random octets."""
    return SessionRequest(
        protocol_versions=(PROTOCOL_VERSION,),
        engine_profiles=engine_profiles,
        tls_versions=(TLS_VERSION,),
        cipher_suites=CIPHER_SUITES,
        kind=kind,
        signature_algorithms=tuple(each.value for each in signature_algorithms),
        budget=budget,
        nonce=nonce,
    )


def _first_common(offered: Iterable[object], supported: Collection[object], reason: str) -> None:
    if not any(each in supported for each in offered):
        raise Refused(f"tls-session/{reason}", "nothing that is offered is supported here")


def answer_request(
    request: SessionRequest,
    *,
    signing_keys: Collection[SigningKey],
    kinds: Collection[SessionKind],
    largest: Budget,
    session_id: bytes,
    engine_profiles: Collection[str] = (ENGINE_PROFILE,),
) -> tuple[SessionAnswer, SigningKey]:
    """Run by the Notary: check a request and answer it, signed over both messages.

    `session_id` is 32 fresh random octets. Returns the answer and the key chosen for the session. Refuses with the
    `tls-session/…` reasons of the formats page, section 9.1, step 1, in its order.
    """
    _first_common(request.protocol_versions, (PROTOCOL_VERSION,), "no-common-protocol-version")
    _first_common(request.engine_profiles, engine_profiles, "no-common-engine-profile")
    _first_common(request.tls_versions, (TLS_VERSION,), "no-common-tls-version")
    _first_common(request.cipher_suites, CIPHER_SUITES, "no-common-cipher-suite")
    if request.kind not in kinds:
        raise Refused("tls-session/unsupported-session-kind", f"kind {request.kind.name.lower()}")
    keys = {key.algorithm.value: key for key in signing_keys}
    _first_common(request.signature_algorithms, keys, "no-common-signature-algorithm")
    for name in _COMPONENTS:
        asked = getattr(request.budget, name)
        if not 1 <= asked <= getattr(largest, name):
            raise Refused("tls-session/budget-exceeded", f"{name} {asked}, at most {getattr(largest, name)}")
    algorithm = next(each for each in request.signature_algorithms if each in keys)
    answer = SessionAnswer(
        protocol_version=PROTOCOL_VERSION,
        engine_profile=next(each for each in request.engine_profiles if each in engine_profiles),
        tls_version=TLS_VERSION,
        cipher_suites=tuple(each for each in request.cipher_suites if each in CIPHER_SUITES),
        signature_algorithm=algorithm,
        budget=request.budget,
        session_id=session_id,
        verifying_key=keys[algorithm].verifying_key,
        signature=bytes(SIGNATURE_LENGTH),
    )
    signature = keys[algorithm].sign(_signed_message(request, answer))
    return replace(answer, signature=signature), keys[algorithm]


def _signed_message(request: SessionRequest, answer: SessionAnswer) -> bytes:
    unsigned = SESSION_ANSWER.encode(answer)[:-SIGNATURE_LENGTH]
    return contexts.SESSION_ANSWER + SESSION_REQUEST.encode(request) + unsigned


def check_answer(request: SessionRequest, answer: SessionAnswer, *, trusted: VerifyingKey) -> SessionAnswer:
    """Run by the Prover before any preprocessing: the answer stays within the request and is the trusted Notary's.

    Refuses with `tls-session/answer-not-offered`, `tls-session/untrusted-notary`,
    `tls-session/answer-signature-invalid`.
    """
    suites = iter(request.cipher_suites)
    offered = (
        answer.protocol_version in request.protocol_versions
        and answer.engine_profile in request.engine_profiles
        and answer.tls_version in request.tls_versions
        and bool(answer.cipher_suites)
        and all(each in suites for each in answer.cipher_suites)
        and answer.signature_algorithm in request.signature_algorithms
        and answer.signature_algorithm == answer.verifying_key.algorithm
        and answer.budget == request.budget
    )
    if not offered:
        raise Refused("tls-session/answer-not-offered", "the answer chooses what was not offered")
    if answer.verifying_key != trusted:
        raise Refused("tls-session/untrusted-notary", "the peer has another key than the trusted notary")
    trusted.verify(
        answer.signature, _signed_message(request, answer), reason="tls-session/answer-signature-invalid"
    )
    return answer
