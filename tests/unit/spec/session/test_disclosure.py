"""Disclosure to a partner that verifies itself, one fault at a time, and the ordinary server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mpctls.spec import disclosure
from mpctls.spec.commitments import WithheldOpening
from mpctls.spec.disclosure import VerifiedDisclosure
from mpctls.spec.encoding import Structure
from mpctls.spec.identifiers import SessionKind
from mpctls.spec.messages import Disclosure, MerkleTreeRoot
from mpctls.spec.mpc_tls.messages import Record
from mpctls.spec.ordinary_server import derive_keys, exchange_finished
from mpctls.spec.prover_states import DisclosureSelection
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import OutOfOrderError, Reason
from mpctls.spec.tls.constants import ContentType
from mpctls.spec.tls.handshake_messages import finished_message
from mpctls.spec.tls.record_protection import protect
from mpctls.spec.verifier_policy import VerifierPolicy

from ..tls.certificates import NOW, authority, make_authority
from .plans import RECEIVED, REQUEST_LINE, SENT, SERVER_NAME
from .stages import changed, commit_plan, rejects, rooted

KIND = SessionKind.VERIFY
SELECTION = DisclosureSelection(sent=REQUEST_LINE, identity=True)
POLICY = VerifierPolicy(server_names=frozenset({SERVER_NAME}), required_extensions=frozenset({"purpose"}))
Change = Callable[[Disclosure], Disclosure]


def disclose(
    change: Change = lambda message: message,
    *,
    policy: VerifierPolicy = POLICY,
    selection: DisclosureSelection = SELECTION,
) -> VerifiedDisclosure:
    prover, partner = rooted(kind=KIND)
    _, message = disclosure.send(prover, selection)
    verified, _ = disclosure.receive(
        partner, change(message), roots=(authority().certificate,), policy=policy, now=NOW
    )
    return verified


def part(path: str, new: object) -> Change:
    def change(message: Disclosure) -> Disclosure:
        result: Disclosure = changed(message, path, new)
        return result

    return change


def opening(path: str, new: object) -> Change:
    def change(message: Disclosure) -> Disclosure:
        assert message.transcript is not None
        first = changed(message.transcript.openings[0], path, new)
        return replace(message, transcript=replace(message.transcript, openings=(first,)))

    return change


def test_an_honest_disclosure_shows_what_was_selected() -> None:
    verified = disclose()
    assert verified.transcript.sent.authenticated == REQUEST_LINE
    assert verified.transcript.received.authenticated is None
    assert verified.connection_info.received_length == len(RECEIVED)
    assert verified.server_name == SERVER_NAME


def test_leaves_of_hidden_tokens_are_shown_for_a_structured_view() -> None:
    prover, _ = rooted(kind=KIND)
    selection = replace(SELECTION, structured=True)
    _, message = disclosure.send(prover, selection)
    assert message.transcript is not None
    withheld = [
        each.index for each in message.transcript.openings if isinstance(each.opening, WithheldOpening)
    ]
    assert withheld == [1, 3, 4]
    assert disclose(selection=selection).transcript == disclose().transcript


def test_identity_alone_and_octets_alone_can_be_disclosed() -> None:
    only_identity = disclose(selection=DisclosureSelection(identity=True))
    assert not any(only_identity.transcript.sent.mask)
    only_octets = disclose(selection=DisclosureSelection(sent=REQUEST_LINE), policy=VerifierPolicy())
    assert only_octets.server_name is None


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        (
            Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
            part("identity.key_exchange.client_random", bytes(32)),
        ),
        (
            Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH,
            part("identity.key_exchange.blinder", b"x" * 32),
        ),
        (Reason.VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH, part("identity.handshake.blinder", bytes(32))),
        (Reason.VERIFICATION_SERVER_NAME_MISMATCH, part("identity.server_name", "other.example")),
        (
            Reason.VERIFICATION_RANGE_OUT_OF_BOUNDS,
            opening("commitment.ranges", RangeSet.of((0, len(SENT) + 1))),
        ),
        (Reason.VERIFICATION_OPENING_MISMATCH, opening("opening.octets", bytes(REQUEST_LINE.octet_count))),
        (Reason.VERIFICATION_LEAF_INDEX_OUT_OF_RANGE, opening("index", 5)),
        (Reason.VERIFICATION_MERKLE_PROOF_INVALID, opening("index", 1)),
        (Reason.VERIFICATION_MERKLE_PROOF_INVALID, part("transcript.proof", ())),
        (Reason.VERIFICATION_IDENTITY_REQUIRED, part("identity", None)),
    ],
)
def test_a_disclosure_with_one_fault_is_refused(reason: Reason, change: Change) -> None:
    with rejects(reason):
        disclose(change)


def test_the_partners_policy_and_roots_decide() -> None:
    with rejects(Reason.VERIFICATION_SERVER_NOT_ALLOWED):
        disclose(policy=replace(POLICY, server_names=frozenset({"other.example"})))
    with rejects(Reason.VERIFICATION_REQUIRED_EXTENSION_MISSING):
        disclose(policy=replace(POLICY, required_extensions=frozenset({"notary/a"})))
    prover, partner = rooted(kind=KIND)
    _, message = disclosure.send(prover, SELECTION)
    with rejects(Reason.VERIFICATION_CERTIFICATE_INVALID):
        roots = (make_authority("Other").certificate,)
        disclosure.receive(partner, message, roots=roots, policy=POLICY, now=NOW)


def test_something_is_selected() -> None:
    with rejects(Reason.PRESENTATION_BUILDING_NOTHING_SELECTED):
        disclose(selection=DisclosureSelection())
    with rejects(Reason.PRESENTATION_BUILDING_RANGE_NOT_COVERED):
        disclose(selection=DisclosureSelection(sent=RangeSet.of((0, 1))))


def test_a_disclosure_belongs_to_a_session_of_its_kind() -> None:
    prover, notary = rooted()
    with pytest.raises(OutOfOrderError):
        disclosure.send(prover, SELECTION)
    message = Disclosure(identity=None, transcript=None)
    wrong: list[tuple[object, Structure]] = [
        (notary, message),
        (prover, message),
        (rooted(kind=KIND)[1], MerkleTreeRoot(root=bytes(32))),
    ]
    for state, received in wrong:
        with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
            disclosure.receive(state, received, roots=(), policy=POLICY, now=NOW)  # type: ignore[arg-type]


def test_a_server_refuses_another_finished() -> None:
    server = derive_keys(
        pre_master_secret=bytes(32),
        client_random=bytes(32),
        server_random=bytes(32),
        extended_master_secret=False,
        handshake=b"handshake",
    )
    protected = protect(
        server.client,
        sequence_number=0,
        content_type=ContentType.HANDSHAKE,
        explicit_nonce=bytes(8),
        plaintext=finished_message(bytes(12)),
    )
    record = Record(
        content_type=protected.content_type,
        explicit_nonce=protected.explicit_nonce,
        ciphertext=protected.ciphertext,
        tag=protected.tag,
    )
    with rejects(Reason.MPC_TLS_CLIENT_FINISHED_MISMATCH):
        exchange_finished(server, record)


def test_the_commitments_of_both_kinds_are_the_same() -> None:
    notarized, verified = rooted(), rooted(kind=KIND)
    assert len(notarized[0].committed) == len(verified[0].committed) == len(commit_plan().config)
