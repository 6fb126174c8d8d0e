"""From the options of `prove` to what is committed to in scalars."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mpctls.reference.channel.messages import CommitRequest, EncodingRequest, HashRequest
from mpctls.reference.command_line.encoding import Choose, with_encodings
from mpctls.reference.command_line.failures import ExitCode
from mpctls.reference.command_line.selection import commit_config
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript
from tests.unit.command_line.runs import EXAMPLES, mpctls
from tests.unit.foundation.refusals import refused

LONG = "a" * 404
BODY = b'{"balance":2718,"name":"","open":true,"notes":["%s","%s"]}' % (LONG[:-1].encode(), LONG.encode())
RECEIVED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
SENT = b"GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"
TRANSCRIPT = Transcript(sent=SENT, received=RECEIVED)


def choose(*commit: str, named: Sequence[str] = (), every: bool = False) -> Choose:
    return with_encodings(named, every, lambda names: commit_config((*commit, *names), HashAlgorithm.SHA256))


def encoded(requests: Sequence[CommitRequest]) -> list[tuple[bytes, LexicalClass]]:
    """The octets committed to in scalars, and their class."""
    return [
        (each.ranges.select(TRANSCRIPT.octets(each.direction)), each.lexical_class)
        for each in requests
        if isinstance(each.kind, EncodingRequest)
    ]


def covered_once(requests: Sequence[CommitRequest]) -> bool:
    for direction in Direction:
        places = [
            octet
            for each in requests
            if each.direction is direction
            for part in each.ranges
            for octet in range(part.start, part.end)
        ]
        if sorted(places) != list(range(len(TRANSCRIPT.octets(direction)))):
            return False
    return True


def test_named_values_are_committed_to_in_scalars_and_the_rest_by_hash() -> None:
    requests = choose("whole", named=("response:json:$.balance", "request:header:Authorization"))(TRANSCRIPT)
    assert encoded(requests) == [
        (b"2718", LexicalClass.JSON_NUMBER),
        (b"Bearer x", LexicalClass.HEADER_VALUE),
    ]
    assert covered_once(requests)
    assert {each.kind for each in requests} == {EncodingRequest(), HashRequest(algorithm=1)}
    assert len(requests) == 4


def test_every_short_json_value_is_committed_to_in_scalars() -> None:
    requests = choose("whole", every=True)(TRANSCRIPT)
    assert encoded(requests) == [
        (b"2718", LexicalClass.JSON_NUMBER),
        (b"true", LexicalClass.JSON_LITERAL),
        (LONG[:-1].encode(), LexicalClass.JSON_STRING_INTERIOR),
    ]
    assert covered_once(requests)


def test_a_longer_value_is_named_for_itself() -> None:
    requests = choose("whole", named=("response:json:$.notes[1]",))(TRANSCRIPT)
    assert encoded(requests) == [(LONG.encode(), LexicalClass.JSON_STRING_INTERIOR)]


@pytest.mark.parametrize("commit", ["fields", "response:json:$.balance"])
def test_a_part_that_is_named_twice_is_committed_to_once(commit: str) -> None:
    """In scalars: so it can be shown, and statements can be proved about it."""
    requests = choose(commit, named=("response:json:$.balance",), every=True)(TRANSCRIPT)
    place = RECEIVED.index(b"2718")
    balance = RangeSet.of([(place, place + 4)])
    assert [each.kind for each in requests if each.ranges == balance] == [EncodingRequest()]
    assert covered_once(requests)


def test_nothing_named_is_as_before() -> None:
    assert choose("fields")(TRANSCRIPT) == commit_config(("fields",), HashAlgorithm.SHA256)(TRANSCRIPT)


def test_a_name_that_stands_for_nothing_is_refused() -> None:
    with refused("http/unknown-field"):
        choose("whole", named=("response:json:$.nothing",))(TRANSCRIPT)


@pytest.mark.parametrize("option", [("--commit-field", "sent"), ("--commit-fields", "all")])
def test_where_nothing_is_signed_nothing_is_proved_later(option: tuple[str, str]) -> None:
    trusted = ("--notary-key", EXAMPLES / "trust-store.json", "--disclose", "sent")
    result = mpctls("prove", "https://a.example/", "--verifier", "127.0.0.1:1", *trusted, *option)
    assert result.code == ExitCode.USAGE
    assert "nothing is signed" in result.errors


def test_what_the_notary_learns_is_said_beside_the_option() -> None:
    said = " ".join(mpctls("prove", "--help").output.split())
    assert "learns number, order and exact length of all JSON values" in said
