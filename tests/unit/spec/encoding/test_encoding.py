"""The canonical encoding: known octets, each refusal, and the round trip of every message and artifact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.spec.encoding import (
    U8,
    U16,
    U32,
    U64,
    Choice,
    Fixed,
    IdentifierEnum,
    IndexEnum,
    Limit,
    Octets8,
    Structure,
    decode_as,
    encode_as,
)
from mpctls.spec.files import AttestationSecrets
from mpctls.spec.messages import SessionMessage, decode_message, encode_message
from mpctls.spec.mpc_tls.messages import TagShare
from mpctls.spec.presentation import Presentation
from mpctls.spec.reasons import Reason, Rejection
from mpctls.spec.source import NotEncodableError, encode_number

from ..session.stages import rejects
from .strategies import values


class Colour(IndexEnum):
    RED = 0
    GREEN = 200


class Shape(IdentifierEnum):
    ROUND = 1
    SQUARE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing(Structure):
    """A case without fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Structure):
    """A case with a field."""

    number: U16


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything(Structure):
    """One field of each kind."""

    small: U8
    large: U64
    flag: bool
    raw: Octets8
    octets: Annotated[bytes, Limit(3, minimum=1)]
    text: Annotated[str, Limit(4)]
    numbers: Annotated[tuple[U16, ...], Limit(2)]
    option: Number | None
    colour: Colour
    shape: Shape
    case: Annotated[Nothing | Number, Choice()]


EVERYTHING = Everything(
    small=1,
    large=2,
    flag=True,
    raw=b"12345678",
    octets=b"ab",
    text="é",
    numbers=(3, 0x0405),
    option=Number(number=6),
    colour=Colour.GREEN,
    shape=Shape.SQUARE,
    case=Number(number=7),
)
ENCODED = bytes.fromhex(
    "01 0200000000000000 01 3132333435363738 026162 02c3a9 02 0300 0504 01 0600 c801 ff 01 0700"
)


def test_every_kind_of_field_has_its_octets() -> None:
    assert EVERYTHING.encode() == ENCODED
    assert Everything.decode(ENCODED) == EVERYTHING


@pytest.mark.parametrize(
    ("number", "octets"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "8001"),
        (300, "ac02"),
        (16384, "808001"),
        (2**32 - 1, "ffffffff0f"),
    ],
)
def test_numbers_in_uleb128(number: int, octets: str) -> None:
    """BCS gives 128 and 16384 as examples; the rest follows DWARF 5, section 7.6."""
    assert encode_number(number).hex() == octets
    assert decode_as(Annotated[bytes, Limit(2**32 - 1)], encode_number(3) + b"abc") == b"abc"


OCTETS = Annotated[bytes, Limit(5)]
TEXT = Annotated[str, Limit(5)]
NUMBERS = Annotated[tuple[U16, ...], Limit(2)]
SOMETHING = Annotated[bytes, Limit(5, minimum=2)]
CASES = Annotated[Nothing | Number, Choice()]


@pytest.mark.parametrize(
    ("hint", "octets", "reason"),
    [
        (U32, "000000", Reason.ENCODING_TRUNCATED),
        (OCTETS, "", Reason.ENCODING_TRUNCATED),
        (OCTETS, "80", Reason.ENCODING_TRUNCATED),
        (OCTETS, "0261", Reason.ENCODING_TRUNCATED),
        (Octets8, "00", Reason.ENCODING_TRUNCATED),
        (U8, "0000", Reason.ENCODING_TRAILING_OCTETS),
        (Nothing, "00", Reason.ENCODING_TRAILING_OCTETS),
        (OCTETS, "8000", Reason.ENCODING_NOT_MINIMAL),
        (OCTETS, "818000", Reason.ENCODING_NOT_MINIMAL),
        (OCTETS, "ffffffff10", Reason.ENCODING_NOT_MINIMAL),
        (OCTETS, "ffffffff8f00", Reason.ENCODING_NOT_MINIMAL),
        (OCTETS, "06616161616161", Reason.ENCODING_LIMIT_EXCEEDED),
        (OCTETS, "ffffffff0f", Reason.ENCODING_LIMIT_EXCEEDED),
        (TEXT, "06616161616161", Reason.ENCODING_LIMIT_EXCEEDED),
        (NUMBERS, "03010002000300", Reason.ENCODING_LIMIT_EXCEEDED),
        (bool, "02", Reason.ENCODING_NOT_A_BOOLEAN),
        (Number | None, "020000", Reason.ENCODING_NOT_A_BOOLEAN),
        (Colour, "01", Reason.ENCODING_UNKNOWN_VARIANT),
        (Shape, "02", Reason.ENCODING_UNKNOWN_VARIANT),
        (CASES, "02", Reason.ENCODING_UNKNOWN_VARIANT),
        (Colour, "c80100", Reason.ENCODING_TRAILING_OCTETS),
        (Colour, "8000", Reason.ENCODING_NOT_MINIMAL),
        (TEXT, "01ff", Reason.ENCODING_NOT_UTF8),
        (TEXT, "03eda080", Reason.ENCODING_NOT_UTF8),
        (TEXT, "02c080", Reason.ENCODING_NOT_UTF8),
        (SOMETHING, "0161", Reason.ENCODING_NOT_CANONICAL),
    ],
)
def test_each_refusal(hint: Any, octets: str, reason: Reason) -> None:
    with rejects(reason):
        decode_as(hint, bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (U8, 256),
        (U8, -1),
        (Octets8, b"1234567"),
        (OCTETS, b"123456"),
        (SOMETHING, b"1"),
        (TEXT, "ééé"),
        (NUMBERS, (1, 2, 3)),
    ],
)
def test_a_value_that_does_not_fit_its_type_is_not_encoded(hint: Any, value: object) -> None:
    with pytest.raises(NotEncodableError):
        encode_as(hint, value)


def test_a_number_above_32_bits_is_no_count() -> None:
    with pytest.raises(NotEncodableError):
        encode_number(2**32)


@pytest.mark.parametrize("hint", [int, Annotated[int, Fixed(1)], Annotated[int, "?"], Number | Nothing])
def test_a_type_without_an_encoding_is_refused(hint: Any) -> None:
    with pytest.raises(TypeError, match=r"no encoding|option"):
        encode_as(hint, 0)


@pytest.mark.parametrize("index", range(22))
def test_every_session_message_has_the_index_of_the_page(index: int) -> None:
    names = [
        "Refusal",
        "SessionRequest",
        "SessionAnswer",
        "ProverKeyShareCommitment",
        "NotaryKeyShare",
        "ProverKeyShare",
        "TlsHandshakeData",
        "RecordedSessionParameters",
        "FinishedHash",
        "SentRecordCiphertext",
        "TagShare",
        "SentRecord",
        "ReceivedRecord",
        "CloseSession",
        "SessionClosed",
        "SubmitTranscriptCommitConfig",
        "IncludeCommitments",
        "MerkleTreeRoot",
        "SignedAttestation",
        "Disclosure",
        "DisclosureAccepted",
        "EncodingCommitments",
    ]
    cases = get_args(get_args(SessionMessage)[0])
    assert cases[index].__name__ == names[index]
    assert len(cases) == len(names)


def test_a_message_begins_with_its_index() -> None:
    message = TagShare(sequence_number=258, share=bytes(range(16)))
    assert encode_message(message).hex() == "0a" + "0201000000000000" + bytes(range(16)).hex()


@given(values(SessionMessage))
def test_messages_come_back(message: Any) -> None:
    assert decode_message(encode_message(message)) == message


@given(values(Presentation))
def test_presentations_come_back(presentation: Presentation) -> None:
    assert Presentation.decode(presentation.encode()) == presentation


@given(values(AttestationSecrets))
def test_secrets_come_back_and_do_not_show(secrets: AttestationSecrets) -> None:
    assert AttestationSecrets.decode(secrets.encode()) == secrets
    assert "blinder" not in repr(secrets)
    assert "sent=" not in repr(secrets)


@given(values(SessionMessage), st.data())
def test_whatever_is_decoded_has_exactly_these_octets(message: Any, data: st.DataObject) -> None:
    """Octets that were mutated are refused, or decode to another value with exactly those octets."""
    octets = bytearray(encode_message(message))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = decode_message(bytes(octets))
    except Rejection as rejection:
        assert rejection.reason.startswith("encoding/")
        return
    assert encode_message(decoded) == octets


@given(st.binary(max_size=64))
def test_arbitrary_octets_give_a_message_or_a_reason(octets: bytes) -> None:
    try:
        assert encode_message(decode_message(octets)) == octets
    except Rejection as rejection:
        assert rejection.reason.startswith("encoding/")


def test_a_huge_count_is_refused_before_anything_is_read() -> None:
    with rejects(Reason.ENCODING_TRUNCATED):
        decode_as(Annotated[bytes, Limit(2**32 - 1)], bytes.fromhex("ffffffff0f"))
