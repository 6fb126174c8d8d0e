"""Encoding commitments opened in plain, and leaves that are withheld: what they show, and every fault of either."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mpctls.reference.foundation.artifacts import EncodingOpening, HashOpening, Presentation
from mpctls.reference.foundation.field_encoding import SCALAR_ORDER
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from mpctls.reference.presentation.building import Selection, build_presentation
from tests.unit.attestation import material as factory
from tests.unit.attestation.material import RECEIVED, SENT, material
from tests.unit.foundation.refusals import refused
from tests.unit.presentation.test_verification import (
    ENCODING,
    PRESENTATION,
    SECRETS,
    opened,
    verify,
    with_leaves,
)

ENCODED = material(encoding=True)
BALANCE = RECEIVED.index(b"1000")


def shown_encoding(**changes: Any) -> Presentation:
    """The balance opened in plain, from its encoding commitment; `changes` are made to the opening of the leaf."""
    chosen = Selection(received=RangeSet.of([(BALANCE, BALANCE + 4)]), identity=False)
    return opened(0, **changes)(build_presentation(ENCODED.attestation, ENCODED.secrets, chosen))


def encoding_opening(**changes: Any) -> EncodingOpening:
    honest = EncodingOpening(octets=b"1000", blinder=ENCODED.secrets.commitments[5].opening.blinder)
    return replace(honest, **changes)


def test_an_encoding_commitment_is_opened_in_plain() -> None:
    assert shown_encoding() == shown_encoding(opening=encoding_opening())
    verified = verify(shown_encoding())
    assert verified.transcript.received.read(BALANCE, BALANCE + 4) == b"1000"
    assert verified.leaves == ((5, ENCODING),)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"opening": encoding_opening(octets=b"9000")}, "opening-mismatch"),
        ({"opening": encoding_opening(blinder=bytes(32))}, "opening-mismatch"),
        ({"opening": encoding_opening(octets=b"100")}, "opening-length-mismatch"),
        ({"opening": encoding_opening(octets=b"1000\0")}, "opening-length-mismatch"),
        ({"opening": encoding_opening(octets=b"")}, "opening-length-mismatch"),
        ({"opening": HashOpening(octets=b"1000", blinder=bytes(16))}, "opening-kind-mismatch"),
        ({"commitment": replace(ENCODING, direction=Direction.SENT)}, "opening-mismatch"),
        ({"commitment": replace(ENCODING, offset=bytes(32))}, "opening-mismatch"),
        ({"commitment": replace(ENCODING, factor=bytes(32))}, "opening-mismatch"),
        ({"commitment": replace(ENCODING, lexical_class=LexicalClass.ANY)}, "merkle-proof-invalid"),
        ({"index": 6}, "leaf-index-out-of-range"),
        ({"index": 4}, "merkle-proof-invalid"),
    ],
)
def test_each_fault_of_an_encoding_opening_has_its_reason(changes: dict[str, Any], reason: str) -> None:
    with refused(f"verification/{reason}"):
        verify(shown_encoding(**changes))


@pytest.mark.parametrize("blinder", [b"\xff" * 32, (SCALAR_ORDER + 5).to_bytes(32, "little")])
def test_a_blinder_has_one_form(blinder: bytes) -> None:
    with refused("encoding/not-canonical"):
        encoding_opening(blinder=blinder)


def withheld(**changes: Any) -> Presentation:
    chosen = Selection(structured=True, identity=True)
    return opened(0, **changes)(build_presentation(ENCODED.attestation, ENCODED.secrets, chosen))


def test_a_withheld_leaf_is_proved_and_shows_nothing() -> None:
    verified = verify(withheld())
    assert verified.leaves == ((5, ENCODING),)
    for direction in (verified.transcript.sent, verified.transcript.received):
        assert direction.pieces == ()
    with refused("verification/octet-not-authenticated"):
        verified.transcript.received.read(BALANCE, BALANCE + 4)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"index": 6}, "leaf-index-out-of-range"),
        ({"index": 2**32 - 1}, "leaf-index-out-of-range"),
        (
            {"commitment": replace(ENCODING, ranges=RangeSet.of([(0, len(RECEIVED) + 1)]))},
            "range-out-of-bounds",
        ),
        ({"index": 4}, "merkle-proof-invalid"),
        ({"commitment": replace(ENCODING, offset=bytes(32))}, "merkle-proof-invalid"),
        ({"commitment": replace(ENCODING, lexical_class=LexicalClass.ANY)}, "merkle-proof-invalid"),
        ({"commitment": replace(ENCODING, ranges=RangeSet.of([(0, 4)]))}, "merkle-proof-invalid"),
        ({"commitment": SECRETS.commitments[0].commitment}, "merkle-proof-invalid"),
    ],
)
def test_each_fault_of_a_withheld_leaf_has_its_reason(changes: dict[str, Any], reason: str) -> None:
    with refused(f"verification/{reason}"):
        verify(withheld(**changes))


def test_a_leaf_of_hashes_can_be_withheld_too() -> None:
    chosen = Selection(withheld=frozenset({0}), sent=RangeSet.of([(23, len(SENT))]))
    verified = verify(build_presentation(ENCODED.attestation, ENCODED.secrets, chosen))
    assert [index for index, _ in verified.leaves] == [0, 1]
    assert verified.transcript.sent.pieces[0][1] == SENT[23:]


def test_openings_of_both_kinds_agree_where_they_overlap() -> None:
    """A tree with an encoding commitment to other octets than a hash commitment has for them."""
    lying = Transcript(sent=SENT, received=RECEIVED.replace(b"1000", b"9000"))
    leaves = (
        factory.secret(
            Transcript(sent=SENT, received=RECEIVED),
            Direction.RECEIVED,
            [(0, len(RECEIVED))],
            HashAlgorithm.SHA256,
            1,
        ),
        factory.encoding_secret(lying, Direction.RECEIVED, [(BALANCE, BALANCE + 4)], 2),
    )
    presentation = with_leaves(*leaves)(PRESENTATION)
    assert presentation.transcript is not None
    shown = EncodingOpening(octets=b"9000", blinder=leaves[1].opening.blinder)
    with refused("verification/overlapping-openings-differ"):
        verify(opened(1, opening=shown)(presentation))
