"""What a hash bridge is about follows from the signed leaf: its statement, its publics, and the commitment it leads to.

Compared: bare commitments of octets, statement and publics of a bridge; or the reason. The proof is one of PLONK or of
Groth16, whose properties are steps of their own.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import HashCommitment
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.zero_knowledge.hash_bridges import BridgeStatement, bare_commitment, require_bridge_publics
from mpctls.spec.zero_knowledge.scalar_field import ORDER, encode_scalar

from ...fields import Fields, number, read_number
from ...property import Operation
from ..drawing import DIGESTS, LETTERS
from ..foundation.statement import audience_fields, publics_octets, read_audience

_LENGTHS = st.sampled_from((1, 31, 32, 34, 35, 36, 62, 63, 98, 99, 100, 200)) | st.integers(1, 99)
_ALGORITHMS = st.sampled_from((HashAlgorithm.SHA256,) * 6 + tuple(HashAlgorithm))
_SCALARS = st.sampled_from((0, ORDER - 1)) | st.integers(0, ORDER - 1)


@st.composite
def _octets(draw: DrawFn) -> Fields:
    length = draw(_LENGTHS)
    return {
        "direction": number(draw(st.sampled_from(Direction))),
        "octets": (draw(st.binary(min_size=1, max_size=33)) * length)[:length],
        "blinder": encode_scalar(draw(_SCALARS)),
    }


@st.composite
def _bridges(draw: DrawFn) -> Fields:
    length, start = draw(_LENGTHS), draw(st.integers(0, 9))
    audience = draw(st.none() | st.text(LETTERS, max_size=20))
    aliased = draw(st.sampled_from((0,) * 6 + (ORDER, 4 * ORDER)))
    return {
        "index": number(draw(st.integers(0, 2**32 - 1))),
        "direction": number(draw(st.sampled_from(Direction))),
        "start": number(start),
        "end": number(start + length),
        "algorithm": number(draw(_ALGORITHMS)),
        "value": draw(DIGESTS),
        "blocks": number(
            draw(st.sampled_from((1, 2, 1 if length <= 35 else 2, 1 if length <= 35 else 2, 3)))
        ),
        "header digest": draw(DIGESTS),
        "commitment": (draw(_SCALARS) + aliased).to_bytes(32, "little"),
        "audience": audience_fields(audience, draw(st.binary(min_size=16, max_size=64))),
    }


def _commit(fields: Fields) -> Fields:
    direction = Direction(read_number(fields["direction"]))
    blinder = int.from_bytes(fields["blinder"], "little")
    return {"commitment": encode_scalar(bare_commitment(direction, fields["octets"], blinder))}


def _state(fields: Fields) -> Fields:
    leaf = HashCommitment(
        direction=Direction(read_number(fields["direction"])),
        ranges=RangeSet.of((read_number(fields["start"]), read_number(fields["end"]))),
        lexical_class=LexicalClass.ANY,
        algorithm=HashAlgorithm(read_number(fields["algorithm"])),
        value=fields["value"],
    )
    statement = BridgeStatement(
        blocks=read_number(fields["blocks"]),
        header_digest=fields["header digest"],
        leaf=read_number(fields["index"]),
        audience=read_audience(fields["audience"]),
    )
    publics = require_bridge_publics(leaf, statement, int.from_bytes(fields["commitment"], "little"))
    return {"publics": publics_octets(publics)}


OPERATIONS = (
    Operation(name="verification/bare-commitment", inputs=_octets, specification=_commit),
    Operation(name="verification/bridge-publics", inputs=_bridges, specification=_state),
)
