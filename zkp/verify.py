"""Verifying predicate proofs: what the Verifier does, with keys that it makes itself.

The Verifier of a presentation reads a proof, resolves the names of its fields to leaves in a structured view, and gives
both to `verify` (predicates page, section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.errors import Refused

from .plonk.proof import Proof
from .plonk.verifier import Claim
from .plonk.verifier import verify as verify_circuit
from .plonk.verifier import verify_many as verify_circuits
from .predicate.canonical import decode
from .predicate.conditions import Predicate
from .predicate.explain import explain
from .predicate.key_cache import KeyCache
from .predicate.shapes import COMPILER_VERSION, require_shape
from .predicate.walking import pseudonyms
from .setup.powers import Origin, Setup
from .statement import (
    PREDICATE_PROOF,
    PredicateProof,
    PublicField,
    Setting,
    public_inputs,
    require_fields,
    statement_digest,
)

MAXIMUM_ROWS: Final = 2**20
"""Rows of all circuits of a presentation together, unless a Verifier says otherwise: sixteen of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedProof:
    """A proof that was read but not verified."""

    predicate: Predicate
    encoded: PredicateProof

    @property
    def leaves(self) -> tuple[int, ...]:
        """The leaf index of each field, in order."""
        return self.encoded.leaves


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AcceptedSetups:
    """The setups whose digests a Verifier accepts; those of known secret only when its policy says so."""

    setups: Mapping[bytes, Setup]
    accept_development: bool = False

    @classmethod
    def of(cls, *setups: Setup, accept_development: bool = False) -> AcceptedSetups:
        """These setups."""
        return cls(setups={each.digest: each for each in setups}, accept_development=accept_development)

    def require(self, digest: bytes) -> Setup:
        """The setup with this digest.

        Refuses with `zero-knowledge/untrusted-setup` and `zero-knowledge/development-setup`.
        """
        setup = self.setups.get(digest)
        if setup is None:
            raise Refused("zero-knowledge/untrusted-setup", f"the setup {digest.hex()} is not accepted here")
        if setup.origin is Origin.DEVELOPMENT and not self.accept_development:
            raise Refused("zero-knowledge/development-setup", f"everyone knows the secret of {setup.label!r}")
        return setup


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProvedPredicate:
    """What a verified proof says: the predicate holds of these leaves, and these are its outputs.

    `rows` are those of its circuit, rounded up to a power of two: what it cost to verify.
    """

    predicate: Predicate
    fields: tuple[PublicField, ...]
    outputs: tuple[int, ...]
    setup: Setup
    rows: int
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A proof that was read, with the leaves of its fields and what it must be bound to."""

    received: ReceivedProof
    fields: tuple[PublicField, ...]
    setting: Setting


def read_proof(octets: bytes) -> ReceivedProof:
    """Decode a PredicateProof.

    Refuses, in this order: `encoding/…`, as `canonical.decode`, `zero-knowledge/unsupported-compiler-version`. Then
    follow `require_one_attestation` and `require_leaf_count`.
    """
    encoded = PREDICATE_PROOF.decode(octets)
    predicate = decode(encoded.predicate)
    if encoded.compiler_version != COMPILER_VERSION:
        raise Refused(
            "zero-knowledge/unsupported-compiler-version", f"compiler version {encoded.compiler_version}"
        )
    return ReceivedProof(predicate=predicate, encoded=encoded)


def require_one_attestation(received: ReceivedProof) -> None:
    """Refuse with `predicate/other-attestation` fields of other attestations than the presentation's."""
    if any(each.attestation for each in received.predicate.fields):
        raise Refused("predicate/other-attestation", "a field of an attestation that is not presented")


def require_leaf_count(received: ReceivedProof) -> None:
    """Refuse with `zero-knowledge/field-mismatch` another number of leaves than of fields."""
    if len(received.leaves) != len(received.predicate.fields):
        raise Refused(
            "zero-knowledge/field-mismatch",
            f"{len(received.leaves)} leaves for {len(received.predicate.fields)} fields",
        )


def require_field(received: ReceivedProof, index: int, leaf: PublicField) -> None:
    """Refuse a leaf that is not what the proof names for its field, or that the field's type does not go with.

    With `zero-knowledge/field-mismatch` and as `require_shape`.
    """
    named = received.predicate.fields[index]
    if (named.attestation, named.side, received.leaves[index]) != (
        leaf.attestation,
        leaf.direction,
        leaf.index,
    ):
        raise Refused("zero-knowledge/field-mismatch", f"field {index} is another leaf")
    try:
        require_shape(named.type, leaf.shape)
    except Refused as refusal:
        raise Refused(refusal.reason, f"field {index}: {refusal.detail}") from None


def verify(
    presented: Presented, setups: AcceptedSetups, *, keys: KeyCache, maximum_rows: int = MAXIMUM_ROWS
) -> ProvedPredicate:
    """Verify one proof; run by the Verifier.

    `maximum_rows` is how many the circuit may have; of several predicates each takes some of the Verifier's limit.
    Refuses, in this order: as `require_leaf_count`, `require_field` for each field, `zero-knowledge/output-count`, as
    `AcceptedSetups.require`, as `compile_predicate`, `zero-knowledge/setup-too-small`, `predicate/too-large`, as
    `plonk.verifier.verify`.
    """
    proved, claim = _claim(presented, setups, keys)
    if proved.rows > maximum_rows:
        raise Refused(
            "predicate/too-large", f"a circuit of {proved.rows} rows where {max(0, maximum_rows)} are left"
        )
    verify_circuit(*claim)
    return proved


def verify_many(
    presented: Sequence[Presented], setups: AcceptedSetups, *, keys: KeyCache
) -> tuple[ProvedPredicate, ...]:
    """Verify several proofs with one product of pairings; refuses as `verify`, naming the proof."""
    claims: list[tuple[ProvedPredicate, Claim]] = []
    for index, each in enumerate(presented):
        try:
            claims.append(_claim(each, setups, keys))
        except Refused as refusal:
            raise Refused(refusal.reason, f"proof {index}: {refusal.detail}") from None
    verify_circuits([claim for _, claim in claims])
    return tuple(proved for proved, _ in claims)


def _claim(presented: Presented, setups: AcceptedSetups, keys: KeyCache) -> tuple[ProvedPredicate, Claim]:
    received, fields = presented.received, presented.fields
    predicate, encoded = received.predicate, received.encoded
    require_leaf_count(received)
    require_fields(predicate, fields)
    for index, leaf in enumerate(fields):
        require_field(received, index, leaf)
    expected = len(pseudonyms(predicate.condition))
    if len(encoded.outputs) != expected:
        raise Refused("zero-knowledge/output-count", f"{len(encoded.outputs)} outputs, {expected} expected")
    setup = setups.require(encoded.setup_digest)
    key = keys.verifying_key(predicate, tuple(leaf.shape for leaf in fields), setup)
    outputs = tuple(int.from_bytes(output, "little") for output in encoded.outputs)
    publics = public_inputs(statement_digest(predicate, fields, presented.setting), fields, outputs)
    proved = ProvedPredicate(
        predicate=predicate,
        fields=fields,
        outputs=outputs,
        setup=setup,
        rows=key.size,
        explanation=explain(predicate),
    )
    return proved, (key, publics, Proof.from_octets(encoded.proof))
