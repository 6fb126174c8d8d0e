"""Encoding commitments in a whole session: what is opened, what stays hidden, and each way to cheat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpctls.spec.commitments import BN254_ORDER, EncodingCommitment, EncodingOpening, WithheldOpening
from mpctls.spec.data_submission import (
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.diagram import Role
from mpctls.spec.files import decode_file, encode_file
from mpctls.spec.ideal.encoding_commitment import ConversionError, Converted
from mpctls.spec.ideal.zero_knowledge_proof import LateWitnessError, ProofEndedError, ZeroKnowledgeProof
from mpctls.spec.identifiers import Direction
from mpctls.spec.messages import EncodingCommitments, IncludeCommitments, MerkleTreeRoot, encode_message
from mpctls.spec.mpc_tls.views import Item
from mpctls.spec.notary_states import NotaryCommitted
from mpctls.spec.presentation import Presentation
from mpctls.spec.presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from mpctls.spec.prover_states import ProverCommitted
from mpctls.spec.randomness import Randomness
from mpctls.spec.reasons import OutOfOrderError, Reason, Rejection
from mpctls.spec.session import _encode, run_session
from mpctls.spec.tls.record_protection import RecordAuthenticationError
from mpctls.spec.verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from mpctls.spec.verification.reconstruct_partial_transcript import VerifiedPresentation
from mpctls.spec.zero_knowledge.field_encoding import (
    commit,
    elements_of,
    encoding_header,
    opens,
    satisfies_opening_relation,
)
from mpctls.spec.zero_knowledge.scalar_field import decode_scalar, encode_scalar

from ..session import stages
from ..session.plans import BALANCE, NAME, RECEIVED, SEED, TOKEN, verifier
from ..session.stages import changed, rejects, resigned
from ..tls.certificates import NOW
from .encoded import CONFIG, encoding_plan, encoding_session, finish, proved, registered

STEP = include_encoded_commitment_or_hash_range
NAME_LEAF, BALANCE_LEAF = 3, 4
ENCODED = [index for index, entry in enumerate(CONFIG) if not hasattr(entry.kind, "algorithm")]


def presented() -> Presentation:
    message = encoding_session().presentation
    assert message is not None
    return decode_file(Presentation, message.octets)


def verify(presentation: Presentation) -> VerifiedPresentation:
    ready = verifier()
    message = send_presentation.SentPresentation(octets=encode_file(presentation))
    state = send_presentation.receive(ready, message)
    consistent = check_commitment_consistency.perform(verify_signature_validity.perform(state, now=NOW))
    return reconstruct_partial_transcript.perform(consistent, now=NOW)


def test_an_encoding_commitment_is_opened_in_plain_or_withheld() -> None:
    verified = encoding_session().verified
    assert isinstance(verified, VerifiedPresentation)
    received = verified.transcript.received
    name, balance = NAME.ranges[0], BALANCE.ranges[0]
    assert received.read(name.start, name.end) == b"alice"
    with rejects(Reason.VERIFICATION_OCTET_NOT_AUTHENTICATED):
        received.read(balance.start, balance.end)
    transcript = presented().transcript
    assert transcript is not None
    openings = {each.index: type(each.opening) for each in transcript.openings}
    assert openings[NAME_LEAF] is EncodingOpening
    assert openings[BALANCE_LEAF] is WithheldOpening
    octets = encoding_session().presentation
    assert octets is not None
    assert b"12.50e2" not in octets.octets


def test_every_leaf_opens_to_its_octets_and_to_no_others() -> None:
    attested = encoding_session().attested
    assert attested is not None
    for index in ENCODED:
        leaf = attested.secrets.commitments[index].commitment
        opening = attested.secrets.commitments[index].opening
        assert isinstance(leaf, EncodingCommitment)
        blinder = decode_scalar(opening.blinder)
        transcript = {Direction.SENT: attested.secrets.sent, Direction.RECEIVED: attested.secrets.received}
        octets = leaf.ranges.gather(transcript[leaf.direction])
        assert opens(leaf, octets, blinder)
        assert not opens(leaf, octets[:-1] + bytes([octets[-1] ^ 1]), blinder)
        assert not opens(leaf, octets, blinder + 1)
        assert not opens(leaf, octets + b"\0", blinder)
        assert not opens(leaf, octets[:-1], blinder)


def test_factors_offsets_and_blinders_are_fresh_for_every_leaf() -> None:
    attested = encoding_session().attested
    assert attested is not None
    scalars = [
        scalar
        for secret in attested.secrets.commitments
        if isinstance(secret.commitment, EncodingCommitment)
        for scalar in (secret.commitment.factor, secret.commitment.offset, secret.opening.blinder)
    ]
    assert len(set(scalars)) == 3 * len(ENCODED)
    assert bytes(32) not in scalars


def test_views_of_the_submission_and_frames_hold_no_committed_octet() -> None:
    views = encoding_session().views
    of_prover = [seen.item for seen in views.of(Role.PROVER)]
    assert of_prover.count(Item.ENCODING_MESSAGE) == of_prover.count(Item.RELEASE) == len(ENCODED)
    of_notary = [seen.item for seen in views.of(Role.NOTARY)]
    assert of_notary.count(Item.ENCODING_COMMITMENTS) == 1
    assert Item.ENCODING_MESSAGE not in of_notary
    frames = b"".join(delivery.frame for delivery in encoding_session().deliveries)
    for part in (b"alice", b"12.50", b"token"):
        assert part not in frames


def test_after_message_21_the_prover_sends_nothing() -> None:
    deliveries = encoding_session().deliveries
    last = max(index for index, delivery in enumerate(deliveries) if delivery.receiver is Role.NOTARY)
    assert deliveries[last].frame[5:6] == b"\x15"
    assert all(delivery.receiver is Role.PROVER for delivery in deliveries[last + 1 :])


@settings(max_examples=6)
@given(st.data())
def test_no_octet_of_the_submission_can_be_changed(data: st.DataObject) -> None:
    deliveries = encoding_session().deliveries
    target = data.draw(st.integers(len(deliveries) - 5, len(deliveries) - 1))
    frame = deliveries[target].frame
    position = data.draw(st.integers(0, len(frame) - 1))
    mask = data.draw(st.integers(1, 255))

    def wire(index: int, octets: bytes) -> bytes:
        if index != target:
            return octets
        mutated = bytearray(octets)
        mutated[position] ^= mask
        return bytes(mutated)

    with pytest.raises((Rejection, RecordAuthenticationError)):
        run_session(encoding_plan(), SEED, wire)


@pytest.mark.parametrize("part", ["commitment", "offset", "factor"])
def test_message_16_holds_empty_leaves(part: str) -> None:
    plan = encoding_plan().commitments
    submitted, config = stages.submit(plan)
    received = STEP.send(submitted, Randomness(b"prover"), stages.proof_of(submitted.finalised))[1]
    state = submit_transcript_commit_config.receive(stages.finalised()[1], config)
    leaves = list(received.commitments)
    leaves[NAME_LEAF] = changed(leaves[NAME_LEAF], part, encode_scalar(1))
    with rejects(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH):
        STEP.receive(state, IncludeCommitments(commitments=tuple(leaves)), ZeroKnowledgeProof({}))


def test_the_notary_refuses_another_number_of_commitments_and_scalars_that_are_none() -> None:
    state = proved()
    _, message = STEP.send_encodings(state.prover, state.conversion)
    for commitments in (message.commitments[:-1], (*message.commitments, bytes(32)), ()):
        with rejects(Reason.DATA_SUBMISSION_COMMITMENT_MISMATCH):
            STEP.receive_encodings(
                state.notary, EncodingCommitments(commitments=commitments), state.conversion
            )
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        EncodingCommitments(commitments=(BN254_ORDER.to_bytes(32, "little"),))
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        EncodingOpening(octets=b"", blinder=BN254_ORDER.to_bytes(32, "little"))
    assert encode_message(message)[:1] == b"\x15"


def test_a_prover_that_commits_to_another_message_cannot_open() -> None:
    """m + 1 committed: the leaf is signed, and opens to nothing."""
    state = proved()
    encoded, _, _ = registered(state)
    honest = encoded.committed[BALANCE_LEAF]
    assert isinstance(honest.commitment, EncodingCommitment)
    state = proved()
    octets = BALANCE.gather(RECEIVED)
    right = state.conversion.commit(BALANCE_LEAF, Direction.RECEIVED, BALANCE)
    blinder = decode_scalar(honest.opening.blinder)
    header = encoding_header(Direction.RECEIVED, len(octets))
    wrong = commit(header, right + 1, blinder, elements_of(octets))
    assert encode_scalar(commit(header, right, blinder, elements_of(octets))) == honest.commitment.commitment
    state.conversion.replace(BALANCE_LEAF, message=right + 1, elements=elements_of(octets))
    released = state.conversion.release()[BALANCE_LEAF]
    leaf = replace(
        honest.commitment,
        commitment=encode_scalar(wrong),
        offset=encode_scalar(released.offset),
        factor=encode_scalar(released.factor),
    )
    assert not opens(leaf, octets, blinder)
    assert not satisfies_opening_relation(leaf, right + 1, blinder, elements_of(octets))
    assert not state.conversion.opens(BALANCE_LEAF, elements_of(octets))


def test_a_commitment_to_other_octets_opens_to_neither() -> None:
    state = proved()
    message = state.conversion.commit(BALANCE_LEAF, Direction.RECEIVED, BALANCE)
    truth, lie = elements_of(BALANCE.gather(RECEIVED)), elements_of(b"99.50e2")
    state.conversion.replace(BALANCE_LEAF, message=message, elements=lie)
    state.conversion.release()
    assert not state.conversion.opens(BALANCE_LEAF, lie)
    assert not state.conversion.opens(BALANCE_LEAF, truth)


def test_the_functionality_opens_what_was_not_replaced() -> None:
    state = proved()
    state.conversion.commit(BALANCE_LEAF, Direction.RECEIVED, BALANCE)
    with pytest.raises(ConversionError):
        state.conversion.opens(BALANCE_LEAF, ())
    with pytest.raises(ConversionError):
        state.conversion.learn_release()
    state.conversion.release()
    assert state.conversion.opens(BALANCE_LEAF, elements_of(BALANCE.gather(RECEIVED)))


def test_a_leaf_is_converted_once_and_nothing_after_the_release() -> None:
    state = proved()
    state.conversion.commit(NAME_LEAF, Direction.RECEIVED, NAME)
    with pytest.raises(ConversionError):
        state.conversion.commit(NAME_LEAF, Direction.RECEIVED, NAME)
    state.conversion.release()
    for late in (
        state.conversion.release,
        lambda: state.conversion.commit(BALANCE_LEAF, Direction.RECEIVED, BALANCE),
        lambda: state.conversion.replace(NAME_LEAF, message=0, elements=()),
    ):
        with pytest.raises(ConversionError):
            late()


def test_nothing_is_proved_under_a_released_correlation() -> None:
    state = proved()
    registered(state)
    with pytest.raises(ProofEndedError):
        state.proof.require(lambda _: True, "sent", reason=Reason.DATA_SUBMISSION_COMMITMENT_PROOF_INVALID)
    for late in (
        lambda: state.proof.commit("more", b""),
        lambda: state.proof.hand_over("sent"),
        state.proof.end,
    ):
        with pytest.raises(ProofEndedError):
            late()


def test_nothing_is_converted_before_everything_is_committed() -> None:
    with pytest.raises(LateWitnessError):
        ZeroKnowledgeProof({"sent": b"x"}).hand_over("sent")


@pytest.mark.parametrize("errors", [{0: 1}, {1: 1}, dict.fromkeys(range(8), 1)])
def test_a_notary_that_converts_wrongly_learns_nothing_and_is_found_out(errors: dict[int, int]) -> None:
    """One bit of the balance, set or not: the Prover's octets are of one length and it never complains."""
    state = proved()
    state.conversion.deviate(BALANCE_LEAF, errors)
    sent, read = finish(state)
    honest, _ = finish(proved())
    assert len(sent) == len(honest)
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        read()


def test_an_error_at_a_bit_that_is_not_set_changes_no_octet_that_the_prover_sends() -> None:
    first = BALANCE.gather(RECEIVED)[0]
    unset = next(position for position in range(8) if not first >> position & 1)
    state = proved()
    state.conversion.deviate(BALANCE_LEAF, {unset: 5})
    assert finish(state)[0] == finish(proved())[0]


def test_a_notary_may_choose_offset_and_factor_and_harms_only_itself() -> None:
    state = proved()
    state.conversion.choose(BALANCE_LEAF, Converted(offset=7, factor=1))
    _, read = finish(state)
    leaf = read().secrets.commitments[BALANCE_LEAF].commitment
    assert isinstance(leaf, EncodingCommitment)
    assert (leaf.offset, leaf.factor) == (encode_scalar(7), encode_scalar(1))


def test_a_wrong_root_is_found_in_silence_after_the_last_message() -> None:
    def other(_: MerkleTreeRoot) -> MerkleTreeRoot:
        return MerkleTreeRoot(root=bytes(32))

    _, read = finish(proved(), change_root=other)
    with rejects(Reason.DATA_SUBMISSION_ROOT_MISMATCH):
        read()
    state = proved()
    state.conversion.deviate(BALANCE_LEAF, {0: 1})
    _, read = finish(state, change_root=other)
    with rejects(Reason.DATA_SUBMISSION_CONVERSION_CHECK_FAILED):
        read()


@pytest.mark.parametrize("part", ["commitment", "offset", "factor"])
def test_a_notary_that_changes_a_leaf_after_the_release_is_found_out(part: str) -> None:
    def change(notary: NotaryCommitted) -> NotaryCommitted:
        leaves = list(notary.commitments)
        leaves[BALANCE_LEAF] = changed(leaves[BALANCE_LEAF], part, encode_scalar(3))
        return replace(notary, commitments=tuple(leaves))

    _, read = finish(proved(), change_notary=change)
    with rejects(Reason.DATA_SUBMISSION_ROOT_MISMATCH):
        read()


def test_steps_of_encoding_commitments_are_refused_out_of_order() -> None:
    state = proved()
    encoded, message, complete = registered(state)
    conversion, root = state.conversion, MerkleTreeRoot(root=bytes(32))
    with pytest.raises(OutOfOrderError):
        STEP.send_encodings(encoded, conversion)  # type: ignore[arg-type]
    with pytest.raises(OutOfOrderError):
        STEP.learn_release(state.prover, conversion)  # type: ignore[arg-type]
    with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
        STEP.receive_encodings(complete, message, conversion)  # type: ignore[arg-type]
    with rejects(Reason.LINK_UNEXPECTED_MESSAGE):
        STEP.receive_encodings(state.notary, root, conversion)  # type: ignore[arg-type]


def test_one_party_alone_makes_no_encoding_commitments() -> None:
    state = proved()
    result = encoding_session()
    committed = ProverCommitted(
        finalised=state.prover.finalised, submission=state.prover.submission, committed=()
    )
    with pytest.raises(OutOfOrderError):
        _encode(committed, state.notary, result.connection, None, None)  # type: ignore[arg-type]


def opened_name(change: str, new: object) -> Presentation:
    presentation = presented()
    assert presentation.transcript is not None
    openings = list(presentation.transcript.openings)
    place = [each.index for each in openings].index(NAME_LEAF)
    openings[place] = changed(openings[place], change, new)
    return replace(presentation, transcript=replace(presentation.transcript, openings=tuple(openings)))


@pytest.mark.parametrize(
    ("change", "new", "reason"),
    [
        ("opening.octets", b"bob", Reason.VERIFICATION_OPENING_LENGTH_MISMATCH),
        ("opening.octets", b"clara", Reason.VERIFICATION_OPENING_MISMATCH),
        ("opening.blinder", bytes(32), Reason.VERIFICATION_OPENING_MISMATCH),
        ("commitment.offset", bytes(32), Reason.VERIFICATION_OPENING_MISMATCH),
        ("commitment.factor", bytes(32), Reason.VERIFICATION_OPENING_MISMATCH),
        ("commitment.direction", Direction.SENT, Reason.VERIFICATION_OPENING_MISMATCH),
    ],
)
def test_a_plain_opening_with_one_fault_gives_its_reason(change: str, new: object, reason: Reason) -> None:
    with rejects(reason):
        verify(opened_name(change, new))


def test_a_withheld_leaf_must_be_in_the_tree() -> None:
    presentation = presented()
    verify(presentation)
    assert presentation.transcript is not None
    openings = list(presentation.transcript.openings)
    place = [each.index for each in openings].index(BALANCE_LEAF)
    openings[place] = changed(openings[place], "commitment.commitment", bytes(32))
    forged = replace(presentation, transcript=replace(presentation.transcript, openings=tuple(openings)))
    with rejects(Reason.VERIFICATION_MERKLE_PROOF_INVALID):
        verify(forged)


def test_secrets_that_do_not_open_an_encoding_leaf_are_refused() -> None:
    attested = encoding_session().attested
    assert attested is not None
    commitments = list(attested.secrets.commitments)
    commitments[BALANCE_LEAF] = changed(commitments[BALANCE_LEAF], "opening.blinder", bytes(32))
    wrong = changed(attested, "secrets.commitments", tuple(commitments))
    with rejects(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH):
        select_disclosure_range.perform(wrong, encoding_plan().selection)


def test_leaves_that_predicates_are_about_are_shown_unless_they_are_opened() -> None:
    attested = encoding_session().attested
    assert attested is not None
    plain = replace(encoding_plan().selection, structured=False)
    proved = replace(plain, proved=frozenset({NAME_LEAF, BALANCE_LEAF}))
    assert select_disclosure_range.perform(attested, plain).withheld == ()
    selected = select_disclosure_range.perform(attested, proved)
    assert NAME_LEAF in selected.opened
    assert selected.withheld == (BALANCE_LEAF,)


def test_a_presentation_of_only_a_withheld_leaf_is_built_and_verified() -> None:
    attested = encoding_session().attested
    assert attested is not None
    plan = encoding_plan()
    selection = replace(plan.selection, sent=None, received=None, structured=False, proved=frozenset({1}))
    selected = select_disclosure_range.perform(attested, selection)
    combined = combine_identity_proof.perform(generate_transcript_proof.perform(selected))
    presentation = send_presentation.send(combined, plan.holder)[0].presentation
    verified = verify(presentation)
    assert verified.transcript.sent.authenticated is None
    assert presentation.transcript is not None
    leaf = presentation.transcript.openings[0].commitment
    assert leaf.ranges == TOKEN
    assert resigned(presentation.attestation) == presentation.attestation
