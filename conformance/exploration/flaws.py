"""Flaws that are put into the specification on purpose: the search must find an attack for each, and none without."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from ..mutants.finding import source_of
from ..mutants.patching import patched
from .forgeries import OTHER_OCTETS, OTHER_SERVER, OTHER_SESSION
from .search import (
    HIDDEN_IS_SAID,
    NOT_OF_THE_NOTARY,
    NOT_OF_THIS_SESSION,
    SIGNED_TOO_EARLY,
    UNTRUE_COMMITMENTS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Checks that are left out together, as (module, text, what stands in its place); and the rule that this breaks."""

    name: str
    what: str
    rule: str
    edits: tuple[tuple[str, str, str], ...]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Run with the flaw in the specification. Raises ValueError when a text is not there exactly once."""
        sources: dict[str, str] = {}
        for name, old, new in self.edits:
            module = f"mpctls.spec.{name}"
            source = sources.get(module, source_of(module))
            if source.count(old) != 1:
                raise ValueError(f"{self.name}: its text stands {source.count(old)} times in {name}")
            sources[module] = source.replace(old, new)
        with ExitStack() as stack:
            for module, source in sources.items():
                stack.enter_context(patched(module, ast.parse(source)))
            yield


_SIGNATURE = "verification.verify_signature_validity"
_CONSISTENCY = "verification.check_commitment_consistency"
_RETURN = "attestation_generation.return_signed_attestation"
_INCLUDE = "data_submission.include_encoded_commitment_or_hash_range"

FLAWS = (
    Flaw(
        name="signature-of-anybody",
        what="The Verifier does not check the Notary's signature.",
        rule=OTHER_SESSION,
        edits=(
            (
                _SIGNATURE,
                "verify_signature(\n        notary.verifying_key,\n        attestation.signature,\n"
                "        header.signature_input(),\n        otherwise=Reason.VERIFICATION_SIGNATURE_INVALID,\n    )",
                "",
            ),
        ),
    ),
    Flaw(
        name="any-notary",
        what="The Verifier takes the key in the attestation instead of the one that it trusts.",
        rule=OTHER_SESSION,
        edits=(
            (
                "trust_store",
                "if notary.verifying_key == key)",
                "if notary.verifying_key.algorithm == key.algorithm)",
            ),
            (_SIGNATURE, "notary.verifying_key,", "key,"),
        ),
    ),
    Flaw(
        name="body-not-in-header",
        what="The Verifier does not compare the body with the digest that was signed.",
        rule=OTHER_SESSION,
        edits=(
            (_SIGNATURE, "if header.body_digest != body.digest(header.body_hash_algorithm):", "if not body:"),
        ),
    ),
    Flaw(
        name="identity-not-in-body",
        what="The Verifier does not compare key exchange and handshake with the attested commitments.",
        rule=OTHER_SERVER,
        edits=(
            (
                _CONSISTENCY,
                "if identity.key_exchange.commitment() != body.key_exchange_commitment:",
                "if not body:",
            ),
            (
                _CONSISTENCY,
                "if identity.handshake.commitment() != body.handshake_commitment:",
                "if not body:",
            ),
        ),
    ),
    Flaw(
        name="any-root",
        what="The Verifier does not compare the root that a proof leads to.",
        rule=OTHER_OCTETS,
        edits=(
            (
                _CONSISTENCY,
                "if root_from_proof(tree.algorithm, tree.leaf_count, leaves, proof.proof) != tree.root:",
                "if not root_from_proof(tree.algorithm, tree.leaf_count, leaves, proof.proof):",
            ),
        ),
    ),
    Flaw(
        name="any-opening",
        what="The Verifier does not compare opened octets with the commitment.",
        rule=OTHER_OCTETS,
        edits=((_CONSISTENCY, "if not opened:", "if opened is None:"),),
    ),
    Flaw(
        name="nonce-not-compared",
        what="The Verifier takes a binding that was made for an earlier question.",
        rule=OTHER_SESSION,
        edits=(("binding", "binding.nonce != request.nonce", "not binding.nonce"),),
    ),
    Flaw(
        name="binding-not-verified",
        what="The Verifier does not check the holder's signature.",
        rule=OTHER_SESSION,
        edits=(
            ("binding", "verify_signature(holder_key, binding.signature, signed, otherwise=invalid)", ""),
        ),
    ),
    Flaw(
        name="binding-not-required",
        what="The Verifier takes a presentation without the binding that it asked for.",
        rule=OTHER_SESSION,
        edits=(("binding", "raise Rejection(Reason.VERIFICATION_BINDING_REQUIRED)", "return"),),
    ),
    Flaw(
        name="prover-takes-any-signature",
        what="The Prover does not check the signature of the attestation that it keeps.",
        rule=NOT_OF_THE_NOTARY,
        edits=(
            (
                _RETURN,
                "verify_signature(key, attestation.signature, header.signature_input(), otherwise=invalid)",
                "",
            ),
        ),
    ),
    Flaw(
        name="prover-takes-any-tree",
        what="The Prover does not compare the attested tree with its own.",
        rule=NOT_OF_THIS_SESSION,
        edits=((_RETURN, "if body.transcript_commitments != state.transcript_commitments:", "if not body:"),),
    ),
    Flaw(
        name="prover-takes-any-holder",
        what="The Prover does not compare the attested extensions with those that it asked for.",
        rule=NOT_OF_THIS_SESSION,
        edits=(
            (_RETURN, "if body.prover_extensions != state.submission.prover_extensions:", "if not body:"),
        ),
    ),
    Flaw(
        name="commitments-not-proved",
        what="The Notary does not ask for the proof that commitments hold what the records decrypt to.",
        rule=UNTRUE_COMMITMENTS,
        edits=((_INCLUDE, "partial(_is_commitment_to, commitment),", "lambda *_: True,"),),
    ),
    Flaw(
        name="commitment-shows-octets",
        what="The value of a commitment begins with the octets that it is to.",
        rule=HIDDEN_IS_SAID,
        edits=(
            (
                "commitments",
                "return sha256(Context.HASH_COMMITMENT_SHA256.padded(SHA256_BLOCK_LENGTH) + message)",
                "return message[4:36]",
            ),
        ),
    ),
    Flaw(
        name="signed-before-committed",
        what="The Notary builds its tree over a config, without waiting for the commitments.",
        rule=SIGNED_TOO_EARLY,
        edits=(
            (
                "data_submission.submit_transcript_commit_config",
                "return NotaryConfigReceived(finalised=state, submission=submission)",
                "from ..attestation import TranscriptCommitments\n"
                "    from ..notary_states import NotaryRooted\n"
                "    tree = TranscriptCommitments(\n"
                "        algorithm=submission.tree_algorithm, leaf_count=len(submission.config), root=bytes(32)\n"
                "    )\n"
                "    return NotaryRooted(finalised=state, submission=submission, transcript_commitments=tree)",
            ),
        ),
    ),
)
