"""Octets have one commitment in the field that predicates compute in, and labels one conversion to it.

Compared: elements, message, commitment and opening of octets on both sides of every boundary of 31, 403 and 434
octets; for labels and keys of every bit the differences, the offset and the message; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.commitments import EncodingCommitment
from mpctls.spec.identifiers import Direction, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.zero_knowledge.conversion import (
    AuthenticatedBits,
    Leaf,
    bits_of,
    convert,
    differences,
    offset_of,
)
from mpctls.spec.zero_knowledge.field_encoding import (
    HeaderKind,
    commit,
    elements_of,
    encoding_header,
    header,
    message_of,
    opens,
)
from mpctls.spec.zero_knowledge.poseidon import poseidon
from mpctls.spec.zero_knowledge.scalar_field import ORDER, decode_scalar, encode_scalar

from ...fields import Fields, flag, listed, number, read_list, read_number
from ...property import Operation
from ..drawing import DIGESTS, flipped

_LENGTHS = (1, 2, 30, 31, 32, 62, 63, 402, 403, 404, 433, 434, 435, 868, 869, 1000)
_EDGES = st.sampled_from((0, 1, ORDER - 1))


def _scalars() -> st.SearchStrategy[bytes]:
    return st.builds(encode_scalar, _EDGES | st.integers(0, ORDER - 1))


@st.composite
def _encoded(draw: DrawFn) -> Fields:
    length = draw(st.sampled_from(_LENGTHS) | st.integers(1, 100))
    return {
        "direction": number(draw(st.sampled_from(Direction))),
        "octets": (draw(st.binary(min_size=1, max_size=33)) * length)[:length],
        "offset": draw(_scalars()),
        "factor": draw(_scalars()),
        "blinder": draw(_scalars()),
    }


@st.composite
def _opened(draw: DrawFn) -> Fields:
    fields = draw(_encoded().filter(lambda drawn: len(drawn["octets"]) <= 100))
    commitment = _encode(fields)["commitment"]
    match draw(
        st.sampled_from(("honest", "honest", "octet", "blinder", "offset", "factor", "commitment", "more"))
    ):
        case "octet":
            octets = fields["octets"]
            fields = {**fields, "octets": flipped(octets, draw(st.integers(0, len(octets) - 1)))}
        case "more":
            # Zeros at the end of the last element are other octets with the same elements.
            fields = {**fields, "octets": fields["octets"] + b"\0"}
        case "commitment":
            commitment = draw(_scalars())
        case "blinder" | "offset" | "factor" as changed:
            fields = {**fields, changed: draw(_scalars())}
    return {**fields, "commitment": commitment}


@st.composite
def _converted(draw: DrawFn) -> Fields:
    octets = draw(st.binary(min_size=1, max_size=6) | st.binary(min_size=30, max_size=34))
    seed = draw(st.binary(min_size=16, max_size=16))
    keys = b"".join(
        (int.from_bytes(seed, "little") * (place + 1) % (2**128 - 159)).to_bytes(16, "little")
        for place in range(8 * len(octets))
    )
    return {
        "session id": draw(DIGESTS),
        "index": number(draw(st.integers(0, 2**32 - 1))),
        "octets": octets,
        "keys": keys,
        "correlation": draw(st.binary(min_size=16, max_size=16)),
        "factor": draw(_scalars().filter(any)),
    }


@st.composite
def _hashed(draw: DrawFn) -> Fields:
    inputs = draw(st.lists(_scalars(), min_size=1, max_size=16))
    return {"inputs": listed(inputs)}


@st.composite
def _headers(draw: DrawFn) -> Fields:
    return {
        "kind": number(draw(st.sampled_from(HeaderKind))),
        "direction": number(draw(st.sampled_from(Direction))),
        "length": number(draw(st.integers(0, 65535))),
    }


def _encode(fields: Fields) -> Fields:
    offset, factor, blinder = (decode_scalar(fields[name]) for name in ("offset", "factor", "blinder"))
    direction, octets = Direction(read_number(fields["direction"])), fields["octets"]
    elements = elements_of(octets)
    message = message_of(offset, factor, elements)
    return {
        "elements": listed([encode_scalar(element) for element in elements]),
        "message": encode_scalar(message),
        "commitment": encode_scalar(
            commit(encoding_header(direction, len(octets)), message, blinder, elements)
        ),
    }


def _open(fields: Fields) -> Fields:
    leaf = EncodingCommitment(
        direction=Direction(read_number(fields["direction"])),
        ranges=RangeSet.of((0, len(fields["octets"]))),
        lexical_class=LexicalClass.ANY,
        commitment=fields["commitment"],
        offset=fields["offset"],
        factor=fields["factor"],
    )
    return {"opens": flag(opens(leaf, fields["octets"], decode_scalar(fields["blinder"])))}


def _convert(fields: Fields) -> Fields:
    leaf = Leaf(session_id=fields["session id"], index=read_number(fields["index"]))
    keys = [fields["keys"][start : start + 16] for start in range(0, len(fields["keys"]), 16)]
    correlation = fields["correlation"]
    found = differences(leaf, keys, correlation, decode_scalar(fields["factor"]))
    bits = bits_of(fields["octets"])
    macs = [
        bytes(a ^ b for a, b in zip(key, correlation, strict=True)) if bit else key
        for key, bit in zip(keys, bits, strict=True)
    ]
    return {
        "differences": b"".join(map(encode_scalar, found)),
        "offset": encode_scalar(offset_of(leaf, keys)),
        "message": encode_scalar(convert(leaf, AuthenticatedBits(bits=bits, macs=tuple(macs)), found)),
    }


def _hash(fields: Fields) -> Fields:
    return {"hash": encode_scalar(poseidon([decode_scalar(each) for each in read_list(fields["inputs"])]))}


def _header(fields: Fields) -> Fields:
    direction = Direction(read_number(fields["direction"]))
    kind = HeaderKind(read_number(fields["kind"]))
    return {"header": number(header(kind, direction, read_number(fields["length"])))}


OPERATIONS = (
    Operation(name="foundation/poseidon", inputs=_hashed, specification=_hash),
    Operation(name="foundation/hash-header", inputs=_headers, specification=_header),
    Operation(name="foundation/encode-octets", inputs=_encoded, specification=_encode),
    Operation(name="foundation/open-encoding", inputs=_opened, specification=_open),
    Operation(name="foundation/convert-labels", inputs=_converted, specification=_convert),
)
