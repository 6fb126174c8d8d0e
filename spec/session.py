"""The whole protocol as one function call: every role, every message, every party's view.

`run_session(plan, seed)` plays the steps in the order of the diagram. What it does is what the steps do; it
only carries messages from one to the next, as octets. The same plan and seed give the same octets on every
machine.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import disclosure
from .attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    return_signed_attestation,
    sign_with_private_key,
)
from .commitments import CommitRequest
from .connection_run import ConnectionPlan, ConnectionResult, PartyRandomness, run_connection
from .data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from .diagram import Role
from .disclosure import VerifiedDisclosure
from .extensions import Extension
from .ideal.encoding_commitment import FieldConversion
from .identifiers import HashAlgorithm, SessionKind
from .link import Delivery, Link, Wire, unchanged
from .mpc_tls.views import Item, ViewLog, ViewStep
from .notary_policy import NotaryPolicy
from .notary_states import NotaryCommitted, NotaryIncluded, NotaryReady, NotaryRooted
from .presentation_building import (
    combine_identity_proof,
    generate_transcript_proof,
    select_disclosure_range,
    send_presentation,
)
from .presentation_building.send_presentation import Holder, SentPresentation
from .prover_states import (
    DisclosureSelection,
    ProverAttested,
    ProverCommitted,
    ProverIncluded,
    ProverReady,
    ProverRooted,
)
from .randomness import Randomness
from .reasons import OutOfOrderError
from .signatures import SigningKey, VerifyingKey
from .verification import (
    check_commitment_consistency,
    reconstruct_partial_transcript,
    verify_signature_validity,
)
from .verification.reconstruct_partial_transcript import VerifiedPresentation
from .verifier_states import VerifierReady

TIME_TOLERANCE = 60
"""Seconds by which the Prover lets the Notary's clock differ from its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitPlan:
    """What the Prover commits to, and how."""

    config: tuple[CommitRequest, ...]
    tree_algorithm: HashAlgorithm
    body_hash_algorithm: HashAlgorithm
    prover_extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """Everything that determines a session besides randomness.

    `verifier` is whoever checks at the end: in a session of kind verify it is the partner in the computation,
    and its trust store plays no part.
    """

    connection: ConnectionPlan
    trusted_key: VerifyingKey
    notary_policy: NotaryPolicy
    notary_keys: tuple[SigningKey, ...]
    commitments: CommitPlan
    selection: DisclosureSelection
    holder: Holder | None
    verifier: VerifierReady


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionResult:
    """What a session leaves with everybody.

    `attested` and `presentation` are None in a session of kind verify. `verified` is what the Verifier may
    believe.
    """

    deliveries: tuple[Delivery, ...]
    views: ViewLog
    connection: ConnectionResult
    attested: ProverAttested | None
    presentation: SentPresentation | None
    verified: VerifiedPresentation | VerifiedDisclosure


def run_session(plan: SessionPlan, seed: bytes, wire: Wire = unchanged) -> SessionResult:
    """Play a session from the request to the verified partial transcript.

    `wire` is what lies between Prover and Notary. Rejects with whatever the first step that refuses gives;
    raises RecordAuthenticationError when it is the Server.
    """
    source = Randomness(seed)
    randomness = PartyRandomness(
        prover=source.child("prover"),
        notary=source.child("notary"),
        server=source.child("server"),
        computation=source.child("computation"),
    )
    link = Link(wire)
    connection = run_connection(
        plan.connection,
        ProverReady(trusted_key=plan.trusted_key),
        NotaryReady(policy=plan.notary_policy, signing_keys=plan.notary_keys),
        link,
        randomness,
    )
    prover, notary = _submit_data(plan.commitments, connection, link, randomness)
    if plan.connection.kind is SessionKind.VERIFY:
        attested, presentation = None, None
        verified: VerifiedPresentation | VerifiedDisclosure = _disclose(plan, prover, notary, link)
    else:
        attested = _attest(prover, notary, link, randomness, plan.connection.now)
        presentation = _build_presentation(attested, plan)
        verified = _verify(presentation, plan)
    return SessionResult(
        deliveries=link.deliveries,
        views=connection.views,
        connection=connection,
        attested=attested,
        presentation=presentation,
        verified=verified,
    )


def _submit_data(
    plan: CommitPlan, connection: ConnectionResult, link: Link, randomness: PartyRandomness
) -> tuple[ProverRooted, NotaryRooted]:
    """Data submission stage."""
    submitted, config = submit_transcript_commit_config.send(
        connection.prover,
        config=plan.config,
        tree_algorithm=plan.tree_algorithm,
        body_hash_algorithm=plan.body_hash_algorithm,
        prover_extensions=plan.prover_extensions,
    )
    config = link.to_notary(config)
    received = submit_transcript_commit_config.receive(connection.notary, config)
    committed, commitments = include_encoded_commitment_or_hash_range.send(
        submitted, randomness.prover, connection.proof
    )
    commitments = link.to_notary(commitments)
    included = include_encoded_commitment_or_hash_range.receive(received, commitments, connection.proof)
    views = connection.views
    views.show(Role.NOTARY, ViewStep.SUBMISSION, Item.COMMIT_CONFIG, config.encode())
    views.show(Role.NOTARY, ViewStep.SUBMISSION, Item.COMMITMENTS, commitments.encode())
    complete_prover, complete_notary = _encode(committed, included, connection, link, randomness)
    notary, root = generate_merkle_tree_root.send(complete_notary)
    prover = generate_merkle_tree_root.receive(complete_prover, link.to_prover(root))
    return prover, notary


def _encode(
    prover: ProverIncluded | ProverCommitted,
    notary: NotaryIncluded | NotaryCommitted,
    connection: ConnectionResult,
    link: Link,
    randomness: PartyRandomness,
) -> tuple[ProverCommitted, NotaryCommitted]:
    """Conversion, encoding commitments and release, when the config asks for any."""
    if isinstance(prover, ProverCommitted) and isinstance(notary, NotaryCommitted):
        return prover, notary
    if isinstance(prover, ProverIncluded) and isinstance(notary, NotaryIncluded):
        conversion = FieldConversion(connection.proof, randomness.computation, connection.views)
        encoded, message = include_encoded_commitment_or_hash_range.send_encodings(prover, conversion)
        message = link.to_notary(message)
        complete = include_encoded_commitment_or_hash_range.receive_encodings(notary, message, conversion)
        connection.views.show(Role.NOTARY, ViewStep.SUBMISSION, Item.ENCODING_COMMITMENTS, message.encode())
        return include_encoded_commitment_or_hash_range.learn_release(encoded, conversion), complete
    raise OutOfOrderError("encoding commitments are made by both parties or by neither")


def _attest(
    prover: ProverRooted, notary: NotaryRooted, link: Link, randomness: PartyRandomness, now: int
) -> ProverAttested:
    """Attestation generation stage."""
    started = build_attestation_body.perform(notary)
    body = include_connection_info_keys_and_commitment.perform(started, randomness.notary, now=now)
    signed = sign_with_private_key.perform(body, randomness.notary)
    _done, returned = return_signed_attestation.send(signed)
    return return_signed_attestation.receive(
        prover, link.to_prover(returned), now=now, tolerance=TIME_TOLERANCE
    )


def _build_presentation(attested: ProverAttested, plan: SessionPlan) -> SentPresentation:
    """Presentation building stage."""
    selected = select_disclosure_range.perform(attested, plan.selection)
    proved = generate_transcript_proof.perform(selected)
    combined = combine_identity_proof.perform(proved)
    _presented, message = send_presentation.send(combined, plan.holder)
    return message


def _verify(presentation: SentPresentation, plan: SessionPlan) -> VerifiedPresentation:
    """Verification stage."""
    now = plan.connection.now
    presented = send_presentation.receive(plan.verifier, presentation)
    signature_valid = verify_signature_validity.perform(presented, now=now)
    consistent = check_commitment_consistency.perform(signature_valid)
    return reconstruct_partial_transcript.perform(consistent, now=now)


def _disclose(
    plan: SessionPlan, prover: ProverRooted, notary: NotaryRooted, link: Link
) -> VerifiedDisclosure:
    """The first flowchart: the partner verifies the disclosure itself."""
    _disclosed, message = disclosure.send(prover, plan.selection)
    verified, accepted = disclosure.receive(
        notary,
        link.to_notary(message),
        roots=plan.verifier.roots,
        policy=plan.verifier.policy,
        now=plan.connection.now,
    )
    link.to_prover(accepted)
    return verified
