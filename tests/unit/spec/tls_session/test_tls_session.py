"""TLS session stage: request, answer, handshake data and recorded parameters, one fault at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mpctls.spec.identifiers import CIPHER_SUITES, SessionKind, SignatureAlgorithm
from mpctls.spec.messages import RecordedSessionParameters, Refusal, SessionAnswer, SessionRequest, refuse
from mpctls.spec.mpc_tls.messages import Budget
from mpctls.spec.notary_policy import NotaryPolicy
from mpctls.spec.notary_states import NotaryKeyed, NotaryParametersReceived, NotaryReady
from mpctls.spec.prover_states import ProverGreeted, ProverReady, ProverRequested
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import OutOfOrderError, Reason
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls_session import (
    establish_mpc_tls_connection,
    send_tls_handshake_data,
    verify_and_record_session_parameters,
)

from ..session.plans import NOTARY_KEY, OTHER_KEY
from ..session.stages import changed, finalised, rejects

BUDGET = Budget(sent_octets=10, sent_records=1, received_octets=10, received_records=1)
ECDSA_KEY = SigningKey(algorithm=SignatureAlgorithm.ECDSA_P256_SHA256, secret=bytes(range(1, 33)))


def request() -> tuple[ProverRequested, SessionRequest]:
    return establish_mpc_tls_connection.send(
        ProverReady(trusted_key=NOTARY_KEY.verifying_key),
        kind=SessionKind.NOTARIZE,
        cipher_suites=CIPHER_SUITES,
        signature_algorithms=(
            SignatureAlgorithm.ECDSA_SECP256K1_SHA256,
            SignatureAlgorithm.ED25519,
            SignatureAlgorithm.ECDSA_P256_SHA256,
        ),
        budget=BUDGET,
        randomness=Randomness(b"prover"),
    )


def notary(policy: NotaryPolicy | None = None) -> NotaryReady:
    return NotaryReady(policy=policy or NotaryPolicy(), signing_keys=(ECDSA_KEY, NOTARY_KEY))


def answer() -> SessionAnswer:
    accepted = establish_mpc_tls_connection.receive(notary(), request()[1])
    return establish_mpc_tls_connection.answer(accepted, Randomness(b"notary"))[1]


REQUEST_FAULTS: list[tuple[Reason, dict[str, object]]] = [
    (Reason.TLS_SESSION_NO_COMMON_PROTOCOL_VERSION, {"protocol_versions": (2, 3)}),
    (Reason.TLS_SESSION_NO_COMMON_PROTOCOL_VERSION, {"protocol_versions": ()}),
    (Reason.TLS_SESSION_NO_COMMON_ENGINE_PROFILE, {"engine_profiles": ("half-gates-2",)}),
    (Reason.TLS_SESSION_NO_COMMON_TLS_VERSION, {"tls_versions": (0x0304,)}),
    (Reason.TLS_SESSION_NO_COMMON_CIPHER_SUITE, {"cipher_suites": (0x1301,)}),
    (Reason.TLS_SESSION_NO_COMMON_SIGNATURE_ALGORITHM, {"signature_algorithms": (3, 200)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, sent_octets=2**16 + 1)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, sent_records=65)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, received_octets=2**20 + 1)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, received_records=1025)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, sent_octets=0)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, sent_records=0)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, received_octets=0)}),
    (Reason.TLS_SESSION_BUDGET_EXCEEDED, {"budget": replace(BUDGET, received_records=0)}),
]


@pytest.mark.parametrize(
    ("reason", "fields"), REQUEST_FAULTS, ids=[reason.value for reason, _ in REQUEST_FAULTS]
)
def test_the_notary_refuses_a_request_it_cannot_serve(reason: Reason, fields: dict[str, object]) -> None:
    with rejects(reason):
        establish_mpc_tls_connection.receive(notary(), replace(request()[1], **fields))  # type: ignore[arg-type]


def test_a_notary_may_serve_one_kind_of_session_only() -> None:
    policy = NotaryPolicy(session_kinds=frozenset({SessionKind.VERIFY}))
    with rejects(Reason.TLS_SESSION_UNSUPPORTED_SESSION_KIND):
        establish_mpc_tls_connection.receive(notary(policy), request()[1])


def test_the_first_fault_decides() -> None:
    message = replace(request()[1], tls_versions=(), cipher_suites=(), signature_algorithms=())
    with rejects(Reason.TLS_SESSION_NO_COMMON_TLS_VERSION):
        establish_mpc_tls_connection.receive(notary(), message)


def test_the_notary_takes_the_provers_first_choice_and_all_common_suites() -> None:
    message = replace(request()[1], protocol_versions=(7, 1), cipher_suites=(0x1301, 0xC02F, 0xC02B))
    accepted = establish_mpc_tls_connection.receive(notary(), message)
    _, answered = establish_mpc_tls_connection.answer(accepted, Randomness(b"notary"))
    terms = answered.terms
    assert terms.protocol_version == 1
    assert terms.cipher_suites == (0xC02F, 0xC02B)
    assert terms.signature_algorithm is SignatureAlgorithm.ED25519
    assert terms.budget == BUDGET


ANSWER_FAULTS: list[tuple[Reason, str, object]] = [
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.protocol_version", 2),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.engine_profile", "other"),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.tls_version", 0x0304),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.cipher_suites", ()),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.cipher_suites", (0x1301,)),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.cipher_suites", CIPHER_SUITES[::-1]),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.cipher_suites", CIPHER_SUITES[:1] * 2),
    (
        Reason.TLS_SESSION_ANSWER_NOT_OFFERED,
        "terms.signature_algorithm",
        SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256,
    ),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.verifying_key", ECDSA_KEY.verifying_key),
    (Reason.TLS_SESSION_ANSWER_NOT_OFFERED, "terms.budget.sent_octets", 9),
    (Reason.TLS_SESSION_UNTRUSTED_NOTARY, "terms.verifying_key", OTHER_KEY.verifying_key),
    (Reason.TLS_SESSION_ANSWER_SIGNATURE_INVALID, "signature", bytes(64)),
    (Reason.TLS_SESSION_ANSWER_SIGNATURE_INVALID, "terms.session_id", bytes(32)),
]


@pytest.mark.parametrize(("reason", "path", "new"), ANSWER_FAULTS)
def test_the_prover_refuses_an_answer_with_one_fault(reason: Reason, path: str, new: object) -> None:
    with rejects(reason):
        establish_mpc_tls_connection.accept(request()[0], changed(answer(), path, new))


def test_an_answer_to_another_request_is_refused() -> None:
    state = changed(request()[0], "request.nonce", bytes(32))
    with rejects(Reason.TLS_SESSION_ANSWER_SIGNATURE_INVALID):
        establish_mpc_tls_connection.accept(state, answer())


def test_a_refused_request_gives_the_prover_the_reason() -> None:
    refusal = refuse(Reason.TLS_SESSION_BUDGET_EXCEEDED)
    assert refusal == Refusal(reason="tls-session/budget-exceeded")
    with rejects(Reason.TLS_SESSION_BUDGET_EXCEEDED):
        establish_mpc_tls_connection.accept(request()[0], refusal)  # type: ignore[arg-type]


def greeted() -> tuple[ProverGreeted, NotaryKeyed]:
    """Both parties when ServerHelloDone has arrived."""
    prover, notary_ = finalised()
    connection = prover.connection
    return (
        ProverGreeted(agreed=connection.agreed, handshake=connection.handshake),
        NotaryKeyed(
            agreed=notary_.connection.agreed, client_random=notary_.connection.parameters.client_random
        ),
    )


@pytest.mark.parametrize(
    ("reason", "path", "new"),
    [
        (Reason.TLS_SESSION_UNEXPECTED_TLS_VERSION, "tls_version", 0x0301),
        (Reason.TLS_SESSION_UNEXPECTED_CIPHER_SUITE, "cipher_suite", 0x1301),
        (Reason.TLS_SESSION_CLIENT_RANDOM_MISMATCH, "client_random", bytes(32)),
        (Reason.TLS_SESSION_SESSION_HASH_MISMATCH, "session_hash", None),
        (Reason.TLS_SESSION_SESSION_HASH_MISMATCH, "extended_master_secret", False),
        (Reason.KEY_EXCHANGE_INVALID_POINT, "server_ephemeral_key", b"\x04" + bytes(64)),
    ],
)
def test_the_notary_refuses_handshake_data_with_one_fault(reason: Reason, path: str, new: object) -> None:
    prover, notary_ = greeted()
    _, message = send_tls_handshake_data.send(prover, Randomness(b"prover"))
    with rejects(reason):
        send_tls_handshake_data.receive(notary_, changed(message, path, new))


def test_the_prover_refuses_other_recorded_parameters() -> None:
    prover, notary_ = greeted()
    sent, message = send_tls_handshake_data.send(prover, Randomness(b"prover"))
    received = send_tls_handshake_data.receive(notary_, message)
    recorded, digest = verify_and_record_session_parameters.send(received)
    assert recorded.parameters == message
    verify_and_record_session_parameters.receive(sent, digest)
    with rejects(Reason.TLS_SESSION_RECORDED_PARAMETERS_MISMATCH):
        verify_and_record_session_parameters.receive(sent, RecordedSessionParameters(digest=bytes(32)))
    other = changed(received, "agreed.terms.session_id", bytes(32))
    _, of_other_session = verify_and_record_session_parameters.send(other)
    with rejects(Reason.TLS_SESSION_RECORDED_PARAMETERS_MISMATCH):
        verify_and_record_session_parameters.receive(sent, of_other_session)


def test_steps_are_refused_out_of_order() -> None:
    prover, notary_ = greeted()
    message = send_tls_handshake_data.send(prover, Randomness(b"prover"))[1]
    received = NotaryParametersReceived(agreed=notary_.agreed, parameters=message)
    own: list[Callable[[], object]] = [
        lambda: establish_mpc_tls_connection.answer(notary(), Randomness(b"")),  # type: ignore[arg-type]
        lambda: send_tls_handshake_data.send(notary_, Randomness(b"")),  # type: ignore[arg-type]
        lambda: verify_and_record_session_parameters.send(notary_),  # type: ignore[arg-type]
    ]
    for step in own:
        with pytest.raises(OutOfOrderError):
            step()
    of_peer: list[Callable[[], object]] = [
        lambda: establish_mpc_tls_connection.receive(notary(), message),  # type: ignore[arg-type]
        lambda: establish_mpc_tls_connection.accept(request()[0], message),  # type: ignore[arg-type]
        lambda: send_tls_handshake_data.receive(received, message),  # type: ignore[arg-type]
        lambda: verify_and_record_session_parameters.receive(prover, message),  # type: ignore[arg-type]
    ]
    for step in of_peer:
        with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
            step()
