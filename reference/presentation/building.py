"""The Prover's half: select what to disclose, prove it, combine it with an identity proof."""

from __future__ import annotations

from dataclasses import dataclass

from ..encoding_commitment import opened_value
from ..foundation.artifacts import (
    HOLDER_KEY,
    Attestation,
    AttestationSecrets,
    CommitmentOpening,
    EncodingCommitment,
    EncodingOpening,
    EncodingSecret,
    HashCommitment,
    HashOpening,
    HashSecret,
    IdentityProof,
    Opening,
    Presentation,
    SecretCommitment,
    TranscriptProof,
    WithheldOpening,
)
from ..foundation.commitments import (
    handshake_commitment,
    hash_commitment_value,
    key_exchange_commitment,
    leaf_hashes,
    tree_root,
)
from ..foundation.errors import Refused
from ..foundation.field_encoding import MAXIMUM_ENCODED, SCALAR_ORDER
from ..foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from ..foundation.merkle import prove
from ..foundation.ranges import RangeSet
from ..foundation.signatures import VERIFYING_KEY, VerifyingKey
from ..foundation.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the Prover chooses to show: octets of each direction (none: nothing of it), and the server's identity.

    `withheld` are leaves to show without their octets, as those that predicates are proved about. `structured` shows
    in this way every leaf of a lexical class besides, so that a Verifier can place what is hidden.
    """

    sent: RangeSet | None = None
    received: RangeSet | None = None
    identity: bool = True
    structured: bool = False
    withheld: frozenset[int] = frozenset()

    def ranges(self, direction: Direction) -> RangeSet | None:
        return self.sent if direction is Direction.SENT else self.received


def check_secrets(attestation: Attestation, secrets: AttestationSecrets) -> None:
    """Refuse with `presentation-building/secrets-mismatch` unless the secrets open this attestation."""
    body = attestation.body
    info = body.connection_info
    tree = body.transcript_commitments
    leaves = [each.commitment for each in secrets.commitments]
    transcript = Transcript(sent=secrets.sent, received=secrets.received)
    opened = (
        (info.sent_length, info.received_length) == (len(secrets.sent), len(secrets.received))
        and body.key_exchange_commitment == key_exchange_commitment(secrets.key_exchange)
        and body.handshake_commitment
        == handshake_commitment(secrets.handshake.handshake_data, secrets.handshake.blinder)
        and tree.leaf_count == len(leaves)
        and tree.root == tree_root(HashAlgorithm(tree.algorithm), leaves)
        and all(_opens(each, transcript) for each in secrets.commitments)
    )
    if not opened:
        raise Refused("presentation-building/secrets-mismatch", "the secrets belong to another attestation")


def _opens(secret: SecretCommitment, transcript: Transcript) -> bool:
    commitment, opening = secret.commitment, secret.opening
    octets = transcript.octets(commitment.direction)
    if commitment.ranges.end > len(octets):
        return False
    if isinstance(commitment, HashCommitment):
        return isinstance(opening, HashSecret) and commitment.value == hash_commitment_value(
            commitment, transcript, opening.blinder
        )
    return (
        isinstance(opening, EncodingSecret)
        and int.from_bytes(opening.blinder, "little") < SCALAR_ORDER
        and commitment.ranges.total <= MAXIMUM_ENCODED
        and commitment.commitment
        == opened_value(commitment, commitment.ranges.select(octets), opening.blinder)
    )


def select_commitments(secrets: AttestationSecrets, selection: Selection) -> tuple[int, ...]:
    """Select Disclosure Range: the indices of the commitments that lie wholly inside the selection, in leaf order.

    Refuses with `presentation-building/range-out-of-bounds`, with `…/range-not-covered` (naming the octets) when these
    do not cover the selection, and with `…/nothing-selected`.
    """
    if selection.sent is None and selection.received is None and not selection.identity:
        raise Refused("presentation-building/nothing-selected", "neither octets nor identity are to be shown")
    for direction in Direction:
        wanted = selection.ranges(direction)
        length = len(secrets.octets(direction))
        if wanted is not None and wanted.end > length:
            raise Refused(
                "presentation-building/range-out-of-bounds",
                f"{direction.name.lower()} octets up to {wanted.end} of {length}",
            )
    opened: set[int] = set()
    for direction in Direction:
        wanted = selection.ranges(direction)
        if wanted is None:
            continue
        usable = {
            index: each.commitment.ranges
            for index, each in enumerate(secrets.commitments)
            if each.commitment.direction is direction and each.commitment.ranges.within(wanted)
        }
        missing = wanted.missing_from(usable.values())
        if missing:
            named = ", ".join(f"{each.start}-{each.end}" for each in missing)
            raise Refused(
                "presentation-building/range-not-covered",
                f"no commitment can be opened for {direction.name.lower()} octets {named}",
            )
        opened.update(usable)
    return tuple(sorted(opened))


def withheld_leaves(
    secrets: AttestationSecrets, selection: Selection, opened: tuple[int, ...]
) -> tuple[int, ...]:
    """The leaves that are shown beside the opened ones, without their octets; in leaf order.

    Refuses a chosen leaf that does not exist with `presentation-building/range-out-of-bounds`.
    """
    count = len(secrets.commitments)
    beyond = sorted(each for each in selection.withheld if not 0 <= each < count)
    if beyond:
        raise Refused("presentation-building/range-out-of-bounds", f"leaf {beyond[0]} of {count}")
    shown = set(selection.withheld)
    if selection.structured:
        shown.update(
            index
            for index, each in enumerate(secrets.commitments)
            if each.commitment.lexical_class is not LexicalClass.ANY
        )
    return tuple(sorted(shown.difference(opened)))


def transcript_proof(
    attestation: Attestation,
    secrets: AttestationSecrets,
    opened: tuple[int, ...],
    withheld: tuple[int, ...] = (),
) -> TranscriptProof | None:
    """Generate TranscriptProof: openings of the commitments `opened`, leaves `withheld`, one multiproof for all."""
    algorithm = HashAlgorithm(attestation.body.transcript_commitments.algorithm)
    return _proof(algorithm, secrets, opened, withheld)


def _proof(
    algorithm: HashAlgorithm,
    secrets: AttestationSecrets,
    opened: tuple[int, ...],
    withheld: tuple[int, ...],
) -> TranscriptProof | None:
    indices = sorted({*opened, *withheld})
    if not indices:
        return None
    openings: list[CommitmentOpening] = []
    for index in indices:
        secret = secrets.commitments[index]
        opening = _opening(secret, secrets) if index in opened else WithheldOpening()
        openings.append(CommitmentOpening(index=index, commitment=secret.commitment, opening=opening))
    leaves = leaf_hashes(algorithm, [each.commitment for each in secrets.commitments])
    return TranscriptProof(openings=tuple(openings), proof=prove(algorithm, leaves, indices))


def _opening(secret: SecretCommitment, secrets: AttestationSecrets) -> Opening:
    octets = secret.commitment.ranges.select(secrets.octets(secret.commitment.direction))
    if isinstance(secret.commitment, EncodingCommitment):
        return EncodingOpening(octets=octets, blinder=secret.opening.blinder)
    return HashOpening(octets=octets, blinder=secret.opening.blinder)


def identity_proof(secrets: AttestationSecrets) -> IdentityProof:
    """Combine IdentityProof: everything that shows which server it was."""
    return IdentityProof(
        server_name=secrets.server_name, key_exchange=secrets.key_exchange, handshake=secrets.handshake
    )


def direct_disclosure(
    algorithm: HashAlgorithm, secrets: AttestationSecrets, selection: Selection
) -> tuple[IdentityProof | None, TranscriptProof | None]:
    """What a Prover shows a partner that is itself the Verifier: the same proofs, over the session's own tree."""
    opened = select_commitments(secrets, selection)
    proof = _proof(algorithm, secrets, opened, withheld_leaves(secrets, selection, opened))
    return (identity_proof(secrets) if selection.identity else None), proof


def build_presentation(
    attestation: Attestation,
    secrets: AttestationSecrets,
    selection: Selection,
    *,
    predicates: tuple[bytes, ...] = (),
) -> Presentation:
    """A presentation of the selection, without a binding; refuses what cannot be shown with a reason that names it.

    `predicates` are proofs as `predicates.prove_predicates` makes them; the selection shows their leaves.
    """
    opened = select_commitments(secrets, selection)
    withheld = withheld_leaves(secrets, selection, opened)
    check_secrets(attestation, secrets)
    return Presentation(
        attestation=attestation,
        identity=identity_proof(secrets) if selection.identity else None,
        transcript=transcript_proof(attestation, secrets, opened, withheld),
        predicates=predicates,
        binding=None,
    )


def holder_key(attestation: Attestation, *, reason: str) -> VerifyingKey | None:
    """The holder key that the attestation carries, if any; a malformed one is refused with `reason`."""
    for each in attestation.body.prover_extensions:
        if each.id == HOLDER_KEY:
            try:
                return VERIFYING_KEY.decode(each.value)
            except Refused:
                raise Refused(reason, "the attested holder key is malformed") from None
    return None
