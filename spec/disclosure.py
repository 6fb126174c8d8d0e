"""The first flowchart: the partner in the computation is the Verifier, and nothing is signed.

After the Merkle root the Prover discloses to the partner directly, and the partner checks the openings
against its own record of the connection instead of an attestation. The record is as good as a signed one:
both parties ended at it by the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509

from .attestation import ConnectionInfo
from .identifiers import TWO_PARTY_DEFERRED, SessionKind
from .messages import Disclosure, DisclosureAccepted
from .notary_states import NotaryRooted
from .presentation import HandshakeOpening, IdentityProof, KeyExchangeOpening
from .presentation_building.generate_transcript_proof import open_leaves
from .presentation_building.select_disclosure_range import choose_leaves, choose_withheld
from .prover_states import DisclosureSelection, ProverRooted
from .reasons import OutOfOrderError, Reason, Rejection
from .states import require_message, require_state
from .transcript import PartialTranscript
from .verification.check_commitment_consistency import reconstruct, verify_identity, verify_transcript
from .verifier_policy import VerifierPolicy, require_extensions, require_server

NO_BLINDER = bytes(32)
"""What stands for the blinder of a key-exchange commitment, of which there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProverDisclosed:
    """The disclosure is sent."""

    rooted: ProverRooted
    disclosure: Disclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedDisclosure:
    """What the partner knows after every check: connection, Server (if shown), and what was said."""

    connection_info: ConnectionInfo
    server_name: str | None
    transcript: PartialTranscript


def send(state: ProverRooted, selection: DisclosureSelection) -> tuple[ProverDisclosed, Disclosure]:
    """Open what is selected, and the identity if it is; show without octets what a structured view needs.

    Run by the Prover in a session of kind verify. Rejects with presentation-building/range-out-of-bounds,
    presentation-building/range-not-covered, presentation-building/nothing-selected.
    """
    require_state(state, ProverRooted)
    connection, transcript = state.finalised.connection, state.finalised.transcript
    if connection.agreed.kind is not SessionKind.VERIFY:
        raise OutOfOrderError("a disclosure belongs to a session of kind verify")
    opened = choose_leaves(selection, transcript, state.committed)
    if not opened and not selection.identity:
        raise Rejection(Reason.PRESENTATION_BUILDING_NOTHING_SELECTED)
    withheld = choose_withheld(selection, opened, state.committed)
    proof = None
    if opened or withheld:
        algorithm = state.transcript_commitments.algorithm
        proof = open_leaves(algorithm, opened, state.committed, transcript, withheld=withheld)
    disclosure = Disclosure(identity=_prove_identity(state) if selection.identity else None, transcript=proof)
    return ProverDisclosed(rooted=state, disclosure=disclosure), disclosure


def receive(
    state: NotaryRooted,
    message: Disclosure,
    *,
    roots: Sequence[x509.Certificate],
    policy: VerifierPolicy,
    now: int,
) -> tuple[VerifiedDisclosure, DisclosureAccepted]:
    """Check a disclosure against the partner's own record.

    Run by the Verifier in the Notary's place; `now` is its clock in Unix seconds. Rejects, the first that
    fails, with link/unexpected-message; for the identity, when there is one, with
    verification/key-exchange-commitment-mismatch, verification/handshake-commitment-mismatch and as
    `verify_identity`; for the transcript, when there is a proof, as `verify_transcript`; then with
    verification/identity-required, verification/server-not-allowed, verification/required-extension-missing.
    """
    disclosure = require_message(message, Disclosure, state, NotaryRooted)
    if state.finalised.connection.agreed.kind is not SessionKind.VERIFY:
        raise Rejection(Reason.LINK_UNEXPECTED_MESSAGE, "a disclosure in a session of kind notarize")
    info = _record(state, now)
    identity, transcript = disclosure.identity, disclosure.transcript
    if identity is not None:
        _require_recorded(state, identity)
        verify_identity(identity, info, roots)
    if transcript is not None:
        verify_transcript(transcript, state.transcript_commitments, info)
    require_server(policy, identity)
    require_extensions(policy, state.submission.prover_extensions)
    verified = VerifiedDisclosure(
        connection_info=info,
        server_name=identity.server_name if identity is not None else None,
        transcript=reconstruct(transcript.openings if transcript is not None else (), info),
    )
    return verified, DisclosureAccepted()


def _prove_identity(state: ProverRooted) -> IdentityProof:
    connection = state.finalised.connection
    handshake = connection.handshake
    return IdentityProof(
        server_name=handshake.server_name,
        key_exchange=KeyExchangeOpening(
            client_random=handshake.client_random,
            server_random=handshake.server_random,
            server_ephemeral_key=handshake.server_ephemeral_key,
            blinder=NO_BLINDER,
        ),
        handshake=HandshakeOpening(
            handshake_data=handshake.handshake_data, blinder=connection.handshake_blinder
        ),
    )


def _record(state: NotaryRooted, now: int) -> ConnectionInfo:
    finalised = state.finalised
    parameters = finalised.connection.parameters
    return ConnectionInfo(
        time=now,
        mode=TWO_PARTY_DEFERRED,
        tls_version=parameters.tls_version,
        cipher_suite=parameters.cipher_suite,
        extended_master_secret=parameters.extended_master_secret,
        sent_length=finalised.sent_length,
        received_length=finalised.received_length,
        closure=finalised.closure,
    )


def _require_recorded(state: NotaryRooted, identity: IdentityProof) -> None:
    """Require the recorded key exchange itself, where a presentation opens a commitment to it."""
    parameters = state.finalised.connection.parameters
    recorded = KeyExchangeOpening(
        client_random=parameters.client_random,
        server_random=parameters.server_random,
        server_ephemeral_key=parameters.server_ephemeral_key,
        blinder=NO_BLINDER,
    )
    if identity.key_exchange != recorded:
        raise Rejection(Reason.VERIFICATION_KEY_EXCHANGE_COMMITMENT_MISMATCH)
    if identity.handshake.commitment() != parameters.handshake_commitment:
        raise Rejection(Reason.VERIFICATION_HANDSHAKE_COMMITMENT_MISMATCH)
