"""What every part of the reference stands on: encoding, ranges, trees, commitments, keys, server identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from mpctls.reference.attestation.commitment_proofs import check_lexical_class
from mpctls.reference.channel import messages
from mpctls.reference.foundation import artifacts, commitments, contexts, identifiers, merkle, reasons
from mpctls.reference.foundation.digests import body_digest, signed_message
from mpctls.reference.foundation.encoding import Codec, Struct
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import commitment_value, digest
from mpctls.reference.foundation.identifiers import HashAlgorithm, LexicalClass, SignatureAlgorithm
from mpctls.reference.foundation.ranges import RANGE_SET, Range, RangeSet
from mpctls.reference.foundation.signatures import VERIFYING_KEY, SigningKey
from mpctls.reference.tls.certificates import KeyExchange, verify_server

from ...fields import Fields, flag, listed, number, read_list, read_number, read_numbers

_TYPES: dict[str, Codec[Any]] = {
    "session-message": messages.SESSION_MESSAGE,
    "transcript-commitment": artifacts.TRANSCRIPT_COMMITMENT,
    "range-set": RANGE_SET,
    "verifying-key": VERIFYING_KEY,
    "handshake-data": artifacts.HANDSHAKE_DATA,
    "header": artifacts.HEADER,
    "attestation-body": artifacts.ATTESTATION_BODY,
    "attestation": artifacts.ATTESTATION,
    "attestation-secrets": artifacts.ATTESTATION_SECRETS,
    "transcript-proof": Struct(artifacts.TranscriptProof),
    "presentation": artifacts.PRESENTATION,
    "attestation-file": artifacts.ATTESTATION_FILE,
    "attestation-secrets-file": artifacts.ATTESTATION_SECRETS_FILE,
    "presentation-file": artifacts.PRESENTATION_FILE,
}

_CURVES: dict[SignatureAlgorithm, ec.EllipticCurve] = {
    SignatureAlgorithm.ECDSA_P256_SHA256: ec.SECP256R1(),
    SignatureAlgorithm.ECDSA_SECP256K1_SHA256: ec.SECP256K1(),
    SignatureAlgorithm.ECDSA_SECP256K1_KECCAK256: ec.SECP256K1(),
}


def signing_key(algorithm: int, secret: bytes) -> SigningKey:
    """The signing key that 32 octets stand for."""
    known = SignatureAlgorithm(algorithm)
    if known is SignatureAlgorithm.ED25519:
        return SigningKey(known, ed25519.Ed25519PrivateKey.from_private_bytes(secret))
    return SigningKey(known, ec.derive_private_key(int.from_bytes(secret, "big"), _CURVES[known]))


def _decode(fields: Fields) -> Fields:
    codec = _TYPES[fields["type"].decode()]
    return {"octets": codec.encode(codec.decode(fields["octets"]))}


def _members(cases: Iterable[Enum]) -> list[str]:
    return [f"{case.value} {case.name.lower().replace('_', '-')}" for case in cases]


def _cases(codec: Any) -> list[str]:
    return [case.__name__ for case in codec._index]


def _kinds(codec: Any) -> list[str]:
    return [f"{index} {name[: _word(name)].lower()}" for index, name in enumerate(_cases(codec))]


def _word(name: str) -> int:
    """Where the first word of a name in capitals ends."""
    return next((at for at in range(1, len(name)) if name[at].isupper()), len(name))


def _constants() -> list[str]:
    return [
        f"protocol version {identifiers.PROTOCOL_VERSION}",
        f"format version {identifiers.FORMAT_VERSION}",
        *(f"engine profile {name}" for name in identifiers.ENGINE_PROFILES),
        f"tls version {identifiers.TLS_VERSION:#06x}",
        f"connection mode {identifiers.CONNECTION_MODE}",
        *(f"cipher suite {suite:#06x}" for suite in identifiers.CIPHER_SUITES),
    ]


def _field(structure: Any, name: str) -> Any:
    return structure.__dataclass_fields__[name].metadata["codec"]


_LISTS: dict[str, Callable[[], list[str]]] = {
    "reasons": lambda: sorted(reasons.NORMATIVE),
    "contexts": lambda: sorted(context.decode("ascii") for context in contexts.REGISTRY),
    "hash-algorithms": lambda: _members(identifiers.HashAlgorithm),
    "signature-algorithms": lambda: _members(identifiers.SignatureAlgorithm),
    "directions": lambda: _members(identifiers.Direction),
    "lexical-classes": lambda: _members(identifiers.LexicalClass),
    "session-kinds": lambda: _members(identifiers.SessionKind),
    "constants": _constants,
    "messages": lambda: [f"{index} {name}" for index, name in enumerate(_cases(messages.SESSION_MESSAGE))],
    "leaf-kinds": lambda: _kinds(artifacts.TRANSCRIPT_COMMITMENT),
    "openings": lambda: _kinds(_field(artifacts.CommitmentOpening, "opening")),
    "secrets": lambda: _kinds(_field(artifacts.SecretCommitment, "opening")),
    "commitment-kinds": lambda: _kinds(_field(messages.CommitRequest, "kind")),
}


def _registry(fields: Fields) -> Fields:
    return {"entries": listed([entry.encode() for entry in _LISTS[fields["list"].decode()]()])}


def _select_ranges(fields: Fields) -> Fields:
    pairs = [map(read_number, read_list(pair)) for pair in read_list(fields["ranges"])]
    ranges = RangeSet(ranges=tuple(Range(start=start, end=end) for start, end in pairs))
    within = ranges.end <= len(fields["octets"])
    return {
        "count": number(ranges.total),
        "within": flag(within),
        "selected": ranges.select(fields["octets"]) if within else b"",
    }


def _build_tree(fields: Fields) -> Fields:
    algorithm = HashAlgorithm(read_number(fields["algorithm"]))
    leaves = [merkle.leaf_hash(algorithm, leaf) for leaf in read_list(fields["leaves"])]
    proof = merkle.prove(algorithm, leaves, read_numbers(fields["opened"]))
    return {"root": merkle.root(algorithm, leaves), "proof": listed(proof)}


def _root_from_proof(fields: Fields) -> Fields:
    algorithm = HashAlgorithm(read_number(fields["algorithm"]))
    leaves = [merkle.leaf_hash(algorithm, leaf) for leaf in read_list(fields["leaves"])]
    opened = list(zip(read_numbers(fields["opened"]), leaves, strict=True))
    count, proof = read_number(fields["leaf count"]), read_list(fields["proof"])
    return {"root": merkle.root_from_proof(algorithm, count, opened, proof)}


def _hash(fields: Fields) -> Fields:
    return {"digest": digest(HashAlgorithm(read_number(fields["algorithm"])), fields["octets"])}


def _hash_commitment(fields: Fields) -> Fields:
    algorithm = HashAlgorithm(read_number(fields["algorithm"]))
    return {"value": commitment_value(algorithm, fields["octets"], fields["blinder"])}


def _commit_documents(fields: Fields) -> Fields:
    data = artifacts.HANDSHAKE_DATA.decode(fields["handshake data"])
    opening = Struct(artifacts.KeyExchangeOpening).decode(fields["key exchange"])
    body = artifacts.ATTESTATION_BODY.decode(fields["body"])
    return {
        "handshake": commitments.handshake_commitment(data, fields["handshake blinder"]),
        "key exchange": commitments.key_exchange_commitment(opening),
        "body digest": body_digest(HashAlgorithm(read_number(fields["algorithm"])), body),
        "signed": signed_message(artifacts.HEADER.decode(fields["header"])),
    }


def _lexical_class(fields: Fields) -> Fields:
    try:
        check_lexical_class(fields["octets"], LexicalClass(read_number(fields["class"])), "case")
    except Refused:
        return {"belongs": flag(False)}
    return {"belongs": flag(True)}


def _sign(fields: Fields) -> Fields:
    key = signing_key(read_number(fields["algorithm"]), fields["secret"])
    return {"key": VERIFYING_KEY.encode(key.verifying_key), "signature": key.sign(fields["message"])}


def _verify_signature(fields: Fields) -> Fields:
    key = VERIFYING_KEY.decode(fields["key"])
    key.verify(fields["signature"], fields["message"], reason="verification/signature-invalid")
    return {}


def _read_key(fields: Fields) -> Fields:
    return {"key": VERIFYING_KEY.encode(VERIFYING_KEY.decode(fields["key"]))}


def read_roots(octets: bytes) -> tuple[x509.Certificate, ...]:
    """The root certificates of a list in DER."""
    return tuple(x509.load_der_x509_certificate(each) for each in read_list(octets))


def _verify_server(fields: Fields) -> Fields:
    verify_server(
        artifacts.HANDSHAKE_DATA.decode(fields["handshake data"]),
        key_exchange=KeyExchange(
            cipher_suite=read_number(fields["suite"]),
            client_random=fields["client random"],
            server_random=fields["server random"],
            server_ephemeral_key=fields["ephemeral key"],
        ),
        server_name=fields["name"].decode(),
        time=read_number(fields["time"]),
        roots=read_roots(fields["roots"]),
    )
    return {}


HANDLERS = {
    "foundation/decode": _decode,
    "foundation/registry": _registry,
    "foundation/select-ranges": _select_ranges,
    "foundation/build-tree": _build_tree,
    "foundation/root-from-proof": _root_from_proof,
    "foundation/hash": _hash,
    "foundation/hash-commitment": _hash_commitment,
    "foundation/commit-documents": _commit_documents,
    "foundation/lexical-class": _lexical_class,
    "foundation/sign": _sign,
    "foundation/verify-signature": _verify_signature,
    "foundation/read-key": _read_key,
    "foundation/verify-server": _verify_server,
}
