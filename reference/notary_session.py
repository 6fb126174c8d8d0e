"""One session of a Notary: the arrows of data submission and attestation generation, in order."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from .attestation.commit_config import (
    check_commitments,
    check_config,
    check_encoding_commitments,
    check_prover_extensions,
    complete_commitments,
    hash_request_count,
)
from .attestation.commitment_proofs import draw_blinders, prove_commitments
from .attestation.signing import sign_attestation
from .channel.messages import (
    Disclosure,
    DisclosureAccepted,
    EncodingCommitments,
    IncludeCommitments,
    MerkleTreeRoot,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
)
from .foundation import commitments as commit
from .foundation.artifacts import (
    Attestation,
    AttestationBody,
    ConnectionInfo,
    KeyExchangeOpening,
    TranscriptCommitment,
    TranscriptCommitments,
)
from .foundation.errors import Refused
from .foundation.identifiers import CONNECTION_MODE, Closure, Direction, HashAlgorithm
from .mpc.conversion.messages import Entry
from .notary_connection import NotaryConnection


class NotarySession(NotaryConnection):
    """One session of a Notary, from the Prover's request to the attestation it returns.

    The arrows of the TLS session stage are inherited. Requires to be closed with `close`, whatever happened. Every
    refusal is a `Refused` with its reason.
    """

    # ── Data submission stage ──────────────────────────────────────────────────────────────────────────────────────

    async def submit_transcript_commit_config(self) -> None:
        """Receive and check what the Prover wants committed, and its statements."""
        message = await self._link.receive(
            SubmitTranscriptCommitConfig, deadline=self._settings.deadlines.session
        )
        # A config may name millions of ranges: too much for the event loop.
        check = functools.partial(
            check_config,
            sent_length=self._register.application_length(Direction.SENT),
            received_length=self._register.application_length(Direction.RECEIVED),
            maximum_commitments=self._settings.limits.commitments,
            hash_algorithms=self._settings.limits.hash_algorithms,
            document_algorithms=(message.tree_algorithm, message.body_hash_algorithm),
            maximum_octets=self._settings.limits.committed_octets,
            maximum_encoded_octets=self._settings.limits.encoded_octets,
            kind=self._kind,
        )
        await self._compute(check, message.config)
        check_prover_extensions(message.prover_extensions)
        self._config = message

    async def include_commitments(self) -> None:
        """Receive the commitments and verify in zero knowledge that they are to what the registered records hold.

        Encoding commitments get their values after that, between the conversion and the release of this party's
        secrets, which ends the engine.
        """
        config, engine = self._config.config, self._engine
        blinders = await self._compute(draw_blinders, engine.proof, hash_request_count(config))
        message = await self._link.receive(IncludeCommitments)
        await self._compute(check_commitments, config, message.commitments)
        self._commitments: Sequence[TranscriptCommitment] = message.commitments
        entries = await self._compute(
            prove_commitments, engine.proof, engine.plaintext, message.commitments, blinders
        )
        engine.proof.conclude()
        if entries:
            await self._convert(entries)

    async def _convert(self, entries: Sequence[Entry]) -> None:
        """Convert, register the values that the Prover commits to, and only then release what they depend on."""
        await self._compute(self._engine.convert, entries)
        registered = await self._link.receive(EncodingCommitments)
        check_encoding_commitments(self._config.config, registered.commitments)
        released = await self._compute(self._engine.release, registered.commitments)
        self._commitments = complete_commitments(self._commitments, registered.commitments, released)

    async def generate_merkle_tree_root(self) -> bytes:
        """Build the tree over the verified commitments and return its root to the Prover."""
        self._root = commit.tree_root(HashAlgorithm(self._config.tree_algorithm), self._commitments)
        await self._link.send(MerkleTreeRoot(root=self._root))
        return self._root

    # ── Attestation generation stage ───────────────────────────────────────────────────────────────────────────────

    def build_attestation_body(self, key_exchange_blinder: bytes) -> AttestationBody:
        """Build the body: this Notary's key, the connection as it saw it, and the commitments."""
        parameters = self._parameters
        exchange = KeyExchangeOpening(
            client_random=parameters.client_random,
            server_random=parameters.server_random,
            server_ephemeral_key=parameters.server_ephemeral_key,
            blinder=key_exchange_blinder,
        )
        return AttestationBody(
            verifying_key=self._signing_key.verifying_key,
            connection_info=self.connection_info(),
            key_exchange_commitment=commit.key_exchange_commitment(exchange),
            handshake_commitment=parameters.handshake_commitment,
            transcript_commitments=TranscriptCommitments(
                algorithm=self._config.tree_algorithm,
                leaf_count=len(self._commitments),
                root=self._root,
            ),
            prover_extensions=self._config.prover_extensions,
            notary_extensions=self._settings.notary_extensions,
        )

    def connection_info(self) -> ConnectionInfo:
        """Include Connection Info: what this Notary itself saw, at the time of its own clock."""
        closed = self._register.alert_received
        return ConnectionInfo(
            time=self._settings.clock(),
            mode=CONNECTION_MODE,
            tls_version=self._parameters.tls_version,
            cipher_suite=self._parameters.cipher_suite,
            extended_master_secret=self._parameters.extended_master_secret,
            sent_length=self._register.application_length(Direction.SENT),
            received_length=self._register.application_length(Direction.RECEIVED),
            closure=Closure.CLOSE_NOTIFY if closed else Closure.NOT_RECEIVED,
        )

    def sign_with_private_key(self, body: AttestationBody) -> Attestation:
        """Sign the body under a fresh random id."""
        return sign_attestation(
            body,
            signing_key=self._signing_key,
            body_hash_algorithm=HashAlgorithm(self._config.body_hash_algorithm),
            attestation_id=self._randomness.octets(16),
        )

    async def return_signed_attestation(self) -> Attestation:
        """Build, sign and return the attestation."""
        blinder = self._randomness.octets(32)
        attestation = self.sign_with_private_key(self.build_attestation_body(blinder))
        await self._link.send(SignedAttestation(attestation=attestation, key_exchange_blinder=blinder))
        return attestation

    # ── The partner is the Verifier: nothing is signed ─────────────────────────────────────────────────────────────

    async def receive_disclosure(self) -> tuple[AttestationBody, Disclosure]:
        """In a session of kind `verify`: what the Prover shows, with the body that a Notary would have signed."""
        message = await self._link.receive(Disclosure, deadline=self._settings.deadlines.session)
        if message.identity is not None:
            shown = message.identity.key_exchange
            parameters = self._parameters
            recorded = KeyExchangeOpening(
                client_random=parameters.client_random,
                server_random=parameters.server_random,
                server_ephemeral_key=parameters.server_ephemeral_key,
                blinder=bytes(32),
            )
            if shown != recorded:
                raise Refused(
                    "verification/key-exchange-commitment-mismatch",
                    "another key exchange than this session's",
                )
        return self.build_attestation_body(bytes(32)), message

    async def accept_disclosure(self) -> None:
        """Tell the Prover that its disclosure was verified."""
        await self._link.send(DisclosureAccepted())
