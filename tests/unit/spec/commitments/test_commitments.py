"""Hash commitments written out from their definition, lexical classes, and extensions."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.commitments import (
    BN254_ORDER,
    EncodingCommitment,
    EncodingKind,
    EncodingSecret,
    HashCommitment,
    HashSecret,
    encode_leaf,
    hash_commitment_value,
)
from mpctls.spec.digests import digest
from mpctls.spec.extensions import (
    HOLDER_KEY,
    Extension,
    find_extension,
    holder_key_of,
    require_canonical_order,
)
from mpctls.spec.hashes.blake3 import blake3_derive_key
from mpctls.spec.hashes.keccak import keccak_256
from mpctls.spec.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.spec.lexical import belongs_to
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason

from ..session.plans import HOLDER_SIGNING_KEY
from ..session.stages import rejects

BLINDER = bytes(range(16))


def test_values_are_those_of_the_definition() -> None:
    message = b"\x05\x00\x00\x00" + b"hello" + BLINDER
    sha256 = hashlib.sha256(b"mpctls/1/hash-commitment/sha256".ljust(64, b"\0") + message).digest()
    assert hash_commitment_value(HashAlgorithm.SHA256, b"hello", BLINDER) == sha256
    keccak = keccak_256(b"mpctls/1/hash-commitment/keccak256".ljust(136, b"\0") + message)
    assert hash_commitment_value(HashAlgorithm.KECCAK256, b"hello", BLINDER) == keccak
    blake3 = blake3_derive_key("mpctls/1/hash-commitment/blake3", message)
    assert hash_commitment_value(HashAlgorithm.BLAKE3, b"hello", BLINDER) == blake3


@given(st.binary(max_size=40), st.binary(max_size=40), st.sampled_from(HashAlgorithm))
def test_different_octets_give_different_values(one: bytes, other: bytes, algorithm: HashAlgorithm) -> None:
    equal = hash_commitment_value(algorithm, one, BLINDER) == hash_commitment_value(algorithm, other, BLINDER)
    assert equal == (one == other)
    assert hash_commitment_value(algorithm, one, BLINDER) != hash_commitment_value(algorithm, one, bytes(16))


@pytest.mark.parametrize(
    ("algorithm", "value"),
    [
        (HashAlgorithm.SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (HashAlgorithm.BLAKE3, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
        (HashAlgorithm.KECCAK256, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
    ],
)
def test_hash_algorithms_by_their_identifiers(algorithm: HashAlgorithm, value: str) -> None:
    """The digests of the empty input: FIPS 180-4 examples, BLAKE3 test vectors, Ethereum's empty code hash."""
    assert digest(algorithm, b"").hex() == value


def encoding_commitment(**scalars: bytes) -> EncodingCommitment:
    return EncodingCommitment(
        direction=Direction.RECEIVED,
        ranges=RangeSet.of((1, 2)),
        lexical_class=LexicalClass.JSON_NUMBER,
        **{"commitment": bytes(32), "offset": bytes(32), "factor": bytes(32), **scalars},
    )


def test_leaves_have_known_octets() -> None:
    leaf = HashCommitment(
        direction=Direction.SENT,
        ranges=RangeSet.of((0, 1)),
        lexical_class=LexicalClass.HEADER_VALUE,
        algorithm=HashAlgorithm.BLAKE3,
        value=bytes(32),
    )
    assert encode_leaf(leaf).hex() == "00" + "00" + "01" + "00000000" + "01000000" + "04" + "02" + "00" * 32
    assert (
        encode_leaf(encoding_commitment()).hex()
        == "01" + "01" + "01" + "01000000" + "02000000" + "02" + "00" * 96
    )
    assert EncodingKind().encode() == b""


@pytest.mark.parametrize("name", ["commitment", "offset", "factor"])
def test_scalars_of_an_encoding_commitment_are_below_the_order(name: str) -> None:
    encoding_commitment(**{name: (BN254_ORDER - 1).to_bytes(32, "little")})
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        encoding_commitment(**{name: BN254_ORDER.to_bytes(32, "little")})


def test_secrets_do_not_show() -> None:
    secrets = (HashSecret(blinder=BLINDER), EncodingSecret(blinder=bytes(32)))
    for secret in secrets:
        assert "x00" not in repr(secret)


STRING = LexicalClass.JSON_STRING_INTERIOR
NUMBER = LexicalClass.JSON_NUMBER
LITERAL = LexicalClass.JSON_LITERAL
HEADER = LexicalClass.HEADER_VALUE


@pytest.mark.parametrize(
    ("lexical_class", "octets", "belongs"),
    [
        (LexicalClass.ANY, b"\x00\xff", True),
        (STRING, b"", True),
        (STRING, "héllo €😀\x7f".encode(), True),
        (STRING, rb"\" \\ \/ \b\f\n\r\t \u00e9 \uD83D\uDE00 \ud83d\udE00", True),
        (STRING, b'a"b', False),
        (STRING, b"a\\", False),
        (STRING, rb"\x", False),
        (STRING, rb"\u12g4", False),
        (STRING, rb"\u123", False),
        (STRING, b"a\nb", False),
        (STRING, b"a\x1fb", False),
        (STRING, rb"\uD83D", False),
        (STRING, rb"\uDE00", False),
        (STRING, rb"\uDE00\uD83D", False),
        (STRING, rb"\uD83D\u0041", False),
        (STRING, rb"\uD83D x", False),
        (STRING, b"\xed\xa0\xbd", False),
        (STRING, b"\xc3", False),
        (STRING, b"\xc0\x80", False),
        (NUMBER, b"0", True),
        (NUMBER, b"-0.10e+05", True),
        (NUMBER, b"12E-3", True),
        (NUMBER, b"", False),
        (NUMBER, b"01", False),
        (NUMBER, b"+1", False),
        (NUMBER, b"1.", False),
        (NUMBER, b".5", False),
        (NUMBER, b"1e", False),
        (NUMBER, b"1,2", False),
        (NUMBER, b"1\n", False),
        (NUMBER, "١".encode(), False),
        (LITERAL, b"true", True),
        (LITERAL, b"false", True),
        (LITERAL, b"null", True),
        (LITERAL, b"True", False),
        (LITERAL, b"nullnull", False),
        (HEADER, b'Bearer "x"\t\x80\xff', True),
        (HEADER, b"a\rb", False),
        (HEADER, b"a\nb", False),
        (HEADER, b"a\x00b", False),
        (HEADER, b"a\x7fb", False),
    ],
)
def test_lexical_classes(lexical_class: LexicalClass, octets: bytes, belongs: bool) -> None:
    assert belongs_to(octets, lexical_class) is belongs


@given(st.text(), st.booleans())
def test_what_a_json_writer_makes_belongs_to_its_class(text: str, escaped: bool) -> None:
    try:
        document = json.dumps(text, ensure_ascii=escaped).encode("utf-8")
    except UnicodeEncodeError:
        return
    has_lone_surrogate = any(0xD800 <= ord(character) < 0xE000 for character in text)
    assert belongs_to(document[1:-1], STRING) is not has_lone_surrogate


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_every_number_of_a_json_writer_is_a_number(number: float) -> None:
    assert belongs_to(json.dumps(number).encode(), NUMBER)


def extension(id_: str, value: bytes = b"", *, critical: bool = False) -> Extension:
    return Extension(id=id_, critical=critical, value=value)


@pytest.mark.parametrize("id_", ["", "A", "-a", ".a", "/a", "a b", "a_b", "é", "a\n"])
def test_ids_of_extensions_have_one_alphabet(id_: str) -> None:
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        extension(id_)


def test_extensions_ascend_strictly() -> None:
    require_canonical_order([extension("a"), extension("a.b"), extension("b")])
    for ids in (("b", "a"), ("a", "a")):
        with rejects(Reason.ENCODING_NOT_CANONICAL):
            require_canonical_order([extension(id_) for id_ in ids])


def test_who_an_id_belongs_to() -> None:
    assert extension("notary/policy").is_of_notary
    assert not extension("notary").is_of_notary
    assert find_extension([extension("a"), extension("b")], "b") == extension("b")


def test_the_holder_key_is_found_and_must_be_a_critical_key() -> None:
    key = HOLDER_SIGNING_KEY.verifying_key
    assert holder_key_of([extension("a")]) is None
    assert holder_key_of([extension(HOLDER_KEY, key.encode(), critical=True)]) == key
    with rejects(Reason.ENCODING_NOT_CANONICAL):
        holder_key_of([extension(HOLDER_KEY, key.encode())])
    with rejects(Reason.ENCODING_TRAILING_OCTETS):
        holder_key_of([extension(HOLDER_KEY, key.encode() + b"x", critical=True)])
