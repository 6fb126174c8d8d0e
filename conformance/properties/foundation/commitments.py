"""Every commitment and digest of a session is one function of what it commits to and its blinder.

Compared: values octet for octet, for all hash functions and lengths around their blocks.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.attestation import AttestationBody, Header, handshake_commitment
from mpctls.spec.commitments import hash_commitment_value
from mpctls.spec.digests import digest
from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.presentation import KeyExchangeOpening
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields, number, read_number
from ...property import Operation
from ..drawing import HASH_ALGORITHMS, structures

_LENGTHS = st.sampled_from((0, 1, 31, 43, 44, 63, 64, 107, 108, 115, 116, 135, 136, 1003, 1004, 1024, 2100))


@st.composite
def _octets(draw: DrawFn) -> Fields:
    length = draw(_LENGTHS | st.integers(0, 200))
    octets = (draw(st.binary(min_size=1, max_size=7)) * length)[:length]
    return {
        "algorithm": number(draw(HASH_ALGORITHMS)),
        "octets": octets,
        "blinder": draw(st.binary(min_size=16, max_size=16)),
    }


@st.composite
def _hashed(draw: DrawFn) -> Fields:
    fields = draw(_octets())
    return {"algorithm": fields["algorithm"], "octets": fields["octets"]}


@st.composite
def _documents(draw: DrawFn) -> Fields:
    return {
        "handshake data": draw(structures(HandshakeData)).encode(),
        "handshake blinder": draw(st.binary(min_size=32, max_size=32)),
        "key exchange": draw(structures(KeyExchangeOpening)).encode(),
        "header": draw(structures(Header)).encode(),
        "body": draw(structures(AttestationBody)).encode(),
        "algorithm": number(draw(HASH_ALGORITHMS)),
    }


def _hash(fields: Fields) -> Fields:
    return {"digest": digest(HashAlgorithm(read_number(fields["algorithm"])), fields["octets"])}


def _value(fields: Fields) -> Fields:
    algorithm = HashAlgorithm(read_number(fields["algorithm"]))
    return {"value": hash_commitment_value(algorithm, fields["octets"], fields["blinder"])}


def _commit(fields: Fields) -> Fields:
    handshake = HandshakeData.decode(fields["handshake data"])
    body = AttestationBody.decode(fields["body"])
    return {
        "handshake": handshake_commitment(handshake, fields["handshake blinder"]),
        "key exchange": KeyExchangeOpening.decode(fields["key exchange"]).commitment(),
        "body digest": body.digest(HashAlgorithm(read_number(fields["algorithm"]))),
        "signed": Header.decode(fields["header"]).signature_input(),
    }


OPERATIONS = (
    Operation(name="foundation/hash", inputs=_hashed, specification=_hash),
    Operation(name="foundation/hash-commitment", inputs=_octets, specification=_value),
    Operation(name="foundation/commit-documents", inputs=_documents, specification=_commit),
)
