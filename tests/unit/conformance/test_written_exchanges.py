"""Exchanges that vectors are made of: what stands between angle brackets is hidden and has the leaf that it names."""

from __future__ import annotations

from dataclasses import replace

from mpctls.conformance.fields import Fields, read_list, read_number
from mpctls.conformance.generation.presentation_building.attested import HONEST, OTHER, RESPONSE
from mpctls.conformance.generation.verification.exchanges import Exchange, plain
from mpctls.spec.attestation import Attestation
from mpctls.spec.commitments import EncodingCommitment, HashCommitment, TranscriptCommitment
from mpctls.spec.encoding import decode_as
from mpctls.spec.identifiers import Direction, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.reasons import Reason
from mpctls.spec.signatures import verify_signature

_TEXT = b"a<<s1:bc>>d<<s1:e>><<N:12>>f<<-:g>>"


def _leaves(fields: Fields) -> dict[int, HashCommitment | EncodingCommitment]:
    pairs = map(read_list, read_list(fields["leaves"]))
    return {read_number(index): decode_as(TranscriptCommitment, leaf) for index, leaf in pairs}


def test_hidden_runs_are_no_octets_and_keep_their_place() -> None:
    fields = Exchange(request=b"xy", response=_TEXT).fields()
    runs = [
        (read_number(start), octets) for start, octets in map(read_list, read_list(fields["received runs"]))
    ]
    assert runs == [(0, b"a"), (3, b"d"), (7, b"f")]
    assert read_number(fields["received length"]) == len(plain(_TEXT)) == 9


def test_leaves_are_of_the_runs_that_name_them() -> None:
    string, number = _leaves(Exchange(request=b"xy", response=_TEXT).fields()).values()
    assert isinstance(string, HashCommitment)
    assert isinstance(number, EncodingCommitment)
    assert string.ranges == RangeSet.of((1, 3), (4, 5))
    assert number.ranges == RangeSet.of((5, 7))
    assert (string.lexical_class, number.lexical_class) == (
        LexicalClass.JSON_STRING_INTERIOR,
        LexicalClass.JSON_NUMBER,
    )
    assert {string.direction, number.direction} == {Direction.RECEIVED}


def test_a_leaf_that_is_left_out_moves_no_other() -> None:
    exchange = Exchange(request=b"<<h:x>>", response=_TEXT)
    everything = _leaves(exchange.fields())
    assert _leaves(exchange.without_leaves(1)) == {
        index: leaf for index, leaf in everything.items() if index != 3
    }


def test_sessions_are_signed_and_share_nothing_but_server_and_notary() -> None:
    first, second = HONEST.attestation(), OTHER.attestation()
    for attestation in (first, second):
        verify_signature(
            attestation.body.verifying_key,
            attestation.signature,
            attestation.header.signature_input(),
            otherwise=Reason.VERIFICATION_SIGNATURE_INVALID,
        )
        assert Attestation.decode(attestation.encode()) == attestation
    assert first.body.verifying_key == second.body.verifying_key
    assert first.body.transcript_commitments.root != second.body.transcript_commitments.root
    assert first.body.handshake_commitment != second.body.handshake_commitment
    assert replace(HONEST, label="second") == OTHER


def test_the_response_says_its_length() -> None:
    head, _, content = RESPONSE.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(content)}".encode() in head
