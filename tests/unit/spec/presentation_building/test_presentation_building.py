"""Presentation building: what is opened for a selection, and each refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mpctls.spec.attestation import Attestation
from mpctls.spec.commitments import (
    EncodingOpening,
    EncodingSecret,
    HashOpening,
    WithheldOpening,
)
from mpctls.spec.files import AttestationSecrets, decode_file, encode_file
from mpctls.spec.presentation import Presentation, TranscriptProof
from mpctls.spec.presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from mpctls.spec.presentation_building.send_presentation import SentPresentation
from mpctls.spec.prover_states import (
    DisclosureSelection,
    ProverAttested,
    ProverIdentityCombined,
    ProverSelected,
)
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import OutOfOrderError, Reason

from ..session.plans import (
    AROUND,
    BALANCE,
    NAME,
    OTHER_KEY,
    RECEIVED,
    REQUEST_LINE,
    SENT,
    TOKEN,
    session_plan,
    verifier,
)
from ..session.stages import attested, changed, presentation, rejects, resigned


def select(state: ProverAttested | None = None, **selection: object) -> ProverSelected:
    return select_disclosure_range.perform(state or attested(), DisclosureSelection(**selection))  # type: ignore[arg-type]


def test_every_leaf_inside_the_selection_is_opened_and_no_other() -> None:
    assert select(sent=REQUEST_LINE).opened == (0,)
    assert select(sent=RangeSet.of((0, TOKEN.ranges[0].end)), received=NAME).opened == (0, 1, 3)
    everything_but_balance = RangeSet.of((0, BALANCE.ranges[0].start), (BALANCE.ranges[0].end, len(RECEIVED)))
    assert select(received=everything_but_balance).opened == (2, 3)
    assert select(identity=True).opened == ()


@pytest.mark.parametrize(
    "selection",
    [
        DisclosureSelection(sent=RangeSet.of((0, len(SENT) + 1))),
        DisclosureSelection(received=RangeSet.of((len(RECEIVED), len(RECEIVED) + 1))),
    ],
)
def test_a_selection_beyond_the_transcript_is_refused(selection: DisclosureSelection) -> None:
    with rejects(Reason.PRESENTATION_BUILDING_RANGE_OUT_OF_BOUNDS):
        select_disclosure_range.perform(attested(), selection)


def test_what_no_leaf_inside_the_selection_covers_is_named() -> None:
    last = len(SENT)
    with rejects(Reason.PRESENTATION_BUILDING_RANGE_NOT_COVERED) as caught:
        select(sent=RangeSet.of((0, 5), (last - 4, last)))
    assert caught.value.detail == f"SENT 0..5, {last - 4}..{last}"
    with rejects(Reason.PRESENTATION_BUILDING_RANGE_NOT_COVERED):
        select(received=RangeSet.of((AROUND.ranges[0].start, AROUND.ranges[0].end)))


def test_nothing_selected_is_refused() -> None:
    with rejects(Reason.PRESENTATION_BUILDING_NOTHING_SELECTED):
        select()


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("secrets.key_exchange.blinder", bytes(32)),
        ("secrets.handshake.blinder", bytes(32)),
        ("secrets.sent", SENT + b"more"),
        ("secrets.received", RECEIVED + b"more"),
        ("secrets.sent", bytes(len(SENT))),
        ("secrets.commitments", ()),
        ("attestation.body.transcript_commitments.root", bytes(32)),
    ],
)
def test_secrets_of_something_else_are_refused(path: str, new: object) -> None:
    with rejects(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH):
        select(changed(attested(), path, new), identity=True)


def test_a_secret_of_another_kind_than_its_leaf_is_refused() -> None:
    state = attested()
    first, *others = state.secrets.commitments
    swapped = replace(first, opening=EncodingSecret(blinder=bytes(32)))
    state = changed(state, "secrets.commitments", (swapped, *others))
    with rejects(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH):
        select(state, sent=REQUEST_LINE)
    forged = ProverSelected(attested=state, selection=DisclosureSelection(sent=REQUEST_LINE), opened=(0,))
    with rejects(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH):
        generate_transcript_proof.perform(forged)


def test_a_structured_view_shows_the_leaves_of_tokens_that_stay_hidden() -> None:
    selected = select(received=NAME, structured=True)
    assert (selected.opened, selected.withheld) == ((3,), (1, 4))
    proved = generate_transcript_proof.perform(selected)
    assert proved.transcript is not None
    assert [(each.index, type(each.opening)) for each in proved.transcript.openings] == [
        (1, WithheldOpening),
        (3, HashOpening),
        (4, WithheldOpening),
    ]
    assert b"Bearer token" not in proved.transcript.encode()
    assert select(received=NAME).withheld == ()


@pytest.mark.parametrize("proved", [{2}, {4, 5}, {99}])
def test_a_predicate_is_about_an_encoding_commitment(proved: set[int]) -> None:
    with rejects(Reason.PRESENTATION_BUILDING_FIELD_NOT_COMMITTED):
        select(identity=True, proved=frozenset(proved))


def test_a_proof_opens_octets_and_blinders_of_the_chosen_leaves() -> None:
    proved = generate_transcript_proof.perform(select(sent=RangeSet.of((0, TOKEN.ranges[0].end))))
    assert proved.transcript is not None
    assert [opening.index for opening in proved.transcript.openings] == [0, 1]
    token = proved.transcript.openings[1].opening
    assert isinstance(token, HashOpening)
    assert token.octets == b"Bearer token"
    assert len(proved.transcript.proof) == 2


def test_without_a_chosen_leaf_there_is_no_proof() -> None:
    assert generate_transcript_proof.perform(select(identity=True)).transcript is None


def combined(*, identity: bool = True) -> ProverIdentityCombined:
    selected = select(sent=REQUEST_LINE, identity=identity)
    return combine_identity_proof.perform(generate_transcript_proof.perform(selected))


def test_an_identity_is_combined_only_when_selected() -> None:
    identity = combined().identity
    assert identity is not None
    assert identity.key_exchange == attested().secrets.key_exchange
    assert combined(identity=False).identity is None


def test_a_presentation_of_an_attestation_with_a_holder_needs_the_holders_signature() -> None:
    holder = session_plan().holder
    assert holder is not None
    with rejects(Reason.PRESENTATION_BUILDING_BINDING_REQUIRED):
        send_presentation.send(combined())
    with rejects(Reason.PRESENTATION_BUILDING_HOLDER_KEY_MISMATCH):
        send_presentation.send(combined(), replace(holder, signing_key=OTHER_KEY))
    state, message = send_presentation.send(combined(), holder)
    assert send_presentation.receive(verifier(), message).presentation == state.presentation


def test_a_holder_of_an_attestation_without_one_is_refused() -> None:
    holder = session_plan().holder
    body = replace(attested().attestation.body, prover_extensions=())
    bare = replace(
        combined(),
        attested=replace(attested(), attestation=resigned(attested().attestation, body=body)),
    )
    with rejects(Reason.PRESENTATION_BUILDING_HOLDER_KEY_MISMATCH):
        send_presentation.send(bare, holder)
    state, _ = send_presentation.send(bare)
    assert state.presentation.binding is None


def test_steps_are_refused_out_of_order() -> None:
    state = attested()
    for step in (
        lambda: select_disclosure_range.perform(select(identity=True), DisclosureSelection()),  # type: ignore[arg-type]
        lambda: generate_transcript_proof.perform(state),  # type: ignore[arg-type]
        lambda: combine_identity_proof.perform(state),  # type: ignore[arg-type]
        lambda: send_presentation.send(state),  # type: ignore[arg-type]
    ):
        with pytest.raises(OutOfOrderError):
            step()


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", Reason.ENCODING_TRUNCATED),
        (b"mpct", Reason.ENCODING_TRUNCATED),
        (b"mpctls\x03\x01", Reason.ENCODING_TRUNCATED),
        (b"MPCTLS\x03\x01\x00", Reason.ENCODING_NOT_THIS_FILE_TYPE),
        (b"x", Reason.ENCODING_NOT_THIS_FILE_TYPE),
        (b"mpctls\x01\x01\x00", Reason.ENCODING_NOT_THIS_FILE_TYPE),
        (b"mpctls\x03\x02\x00", Reason.ENCODING_UNKNOWN_FORMAT_VERSION),
        (encode_file(presentation())[:-1], Reason.ENCODING_TRUNCATED),
        (encode_file(presentation()) + b"\x00", Reason.ENCODING_TRAILING_OCTETS),
    ],
)
def test_a_file_that_is_no_presentation_is_refused(octets: bytes, reason: Reason) -> None:
    with rejects(reason):
        send_presentation.receive(verifier(), SentPresentation(octets=octets))


def test_every_artifact_is_stored_and_read_again() -> None:
    attestation, secrets, presented = attested().attestation, attested().secrets, presentation()
    assert decode_file(Attestation, encode_file(attestation)) == attestation
    assert decode_file(AttestationSecrets, encode_file(secrets)) == secrets
    assert decode_file(Presentation, encode_file(presented)) == presented


def test_a_proof_opens_something_in_ascending_order() -> None:
    transcript = presentation().transcript
    assert transcript is not None
    for openings in ((), tuple(reversed(transcript.openings)), transcript.openings[:1] * 2):
        with rejects(Reason.ENCODING_NOT_CANONICAL):
            TranscriptProof(openings=openings, proof=())
    encoding = EncodingOpening(octets=b"", blinder=bytes(32))
    assert changed(transcript.openings[0], "opening", encoding).encode()
