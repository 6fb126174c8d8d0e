"""What proofs stand on in the reference: field encoding, conversion, Poseidon, statements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mpctls.reference.encoding_commitment import commitment_value, opened_value
from mpctls.reference.foundation.artifacts import EncodingCommitment, EncodingOpening
from mpctls.reference.foundation.encoding import Struct
from mpctls.reference.foundation.field_encoding import SCALAR_ORDER, authenticator, elements
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import Range, RangeSet
from mpctls.reference.mpc.conversion.differences import (
    differences,
    field_digests,
    sum_of_digests,
    sum_of_selected,
)
from mpctls.zkp.poseidon import header, poseidon
from mpctls.zkp.predicate.canonical import decode
from mpctls.zkp.statement import (
    PREDICATE_PROOF,
    Audience,
    PublicField,
    Setting,
    public_inputs,
    statement_digest,
)

from ...fields import Fields, flag, listed, number, read_list, read_number, read_optional
from .predicates import scalar


def _scalar_of(octets: bytes) -> int:
    return int.from_bytes(octets, "little")


def _encode(fields: Fields) -> Fields:
    encoded = elements(fields["octets"])
    message = authenticator(_scalar_of(fields["offset"]), _scalar_of(fields["factor"]), encoded)
    direction = Direction(read_number(fields["direction"]))
    blinder = _scalar_of(fields["blinder"])
    return {
        "elements": listed([scalar(each) for each in encoded]),
        "message": scalar(message),
        "commitment": commitment_value(direction, fields["octets"], message=message, blinder=blinder),
    }


def _open(fields: Fields) -> Fields:
    leaf = EncodingCommitment(
        direction=Direction(read_number(fields["direction"])),
        ranges=RangeSet(ranges=(Range(start=0, end=len(fields["octets"])),)),
        lexical_class=LexicalClass.ANY,
        commitment=fields["commitment"],
        offset=fields["offset"],
        factor=fields["factor"],
    )
    opening = EncodingOpening(octets=fields["octets"], blinder=fields["blinder"])
    return {"opens": flag(opened_value(leaf, opening.octets, opening.blinder) == leaf.commitment)}


def _convert(fields: Fields) -> Fields:
    session_id, index = fields["session id"], read_number(fields["index"])
    keys = np.frombuffer(fields["keys"], "<u8").reshape(-1, 2).astype(np.uint64)
    delta = np.frombuffer(fields["correlation"], "<u8").astype(np.uint64)
    bits = np.unpackbits(np.frombuffer(fields["octets"], np.uint8), bitorder="little")
    found, offset = differences(session_id, index, keys, delta, _scalar_of(fields["factor"]))
    held = np.where(bits[:, None] == 1, keys ^ delta, keys)
    message = sum_of_digests(field_digests(session_id, index, held)) - sum_of_selected(bits, found)
    return {"differences": found, "offset": scalar(offset), "message": scalar(message % SCALAR_ORDER)}


def _hash(fields: Fields) -> Fields:
    return {"hash": scalar(poseidon([_scalar_of(each) for each in read_list(fields["inputs"])]))}


def _header(fields: Fields) -> Fields:
    kind, direction, length = (read_number(fields[name]) for name in ("kind", "direction", "length"))
    return {"header": number(header(kind, direction, length))}


def _public_field(attestation: int, index: int, octets: bytes) -> PublicField:
    leaf = Struct(EncodingCommitment).decode(octets)
    return PublicField(
        attestation=attestation,
        index=index,
        direction=leaf.direction,
        kind=leaf.lexical_class,
        length=leaf.ranges.total,
        commitment=_scalar_of(leaf.commitment),
        offset=_scalar_of(leaf.offset),
        factor=_scalar_of(leaf.factor),
    )


def audience_of(octets: bytes) -> Audience | None:
    """The audience of a binding, if there is one."""
    found = read_optional(octets)
    if found is None:
        return None
    audience, nonce = read_list(found)
    return Audience(audience=audience.decode(), nonce=nonce)


def publics_octets(publics: Sequence[int]) -> bytes:
    """Public inputs as a verifier takes them."""
    return listed([value.to_bytes(32, "big") for value in publics])


def _state(fields: Fields) -> Fields:
    leaves = [read_list(each) for each in read_list(fields["leaves"])]
    public = [
        _public_field(read_number(attestation), read_number(index), leaf)
        for attestation, index, leaf in leaves
    ]
    setting = Setting(
        header_digests=read_list(fields["header digests"]), audience=audience_of(fields["audience"])
    )
    digest = statement_digest(decode(fields["predicate"]), public, setting)
    outputs = [_scalar_of(each) for each in read_list(fields["outputs"])]
    return {
        "digest": digest,
        "publics": publics_octets(public_inputs(digest, public, outputs)),
    }


def _decode(fields: Fields) -> Fields:
    return {"octets": PREDICATE_PROOF.encode(PREDICATE_PROOF.decode(fields["octets"]))}


HANDLERS = {
    "foundation/poseidon": _hash,
    "foundation/hash-header": _header,
    "foundation/encode-octets": _encode,
    "foundation/open-encoding": _open,
    "foundation/convert-labels": _convert,
    "foundation/statement": _state,
    "foundation/decode-proof": _decode,
}
