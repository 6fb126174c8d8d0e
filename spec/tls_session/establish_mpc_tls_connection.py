"""Prover → Notary, "Establish MPC-TLS Connection": a request, and terms that the Notary signs.

The Notary answers under its attestation key, so that a Prover which has reached another Notary than the one
it trusts stops before any preprocessing. The session id of the answer is in every later hash of the session.
The key exchange and the computation that follow are in `key_exchange/` and `mpc_tls/`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from ..identifiers import (
    PROTOCOL_VERSION,
    TLS_1_2,
    USUAL_ENGINE_PROFILES,
    SessionKind,
    SignatureAlgorithm,
)
from ..messages import SessionAnswer, SessionRequest, SessionTerms
from ..mpc_tls.messages import Budget
from ..notary_states import NotaryAgreed, NotaryReady, NotaryRequested
from ..prover_states import ProverAgreed, ProverReady, ProverRequested
from ..randomness import Randomness
from ..reasons import Reason, Rejection
from ..signatures import verify_signature
from ..states import require_message, require_state

NONCE_LENGTH = 32
SESSION_ID_LENGTH = 32

_Choice = TypeVar("_Choice", int, str)


def send(
    state: ProverReady,
    *,
    kind: SessionKind,
    cipher_suites: tuple[int, ...],
    signature_algorithms: tuple[SignatureAlgorithm, ...],
    budget: Budget,
    randomness: Randomness,
    engine_profiles: tuple[str, ...] = USUAL_ENGINE_PROFILES,
) -> tuple[ProverRequested, SessionRequest]:
    """Ask for a session.

    Run by the Prover. Lists are in its order of preference. Draws "nonce".
    """
    require_state(state, ProverReady)
    request = SessionRequest(
        protocol_versions=(PROTOCOL_VERSION,),
        engine_profiles=engine_profiles,
        tls_versions=(TLS_1_2,),
        cipher_suites=cipher_suites,
        kind=kind,
        signature_algorithms=tuple(signature_algorithms),
        budget=budget,
        nonce=randomness.octets("nonce", NONCE_LENGTH),
    )
    return ProverRequested(trusted_key=state.trusted_key, request=request), request


def receive(state: NotaryReady, message: SessionRequest) -> NotaryRequested:
    """Decide whether the Notary can serve a request.

    Run by the Notary. Ensures that every choice of the answer is possible. Rejects, the first that fails,
    with link/unexpected-message, tls-session/no-common-protocol-version,
    tls-session/no-common-engine-profile, tls-session/no-common-tls-version,
    tls-session/no-common-cipher-suite, tls-session/unsupported-session-kind,
    tls-session/no-common-signature-algorithm, tls-session/budget-exceeded.
    """
    request = require_message(message, SessionRequest, state, NotaryReady)
    policy = state.policy
    _require_common(
        request.protocol_versions,
        policy.protocol_versions,
        Reason.TLS_SESSION_NO_COMMON_PROTOCOL_VERSION,
    )
    _require_common(
        request.engine_profiles, policy.engine_profiles, Reason.TLS_SESSION_NO_COMMON_ENGINE_PROFILE
    )
    _require_common(request.tls_versions, policy.tls_versions, Reason.TLS_SESSION_NO_COMMON_TLS_VERSION)
    _require_common(request.cipher_suites, policy.cipher_suites, Reason.TLS_SESSION_NO_COMMON_CIPHER_SUITE)
    if request.kind not in policy.session_kinds:
        raise Rejection(Reason.TLS_SESSION_UNSUPPORTED_SESSION_KIND, f"kind {request.kind.name}")
    algorithms = {key.algorithm: key for key in state.signing_keys}
    _require_common(
        request.signature_algorithms, algorithms, Reason.TLS_SESSION_NO_COMMON_SIGNATURE_ALGORITHM
    )
    _require_budget(request.budget, policy.largest_budget)
    algorithm = _common(request.signature_algorithms, algorithms)[0]
    return NotaryRequested(
        policy=policy, signing_key=algorithms[SignatureAlgorithm(algorithm)], request=request
    )


def answer(state: NotaryRequested, randomness: Randomness) -> tuple[NotaryAgreed, SessionAnswer]:
    """Choose and sign the terms: the first common entry of each list, all common suites, the budget asked
    for.

    Run by the Notary. Draws "session id".
    """
    require_state(state, NotaryRequested)
    policy, request = state.policy, state.request
    verifying_key = state.signing_key.verifying_key
    terms = SessionTerms(
        protocol_version=_common(request.protocol_versions, policy.protocol_versions)[0],
        engine_profile=_common(request.engine_profiles, policy.engine_profiles)[0],
        tls_version=_common(request.tls_versions, policy.tls_versions)[0],
        cipher_suites=_common(request.cipher_suites, policy.cipher_suites),
        signature_algorithm=verifying_key.algorithm,
        budget=request.budget,
        session_id=randomness.octets("session id", SESSION_ID_LENGTH),
        verifying_key=verifying_key,
    )
    signature = state.signing_key.sign(terms.signature_input(request))
    agreed = NotaryAgreed(policy=policy, signing_key=state.signing_key, kind=request.kind, terms=terms)
    return agreed, SessionAnswer(terms=terms, signature=signature)


def accept(state: ProverRequested, message: SessionAnswer) -> ProverAgreed:
    """Decide whether the Notary that answered is the trusted one and offers what was asked for.

    Run by the Prover. Rejects, the first that fails, with link/unexpected-message (or the reason of a
    refusal), tls-session/answer-not-offered, tls-session/untrusted-notary,
    tls-session/answer-signature-invalid.
    """
    given = require_message(message, SessionAnswer, state, ProverRequested)
    terms, request = given.terms, state.request
    _require_offered(terms, request)
    if terms.verifying_key != state.trusted_key:
        raise Rejection(Reason.TLS_SESSION_UNTRUSTED_NOTARY)
    verify_signature(
        terms.verifying_key,
        given.signature,
        terms.signature_input(request),
        otherwise=Reason.TLS_SESSION_ANSWER_SIGNATURE_INVALID,
    )
    return ProverAgreed(kind=request.kind, terms=terms)


def _common(offered: Sequence[_Choice], supported: Collection[_Choice]) -> tuple[_Choice, ...]:
    """What both support, in the order of the Prover."""
    return tuple(choice for choice in offered if choice in supported)


def _require_common(offered: Sequence[_Choice], supported: Collection[_Choice], reason: Reason) -> None:
    if not _common(offered, supported):
        raise Rejection(reason, f"offered {', '.join(map(str, offered)) or 'nothing'}")


def _require_budget(budget: Budget, largest: Budget) -> None:
    components = (
        (budget.sent_octets, largest.sent_octets),
        (budget.sent_records, largest.sent_records),
        (budget.received_octets, largest.received_octets),
        (budget.received_records, largest.received_records),
    )
    if not all(0 < component <= limit for component, limit in components):
        raise Rejection(Reason.TLS_SESSION_BUDGET_EXCEEDED)


def _require_offered(terms: SessionTerms, request: SessionRequest) -> None:
    suites = terms.cipher_suites
    offered = (
        terms.protocol_version in request.protocol_versions
        and terms.engine_profile in request.engine_profiles
        and terms.tls_version in request.tls_versions
        and bool(suites)
        and _is_selection(suites, request.cipher_suites)
        and terms.signature_algorithm in request.signature_algorithms
        and terms.signature_algorithm == terms.verifying_key.algorithm
        and terms.budget == request.budget
    )
    if not offered:
        raise Rejection(Reason.TLS_SESSION_ANSWER_NOT_OFFERED)


def _is_selection(chosen: Sequence[int], offered: Sequence[int]) -> bool:
    """Whether what remains of `offered`, with some entries left out, is `chosen`."""
    entries = iter(offered)
    return all(choice in entries for choice in chosen)
