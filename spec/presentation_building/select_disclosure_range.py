"""Prover → Prover, "Select Disclosure Range (Sent/Recv)": which leaves to open for what shall be shown."""

from __future__ import annotations

from ..attestation import TranscriptCommitments
from ..commitments import (
    EncodingCommitment,
    EncodingSecret,
    HashCommitment,
    HashSecret,
    encode_leaf,
    hash_commitment_value,
)
from ..files import AttestationSecrets, CommittedSecret
from ..identifiers import Direction, LexicalClass
from ..merkle import tree_root
from ..prover_states import DisclosureSelection, ProverAttested, ProverSelected
from ..ranges import RangeSet
from ..reasons import Reason, Rejection
from ..states import require_state
from ..transcript import Transcript
from ..zero_knowledge.field_encoding import opens


def perform(state: ProverAttested, selection: DisclosureSelection) -> ProverSelected:
    """Choose every commitment that lies inside the selection to be opened, in leaf order, and no other.

    Run by the Prover. Ensures that the opened leaves together show exactly the selection. Withheld are those
    that predicates are proved about and, for a structured view, those of a class other than *any*: the
    Verifier needs to know where they stand. Rejects with
    presentation-building/range-out-of-bounds, presentation-building/range-not-covered,
    presentation-building/nothing-selected, presentation-building/secrets-mismatch,
    presentation-building/field-not-committed.
    """
    require_state(state, ProverAttested)
    transcript = Transcript(sent=state.secrets.sent, received=state.secrets.received)
    opened = choose_leaves(selection, transcript, state.secrets.commitments)
    if not opened and not selection.identity:
        raise Rejection(Reason.PRESENTATION_BUILDING_NOTHING_SELECTED)
    _require_matching_secrets(state, transcript)
    _require_provable(selection, state.secrets.commitments)
    withheld = choose_withheld(selection, opened, state.secrets.commitments)
    return ProverSelected(attested=state, selection=selection, opened=opened, withheld=withheld)


def choose_leaves(
    selection: DisclosureSelection, transcript: Transcript, committed: tuple[CommittedSecret, ...]
) -> tuple[int, ...]:
    """Return the indices of the leaves to open, ascending.

    Run by the Prover. Rejects with presentation-building/range-out-of-bounds and, naming the octets,
    presentation-building/range-not-covered.
    """
    selected = {Direction.SENT: selection.sent, Direction.RECEIVED: selection.received}
    for direction, ranges in selected.items():
        length = len(transcript.octets(direction))
        if ranges is not None and not ranges.is_within(length):
            raise Rejection(
                Reason.PRESENTATION_BUILDING_RANGE_OUT_OF_BOUNDS,
                f"{direction.name} {ranges}, of {length} octets",
            )
    positions = {
        direction: ranges.positions() if ranges is not None else frozenset()
        for direction, ranges in selected.items()
    }
    uncovered = {direction: set(wanted) for direction, wanted in positions.items()}
    opened = []
    for index, secret in enumerate(committed):
        commitment = secret.commitment
        covered = commitment.ranges.positions()
        if covered <= positions[commitment.direction]:
            opened.append(index)
            uncovered[commitment.direction] -= covered
    for direction, missing in uncovered.items():
        if missing:
            raise Rejection(
                Reason.PRESENTATION_BUILDING_RANGE_NOT_COVERED,
                f"{direction.name} {RangeSet.holding(missing)}",
            )
    return tuple(opened)


def choose_withheld(
    selection: DisclosureSelection, opened: tuple[int, ...], committed: tuple[CommittedSecret, ...]
) -> tuple[int, ...]:
    """Return the indices of the leaves to show without their octets, ascending."""
    return tuple(
        index
        for index, secret in enumerate(committed)
        if index not in opened
        and (
            index in selection.proved
            or (selection.structured and secret.commitment.lexical_class is not LexicalClass.ANY)
        )
    )


def _require_provable(selection: DisclosureSelection, committed: tuple[CommittedSecret, ...]) -> None:
    """Require that what predicates are about are encoding commitments."""
    encoded = {
        index for index, secret in enumerate(committed) if isinstance(secret.commitment, EncodingCommitment)
    }
    missing = selection.proved - encoded
    if missing:
        raise Rejection(
            Reason.PRESENTATION_BUILDING_FIELD_NOT_COMMITTED, f"leaves {sorted(missing)} are not encoded"
        )


def _require_matching_secrets(state: ProverAttested, transcript: Transcript) -> None:
    """Require that a Verifier would accept what these secrets open."""
    secrets, body = state.secrets, state.attestation.body
    lengths = (body.connection_info.sent_length, body.connection_info.received_length)
    matching = (
        secrets.key_exchange.commitment() == body.key_exchange_commitment
        and secrets.handshake.commitment() == body.handshake_commitment
        and (len(transcript.sent), len(transcript.received)) == lengths
        and _tree_of(secrets, body.transcript_commitments) == body.transcript_commitments
        and all(_opens(secret, transcript) for secret in secrets.commitments)
    )
    if not matching:
        raise Rejection(Reason.PRESENTATION_BUILDING_SECRETS_MISMATCH)


def _tree_of(secrets: AttestationSecrets, signed: TranscriptCommitments) -> TranscriptCommitments | None:
    leaves = [encode_leaf(secret.commitment) for secret in secrets.commitments]
    if not leaves:
        return None
    return TranscriptCommitments(
        algorithm=signed.algorithm,
        leaf_count=len(leaves),
        root=tree_root(signed.algorithm, leaves),
    )


def _opens(secret: CommittedSecret, transcript: Transcript) -> bool:
    """Whether transcript and secret open a leaf."""
    octets = secret.commitment.ranges.gather(transcript.octets(secret.commitment.direction))
    match secret.commitment, secret.opening:
        case HashCommitment() as commitment, HashSecret() as opening:
            return hash_commitment_value(commitment.algorithm, octets, opening.blinder) == commitment.value
        case EncodingCommitment() as leaf, EncodingSecret() as opening:
            return opens(leaf, octets, int.from_bytes(opening.blinder, "little"))
        case _:
            return False
