"""Artifacts and their stored form: one form each, one reason for each fault, no secret in a representation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpctls.reference.foundation.artifacts import (
    ATTESTATION,
    ATTESTATION_BODY,
    ATTESTATION_FILE,
    ATTESTATION_SECRETS,
    ATTESTATION_SECRETS_FILE,
    EXTENSIONS,
    HANDSHAKE_DATA,
    PRESENTATION,
    PRESENTATION_FILE,
    EncodingCommitment,
    Extension,
    StoredFile,
    TranscriptProof,
)
from mpctls.reference.foundation.encoding import Codec
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.presentation.binding import bind
from mpctls.reference.presentation.building import Selection, build_presentation
from tests.unit.attestation.material import RECEIVED, SENT, holder_key, material

from .refusals import refused

MATERIAL = material(bound=True, encoding=True)
PRESENTED = bind(
    build_presentation(MATERIAL.attestation, MATERIAL.secrets, Selection(sent=RangeSet.of([(0, len(SENT))]))),
    holder=holder_key(),
    audience="verifier.example",
    nonce=bytes(16),
    issued=1,
    expiry=2,
)
FILES: list[tuple[StoredFile[Any], object]] = [
    (ATTESTATION_FILE, MATERIAL.attestation),
    (ATTESTATION_SECRETS_FILE, MATERIAL.secrets),
    (PRESENTATION_FILE, PRESENTED),
]
CODECS: list[tuple[Codec[Any], object]] = [
    (ATTESTATION, MATERIAL.attestation),
    (ATTESTATION_SECRETS, MATERIAL.secrets),
    (PRESENTATION, PRESENTED),
]


def extension(name: str) -> Extension:
    return Extension(id=name, critical=False, value=b"")


@pytest.mark.parametrize(("codec", "value"), [*FILES, *CODECS])
def test_artifacts_round_trip(codec: Codec[object], value: object) -> None:
    assert codec.decode(codec.encode(value)) == value


@pytest.mark.parametrize(("codec", "value"), FILES)
def test_every_cut_and_extension_is_refused(codec: Codec[object], value: object) -> None:
    octets = codec.encode(value)
    for cut in range(len(octets)):
        with pytest.raises(Refused, match="encoding/"):
            codec.decode(octets[:cut])
    for suffix in (b"\0", b"\1", octets):
        with refused("encoding/trailing-octets"):
            codec.decode(octets + suffix)


@pytest.mark.parametrize(("codec", "value"), FILES)
def test_every_changed_octet_is_refused_or_means_something_else(codec: Codec[object], value: object) -> None:
    octets = codec.encode(value)
    for place in range(len(octets)):
        changed = octets[:place] + bytes([octets[place] ^ 1 << place % 8]) + octets[place + 1 :]
        try:
            found = codec.decode(changed)
        except Refused as refusal:
            assert refusal.reason.startswith("encoding/")
        else:
            assert found != value
            assert codec.encode(found) == changed


@pytest.mark.parametrize(("codec", "value"), FILES)
def test_only_the_right_type_and_version_is_read(codec: Codec[object], value: object) -> None:
    octets = codec.encode(value)
    for other in (b"MPCTLS" + octets[6:], octets[:6] + b"\0" + octets[7:], octets[1:], b"m\0"):
        with refused("encoding/not-this-file-type"):
            codec.decode(other)
    for length in range(9):
        with refused("encoding/truncated"):
            codec.decode(octets[:length])
    for version in (b"\0\0", b"\2\0", b"\0\1", b"\1\1"):
        with refused("encoding/unknown-format-version"):
            codec.decode(octets[:7] + version + octets[9:])
    for other_codec, _ in FILES:
        if other_codec is not codec:
            with refused("encoding/not-this-file-type"):
                other_codec.decode(octets)


def test_the_head_of_a_file_is_fixed() -> None:
    heads = [codec.encode(value)[:9].hex() for codec, value in FILES]
    assert heads == ["6d7063746c73010100", "6d7063746c73020100", "6d7063746c73030100"]


@given(st.binary(max_size=200), st.integers(0, 2))
def test_random_content_is_refused_with_an_encoding_reason(octets: bytes, which: int) -> None:
    codec, value = FILES[which]
    with pytest.raises(Refused) as caught:
        codec.decode(codec.encode(value)[:9] + octets)
    assert caught.value.reason.startswith("encoding/")


@pytest.mark.parametrize("name", ["", "-a", "A", "a_b", "a b", "a\n", "é", ".a", "/a", "a" * 65])
def test_extension_ids_have_one_alphabet(name: str) -> None:
    with pytest.raises(Refused) as caught:
        EXTENSIONS.encode((extension(name),))
    assert caught.value.reason == ("encoding/limit-exceeded" if len(name) > 64 else "encoding/not-canonical")
    octets = name.encode()
    with pytest.raises(Refused, match="encoding/"):
        EXTENSIONS.decode(b"\1" + bytes([len(octets)]) + octets + b"\0\0")


@pytest.mark.parametrize("names", [("b", "a"), ("a", "a"), ("a", "c", "b"), ("a", "a/b", "a-b")])
def test_extensions_are_sorted_and_unique(names: tuple[str, ...]) -> None:
    body = replace(material().attestation.body, prover_extensions=(), notary_extensions=())
    extensions = tuple(extension(each) for each in names)
    with refused("encoding/not-canonical"):
        replace(body, prover_extensions=extensions)
    with refused("encoding/not-canonical"):
        replace(body, notary_extensions=extensions)
    octets = b"".join(bytes([len(each)]) + each.encode() + b"\0\0" for each in names)
    start = ATTESTATION_BODY.encode(body)[:-2]
    with refused("encoding/not-canonical"):
        ATTESTATION_BODY.decode(start + bytes([len(names)]) + octets + b"\0")


@pytest.mark.parametrize("name", ["commitment", "offset", "factor"])
def test_scalars_of_an_encoding_commitment_are_below_the_order(name: str) -> None:
    order = 21888242871839275222246405745257275088548364400416034343698204186575808495617
    honest = EncodingCommitment(
        direction=Direction.SENT,
        ranges=RangeSet.of([(0, 1)]),
        lexical_class=LexicalClass.ANY,
        commitment=bytes(32),
        offset=bytes(32),
        factor=(order - 1).to_bytes(32, "little"),
    )
    with refused("encoding/not-canonical"):
        replace(honest, **cast(dict[str, Any], {name: order.to_bytes(32, "little")}))


def test_extensions_are_limited_in_number_and_size() -> None:
    many = tuple(extension(f"a{number:02}") for number in range(33))
    assert EXTENSIONS.decode(EXTENSIONS.encode(many[:32])) == many[:32]
    with refused("encoding/limit-exceeded"):
        EXTENSIONS.encode(many)
    with refused("encoding/limit-exceeded"):
        EXTENSIONS.encode((Extension(id="a", critical=False, value=bytes(4097)),))


def test_a_chain_has_one_to_sixteen_certificates() -> None:
    data = MATERIAL.secrets.handshake.handshake_data
    assert HANDSHAKE_DATA.decode(HANDSHAKE_DATA.encode(replace(data, certificates=(b"x",) * 16)))
    for count, reason in ((0, "encoding/not-canonical"), (17, "encoding/limit-exceeded")):
        with refused(reason):
            HANDSHAKE_DATA.encode(replace(data, certificates=(b"x",) * count))
    with refused("encoding/not-canonical"):
        HANDSHAKE_DATA.decode(b"\0" + HANDSHAKE_DATA.encode(replace(data, certificates=(b"",)))[2:])


def test_openings_increase_strictly() -> None:
    proof = PRESENTED.transcript
    assert proof is not None and len(proof.openings) > 1
    first, second = proof.openings[:2]
    for openings in ((), (second, first), (first, first)):
        with refused("encoding/not-canonical"):
            TranscriptProof(openings=openings, proof=())


@pytest.mark.parametrize("length", [15, 65])
def test_nonces_have_16_to_64_octets(length: int) -> None:
    binding = PRESENTED.binding
    assert binding is not None
    with pytest.raises(Refused, match="encoding/"):
        PRESENTATION.encode(replace(PRESENTED, binding=replace(binding, nonce=bytes(length))))


def test_no_representation_shows_a_secret() -> None:
    shown = repr(MATERIAL.secrets) + repr(PRESENTED)
    secrets = [SENT, RECEIVED, SENT[:23], *(bytes([number]) * 16 for number in range(1, 6))]
    secrets += [MATERIAL.secrets.key_exchange.blinder, MATERIAL.secrets.handshake.blinder]
    assert "SecretCommitment" in shown and "HashOpening" in shown
    for each in secrets:
        assert repr(each)[2:-1] not in shown and each.hex() not in shown


def test_secrets_serve_the_octets_of_each_direction() -> None:
    assert MATERIAL.secrets.octets(Direction.SENT) == SENT
    assert MATERIAL.secrets.octets(Direction.RECEIVED) == RECEIVED
