"""Hashes with published answers, values of hash commitments with what is hashed, and what stands in a body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mpctls.spec.attestation import AttestationBody, Header
from mpctls.spec.commitments import KECCAK256_BLOCK_LENGTH, SHA256_BLOCK_LENGTH
from mpctls.spec.contexts import Context
from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.presentation import KeyExchangeOpening
from mpctls.spec.tls.handshake_messages import HandshakeData

from ...fields import Fields, number
from ...operations.shapes import Json
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector
from .honest_values import honest
from .merkle import FEATURES

_STEP = "foundation/commitments"
_CONTEXTS = {
    HashAlgorithm.SHA256: Context.HASH_COMMITMENT_SHA256,
    HashAlgorithm.BLAKE3: Context.HASH_COMMITMENT_BLAKE3,
    HashAlgorithm.KECCAK256: Context.HASH_COMMITMENT_KECCAK256,
}
_BLOCKS = {HashAlgorithm.SHA256: SHA256_BLOCK_LENGTH, HashAlgorithm.KECCAK256: KECCAK256_BLOCK_LENGTH}

_FIPS = "FIPS 180-4, examples of SHA-256 (NIST, Cryptographic Standards and Guidelines)"
_BLAKE3 = "BLAKE3, test_vectors/test_vectors.json of the authors: the input repeats the octets 0 to 250"
_KECCAK = "Keccak, the original padding: answers of Ethereum and of the Keccak team"
_TWO_BLOCKS = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
_PUBLISHED = (
    (HashAlgorithm.SHA256, "empty", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", _FIPS),
    (HashAlgorithm.SHA256, "abc", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", _FIPS),
    (HashAlgorithm.SHA256, "two-blocks", _TWO_BLOCKS,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", _FIPS),
    (HashAlgorithm.BLAKE3, "0", b"", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", _BLAKE3),
    (HashAlgorithm.BLAKE3, "1", b"\0", "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213", _BLAKE3),
    (HashAlgorithm.BLAKE3, "1024", bytes(at % 251 for at in range(1024)),
     "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7", _BLAKE3),
    (HashAlgorithm.BLAKE3, "1025", bytes(at % 251 for at in range(1025)),
     "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444", _BLAKE3),
    (HashAlgorithm.KECCAK256, "empty", b"",
     "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", _KECCAK),
    (HashAlgorithm.KECCAK256, "abc", b"abc",
     "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45", _KECCAK),
)  # fmt: skip


def _hashes() -> Iterator[Vector]:
    for algorithm, name, octets, digest, source in _PUBLISHED:
        yield Vector(
            name=f"{algorithm.name.lower()}-{name}",
            operation="foundation/hash",
            comment=f"A published answer: {len(octets)} octets.",
            input={"algorithm": number(algorithm), "octets": octets},
            source=source,
            published={"digest": bytes.fromhex(digest)},
            features=FEATURES[algorithm],
        )
    for algorithm in HashAlgorithm:
        for length in (1, 55, 56, 63, 64, 65, 135, 136, 137, 1023, 2048, 2049):
            octets = bytes((at * 7 + length) % 256 for at in range(length))
            yield Vector(
                name=f"{algorithm.name.lower()}-{length}-octets",
                operation="foundation/hash",
                comment=f"{length} octets: beside the end of a block or chunk of one of the hashes.",
                input={"algorithm": number(algorithm), "octets": octets},
                features=FEATURES[algorithm],
            )


def _fields(algorithm: HashAlgorithm, octets: bytes, blinder: bytes) -> Fields:
    return {"algorithm": number(algorithm), "octets": octets, "blinder": blinder}


def _hashed(algorithm: HashAlgorithm, octets: bytes, blinder: bytes) -> dict[str, Json]:
    """What is hashed, in the parts that the formats name."""
    context = _CONTEXTS[algorithm]
    written: dict[str, Json] = {"length": len(octets).to_bytes(4, "little").hex()}
    message = len(octets).to_bytes(4, "little") + octets + blinder
    if algorithm in _BLOCKS:
        block = context.padded(_BLOCKS[algorithm])
        return {"context_block": block.hex(), **written, "hashed": (block + message).hex()}
    return {"derive_key_context": context.value, **written, "key_material": message.hex()}


_LENGTHS = {
    # What is hashed is 4 octets of length, the octets, and 16 of blinder, after a whole block.
    HashAlgorithm.SHA256: (0, 1, 20, 35, 36, 43, 44, 45, 107, 108, 400),
    HashAlgorithm.BLAKE3: (0, 1, 20, 43, 44, 45, 1003, 1004, 1005),
    HashAlgorithm.KECCAK256: (0, 1, 20, 115, 116, 117, 252),
}


def _values() -> Iterator[Vector]:
    for algorithm, lengths in _LENGTHS.items():
        for length in lengths:
            stream = Labelled(label=f"{_STEP}/values/{algorithm.name.lower()}/{length}")
            octets, blinder = stream.octets(length, "octets"), stream.octets(16, "blinder")
            yield Vector(
                name=f"{algorithm.name.lower()}-{length}",
                operation="foundation/hash-commitment",
                comment=f"{length} octets: the message of the hash has {length + 20} after its context.",
                input=_fields(algorithm, octets, blinder),
                features=FEATURES[algorithm],
                seed=stream.label,
                intermediate=_hashed(algorithm, octets, blinder),
                importance=Importance.CRITICAL,
            )
    algorithm, text, zeros = HashAlgorithm.SHA256, b"balance: 100", bytes(16)
    for name, comment, octets, blinder in (
        ("honest", "A short text and a blinder of zeros.", text, zeros),
        ("other-blinder", "The same text under a blinder that differs in one bit: nothing in common.", text,
         bytes(15) + b"\1"),
        ("blinder-is-no-content", "The first octet of the blinder as the last of the text: the length separates them.",
         text + b"\0", bytes(15) + b"\1"),
    ):  # fmt: skip
        yield Vector(
            name=name,
            operation="foundation/hash-commitment",
            comment=comment,
            input=_fields(algorithm, octets, blinder),
            intermediate=_hashed(algorithm, octets, blinder),
            importance=Importance.CRITICAL,
        )


def _documents() -> Iterator[Vector]:
    label = f"{_STEP}/documents"
    data: HandshakeData = honest(HandshakeData, f"{label}/handshake data")
    opening: KeyExchangeOpening = honest(KeyExchangeOpening, f"{label}/key exchange")
    header: Header = honest(Header, f"{label}/header")
    body: AttestationBody = honest(AttestationBody, f"{label}/body")
    blinder = Labelled(label=label).octets(32, "blinder")

    def fields(algorithm: HashAlgorithm, **changed: bytes) -> Fields:
        usual = {
            "handshake data": data.encode(),
            "handshake blinder": blinder,
            "key exchange": opening.encode(),
            "header": header.encode(),
            "body": body.encode(),
            "algorithm": number(algorithm),
        }
        return {**usual, **{name.replace("_", " "): octets for name, octets in changed.items()}}

    def preimages(body: AttestationBody, data: HandshakeData) -> dict[str, Json]:
        context = Context.KEY_EXCHANGE_COMMITMENT.octets
        return {
            "handshake": (Context.HANDSHAKE_COMMITMENT.octets + blinder + data.encode()).hex(),
            "key_exchange": (context + opening.encode()).hex(),
            "body_digest": (Context.ATTESTATION_BODY.octets + body.encode()).hex(),
        }

    for algorithm in HashAlgorithm:
        yield Vector(
            name="honest" if algorithm is HashAlgorithm.SHA256 else algorithm.name.lower(),
            operation="foundation/commit-documents",
            comment=f"All documents; the body's digest is of {algorithm.name.lower()}, the commitments are of SHA-256.",
            input=fields(algorithm),
            features=FEATURES[algorithm],
            seed=label,
            intermediate={"hashed": preimages(body, data)},
            importance=Importance.CRITICAL,
        )
    bare = replace(body, prover_extensions=(), notary_extensions=())
    yield Vector(
        name="without-extensions",
        operation="foundation/commit-documents",
        comment="A body without extensions: two empty lists are hashed.",
        input=fields(HashAlgorithm.SHA256, body=bare.encode()),
        seed=label,
        intermediate={"hashed": preimages(bare, data)},
        importance=Importance.CRITICAL,
    )
    single = replace(data, certificates=(b"",), signature=b"")
    yield Vector(
        name="empty-certificate",
        operation="foundation/commit-documents",
        comment="Handshake data with one certificate of no octets and no signature: both have their counts.",
        input=fields(HashAlgorithm.SHA256, handshake_data=single.encode()),
        seed=label,
        intermediate={"hashed": preimages(body, single)},
        importance=Importance.CRITICAL,
    )
    for name, field, octets in (
        ("handshake-data-cut", "handshake_data", data.encode()[:-1]),
        ("key-exchange-cut", "key_exchange", opening.encode()[:-1]),
        ("header-cut", "header", header.encode()[:-1]),
        ("body-cut", "body", body.encode()[:-1]),
    ):
        yield Vector(
            name=name,
            operation="foundation/commit-documents",
            comment=f"Nothing is computed of a {field.replace('_', ' ')} that is cut short.",
            input=fields(HashAlgorithm.SHA256, **{field: octets}),
            expects="encoding/truncated",
            base="honest",
            mutation=Mutation(kind=MutationKind.TRUNCATE, field=field, detail="last octet"),
            importance=Importance.MEDIUM,
        )


FAMILIES = (
    Family(
        step=_STEP, name="hashes", summary="The hash functions, with published answers first.", make=_hashes
    ),
    Family(
        step=_STEP, name="values", summary="Values of hash commitments, and what is hashed.", make=_values
    ),
    Family(
        step=_STEP,
        name="documents",
        summary="Commitments and digests of an attestation, and what is hashed for each.",
        make=_documents,
    ),
)
