"""Exchanges of which parts are redacted, written as text with marks, and their views.

`<<1:secret>>` hides six octets behind a leaf of class 1; a letter after the class (`<<1a:sec>>…<<1a:ret>>`) joins
pieces to one leaf; without a class (`<<secret>>`) there is no leaf.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.artifacts import HashCommitment
from mpctls.reference.foundation.identifiers import Closure, Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import PartialDirection, PartialTranscript, reconstruct
from mpctls.reference.http.rules import ExchangePolicy
from mpctls.reference.http.structure import ExchangeView, ShownLeaf, structured_view

SERVER: Final = "server.example"
SENT: Final = (
    b"GET /account HTTP/1.1\r\nHost: server.example\r\nAccept-Encoding: identity\r\n"
    b"Authorization: <<4:Bearer secret>>\r\nConnection: close\r\n\r\n"
)
BODY: Final = b'{"name":"<<1:Ada>>","balance":<<2:12.50>>,"open":<<3:true>>,"tags":["",null]}'
_MARK = re.compile(rb"<<(?:([0-4])([a-z]?):)?(.*?)>>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """One direction: all its octets, what of them is hidden, and the leaves that commit to hidden parts."""

    octets: bytes
    hidden: tuple[tuple[int, int], ...]
    leaves: tuple[tuple[LexicalClass, RangeSet], ...]

    @property
    def partial(self) -> PartialDirection:
        """What a Verifier sees of it."""
        return hide(self.octets, self.hidden)


def plain(marked: bytes) -> bytes:
    """The octets without marks."""
    return _MARK.sub(rb"\3", marked)


def read(marked: bytes) -> Redacted:
    """Take the marks out."""
    octets = b""
    hidden: list[tuple[int, int]] = []
    leaves: dict[object, tuple[int, list[tuple[int, int]]]] = {}
    position = 0
    for mark in _MARK.finditer(marked):
        octets += marked[position : mark.start()]
        place = (len(octets), len(octets) + len(mark.group(3)))
        hidden.append(place)
        if mark.group(1):
            key = (mark.group(1), mark.group(2)) if mark.group(2) else mark.start()
            leaves.setdefault(key, (int(mark.group(1)), []))[1].append(place)
        octets += mark.group(3)
        position = mark.end()
    return Redacted(
        octets=octets + marked[position:],
        hidden=tuple(hidden),
        leaves=tuple((LexicalClass(kind), RangeSet.of(places)) for kind, places in leaves.values()),
    )


def hide(octets: bytes, hidden: Iterable[tuple[int, int]]) -> PartialDirection:
    """A direction without these octets."""
    if not octets:
        return PartialDirection(length=0, pieces=())
    shown = RangeSet.of([(0, len(octets))]).missing_from(
        RangeSet.of([each]) for each in hidden if each[0] < each[1]
    )
    return reconstruct(
        len(octets), [(RangeSet(ranges=(each,)), octets[each.start : each.end]) for each in shown]
    )


def leaf(direction: Direction, ranges: RangeSet, lexical_class: LexicalClass) -> HashCommitment:
    """A leaf; what it commits to does not matter here."""
    return HashCommitment(
        direction=direction, ranges=ranges, lexical_class=lexical_class, algorithm=1, value=bytes(32)
    )


def response(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    """A response with JSON content of this length, and these further header fields."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", *fields]
    lines.append(b"Content-Length: %d" % len(plain(body)))
    return b"\r\n".join([*lines, b"", body])


def chunks(*pieces: bytes) -> bytes:
    """A response in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(plain(piece)), piece) for piece in pieces)
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + body
        + b"0\r\n\r\n"
    )


def view(
    sent: bytes = SENT,
    received: bytes | None = None,
    *,
    closure: Closure = Closure.CLOSE_NOTIFY,
    server_name: str | None = SERVER,
    policy: ExchangePolicy | None = None,
    more: Iterable[ShownLeaf] = (),
    without: Iterable[int] = (),
) -> ExchangeView:
    """The view of marked messages; leaves are numbered in their order, those `without` are not shown."""
    request, answer = read(sent), read(response(BODY) if received is None else received)
    leaves: list[ShownLeaf] = []
    for direction, redacted in ((Direction.SENT, request), (Direction.RECEIVED, answer)):
        for lexical_class, ranges in redacted.leaves:
            leaves.append((len(leaves), leaf(direction, ranges, lexical_class)))
    shown = [each for each in leaves if each[0] not in set(without)]
    return structured_view(
        PartialTranscript(sent=request.partial, received=answer.partial),
        [*shown, *more],
        closure,
        server_name,
        policy,
    )
