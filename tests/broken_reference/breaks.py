"""One break of the reference for each step: a check left out or a formula changed, where the reference uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """What is broken: a dotted name below `mpctls.reference`, or one of `zkp`, and what takes its place."""

    target: str
    changed: Callable[[Any], Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Break the reference for a while."""
        holder, name = self._place()
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(holder, dict):
                patch.setitem(holder, name, self.changed(holder[name]))
            else:
                patch.setattr(holder, name, self.changed(vars(holder)[name]))
            yield

    def _place(self) -> tuple[Any, str]:
        """The module, class or mapping that holds the name, and the name."""
        path, _, inner = self.target.partition(":")
        holder: Any = import_module(
            f"mpctls.{path}" if path.startswith("zkp.") else f"mpctls.reference.{path}"
        )
        *outer, name = inner.split(".")
        for part in outer:
            holder = holder[part] if isinstance(holder, dict) else getattr(holder, part)
        return holder, name


def instead(value: Any) -> Callable[[Any], Any]:
    """Another value, whatever stood there."""
    return lambda original: value


def unchecked() -> Callable[[Any], Any]:
    """A check that passes everything, and returns its first argument if it returned anything."""
    return lambda original: lambda *arguments, **named: arguments[0] if arguments else None


def _every_word(automata: Any) -> Any:
    class Accepting:
        def accepts(self, octets: bytes) -> bool:
            return True

    return dict.fromkeys(automata, Accepting())


def _longer(original: Any) -> Any:
    return property(lambda ranges: original.fget(ranges) + 1)


def _any_form(original: Any) -> Any:
    """Points in any form, as long as their coordinates are right."""
    return lambda octets: original(b"\4" + octets[1:])


def _without_extensions(original: Any) -> Any:
    def build(session: Any, blinder: bytes) -> Any:
        return replace(original(session, blinder), prover_extensions=(), notary_extensions=())

    return build


def _one_octet_more(original: Any) -> Any:
    def info(session: Any) -> Any:
        honest = original(session)
        return replace(honest, sent_length=honest.sent_length + 1)

    return info


def _close_whatever_is_outstanding(original: Any) -> Any:
    def close(register: Any) -> None:
        register._closed = True

    return close


BREAKS: dict[str, Break] = {
    "foundation/registries": Break(
        target="foundation.reasons:NORMATIVE", changed=lambda reasons: reasons - {"encoding/not-utf8"}
    ),
    "foundation/encoding": Break(target="foundation.encoding:Reader.finish", changed=unchecked()),
    "foundation/ranges": Break(target="foundation.ranges:RangeSet.total", changed=_longer),
    "foundation/merkle": Break(target="foundation.merkle:NODE_PREFIX", changed=instead(b"\0")),
    "foundation/commitments": Break(target="foundation.hashes:SHA256_BLOCK", changed=instead(32)),
    "foundation/lexical_classes": Break(target="attestation.commitment_proofs:AUTOMATA", changed=_every_word),
    "foundation/signatures": Break(
        target="foundation.signatures:_ORDERS",
        changed=lambda orders: {curve: 2 * order for curve, order in orders.items()},
    ),
    "foundation/server_identity": Break(
        target="tls.certificates:_signature_verifies", changed=instead(lambda *anything: True)
    ),
    "tls_session/establish_mpc_tls_connection": Break(
        target="channel.establishment:_signed_message", changed=instead(lambda request, answer: b"")
    ),
    "tls_session/send_tls_handshake_data": Break(
        target="notary_connection:check_handshake_data", changed=unchecked()
    ),
    "tls_session/verify_and_record_session_parameters": Break(
        target="foundation.contexts:SESSION_PARAMETERS", changed=instead(b"mpctls/1/other\0")
    ),
    "key_exchange/verifier_public_key": Break(
        target="foundation.commitments:key_share_commitment", changed=instead(lambda *parts: bytes(32))
    ),
    "key_exchange/combined_public_key": Break(
        target="tls.p256:add_points", changed=instead(lambda first, second: first)
    ),
    "key_exchange/server_public_key": Break(
        target="tls.p256:multiply_full", changed=instead(lambda scalar, point: point)
    ),
    "key_exchange/forward_server_public_key": Break(target="tls.p256:decode_point", changed=_any_form),
    "key_exchange/secure_two_party_computation": Break(
        target="mpc.share_conversion.curve:_square", changed=instead(lambda vector: vector)
    ),
    "mpc_tls/key_schedule": Break(
        target="mpc.engine.computation:_LABELS.key-expansion", changed=instead(b"key expansion ")
    ),
    "mpc_tls/finished": Break(
        target="mpc.engine.computation:_LABELS.server-finished", changed=instead(b"client finished")
    ),
    "mpc_tls/records": Break(target="mpc.engine.computation:_FIRST_COUNTER", changed=instead(3)),
    "mpc_tls/record_state_machine": Break(
        target="tls.registration:RecordRegister._check_budget", changed=unchecked()
    ),
    "mpc_tls/close": Break(
        target="tls.registration:RecordRegister.close", changed=_close_whatever_is_outstanding
    ),
    "mpc_tls/finalisation": Break(target="mpc.engine.records:TLS_VERSION", changed=instead(b"\3\4")),
    "foundation/encoding_commitments": Break(
        target="foundation.field_encoding:ELEMENT_OCTETS", changed=instead(30)
    ),
    "foundation/predicates": Break(
        target="zkp.predicate.canonical:PREDICATE_CONTEXT", changed=instead(b"mpctls/1/other\0")
    ),
    "foundation/framing": Break(target="channel.link:FIRST_LIMIT", changed=instead(2**20)),
    "foundation/statement": Break(target="zkp.statement:COMPILER_VERSION", changed=instead(2)),
    "verification/structured_view": Break(target="http.message:check_redactable", changed=unchecked()),
    "verification/predicate_evaluation": Break(target="zkp.predicate.types:_check_text", changed=unchecked()),
    "verification/hash_bridge": Break(target="zkp.bridge.bare_commitment:KIND_BARE", changed=instead(1)),
    "verification/plonk_proof": Break(target="zkp.plonk.verifier:_check_equations", changed=unchecked()),
    "verification/groth16_proof": Break(
        target="zkp.groth16.verifier:pairing_product_is_one", changed=instead(lambda near, far: True)
    ),
    "data_submission/submit_transcript_commit_config": Break(
        target="notary_session:check_config", changed=unchecked()
    ),
    "data_submission/include_encoded_commitment_or_hash_range": Break(
        target="foundation.hashes:KECCAK256_BLOCK", changed=instead(135)
    ),
    "data_submission/generate_merkle_tree_root": Break(
        target="foundation.commitments:leaf_hash", changed=instead(lambda algorithm, leaf: bytes(32))
    ),
    "attestation_generation/build_attestation_body": Break(
        target="notary:NotarySession.build_attestation_body", changed=_without_extensions
    ),
    "attestation_generation/include_connection_info_keys_and_commitment": Break(
        target="notary:NotarySession.connection_info", changed=_one_octet_more
    ),
    "attestation_generation/sign_with_private_key": Break(
        target="foundation.contexts:ATTESTATION_HEADER", changed=instead(b"mpctls/1/other\0")
    ),
    "attestation_generation/return_signed_attestation": Break(
        target="prover:validate_attestation", changed=unchecked()
    ),
    "presentation_building/select_disclosure_range": Break(
        target="presentation.building:check_secrets", changed=unchecked()
    ),
    "presentation_building/generate_transcript_proof": Break(
        target="presentation.building:prove",
        changed=lambda prove: lambda algorithm, leaves, opened: prove(algorithm, leaves, opened)[::-1],
    ),
    "presentation_building/combine_identity_proof": Break(
        target="presentation.building:identity_proof", changed=instead(lambda secrets: None)
    ),
    "presentation_building/send_presentation": Break(
        target="foundation.contexts:BINDING", changed=instead(b"mpctls/1/other\0")
    ),
    "verification/verify_signature_validity": Break(
        target="presentation.verification:_check_statements", changed=unchecked()
    ),
    "verification/check_commitment_consistency": Break(
        target="presentation.verification:_check_opening", changed=unchecked()
    ),
    "verification/reconstruct_partial_transcript": Break(
        target="presentation.verification:check_binding", changed=unchecked()
    ),
}
