"""From names to commitments and selections."""

from __future__ import annotations

import pytest

from mpctls.reference.command_line.selection import all_fields, commit_config, select
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import Transcript

SENT = b"GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: t\r\n\r\n"
BODY = b'{"a":"x","b":[1,true]}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n"
TRANSCRIPT = Transcript(sent=SENT, received=HEAD + BODY)
TEXT = Transcript(sent=SENT, received=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


def covered(requests: tuple[object, ...], direction: Direction, length: int) -> bool:
    """Whether the commitments of a direction cover each octet exactly once."""
    marks = [0] * length
    for request in requests:
        if request.direction is direction:  # type: ignore[attr-defined]
            for each in request.ranges:  # type: ignore[attr-defined]
                for at in range(each.start, each.end):
                    marks[at] += 1
    return marks == [1] * length


def test_fields_are_header_values_and_json_values() -> None:
    assert [each.name for each in all_fields(TRANSCRIPT)] == [
        "request:header:host",
        "request:header:authorization",
        "response:header:content-type",
        "response:header:content-length",
        "response:json:$.a",
        "response:json:$.b[0]",
        "response:json:$.b[1]",
    ]


def test_a_body_that_is_no_json_has_no_fields_but_its_headers_have() -> None:
    assert [each.name for each in all_fields(TEXT)][2:] == ["response:header:content-length"]


def test_what_is_no_http_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        all_fields(Transcript(sent=SENT, received=b"nonsense"))
    assert refused.value.reason == "structure/incomplete-message"


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (("whole",), 2),
        (("fields",), 9),
        (("response:json:$.a",), 3),
        (("whole", "response:json:$.a", "received:0-5"), 4),
    ],
)
def test_commitments_cover_every_octet_once(names: tuple[str, ...], count: int) -> None:
    requests = commit_config(names, HashAlgorithm.BLAKE3)(TRANSCRIPT)
    assert len(requests) == count
    for direction in Direction:
        assert covered(requests, direction, len(TRANSCRIPT.octets(direction)))


def test_shown_is_the_union_and_hidden_the_rest() -> None:
    shown = select(TRANSCRIPT, shown=("sent:0-3", "sent:2-5", "sent:9-10"), hidden=(), identity=False)
    assert shown.sent == RangeSet.of([(0, 5), (9, 10)])
    assert shown.received is None
    assert not shown.identity
    rest = select(TRANSCRIPT, shown=(), hidden=("received", "sent:0-3"), identity=True)
    assert rest.sent == RangeSet.of([(3, len(SENT))])
    assert rest.received is None
