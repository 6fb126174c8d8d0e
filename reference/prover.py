"""The Prover: owns the TLS session's plaintext, and computes it together with the Notary.

The methods of `Prover` are the Prover's arrows of the sequence diagram, in order. `notarize` plays them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from .attestation.commit_config import (
    check_encoding_request,
    complete_commitments,
    encoding_commitment,
    hash_commitment,
    hash_request_count,
)
from .attestation.commitment_proofs import check_lexical_class, draw_blinders, prove_commitments
from .attestation.validation import Expected, validate_attestation
from .channel.link import Link
from .channel.messages import (
    CommitRequest,
    Disclosure,
    DisclosureAccepted,
    EncodingCommitments,
    EncodingRequest,
    HashRequest,
    IncludeCommitments,
    MerkleTreeRoot,
    SignedAttestation,
    SubmitTranscriptCommitConfig,
)
from .encoding_commitment import commitment_value
from .foundation import commitments as commit
from .foundation.artifacts import (
    Attestation,
    AttestationSecrets,
    ConnectionInfo,
    EncodingCommitment,
    EncodingSecret,
    Extension,
    HandshakeOpening,
    HashSecret,
    KeyExchangeOpening,
    SecretCommitment,
    TranscriptCommitment,
    TranscriptCommitments,
)
from .foundation.errors import Refused
from .foundation.field_encoding import SCALAR_ORDER, scalar_octets
from .foundation.identifiers import (
    CONNECTION_MODE,
    TLS_VERSION,
    HashAlgorithm,
)
from .foundation.transcript import Transcript
from .mpc.conversion.messages import Entry
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

    _encoding_values: tuple[bytes, ...] = ()

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
        `data-submission/not-in-lexical-class`) or this session does not have (`…/unsupported-commitment-kind`,
        `…/encoding-too-long`).
        """
        self._progress("commitments")
        transcript = self._finished_transcript()
        for index, request in enumerate(config):
            whole = transcript.octets(request.direction)
            if request.ranges.end > len(whole):
                raise Refused("data-submission/range-out-of-bounds", f"entry {index} of {len(whole)} octets")
            if isinstance(request.kind, EncodingRequest):
                check_encoding_request(request, self._settings.kind, f"entry {index}")
            octets = request.ranges.select(whole)
            check_lexical_class(octets, request.lexical_class, f"entry {index}")
        self._config = SubmitTranscriptCommitConfig(
            config=tuple(config),
            tree_algorithm=tree_algorithm.value,
            body_hash_algorithm=body_hash_algorithm.value,
            prover_extensions=tuple(sorted(prover_extensions, key=lambda each: each.id.encode())),
        )
        await self._link.send(self._config)

    async def include_commitments(self) -> None:
        """Send the commitments, prove them in zero knowledge, and take the root of the Notary's tree.

        With encoding commitments this ends in silence: after their values this Prover sends nothing, and it judges
        what it was given when it has read the Notary's last message.
        """
        engine, config = self._engine, self._config.config
        wires = await self._compute(draw_blinders, engine.proof, hash_request_count(config))
        blinders = [octets_of(engine.proof.bits(each)) for each in wires]
        self._secrets = tuple(self._unproved(config, blinders))
        commitments = tuple(each.commitment for each in self._secrets)
        await self._link.send(IncludeCommitments(commitments=commitments))
        entries = await self._compute(prove_commitments, engine.proof, engine.plaintext, commitments, wires)
        engine.proof.conclude()
        if entries:
            await self._commit_to_encodings(entries)
        self._notary_root = (await self._link.receive(MerkleTreeRoot)).root
        if not entries:
            self._check_root()

    def _unproved(
        self, config: Sequence[CommitRequest], blinders: Sequence[bytes]
    ) -> Iterator[SecretCommitment]:
        """The leaves as they are sent first: hash commitments whole, encoding commitments without scalars."""
        transcript, hidden = self._finished_transcript(), iter(blinders)
        for request in config:
            if isinstance(request.kind, HashRequest):
                blinder = next(hidden)
                hashed = hash_commitment(request, transcript, blinder)
                yield SecretCommitment(commitment=hashed, opening=HashSecret(blinder=blinder))
            else:
                # Uniform and never used again: one blinder twice shows equal octets.
                secret = EncodingSecret(blinder=scalar_octets(self._randomness.below(SCALAR_ORDER)))
                yield SecretCommitment(commitment=encoding_commitment(request), opening=secret)

    async def _commit_to_encodings(self, entries: Sequence[Entry]) -> None:
        """Commit to octets and authenticators before anything that these depend on is released."""
        messages = await self._compute(self._engine.convert, entries)
        self._encoding_values = await self._compute(self._commit_to, messages)
        await self._link.send(EncodingCommitments(commitments=self._encoding_values))
        self._silent = True
        await self._compute(self._engine.receive_release)

    def _commit_to(self, messages: Sequence[int]) -> tuple[bytes, ...]:
        transcript = self._finished_transcript()
        encoded = [each for each in self._secrets if isinstance(each.commitment, EncodingCommitment)]
        return tuple(
            commitment_value(
                each.commitment.direction,
                each.commitment.ranges.select(transcript.octets(each.commitment.direction)),
                message=message,
                blinder=int.from_bytes(each.opening.blinder, "little"),
            )
            for each, message in zip(encoded, messages, strict=True)
        )

    def _judge_release(self) -> None:
        """Check what was released and complete the leaves with offsets and factors recomputed from own keys."""
        released = self._engine.check_release()
        unvalued: list[TranscriptCommitment] = [each.commitment for each in self._secrets]
        leaves = complete_commitments(unvalued, self._encoding_values, released)
        self._secrets = tuple(
            replace(each, commitment=leaf) for each, leaf in zip(self._secrets, leaves, strict=True)
        )

    def _check_root(self) -> None:
        leaves = [each.commitment for each in self._secrets]
        self._root = commit.tree_root(HashAlgorithm(self._config.tree_algorithm), leaves)
        if self._notary_root != self._root:
            raise Refused("data-submission/root-mismatch", "the Notary built another tree")

    # ── Attestation generation stage ───────────────────────────────────────────────────────────────────────────────

    async def receive_signed_attestation(self) -> tuple[Attestation, AttestationSecrets]:
        """Take the attestation, validate every field of it against this session, and return it with its secrets.

        With encoding commitments everything since the release is judged here, with the link closed:
        `data-submission/conversion-check-failed`, then `data-submission/root-mismatch`, then the attestation.
        """
        self._progress("attestation")
        message = await self._link.receive(SignedAttestation)
        if self._encoding_values:
            # The Notary must not see, not even by when this side closes, what the checks find.
            await self._link.close()
            await self._compute(self._judge_release)
            self._check_root()
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
