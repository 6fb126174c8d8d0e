"""Whole sessions: both kinds, both suites, both master secrets, every view, and the same octets every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.diagram import Role
from mpctls.spec.disclosure import VerifiedDisclosure
from mpctls.spec.framing import Channel, Frame
from mpctls.spec.identifiers import Closure, Direction, SessionKind, SignatureAlgorithm
from mpctls.spec.messages import encode_message
from mpctls.spec.mpc_tls.messages import SessionClosed
from mpctls.spec.mpc_tls.views import VIEWS, Item
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.session import run_session
from mpctls.spec.signatures import SigningKey
from mpctls.spec.tls.record_protection import RecordAuthenticationError
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation

from .plans import (
    BALANCE,
    NAME,
    OTHER_KEY,
    RECEIVED,
    SEED,
    SENT,
    SERVER_NAME,
    TOKEN,
    honest_session,
    server_configuration,
    session_plan,
    without_holder,
)
from .stages import rejects


def test_a_notarized_session_ends_with_exactly_the_selected_octets() -> None:
    result = honest_session()
    verified = result.verified
    assert isinstance(verified, VerifiedPresentation)
    assert verified.notary_name == "notary"
    assert verified.server_name == SERVER_NAME
    assert result.connection.server_read == SENT
    for direction, octets, redacted in (
        (Direction.SENT, SENT, TOKEN),
        (Direction.RECEIVED, RECEIVED, BALANCE),
    ):
        partial = verified.transcript.octets(direction)
        start, end = redacted.ranges[0].start, redacted.ranges[0].end
        assert partial.length == len(octets)
        assert partial.read(0, start) == octets[:start]
        with rejects(Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED):
            partial.read(start, end)
        assert not any(partial.mask[start:end])
    name = NAME.ranges[0]
    assert verified.transcript.received.read(name.start, name.end) == b"alice"


def test_the_attestation_says_what_the_notary_saw_and_nothing_of_the_transcript() -> None:
    attested = honest_session().attested
    assert attested is not None
    info = attested.attestation.body.connection_info
    assert (info.sent_length, info.received_length) == (len(SENT), len(RECEIVED))
    assert info.closure is Closure.CLOSE_NOTIFY_RECEIVED
    encoded = attested.attestation.encode()
    opening = attested.secrets.key_exchange
    for secret in (b"token", b"alice", opening.client_random, opening.server_random):
        assert secret not in encoded
    assert SERVER_NAME.encode() not in encoded


def test_a_partner_that_verifies_itself_learns_the_same_and_signs_nothing() -> None:
    result = honest_session(SessionKind.VERIFY)
    verified, notarized = result.verified, honest_session().verified
    assert isinstance(verified, VerifiedDisclosure)
    assert isinstance(notarized, VerifiedPresentation)
    assert verified.transcript == notarized.transcript
    assert verified.server_name == SERVER_NAME
    assert result.attested is None
    assert result.presentation is None


def test_equal_seeds_give_equal_octets_and_different_seeds_differ() -> None:
    first = honest_session()
    again = run_session(session_plan(), SEED)
    assert [delivery.frame for delivery in again.deliveries] == [
        delivery.frame for delivery in first.deliveries
    ]
    assert again.presentation == first.presentation
    other = run_session(session_plan(), b"another session")
    assert other.presentation != first.presentation
    assert other.verified.transcript == first.verified.transcript


@pytest.mark.parametrize("rsa", [False, True])
@pytest.mark.parametrize("extended", [False, True])
def test_both_suites_and_both_master_secrets(rsa: bool, extended: bool) -> None:
    plan = session_plan()
    server = server_configuration(rsa=rsa, extended_master_secret=extended)
    result = run_session(replace(plan, connection=replace(plan.connection, server=server)), SEED)
    assert isinstance(result.verified, VerifiedPresentation)
    info = result.verified.body.connection_info
    assert info.extended_master_secret is extended
    assert info.cipher_suite == server.cipher_suite


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
def test_every_signature_algorithm_without_holder_and_without_close_notify(
    algorithm: SignatureAlgorithm,
) -> None:
    key = SigningKey(algorithm=algorithm, secret=bytes(range(3, 35)))
    plan = without_holder(session_plan())
    store = plan.verifier.trust_store
    plan = replace(
        plan,
        connection=replace(plan.connection, signature_algorithms=(algorithm,), close_notify=False),
        trusted_key=key.verifying_key,
        notary_keys=(OTHER_KEY, key) if algorithm is not OTHER_KEY.algorithm else (key,),
        verifier=replace(
            plan.verifier,
            trust_store=replace(
                store, notaries=(replace(store.notaries[0], verifying_key=key.verifying_key),)
            ),
        ),
    )
    verified = run_session(plan, SEED).verified
    assert isinstance(verified, VerifiedPresentation)
    assert verified.body.connection_info.closure is Closure.CLOSE_NOTIFY_NOT_RECEIVED


def test_each_view_holds_only_what_the_table_lists_and_no_secret() -> None:
    result = honest_session()
    for role in (Role.PROVER, Role.NOTARY):
        for observation in result.views.of(role):
            assert observation.item in VIEWS[observation.step][role]
    notary = b"".join(observation.octets for observation in result.views.of(Role.NOTARY))
    notary += b"".join(delivery.frame for delivery in result.deliveries)
    for part in (b"token", b"alice", b"12.50", SERVER_NAME.encode()):
        frames = b"".join(
            delivery.frame for delivery in result.deliveries if delivery.receiver is Role.NOTARY
        )
        assert part not in frames
    certificate = server_configuration().certificates[0]
    assert certificate not in notary


def test_the_notary_is_shown_the_config_and_commitments_of_the_submission() -> None:
    items = {observation.item for observation in honest_session().views.of(Role.NOTARY)}
    assert {Item.COMMIT_CONFIG, Item.COMMITMENTS, Item.HANDSHAKE_COMMITMENT} <= items


@settings(max_examples=12)
@given(st.data())
def test_no_octet_between_prover_and_notary_can_be_changed(data: st.DataObject) -> None:
    """Somebody refuses, whichever octet of whichever message is changed: nothing is signed or disclosed."""
    frames = [delivery.frame for delivery in honest_session().deliveries]
    target = data.draw(st.integers(0, len(frames) - 1))
    position = data.draw(st.integers(0, len(frames[target]) - 1))
    mask = data.draw(st.integers(1, 255))

    def wire(index: int, frame: bytes) -> bytes:
        if index != target:
            return frame
        mutated = bytearray(frame)
        mutated[position] ^= mask
        return bytes(mutated)

    with pytest.raises((Rejection, RecordAuthenticationError)):
        run_session(session_plan(), SEED, wire)


@pytest.mark.parametrize(
    ("replacement", "reason"),
    [
        (Frame(channel=Channel.ENGINE, body=encode_message(SessionClosed())), Reason.LINK_UNEXPECTED_MESSAGE),
        (
            Frame(channel=Channel.SESSION, body=encode_message(SessionClosed())),
            Reason.LINK_UNEXPECTED_MESSAGE,
        ),
        (Frame(channel=Channel.SESSION, body=b""), Reason.ENCODING_TRUNCATED),
    ],
)
def test_another_frame_than_the_awaited_one_ends_the_session(replacement: Frame, reason: Reason) -> None:
    with rejects(reason):
        run_session(session_plan(), SEED, lambda _index, _frame: replacement.encode())


def test_a_prover_that_trusts_another_notary_stops_before_its_key_share() -> None:
    plan = replace(session_plan(), trusted_key=OTHER_KEY.verifying_key)
    with rejects(Reason.TLS_SESSION_UNTRUSTED_NOTARY):
        run_session(plan, SEED)


def test_a_server_with_another_name_is_refused_by_the_prover() -> None:
    plan = session_plan()
    plan = replace(plan, connection=replace(plan.connection, server_name="other.example"))
    with rejects(Reason.VERIFICATION_SERVER_NAME_MISMATCH):
        run_session(plan, SEED)


def test_a_request_above_the_budget_is_refused() -> None:
    plan = session_plan()
    budget = replace(plan.connection.budget, sent_octets=len(SENT) - 1)
    with pytest.raises(Rejection) as caught:
        run_session(replace(plan, connection=replace(plan.connection, budget=budget)), SEED)
    assert caught.value.reason is Reason.MPC_TLS_BUDGET_EXCEEDED
