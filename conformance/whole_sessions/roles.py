"""Notary and Prover of the specification behind operations: each keeps its state between two messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from mpctls.spec import disclosure
from mpctls.spec.attestation_generation import (
    build_attestation_body,
    include_connection_info_keys_and_commitment,
    return_signed_attestation,
    sign_with_private_key,
)
from mpctls.spec.commitments import BLINDER_LENGTH, CommitRequest, EncodingKind
from mpctls.spec.data_submission import (
    generate_merkle_tree_root,
    include_encoded_commitment_or_hash_range,
    submit_transcript_commit_config,
)
from mpctls.spec.extensions import Extension
from mpctls.spec.ideal.encoding_commitment import FieldConversion
from mpctls.spec.ideal.zero_knowledge_proof import ZeroKnowledgeProof
from mpctls.spec.identifiers import HashAlgorithm, SessionKind
from mpctls.spec.messages import DisclosureAccepted, SessionMessage, decode_message, encode_message
from mpctls.spec.notary_states import (
    NotaryCommitted,
    NotaryConfigReceived,
    NotaryFinalised,
    NotaryIncluded,
)
from mpctls.spec.prover_states import (
    DisclosureSelection,
    ProverAgreed,
    ProverCommitted,
    ProverConfigSubmitted,
    ProverIncluded,
    ProverParametersRecorded,
)
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.signatures import VerifyingKey
from mpctls.spec.states import require_message
from mpctls.spec.verifier_policy import VerifierPolicy

from ..fields import Fields, listed, optional, read_flag, read_list, read_number, read_optional
from ..properties.attestations import notary_finalised, prover_finalised
from ..properties.commitments import conversion_of
from ..properties.drawing import PrescribedRandomness, signing_key


class SpecifiedRole(Protocol):
    """A role of a session; `run` gives the output of an operation or rejects."""

    def run(self, operation: str, fields: Fields) -> Fields:
        """Run one operation of this role."""
        ...


def opened(role: str, fields: Fields) -> SpecifiedRole:
    """The role that `sessions/open-<role>` begins."""
    return SpecifiedNotary(fields) if role == "notary" else SpecifiedProver(fields)


class SpecifiedNotary:
    """A Notary after the connection."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self._kind = SessionKind(read_number(fields["kind"]))
        self._state: Any = notary_finalised(fields, self._kind)
        self._conversion: FieldConversion | None = None
        self._ended = False

    def run(self, operation: str, fields: Fields) -> Fields:
        """Run one operation. Rejects as the steps do, and with link/closed once the session has ended."""
        if operation == "sessions/attest":
            return {"message": encode_message(self._attest())}
        if self._ended:
            raise Rejection(Reason.LINK_CLOSED)
        try:
            answers = self._take(decode_message(fields["message"]))
        except Rejection:
            self._ended = True
            raise
        return {"answers": listed([encode_message(each) for each in answers]), "secrets": optional(None)}

    def _take(self, message: Any) -> tuple[SessionMessage, ...]:
        state = self._state
        if isinstance(state, NotaryFinalised):
            self._state = submit_transcript_commit_config.receive(state, message)
            return ()
        if isinstance(state, NotaryConfigReceived):
            proof = self._engine(state)
            included = include_encoded_commitment_or_hash_range.receive(state, message, proof)
            self._conversion = conversion_of(self._fields, proof)
            return self._root(included)
        if isinstance(state, NotaryIncluded) and self._conversion is not None:
            for index, request in enumerate(state.submission.config):
                if isinstance(request.kind, EncodingKind):
                    self._conversion.commit(index, request.direction, request.ranges)
            return self._root(
                include_encoded_commitment_or_hash_range.receive_encodings(state, message, self._conversion)
            )
        _, accepted = disclosure.receive(
            state, message, roots=(), policy=VerifierPolicy(), now=read_number(self._fields["now"])
        )
        self._ended = True
        return (accepted,)

    def _engine(self, state: NotaryConfigReceived) -> ZeroKnowledgeProof:
        """The proof holds the transcript and, of each hash entry, the blinder."""
        step = include_encoded_commitment_or_hash_range
        witnesses = {"sent": self._fields["sent"], "received": self._fields["received"]}
        proof = ZeroKnowledgeProof(witnesses)
        blinders = read_list(self._fields["blinders"])
        for index, request in enumerate(state.submission.config):
            if not isinstance(request.kind, EncodingKind):
                given = blinders[index] if index < len(blinders) else bytes(BLINDER_LENGTH)
                proof.commit(step.blinder_witness(index), given)
        return proof

    def _root(self, state: NotaryIncluded | NotaryCommitted) -> tuple[SessionMessage, ...]:
        self._state = state
        if isinstance(state, NotaryIncluded):
            return ()
        self._state, root = generate_merkle_tree_root.send(state)
        return (root,)

    def _attest(self) -> SessionMessage:
        source = PrescribedRandomness(
            {name: self._fields[name] for name in ("key exchange blinder", "attestation id")}
        )
        if self._ended:
            raise Rejection(Reason.ATTESTATION_GENERATION_OUT_OF_ORDER)
        started = build_attestation_body.perform(self._state)
        body = include_connection_info_keys_and_commitment.perform(
            started, source, now=read_number(self._fields["now"])
        )
        self._state, message = return_signed_attestation.send(sign_with_private_key.perform(body, source))
        self._ended = True
        return message


class SpecifiedProver:
    """A Prover after the connection."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        kind = SessionKind(read_number(fields["kind"]))
        key = VerifyingKey.decode(fields["notary key"])
        whoever = signing_key(key.algorithm)
        usual = {
            **fields,
            "key": bytes([whoever.algorithm]) + whoever.secret,
            "notary extensions": listed(()),
        }
        state = prover_finalised(usual, kind)
        terms = replace(state.connection.agreed.terms, verifying_key=key)
        connection: ProverParametersRecorded = replace(
            state.connection, agreed=ProverAgreed(kind=kind, terms=terms)
        )
        self._state: Any = replace(state, connection=connection)
        self._ended = False

    def run(self, operation: str, fields: Fields) -> Fields:
        """Run one operation. Rejects as the steps do, and with link/closed once the session has ended."""
        if self._ended:
            raise Rejection(Reason.LINK_CLOSED)
        moves = {
            "sessions/submit": self._submit,
            "sessions/commit": self._commit,
            "sessions/disclose": self._disclose,
            "sessions/deliver": self._deliver,
        }
        try:
            return moves[operation](fields)
        except Rejection:
            self._ended = True
            raise

    def _submit(self, fields: Fields) -> Fields:
        self._state, message = submit_transcript_commit_config.send(
            self._state,
            config=tuple(CommitRequest.decode(octets) for octets in read_list(fields["config"])),
            tree_algorithm=HashAlgorithm(read_number(fields["tree algorithm"])),
            body_hash_algorithm=HashAlgorithm(read_number(fields["body algorithm"])),
            prover_extensions=tuple(
                Extension.decode(octets) for octets in read_list(fields["prover extensions"])
            ),
        )
        return {"message": encode_message(message)}

    def _commit(self, fields: Fields) -> Fields:
        step, state = include_encoded_commitment_or_hash_range, self._state
        config = state.submission.config if isinstance(state, ProverConfigSubmitted) else ()
        blinders = {
            ("encoding blinder" if isinstance(request.kind, EncodingKind) else "blinder")
            + f" {index}": blinder
            for index, (request, blinder) in enumerate(
                zip(config, read_list(self._fields["blinders"]), strict=True)
            )
        }
        proof = ZeroKnowledgeProof(step.transcript_witnesses(state.finalised.transcript))
        after, included = step.send(state, PrescribedRandomness(blinders), proof)
        messages: list[SessionMessage] = [included]
        if isinstance(after, ProverIncluded):
            proof.challenge()
            conversion = conversion_of(self._fields, proof)
            encoded, message = step.send_encodings(after, conversion)
            if read_flag(self._fields["deviates"]):
                # The release is what is false here, not what the conversion gave before it.
                conversion.deviate(0, {0: 1})
            messages.append(message)
            conversion.release()
            after = step.learn_release(encoded, conversion)
        self._state = after
        return {"messages": listed([encode_message(each) for each in messages])}

    def _disclose(self, fields: Fields) -> Fields:
        sent, received = (read_optional(fields[f"{name} ranges"]) for name in ("sent", "received"))
        selection = DisclosureSelection(
            sent=None if sent is None else RangeSet.decode(sent),
            received=None if received is None else RangeSet.decode(received),
        )
        self._state, message = disclosure.send(self._state, selection)
        return {"message": encode_message(message)}

    def _deliver(self, fields: Fields) -> Fields:
        message: Any = decode_message(fields["message"])
        secrets = None
        if isinstance(self._state, ProverCommitted):
            self._state = generate_merkle_tree_root.receive(self._state, message)
        elif isinstance(self._state, disclosure.ProverDisclosed):
            require_message(message, DisclosureAccepted, self._state, disclosure.ProverDisclosed)
            self._ended = True
        else:
            attested = return_signed_attestation.receive(
                self._state,
                message,
                now=read_number(self._fields["now"]),
                tolerance=read_number(self._fields["tolerance"]),
            )
            secrets = attested.secrets.encode()
            self._ended = True
        return {"answers": listed(()), "secrets": optional(secrets)}
