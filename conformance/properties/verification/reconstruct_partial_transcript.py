"""A Verifier reads exactly the octets that were opened, once binding and policy have decided as well.

Compared: lengths and authenticated runs of both directions; or the reason. The whole verification runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cryptography import x509
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.presentation_building import send_presentation
from mpctls.spec.presentation_building.send_presentation import SentPresentation
from mpctls.spec.transcript import PartialOctets
from mpctls.spec.verification import (
    check_commitment_consistency,
    verify_signature_validity,
)
from mpctls.spec.verification import reconstruct_partial_transcript as step
from mpctls.spec.verifier_policy import BindingRequest, VerifierPolicy
from mpctls.spec.verifier_states import VerifierReady
from mpctls.spec.zero_knowledge.plonk import PlonkKey
from mpctls.spec.zero_knowledge.predicate import Predicate
from mpctls.spec.zero_knowledge.presented_predicates import FieldShape
from mpctls.spec.zero_knowledge.statements import PROOF_LENGTH, PredicateProof

from ...fields import Fields, listed, number, optional, read_list, read_number, read_optional
from ...property import Operation
from ..certificates import NOW, SERVER_NAME, trusted_roots
from ..drawing import flipped
from ..predicates import questions
from ..presentations import REQUEST, file_of, presentations
from .verify_signature_validity import notary_key, read_trust, trust

_BINDING = ("left out", "signature", "audience", "nonce", "issued", "expiry")
_FAULTS = (
    "honest", "honest", "honest", "asked", "other audience", "other nonce", "before", "before", "after", "after",
    "name", "age", "extension", "predicate", *_BINDING,
)  # fmt: skip


@st.composite
def _proofs(draw: DrawFn) -> bytes:
    """Octets of a proof under a setup that nobody accepts, or no octets of a proof."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=3))
    predicate = draw(questions()).predicate
    proof = PredicateProof(
        predicate=predicate.encode(),
        leaves=tuple(range(len(predicate.fields) - draw(st.sampled_from((0, 0, 1))))),
        compiler_version=draw(st.sampled_from((1, 1, 1, 2))),
        setup_digest=bytes(32),
        outputs=(),
        proof=bytes(PROOF_LENGTH),
    )
    return proof.encode()


def _without_setups(predicate: Predicate, shapes: Sequence[FieldShape], setup_digest: bytes) -> PlonkKey:
    """The compiler of a Verifier that accepts no setup: it is never asked."""
    raise LookupError("a setup that is not accepted has no keys")


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    presentation = draw(presentations())
    store = trust(notary_key(presentation).verifying_key)
    binding = presentation.binding
    now, names, age, wanted = NOW, None, None, b""
    asked = REQUEST if draw(st.booleans()) and binding is not None else None
    fault = draw(st.sampled_from(_FAULTS))
    match fault:
        case "asked":
            asked = REQUEST
        case "other audience":
            asked = replace(REQUEST, audience="other.example")
        case "other nonce":
            asked = replace(REQUEST, nonce=REQUEST.nonce + b"!")
        case "before":
            now = NOW - draw(st.sampled_from((299, 300)))
        case "after":
            now = NOW + draw(st.sampled_from((600, 601, 5000)))
        case "predicate":
            presentation = replace(presentation, predicates=(draw(_proofs()),))
        case "name":
            names = draw(st.sampled_from((SERVER_NAME, "other.example", "")))
        case "age":
            age, now = draw(st.integers(0, 3)), NOW + 2
        case "extension":
            wanted = draw(st.sampled_from((b"purpose", b"holder-key", b"notary/policy")))
    if fault in _BINDING and binding is not None:
        changes: dict[str, dict[str, Any]] = {
            "signature": {"signature": flipped(binding.signature, 40)},
            "audience": {"audience": "other.example"},
            "nonce": {"nonce": binding.nonce + b"!"},
            "issued": {"issued": binding.issued + 1},
            "expiry": {"expiry": binding.expiry + 1},
        }
        changed = None if fault == "left out" else replace(binding, **changes[fault])
        presentation = replace(presentation, binding=changed)
    return {
        "file": file_of(presentation),
        "trust": store,
        "roots": listed(trusted_roots()),
        "now": number(now),
        "server names": optional(
            None if names is None else listed([name.encode() for name in (names,) if name])
        ),
        "maximum age": optional(None if age is None else number(age)),
        "required extensions": listed([wanted] if wanted else []),
        "challenge": challenge_field(asked),
    }


def challenge_field(asked: BindingRequest | None) -> bytes:
    """Audience and nonce that a Verifier asks for, or none."""
    return optional(None if asked is None else listed([asked.audience.encode(), asked.nonce]))


def direction_fields(name: str, length: int, runs: list[tuple[int, bytes]]) -> dict[str, bytes]:
    """One direction of a partial transcript as fields."""
    return {
        f"{name} length": number(length),
        f"{name} runs": listed([listed([number(start), octets]) for start, octets in runs]),
    }


def _direction(name: str, octets: PartialOctets) -> dict[str, bytes]:
    return direction_fields(name, octets.length, [(run.start, run.octets) for run in octets.runs])


def _policy(fields: Fields) -> VerifierPolicy:
    names, age = read_optional(fields["server names"]), read_optional(fields["maximum age"])
    challenge = read_optional(fields["challenge"])
    binding = None
    if challenge is not None:
        audience, nonce = read_list(challenge)
        binding = BindingRequest(audience=audience.decode(), nonce=nonce)
    return VerifierPolicy(
        server_names=None if names is None else frozenset(name.decode() for name in read_list(names)),
        maximum_age=None if age is None else read_number(age),
        required_extensions=frozenset(name.decode() for name in read_list(fields["required extensions"])),
        binding=binding,
    )


def _verify(fields: Fields) -> Fields:
    now = read_number(fields["now"])
    ready = VerifierReady(
        trust_store=read_trust(fields["trust"]),
        roots=tuple(x509.load_der_x509_certificate(octets) for octets in read_list(fields["roots"])),
        policy=_policy(fields),
        compiler=_without_setups,
    )
    presented = send_presentation.receive(ready, SentPresentation(octets=fields["file"]))
    valid = verify_signature_validity.perform(presented, now=now)
    verified = step.perform(check_commitment_consistency.perform(valid), now=now)
    return {
        "server name": optional(None if verified.server_name is None else verified.server_name.encode()),
        **_direction("sent", verified.transcript.sent),
        **_direction("received", verified.transcript.received),
    }


OPERATIONS = (Operation(name="verification/verify", inputs=_inputs, specification=_verify),)
