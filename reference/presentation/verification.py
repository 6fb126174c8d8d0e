"""The Verifier's half: signature, identity, commitments, partial transcript, binding, policy, in this order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cryptography import x509

from ..encoding_commitment import opened_value
from ..foundation.artifacts import (
    HOLDER_KEY,
    NOTARY_PREFIX,
    TRANSCRIPT_COMMITMENT,
    Attestation,
    AttestationBody,
    CommitmentOpening,
    EncodingOpening,
    Extension,
    HashCommitment,
    HashOpening,
    IdentityProof,
    Presentation,
    TranscriptCommitment,
    TranscriptProof,
    WithheldOpening,
)
from ..foundation.commitments import handshake_commitment, key_exchange_commitment
from ..foundation.digests import body_digest, signed_message
from ..foundation.errors import Refused
from ..foundation.hashes import commitment_value
from ..foundation.identifiers import (
    CIPHER_SUITES,
    CONNECTION_MODE,
    FORMAT_VERSION,
    TLS_VERSION,
    Closure,
    Direction,
    HashAlgorithm,
)
from ..foundation.merkle import leaf_hash, root_from_proof
from ..foundation.ranges import RangeSet
from ..foundation.transcript import PartialDirection, PartialTranscript, reconstruct
from ..tls.certificates import KeyExchange, verify_server
from .binding import CLOCK_TOLERANCE, Challenge, check_binding
from .building import holder_key
from .trust import TrustedNotary, TrustStore

if TYPE_CHECKING:
    from mpctls.zkp.verify import ProvedPredicate

    from .predicates import PredicatePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a Verifier asks of a presentation beyond its being genuine."""

    server_names: frozenset[str] | None = None
    maximum_age: int | None = None
    required_extensions: frozenset[str] = frozenset()
    known_extensions: frozenset[str] = frozenset()
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPresentation:
    """What a verified presentation says: who attested it, when, of which server, and the octets it shows.

    `leaves` are the attested commitments it shows, opened or withheld, each with its index; `predicates` is what was
    proved about fields, hidden or not.
    """

    notary: TrustedNotary | None
    time: int
    server_name: str | None
    closure: Closure
    transcript: PartialTranscript
    leaves: tuple[tuple[int, TranscriptCommitment], ...] = field(default=())
    predicates: tuple[ProvedPredicate, ...] = field(default=())
    prover_extensions: tuple[Extension, ...] = field(default=())
    notary_extensions: tuple[Extension, ...] = field(default=())


def verify_signature(
    attestation: Attestation, *, trust_store: TrustStore, now: int, known_extensions: Collection[str] = ()
) -> TrustedNotary:
    """Verify Signature Validity; returns the trust-store entry of the Notary that signed."""
    header, body = attestation.header, attestation.body
    if header.format_version != FORMAT_VERSION:
        raise Refused("verification/unknown-format-version", f"version {header.format_version}")
    if header.signature_algorithm != body.verifying_key.algorithm:
        raise Refused("verification/algorithm-mismatch", "header and key name different signature algorithms")
    notary = trust_store.find(body.verifying_key, body.connection_info.time)
    body.verifying_key.verify(
        attestation.signature, signed_message(header), reason="verification/signature-invalid"
    )
    if header.body_digest != body_digest(HashAlgorithm(header.body_hash_algorithm), body):
        raise Refused("verification/body-digest-mismatch", "the signed header covers another body")
    _check_statements(body, frozenset(known_extensions) | {HOLDER_KEY})
    holder_key(attestation, reason="verification/unknown-critical-extension")
    if body.connection_info.time > now + CLOCK_TOLERANCE:
        raise Refused("verification/attested-in-the-future", f"attested at {body.connection_info.time}")
    return notary


def _check_statements(body: AttestationBody, known: Collection[str]) -> None:
    info = body.connection_info
    if info.mode != CONNECTION_MODE:
        raise Refused("verification/unsupported-mode", f"mode {info.mode}")
    if info.tls_version != TLS_VERSION:
        raise Refused("verification/unsupported-tls-version", f"version {info.tls_version:#06x}")
    if info.cipher_suite not in CIPHER_SUITES:
        raise Refused("verification/unsupported-cipher-suite", f"suite {info.cipher_suite:#06x}")
    misplaced = [each.id for each in body.prover_extensions if each.id.startswith(NOTARY_PREFIX)]
    misplaced += [each.id for each in body.notary_extensions if not each.id.startswith(NOTARY_PREFIX)]
    if misplaced:
        raise Refused("verification/misplaced-extension", misplaced[0])
    for each in body.prover_extensions + body.notary_extensions:
        if each.critical and each.id not in known:
            raise Refused("verification/unknown-critical-extension", each.id)
        if each.id == HOLDER_KEY and not each.critical:
            raise Refused("verification/unknown-critical-extension", "a holder key that is not critical")


def verify_identity(
    identity: IdentityProof,
    body: AttestationBody,
    *,
    roots: Collection[x509.Certificate],
    blinded: bool = True,
) -> str:
    """Return the proven server name: commitments open, chain valid at the attested time, key exchange signed.

    `blinded` is false for the partner of a `verify` session, which compares the key exchange with its own record.
    """
    exchange, handshake = identity.key_exchange, identity.handshake
    if blinded and body.key_exchange_commitment != key_exchange_commitment(exchange):
        raise Refused("verification/key-exchange-commitment-mismatch", "randoms, key or blinder")
    if body.handshake_commitment != handshake_commitment(handshake.handshake_data, handshake.blinder):
        raise Refused("verification/handshake-commitment-mismatch", "certificates, signature or blinder")
    verify_server(
        handshake.handshake_data,
        key_exchange=KeyExchange(
            cipher_suite=body.connection_info.cipher_suite,
            client_random=exchange.client_random,
            server_random=exchange.server_random,
            server_ephemeral_key=exchange.server_ephemeral_key,
        ),
        server_name=identity.server_name,
        time=body.connection_info.time,
        roots=tuple(roots),
    )
    return identity.server_name


def _check_opening(opening: CommitmentOpening, body: AttestationBody) -> None:
    commitment, shown = opening.commitment, opening.opening
    where = f"opening of leaf {opening.index}"
    if opening.index >= body.transcript_commitments.leaf_count:
        raise Refused("verification/leaf-index-out-of-range", where)
    if commitment.ranges.end > body.connection_info.length(commitment.direction):
        raise Refused("verification/range-out-of-bounds", where)
    if isinstance(shown, WithheldOpening):
        return
    hashed = isinstance(commitment, HashCommitment)
    if isinstance(shown, HashOpening) is not hashed:
        raise Refused("verification/opening-kind-mismatch", where)
    if len(shown.octets) != commitment.ranges.total:
        raise Refused("verification/opening-length-mismatch", where)
    if not _opens(commitment, shown):
        raise Refused("verification/opening-mismatch", f"{where}: the octets are not the committed ones")


def _opens(commitment: TranscriptCommitment, shown: HashOpening | EncodingOpening) -> bool:
    if isinstance(commitment, HashCommitment):
        algorithm = HashAlgorithm(commitment.algorithm)
        return commitment.value == commitment_value(algorithm, shown.octets, shown.blinder)
    return commitment.commitment == opened_value(commitment, shown.octets, shown.blinder)


def shown_leaves(proof: TranscriptProof | None) -> tuple[tuple[int, TranscriptCommitment], ...]:
    """The leaves of a verified proof with their indices, in leaf order; withheld ones too."""
    return () if proof is None else tuple((each.index, each.commitment) for each in proof.openings)


def verify_commitments(proof: TranscriptProof | None, body: AttestationBody) -> PartialTranscript:
    """Check Commitment Consistency and Reconstruct PartialTranscript: the authenticated octets, nothing else."""
    shown: dict[Direction, list[tuple[RangeSet, bytes]]] = {each: [] for each in Direction}
    if proof is not None:
        algorithm = HashAlgorithm(body.transcript_commitments.algorithm)
        leaves: list[tuple[int, bytes]] = []
        for each in proof.openings:
            _check_opening(each, body)
            leaves.append((each.index, leaf_hash(algorithm, TRANSCRIPT_COMMITMENT.encode(each.commitment))))
            if not isinstance(each.opening, WithheldOpening):
                shown[each.commitment.direction].append((each.commitment.ranges, each.opening.octets))
        root = root_from_proof(algorithm, body.transcript_commitments.leaf_count, leaves, proof.proof)
        if root != body.transcript_commitments.root:
            raise Refused("verification/merkle-proof-invalid", "the proof leads to another root")

    def join(direction: Direction) -> PartialDirection:
        return reconstruct(body.connection_info.length(direction), shown[direction])

    return PartialTranscript(sent=join(Direction.SENT), received=join(Direction.RECEIVED))


def check_policy(policy: Policy, body: AttestationBody, *, server_name: str | None, now: int | None) -> None:
    """Server names, freshness (not when `now` is none) and required extensions."""
    if policy.server_names is not None:
        if server_name is None:
            raise Refused("verification/identity-required", "the presentation proves no server name")
        if server_name.lower() not in {each.lower() for each in policy.server_names}:
            raise Refused(
                "verification/server-not-allowed", "the proven server name is not one that is expected"
            )
    if (
        now is not None
        and policy.maximum_age is not None
        and now - body.connection_info.time > policy.maximum_age
    ):
        raise Refused("verification/attestation-too-old", f"older than {policy.maximum_age} seconds")
    present = {each.id for each in body.prover_extensions + body.notary_extensions}
    missing = sorted(policy.required_extensions - present)
    if missing:
        raise Refused("verification/required-extension-missing", missing[0])


def verify_presentation(
    presentation: Presentation,
    *,
    trust_store: TrustStore,
    roots: Collection[x509.Certificate],
    now: int,
    policy: Policy | None = None,
    predicates: PredicatePolicy | None = None,
) -> VerifiedPresentation:
    """Return what the presentation says, or refuse with the first reason of the formats page, section 9.2.

    Run by the Verifier, offline. `now` is Unix seconds; `roots` are the certificate authorities it believes.
    `predicates` says which setups it accepts for predicate proofs; without it, none.
    """
    policy = policy or Policy()
    body = presentation.attestation.body
    notary = verify_signature(
        presentation.attestation, trust_store=trust_store, now=now, known_extensions=policy.known_extensions
    )
    server_name = None
    if presentation.identity is not None:
        server_name = verify_identity(presentation.identity, body, roots=roots)
    verified = VerifiedPresentation(
        notary=notary,
        time=body.connection_info.time,
        server_name=server_name,
        closure=body.connection_info.closure,
        transcript=verify_commitments(presentation.transcript, body),
        leaves=shown_leaves(presentation.transcript),
        prover_extensions=body.prover_extensions,
        notary_extensions=body.notary_extensions,
    )
    if presentation.predicates:
        # Imported where it is used: it compiles kernels, which a Verifier of plain disclosures need not wait for.
        from .predicates import PredicatePolicy, verify_predicates

        proved = verify_predicates(presentation, verified, predicates or PredicatePolicy())
        verified = replace(verified, predicates=proved)
    check_binding(presentation, challenge=policy.challenge, now=now)
    check_policy(policy, body, server_name=server_name, now=now)
    return verified
