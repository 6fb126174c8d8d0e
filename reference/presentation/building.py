"""The Prover's half: select what to disclose, prove it, combine it with an identity proof."""

from __future__ import annotations

from dataclasses import dataclass

from ..foundation.artifacts import (
    HOLDER_KEY,
    Attestation,
    AttestationSecrets,
    CommitmentOpening,
    EncodingSecret,
    HashCommitment,
    HashOpening,
    HashSecret,
    IdentityProof,
    Presentation,
    SecretCommitment,
    TranscriptProof,
)
from ..foundation.commitments import (
    handshake_commitment,
    hash_commitment_value,
    key_exchange_commitment,
    leaf_hashes,
    tree_root,
)
from ..foundation.errors import Refused
from ..foundation.identifiers import Direction, HashAlgorithm
from ..foundation.merkle import prove
from ..foundation.ranges import RangeSet
from ..foundation.signatures import VERIFYING_KEY, VerifyingKey
from ..foundation.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the Prover chooses to show: octets of each direction (none: nothing of it), and the server's identity."""

    sent: RangeSet | None = None
    received: RangeSet | None = None
    identity: bool = True

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
    if not isinstance(secret.commitment, HashCommitment):
        return isinstance(secret.opening, EncodingSecret)
    if not isinstance(secret.opening, HashSecret):
        return False
    if secret.commitment.ranges.end > len(transcript.octets(secret.commitment.direction)):
        return False
    return secret.commitment.value == hash_commitment_value(
        secret.commitment, transcript, secret.opening.blinder
    )


def select_commitments(secrets: AttestationSecrets, selection: Selection) -> tuple[int, ...]:
    """Select Disclosure Range: the indices of the hash commitments that lie wholly inside the selection, in leaf order.

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
            if each.commitment.direction is direction
            and isinstance(each.commitment, HashCommitment)
            and each.commitment.ranges.within(wanted)
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


def transcript_proof(
    attestation: Attestation, secrets: AttestationSecrets, indices: tuple[int, ...]
) -> TranscriptProof | None:
    """Generate TranscriptProof: openings of the commitments at `indices` (strictly increasing) and one multiproof."""
    if not indices:
        return None
    algorithm = HashAlgorithm(attestation.body.transcript_commitments.algorithm)
    return _proof(algorithm, secrets, indices)


def _proof(
    algorithm: HashAlgorithm, secrets: AttestationSecrets, indices: tuple[int, ...]
) -> TranscriptProof:
    openings: list[CommitmentOpening] = []
    for index in indices:
        secret = secrets.commitments[index]
        if not isinstance(secret.opening, HashSecret):
            raise Refused(
                "data-submission/unsupported-commitment-kind", f"leaf {index} is an encoding commitment"
            )
        octets = secret.commitment.ranges.select(secrets.octets(secret.commitment.direction))
        opening = HashOpening(octets=octets, blinder=secret.opening.blinder)
        openings.append(CommitmentOpening(index=index, commitment=secret.commitment, opening=opening))
    leaves = leaf_hashes(algorithm, [each.commitment for each in secrets.commitments])
    return TranscriptProof(openings=tuple(openings), proof=prove(algorithm, leaves, indices))


def identity_proof(secrets: AttestationSecrets) -> IdentityProof:
    """Combine IdentityProof: everything that shows which server it was."""
    return IdentityProof(
        server_name=secrets.server_name, key_exchange=secrets.key_exchange, handshake=secrets.handshake
    )


def direct_disclosure(
    algorithm: HashAlgorithm, secrets: AttestationSecrets, selection: Selection
) -> tuple[IdentityProof | None, TranscriptProof | None]:
    """What a Prover shows a partner that is itself the Verifier: the same proofs, over the session's own tree."""
    indices = select_commitments(secrets, selection)
    proof = _proof(algorithm, secrets, indices) if indices else None
    return (identity_proof(secrets) if selection.identity else None), proof


def build_presentation(
    attestation: Attestation, secrets: AttestationSecrets, selection: Selection
) -> Presentation:
    """A presentation of the selection, without a binding; refuses what cannot be shown with a reason that names it."""
    indices = select_commitments(secrets, selection)
    check_secrets(attestation, secrets)
    return Presentation(
        attestation=attestation,
        identity=identity_proof(secrets) if selection.identity else None,
        transcript=transcript_proof(attestation, secrets, indices),
        predicates=(),
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
