"""A request, the Notary's signed answer to it, and what the Prover accepts as an answer.

Compared: request and answer octet for octet; or the reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import (
    CIPHER_SUITES,
    ENGINE_PROFILES,
    PROTOCOL_VERSION,
    TLS_1_2,
    SessionKind,
    SignatureAlgorithm,
)
from mpctls.spec.messages import SessionAnswer, SessionRequest, encode_message
from mpctls.spec.mpc_tls.messages import Budget
from mpctls.spec.notary_policy import NotaryPolicy
from mpctls.spec.notary_states import NotaryReady
from mpctls.spec.prover_states import ProverReady, ProverRequested
from mpctls.spec.signatures import SigningKey, VerifyingKey
from mpctls.spec.tls_session import establish_mpc_tls_connection as step

from ...fields import Fields, listed, number, numbers, read_list, read_number, read_numbers
from ...property import Operation
from ..drawing import DIGESTS, SIGNATURE_ALGORITHMS, PrescribedRandomness, flipped, signing_key

_LARGEST = Budget(sent_octets=1000, sent_records=10, received_octets=2000, received_records=20)
_COMPONENTS = ("sent_octets", "sent_records", "received_octets", "received_records")
_NOTHING_COMMON: dict[str, dict[str, Any]] = {
    "protocol version": {"protocol_versions": (2, 0)},
    "no protocol version": {"protocol_versions": ()},
    "engine profile": {"engine_profiles": ("half-gates-2", "")},
    "tls version": {"tls_versions": (0x0304, 0x0302)},
    "cipher suite": {"cipher_suites": (0x1301, 0xC02C)},
    "signature algorithm": {"signature_algorithms": (0, 99)},
}


_PROFILES = st.lists(st.sampled_from(ENGINE_PROFILES), min_size=1, unique=True).map(tuple)


def _texts(values: tuple[str, ...]) -> bytes:
    return listed([value.encode("utf-8") for value in values])


def _read_texts(octets: bytes) -> tuple[str, ...]:
    return tuple(value.decode("utf-8") for value in read_list(octets))


def _orders(known: tuple[Any, ...], unknown: tuple[Any, ...]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Known entries, at least one, among unknown ones, in any order."""
    return st.lists(st.sampled_from(known + unknown), min_size=1, max_size=5, unique=True).map(tuple)


@st.composite
def _requests(draw: DrawFn) -> SessionRequest:
    algorithms = tuple(each.value for each in SignatureAlgorithm)
    budget = Budget(**{name: draw(st.integers(1, getattr(_LARGEST, name))) for name in _COMPONENTS})
    request = SessionRequest(
        protocol_versions=(*draw(_orders((PROTOCOL_VERSION,), (2, 3))), PROTOCOL_VERSION),
        engine_profiles=(*draw(_orders(ENGINE_PROFILES, ("later-1", "other"))), draw(st.sampled_from(ENGINE_PROFILES))),
        tls_versions=(*draw(_orders((0x0304,), (0x0302,))), TLS_1_2),
        cipher_suites=(*draw(_orders(CIPHER_SUITES, (4865, 49196))), CIPHER_SUITES[draw(st.integers(0, 1))]),
        kind=draw(st.sampled_from(SessionKind)),
        signature_algorithms=draw(_orders(algorithms, (0, 77))),
        budget=budget,
        nonce=draw(DIGESTS),
    )
    fault = draw(st.sampled_from(("none", "none", "none", "budget", *_NOTHING_COMMON)))
    if fault == "budget":
        name = draw(st.sampled_from(_COMPONENTS))
        amount = draw(st.sampled_from((0, getattr(_LARGEST, name) + 1)))
        return replace(request, budget=replace(budget, **{name: amount}))
    return replace(request, **_NOTHING_COMMON.get(fault, {}))


@st.composite
def _request_inputs(draw: DrawFn) -> Fields:
    return {
        "kind": number(draw(st.sampled_from(SessionKind))),
        "profiles": _texts(draw(_PROFILES)),
        "algorithms": numbers(draw(st.lists(SIGNATURE_ALGORITHMS, min_size=1, max_size=4))),
        "budget": draw(_requests()).budget.encode(),
        "nonce": draw(DIGESTS),
    }


@st.composite
def _answer_inputs(draw: DrawFn) -> Fields:
    algorithms = draw(st.lists(SIGNATURE_ALGORITHMS, min_size=1, unique=True))
    return {
        "request": draw(_requests()).encode(),
        "keys": listed([listed([number(each), signing_key(each).secret]) for each in algorithms]),
        "profiles": _texts(draw(_PROFILES)),
        "kinds": numbers(draw(st.lists(st.sampled_from(SessionKind), min_size=1, unique=True))),
        "largest": _LARGEST.encode(),
        "session id": draw(DIGESTS),
    }


_TERMS = (
    "protocol version", "engine profile", "tls version", "no suites", "other suite", "suites turned about",
    "one suite", "suite twice", "algorithm", "key", "budget",
)  # fmt: skip


@st.composite
def _accept_inputs(draw: DrawFn) -> Fields:
    key = signing_key(draw(SIGNATURE_ALGORITHMS))
    request = replace(
        draw(_requests()),
        protocol_versions=(1, 2),
        engine_profiles=draw(_PROFILES),
        tls_versions=(TLS_1_2,),
        cipher_suites=draw(
            st.sampled_from((CIPHER_SUITES, CIPHER_SUITES[::-1], CIPHER_SUITES + CIPHER_SUITES[:1]))
        ),
        signature_algorithms=(key.algorithm.value,),
        kind=SessionKind.NOTARIZE,
        budget=_LARGEST,
    )
    ready = NotaryReady(
        policy=NotaryPolicy(engine_profiles=frozenset(ENGINE_PROFILES)), signing_keys=(key,)
    )
    source = PrescribedRandomness({"session id": draw(DIGESTS)})
    _, answer = step.answer(step.receive(ready, request), source)
    terms = answer.terms
    other = signing_key(key.algorithm, 1)
    fault = draw(
        st.sampled_from(("none", "none", "signature", "request", "untrusted", "other signer", *_TERMS))
    )
    changes: dict[str, dict[str, Any]] = {
        "protocol version": {"protocol_version": 3},
        "engine profile": {"engine_profile": "half-gates-2"},
        "tls version": {"tls_version": 0x0304},
        "no suites": {"cipher_suites": ()},
        "other suite": {"cipher_suites": (*terms.cipher_suites, 0x1301)},
        "suites turned about": {"cipher_suites": request.cipher_suites[1::-1]},
        "one suite": {"cipher_suites": terms.cipher_suites[:1]},
        "suite twice": {"cipher_suites": terms.cipher_suites[:1] * 2},
        "algorithm": {"signature_algorithm": SignatureAlgorithm(key.algorithm.value % 4 + 1)},
        "key": {"verifying_key": signing_key(SignatureAlgorithm(key.algorithm.value % 4 + 1)).verifying_key},
        "budget": {"budget": replace(terms.budget, sent_octets=terms.budget.sent_octets - 1)},
    }
    signer: SigningKey = key
    if fault in changes:
        terms = replace(terms, **changes[fault])
    if fault == "untrusted":
        signer, terms = other, replace(terms, verifying_key=other.verifying_key)
    if fault == "other signer":
        signer = other
    signature = signer.sign(terms.signature_input(request))
    if fault == "signature":
        signature = flipped(signature, draw(st.integers(0, 63)))
    if fault == "request":
        request = replace(request, nonce=flipped(request.nonce))
    return {
        "request": request.encode(),
        "answer": SessionAnswer(terms=terms, signature=signature).encode(),
        "trusted": key.verifying_key.encode(),
    }


def _request(fields: Fields) -> Fields:
    _, message = step.send(
        ProverReady(trusted_key=signing_key(SignatureAlgorithm.ED25519).verifying_key),
        kind=SessionKind(read_number(fields["kind"])),
        cipher_suites=CIPHER_SUITES,
        signature_algorithms=tuple(map(SignatureAlgorithm, read_numbers(fields["algorithms"]))),
        budget=Budget.decode(fields["budget"]),
        engine_profiles=_read_texts(fields["profiles"]),
        randomness=PrescribedRandomness({"nonce": fields["nonce"]}),
    )
    return {"message": encode_message(message)}


def _answer(fields: Fields) -> Fields:
    pairs = map(read_list, read_list(fields["keys"]))
    keys = [
        SigningKey(algorithm=SignatureAlgorithm(read_number(algorithm)), secret=secret)
        for algorithm, secret in pairs
    ]
    policy = NotaryPolicy(
        engine_profiles=frozenset(_read_texts(fields["profiles"])),
        session_kinds=frozenset(map(SessionKind, read_numbers(fields["kinds"]))),
        largest_budget=Budget.decode(fields["largest"]),
    )
    ready = NotaryReady(policy=policy, signing_keys=tuple(keys))
    requested = step.receive(ready, SessionRequest.decode(fields["request"]))
    _, message = step.answer(requested, PrescribedRandomness({"session id": fields["session id"]}))
    return {"message": encode_message(message)}


def _accept(fields: Fields) -> Fields:
    requested = ProverRequested(
        trusted_key=VerifyingKey.decode(fields["trusted"]), request=SessionRequest.decode(fields["request"])
    )
    step.accept(requested, SessionAnswer.decode(fields["answer"]))
    return {}


OPERATIONS = (
    Operation(name="tls_session/request", inputs=_request_inputs, specification=_request),
    Operation(name="tls_session/answer", inputs=_answer_inputs, specification=_answer),
    Operation(name="tls_session/accept", inputs=_accept_inputs, specification=_accept),
)
