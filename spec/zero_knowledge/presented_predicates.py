"""What a Verifier believes of the predicates of a presentation, and in which order it decides.

A proof says something about the octets of some leaves. It says something about a balance only because the
Verifier sees, in the revealed octets around it, that this leaf is the value that the name stands for. The
Verifier compiles the predicate itself and takes neither circuit nor key from the Prover. Which gates express
a condition is the compiler's business, whose version is in the statement; what they must force is
`field_encoding.py`, `field_types.py` and `evaluation.py`. `docs/protocol/predicates.md`, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..attestation import Header
from ..commitments import EncodingCommitment, HashCommitment
from ..identifiers import Closure, LexicalClass
from ..presentation import Binding
from ..reasons import Reason, Rejection
from ..structure.message import RequestPolicy
from ..structure.view import CLASS_OF, Kind, StructuredView, Token, structured_view
from ..transcript import PartialTranscript
from ..trust_store import SetupOrigin, TrustedSetup
from .field_types import require_fitting
from .plonk import PlonkKey, decode_proof, verify_plonk
from .predicate import Predicate, decode_predicate
from .predicate_rules import require_sound
from .predicate_terms import Field
from .scalar_field import decode_scalar
from .statements import (
    COMPILER_VERSION,
    BoundAudience,
    FieldLeaf,
    PredicateProof,
    Statement,
    public_inputs,
)

ShownLeaf: TypeAlias = HashCommitment | EncodingCommitment


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShape:
    """What a circuit depends on beside the predicate: what kind of token a field is, and its length."""

    kind: Kind
    length: int


Compiler: TypeAlias = Callable[[Predicate, Sequence[FieldShape], bytes], PlonkKey]
"""Returns the key of a predicate's circuit for fields of these shapes under the setup with this digest.

Rejects with zero-knowledge/setup-too-small, predicate/automaton-too-large, predicate/too-large.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is authenticated already when predicates are looked at, and what the Verifier wants."""

    header: Header
    binding: Binding | None
    partial: PartialTranscript
    leaves: Mapping[int, ShownLeaf]
    closure: Closure
    server_name: str | None
    requests: RequestPolicy
    setups: Sequence[TrustedSetup]
    accept_development_setups: bool
    compiler: Compiler
    largest_row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPredicate:
    """A predicate that holds: of which leaves, in the order of its fields, with which pseudonyms and setup.

    `row_count` is that of its circuit, rounded up to a power of two.
    """

    predicate: Predicate
    leaves: tuple[int, ...]
    outputs: tuple[int, ...]
    setup: TrustedSetup
    row_count: int


def verify_predicates(proofs: Sequence[bytes], evidence: Evidence) -> tuple[VerifiedPredicate, ...]:
    """Require that every predicate of a presentation is proved of the fields that it names.

    Run by the Verifier, after openings and leaves are checked against the signed root. Rejects, for each
    predicate in order, the first that fails: with the reasons of decoding and of `require_sound`;
    zero-knowledge/unsupported-compiler-version, predicate/other-attestation, zero-knowledge/field-mismatch;
    the reasons of `structured_view`; for each field in order with those of `StructuredView.field`,
    zero-knowledge/field-mismatch, zero-knowledge/not-an-encoding-commitment, structure/class-mismatch and
    those of `require_fitting`; zero-knowledge/output-count, zero-knowledge/untrusted-setup,
    zero-knowledge/development-setup; the reasons of the compiler; predicate/too-large when the circuits so
    far have more rows than the Verifier allows, so that no more is compiled; those of `verify_plonk`.
    """
    verified: list[VerifiedPredicate] = []
    for octets in proofs:
        rows = evidence.largest_row_count - sum(each.row_count for each in verified)
        verified.append(_verify(PredicateProof.decode(octets), evidence, rows))
    return tuple(verified)


def _verify(proof: PredicateProof, evidence: Evidence, largest_row_count: int) -> VerifiedPredicate:
    predicate = decode_predicate(proof.predicate)
    require_sound(predicate)
    if proof.compiler_version != COMPILER_VERSION:
        raise Rejection(
            Reason.ZERO_KNOWLEDGE_UNSUPPORTED_COMPILER_VERSION, f"version {proof.compiler_version}"
        )
    if any(field.attestation for field in predicate.fields):
        raise Rejection(Reason.PREDICATE_OTHER_ATTESTATION)
    if len(proof.leaves) != len(predicate.fields):
        raise Rejection(Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, "another number of leaves than of fields")
    view = structured_view(
        evidence.partial, evidence.leaves, evidence.closure, evidence.server_name, evidence.requests
    )
    leaves, shapes = [], []
    for field, index in zip(predicate.fields, proof.leaves, strict=True):
        leaf, shape = _leaf_of_field(field, index, view, evidence.leaves)
        leaves.append(leaf)
        shapes.append(shape)
    if len(proof.outputs) != len(predicate.pseudonyms):
        raise Rejection(Reason.ZERO_KNOWLEDGE_OUTPUT_COUNT, f"{len(proof.outputs)} outputs")
    setup = _accepted_setup(proof.setup_digest, evidence)
    key = evidence.compiler(predicate, shapes, proof.setup_digest)
    row_count = 1 << key.power
    if row_count > largest_row_count:
        raise Rejection(Reason.PREDICATE_TOO_LARGE, f"{row_count} rows, {largest_row_count} are left")
    statement = statement_of(predicate, proof.leaves, evidence.header, evidence.binding)
    verify_plonk(key, public_inputs(statement, leaves, proof.outputs), decode_proof(proof.proof))
    return VerifiedPredicate(
        predicate=predicate,
        leaves=proof.leaves,
        outputs=tuple(decode_scalar(output) for output in proof.outputs),
        setup=setup,
        row_count=row_count,
    )


def statement_of(
    predicate: Predicate, leaves: Sequence[int], header: Header, binding: BoundAudience | Binding | None
) -> Statement:
    """Return the statement of a predicate of one attestation, for the audience of a binding if there is one."""
    return Statement(
        compiler_version=COMPILER_VERSION,
        predicate_digest=predicate.digest(),
        header_digests=(header.digest(),),
        leaves=tuple(FieldLeaf(attestation=0, index=index) for index in leaves),
        audience=None if binding is None else BoundAudience(audience=binding.audience, nonce=binding.nonce),
    )


def _leaf_of_field(
    field: Field, index: int, view: StructuredView, leaves: Mapping[int, ShownLeaf]
) -> tuple[EncodingCommitment, FieldShape]:
    token = view.field(field.side, field.spelled_name)
    leaf = leaves.get(index)
    if leaf is None or (leaf.direction, leaf.ranges) != (token.direction, token.ranges):
        raise Rejection(Reason.ZERO_KNOWLEDGE_FIELD_MISMATCH, f"leaf {index} is not that of the field")
    if not isinstance(leaf, EncodingCommitment):
        raise Rejection(Reason.ZERO_KNOWLEDGE_NOT_AN_ENCODING_COMMITMENT, f"leaf {index}")
    kind = _kind(token, leaf.lexical_class)
    length = leaf.ranges.octet_count
    require_fitting(field.type, kind, length)
    return leaf, FieldShape(kind=kind, length=length)


def _kind(token: Token, lexical_class: LexicalClass) -> Kind:
    """The kind of a token as its leaf says it, where it is hidden and without quotes; else as it is seen."""
    possible = [token.kind]
    if token.octets is None and token.kind in {Kind.NUMBER, Kind.LITERAL}:
        possible = [Kind.NUMBER, Kind.LITERAL]
    for kind in possible:
        if CLASS_OF[kind] is lexical_class:
            return kind
    raise Rejection(Reason.STRUCTURE_CLASS_MISMATCH, f"a leaf of {lexical_class.name}")


def _accepted_setup(digest: bytes, evidence: Evidence) -> TrustedSetup:
    setup = next((setup for setup in evidence.setups if setup.digest == digest), None)
    if setup is None:
        raise Rejection(Reason.ZERO_KNOWLEDGE_UNTRUSTED_SETUP, digest.hex())
    if setup.origin is SetupOrigin.DEVELOPMENT and not evidence.accept_development_setups:
        raise Rejection(Reason.ZERO_KNOWLEDGE_DEVELOPMENT_SETUP, setup.name)
    return setup
