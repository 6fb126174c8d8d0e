"""What a proof is bound to is one digest and one list of public inputs.

Compared: digest and publics; the octets of a proof as a presentation carries it, decoded and encoded again, or the
reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import EncodingCommitment
from mpctls.spec.zero_knowledge.predicate import decode_predicate
from mpctls.spec.zero_knowledge.scalar_field import encode_scalar
from mpctls.spec.zero_knowledge.statements import (
    COMPILER_VERSION,
    PROOF_LENGTH,
    BoundAudience,
    FieldLeaf,
    PredicateProof,
    Statement,
    public_inputs,
)

from ...fields import Fields, listed, number, optional, read_list, read_number, read_optional
from ...property import Operation
from ..drawing import DIGESTS, LETTERS, damaged, structures, values
from ..predicates import questions


@st.composite
def _statements(draw: DrawFn) -> Fields:
    predicate = draw(questions()).predicate
    count = len(predicate.fields)
    audience = draw(st.none() | st.text(LETTERS, max_size=20))
    scalars = [draw(_scalars()) for _ in predicate.pseudonyms]
    return {
        "predicate": predicate.encode(),
        "header digests": listed([draw(DIGESTS) for _ in range(draw(st.integers(1, 4)))]),
        "leaves": listed(
            [
                placed(
                    draw(st.integers(0, 3)),
                    draw(st.integers(0, 2**32 - 1)),
                    draw(values(EncodingCommitment)),
                )
                for _ in range(count)
            ]
        ),
        "outputs": listed(scalars),
        "audience": audience_fields(audience, draw(st.binary(min_size=16, max_size=64))),
    }


def placed(attestation: int, index: int, leaf: EncodingCommitment) -> bytes:
    """A leaf with its attestation and its index there."""
    return listed([number(attestation), number(index), leaf.encode()])


def audience_fields(audience: str | None, nonce: bytes) -> bytes:
    """Audience and nonce of a binding, or none."""
    return optional(None if audience is None else listed([audience.encode(), nonce]))


def read_audience(octets: bytes) -> BoundAudience | None:
    """The audience that was written."""
    found = read_optional(octets)
    if found is None:
        return None
    audience, nonce = read_list(found)
    return BoundAudience(audience=audience.decode(), nonce=nonce)


def publics_octets(publics: Sequence[int]) -> bytes:
    """Public inputs as a verifier takes them."""
    return listed([value.to_bytes(32, "big") for value in publics])


def _scalars() -> st.SearchStrategy[bytes]:
    """Scalars of 32 octets."""
    return st.builds(encode_scalar, st.integers(0, 2**253))


@st.composite
def _proofs(draw: DrawFn) -> Fields:
    outputs = st.lists(_scalars(), max_size=3).map(tuple)
    filling = st.binary(min_size=1, max_size=4).map(lambda drawn: (drawn * PROOF_LENGTH)[:PROOF_LENGTH])
    octets = draw(structures(PredicateProof, outputs=outputs, proof=filling)).encode()
    return {"octets": draw(damaged(octets)) if draw(st.booleans()) else octets}


def _state(fields: Fields) -> Fields:
    predicate = decode_predicate(fields["predicate"])
    leaves = [read_list(each) for each in read_list(fields["leaves"])]
    statement = Statement(
        compiler_version=COMPILER_VERSION,
        predicate_digest=predicate.digest(),
        header_digests=read_list(fields["header digests"]),
        leaves=tuple(
            FieldLeaf(attestation=read_number(attestation), index=read_number(index))
            for attestation, index, _ in leaves
        ),
        audience=read_audience(fields["audience"]),
    )
    committed = [EncodingCommitment.decode(leaf) for _, _, leaf in leaves]
    publics = public_inputs(statement, committed, read_list(fields["outputs"]))
    return {"digest": statement.digest(), "publics": publics_octets(publics)}


def _decode(fields: Fields) -> Fields:
    return {"octets": PredicateProof.decode(fields["octets"]).encode()}


OPERATIONS = (
    Operation(name="foundation/statement", inputs=_statements, specification=_state),
    Operation(name="foundation/decode-proof", inputs=_proofs, specification=_decode),
)
