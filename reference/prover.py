"""The Prover: owns the TLS session's plaintext, and computes it together with the Notary.

The methods of `Prover` are the Prover's arrows of the sequence diagram, in order. `notarize` plays them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .attestation.commit_config import hash_commitment
from .attestation.commitment_proofs import check_lexical_class, draw_blinders, prove_commitments
from .attestation.validation import Expected, validate_attestation
from .channel.link import Link
from .channel.messages import (
    CommitRequest,
    Disclosure,
    DisclosureAccepted,
    EncodingRequest,
    IncludeCommitments,
    MerkleTreeRoot,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
)
from .foundation import commitments as commit
from .foundation.artifacts import (
    Attestation,
    AttestationSecrets,
    ConnectionInfo,
    Extension,
    HandshakeOpening,
    HashSecret,
    KeyExchangeOpening,
    SecretCommitment,
    TranscriptCommitments,
)
from .foundation.errors import Refused
from .foundation.identifiers import (
    CONNECTION_MODE,
    TLS_VERSION,
    HashAlgorithm,
)
from .foundation.transcript import Transcript
from .mpc.zero_knowledge.bits import octets_of
from .presentation.building import Selection, direct_disclosure
from .prover_connection import ProverConnection
from .prover_records import ProverSettings

__all__ = ["Prover", "ProverSettings", "notarize"]


class Prover(ProverConnection):
    """One session of a Prover, from the first message to the signed attestation.

    The arrows of the TLS session stage are inherited; `disclose` takes the place of the attestation where the partner
    is the Verifier itself.
    """

    # ── Data submission stage ──────────────────────────────────────────────────────────────────────────────────────

    async def submit_transcript_commit_config(
        self,
        config: Sequence[CommitRequest],
        *,
        tree_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
        body_hash_algorithm: HashAlgorithm = HashAlgorithm.SHA256,
        prover_extensions: Sequence[Extension] = (),
    ) -> None:
        """Tell the Notary what to commit to: positions, lengths and classes, never octets.

        Refuses what this Prover could not prove (`data-submission/range-out-of-bounds`,
        `data-submission/not-in-lexical-class`) or does not support.
        """
        self._progress("commitments")
        transcript = self._finished_transcript()
        for index, request in enumerate(config):
            if isinstance(request.kind, EncodingRequest):
                raise Refused("data-submission/unsupported-commitment-kind", f"entry {index}")
            whole = transcript.octets(request.direction)
            if request.ranges.end > len(whole):
                raise Refused("data-submission/range-out-of-bounds", f"entry {index} of {len(whole)} octets")
            octets = request.ranges.select(whole)
            check_lexical_class(octets, request.lexical_class, f"entry {index}")
        self._config = SubmitTranscriptCommitConfig(
            config=tuple(config),
            tree_algorithm=tree_algorithm.value,
            body_hash_algorithm=body_hash_algorithm.value,
            prover_extensions=tuple(sorted(prover_extensions, key=lambda each: each.id.encode())),
        )
        await self._link.send(self._config)

    async def include_commitments(self) -> bytes:
        """Send the commitments, prove them in zero knowledge, and compare the tree's root; returns the root."""
        proof = self._engine.proof
        wires = await self._compute(draw_blinders, proof, len(self._config.config))
        blinders = [octets_of(proof.bits(each)) for each in wires]
        transcript = self._finished_transcript()
        commitments = [
            hash_commitment(request, transcript, blinder)
            for request, blinder in zip(self._config.config, blinders, strict=True)
        ]
        self._secrets = tuple(
            SecretCommitment(commitment=commitment, opening=HashSecret(blinder=blinder))
            for commitment, blinder in zip(commitments, blinders, strict=True)
        )
        await self._link.send(IncludeCommitments(commitments=tuple(commitments)))
        await self._compute(prove_commitments, proof, self._engine.plaintext, commitments, wires)
        root = await self._link.receive(MerkleTreeRoot)
        self._root = commit.tree_root(HashAlgorithm(self._config.tree_algorithm), commitments)
        if root.root != self._root:
            raise Refused("data-submission/root-mismatch", "the Notary built another tree")
        return self._root

    # ── Attestation generation stage ───────────────────────────────────────────────────────────────────────────────

    async def receive_signed_attestation(self) -> tuple[Attestation, AttestationSecrets]:
        """Take the attestation, validate every field of it against this session, and return it with its secrets."""
        self._progress("attestation")
        message = await self._link.receive(SignedAttestation)
        secrets = self._attestation_secrets(message.key_exchange_blinder)
        validate_attestation(message.attestation, self._expected(secrets))
        return message.attestation, secrets

    async def disclose(self, selection: Selection) -> AttestationSecrets:
        """In a session of kind `verify`: show the partner, which is the Verifier, the selection; nothing is signed."""
        self._progress("disclosure")
        secrets = self._attestation_secrets(bytes(32))
        algorithm = HashAlgorithm(self._config.tree_algorithm)
        identity, proof = direct_disclosure(algorithm, secrets, selection)
        await self._link.send(Disclosure(identity=identity, transcript=proof))
        await self._link.receive(DisclosureAccepted)
        return secrets

    def _attestation_secrets(self, key_exchange_blinder: bytes) -> AttestationSecrets:
        transcript = self._finished_transcript()
        return AttestationSecrets(
            server_name=self._settings.server_name.text,
            key_exchange=KeyExchangeOpening(
                client_random=self._client_random,
                server_random=self._flight.server_random,
                server_ephemeral_key=self._flight.server_ephemeral_key,
                blinder=key_exchange_blinder,
            ),
            handshake=HandshakeOpening(handshake_data=self._handshake_data, blinder=self._handshake_blinder),
            sent=transcript.sent,
            received=transcript.received,
            commitments=self._secrets,
        )

    def _expected(self, secrets: AttestationSecrets) -> Expected:
        parameters = self._session_parameters
        return Expected(
            verifying_key=self._settings.notary_key,
            body_hash_algorithm=HashAlgorithm(self._config.body_hash_algorithm),
            connection_info=ConnectionInfo(
                time=self._settings.clock(),
                mode=CONNECTION_MODE,
                tls_version=TLS_VERSION,
                cipher_suite=parameters.cipher_suite,
                extended_master_secret=parameters.extended_master_secret,
                sent_length=len(secrets.sent),
                received_length=len(secrets.received),
                closure=self._closure,
            ),
            time_tolerance=self._settings.time_tolerance,
            key_exchange=secrets.key_exchange,
            handshake_commitment=parameters.handshake_commitment,
            transcript_commitments=TranscriptCommitments(
                algorithm=self._config.tree_algorithm,
                leaf_count=len(self._secrets),
                root=self._root,
            ),
            prover_extensions=self._config.prover_extensions,
        )


async def notarize(
    link: Link,
    settings: ProverSettings,
    request: bytes,
    commit_config: Callable[[Transcript], Sequence[CommitRequest]],
    *,
    prover_extensions: Sequence[Extension] = (),
) -> tuple[Attestation, AttestationSecrets]:
    """Play all arrows of a Prover's session: one request, its response, commitments as `commit_config` chooses them.

    `request` is one complete HTTP/1.1 request that asks the Server to close the connection after its response.
    """
    async with Prover(link, settings) as prover:
        await prover.establish_mpc_tls_connection()
        await prover.send_tls_handshake_data()
        await prover.send_request(request)
        await prover.receive_response()
        transcript = await prover.close()
        await prover.submit_transcript_commit_config(
            commit_config(transcript), prover_extensions=prover_extensions
        )
        await prover.include_commitments()
        return await prover.receive_signed_attestation()
