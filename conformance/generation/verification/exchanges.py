"""Exchanges of which tokens are hidden, written as text in which a hidden run stands in double angle brackets.

`<<h:Bearer secret>>` is a hidden run with a leaf of its own of the class that the letter says: `a` any, `s` string
interior, `n` number, `l` literal, `h` header value; a capital makes it an encoding commitment. Runs with the same digit
behind the letter, as in `<<s1:ab>>`, are one leaf of several ranges. Behind `-` stands a run without a leaf.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mpctls.spec.commitments import EncodingCommitment, HashCommitment, TranscriptCommitment
from mpctls.spec.encoding import encode_as
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import Range, RangeSet

from ...fields import Fields, listed, number, optional

_RUN = re.compile(rb"<<([-asnlhASNLH])([0-9]?):(.*?)>>", re.DOTALL)
_CLASSES = dict(zip("asnlh", LexicalClass, strict=True))
REQUEST_LINE, HOST = b"GET /account?a=1 HTTP/1.1\r\n", b"Host: bank.example\r\n"
STATUS_LINE, JSON = b"HTTP/1.1 200 OK\r\n", b"Content-Type: application/json\r\n"


def leaf(
    direction: Direction, ranges: RangeSet, lexical_class: LexicalClass, *, encoded: bool = False
) -> TranscriptCommitment:
    """A leaf with a place; its value is zero, because nobody opens it here."""
    zero = bytes(32)
    if encoded:
        return EncodingCommitment(
            direction=direction,
            ranges=ranges,
            lexical_class=lexical_class,
            commitment=zero,
            offset=zero,
            factor=zero,
        )
    return HashCommitment(
        direction=direction,
        ranges=ranges,
        lexical_class=lexical_class,
        algorithm=HashAlgorithm.SHA256,
        value=zero,
    )


def plain(text: bytes) -> bytes:
    """The octets of a text, hidden ones included."""
    return _RUN.sub(lambda found: found.group(3), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """One direction as a Verifier has it: its length, the revealed runs, and the leaves of the hidden ones."""

    length: int
    runs: tuple[tuple[int, bytes], ...]
    leaves: tuple[TranscriptCommitment, ...]


def _shown(direction: Direction, text: bytes) -> _Shown:
    runs: list[tuple[int, bytes]] = []
    places: dict[bytes, list[tuple[int, int]]] = {}
    at = position = 0
    for found in _RUN.finditer(text):
        before = text[position : found.start()]
        if before:
            runs.append((at, before))
        at += len(before)
        letter, digit, hidden = found.groups()
        if letter != b"-":
            key = letter + (digit or b"@%d" % at)
            places.setdefault(key, []).append((at, at + len(hidden)))
        at += len(hidden)
        position = found.end()
    if text[position:]:
        runs.append((at, text[position:]))
    leaves = tuple(
        leaf(direction, RangeSet.of(*parts), _CLASSES[chr(key[0]).lower()], encoded=chr(key[0]).isupper())
        for key, parts in places.items()
    )
    return _Shown(length=at + len(text[position:]), runs=tuple(runs), leaves=leaves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and a response as texts, and what the Verifier knows and wants beside them."""

    request: bytes = REQUEST_LINE + HOST + b"Authorization: <<h:Bearer secret>>\r\n\r\n"
    response: bytes
    closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED
    name: str | None = "bank.example"
    redactable: tuple[str, ...] = ()
    methods: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None
    more: tuple[TranscriptCommitment, ...] = field(default=())
    """Leaves besides those of hidden runs, of higher index."""
    first: tuple[TranscriptCommitment, ...] = field(default=())
    """Leaves of lower index."""
    lengths: tuple[int | None, int | None] = (None, None)
    """Lengths of the directions, where hidden octets follow that are too many to write."""

    def fields(self) -> dict[str, bytes]:
        """The fields of both operations."""
        sent, received = _shown(Direction.SENT, self.request), _shown(Direction.RECEIVED, self.response)
        leaves = (*self.first, *sent.leaves, *received.leaves, *self.more)
        found: dict[str, bytes] = {}
        for name, shown, length in zip(("sent", "received"), (sent, received), self.lengths, strict=True):
            found[f"{name} length"] = number(shown.length if length is None else length)
            found[f"{name} runs"] = listed([listed([number(start), octets]) for start, octets in shown.runs])
        return {
            **found,
            "leaves": listed(
                [
                    # Indices have gaps: not every leaf of a tree is shown.
                    listed([number(2 * index + 1), encode_as(TranscriptCommitment, each)])
                    for index, each in enumerate(leaves)
                ]
            ),
            "closure": number(self.closure),
            "server name": optional(None if self.name is None else self.name.encode()),
            "redactable": _names(self.redactable),
            "methods": optional(None if self.methods is None else _names(self.methods)),
            "targets": optional(None if self.targets is None else _names(self.targets)),
        }

    def asked(self, name: str, side: Direction = Direction.RECEIVED) -> Fields:
        """The fields of the operation that finds a token."""
        return {**self.fields(), "side": number(side), "name": name.encode()}

    def without_leaves(self, *indices: int) -> Fields:
        """The fields without some of the leaves of hidden runs."""
        found = self.fields()
        everything = [
            each
            for direction, text in ((Direction.SENT, self.request), (Direction.RECEIVED, self.response))
            for each in _shown(direction, text).leaves
        ]
        kept = [
            listed([number(2 * index + 1), encode_as(TranscriptCommitment, each)])
            for index, each in enumerate(everything)
            if index not in indices
        ]
        return {**found, "leaves": listed(kept)}


def _names(names: Sequence[str]) -> bytes:
    return listed([name.encode() for name in names])


def response(body: bytes, *headers: bytes, line: bytes = STATUS_LINE, length: int | None = None) -> bytes:
    """A response with a content length, and with JSON unless headers say otherwise."""
    size = len(plain(body)) if length is None else length
    lines = b"".join(each + b"\r\n" for each in headers) if headers else JSON
    return line + lines + b"Content-Length: %d\r\n\r\n" % size + body


def chunked(*chunks: bytes, tail: bytes = b"0\r\n\r\n", head: bytes = STATUS_LINE + JSON) -> bytes:
    """A chunked response; chunks are as they stand, with their sizes."""
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks) + tail


def chunk(data: bytes, size: bytes | None = None) -> bytes:
    """One chunk."""
    return (b"%x" % len(plain(data)) if size is None else size) + b"\r\n" + data + b"\r\n"


BODY = b'{"name": "<<s:alice>>", "balance": <<n:12.50e2>>, "open": <<l:true>>, "tag": "x"}'
EXCHANGE = Exchange(response=response(BODY))


def with_request(
    *headers: bytes, line: bytes = REQUEST_LINE, host: bytes = HOST, body: bytes = b""
) -> Exchange:
    """The usual exchange with header fields behind the host."""
    lines = b"".join(each + b"\r\n" for each in headers)
    return replace(EXCHANGE, request=line + host + lines + b"\r\n" + body)


def with_json(body: bytes) -> Exchange:
    """The usual exchange with another content."""
    return replace(EXCHANGE, response=response(body))


def with_response(text: bytes) -> Exchange:
    """The usual exchange with another response."""
    return replace(EXCHANGE, response=text)


def ranges(*parts: tuple[int, int]) -> RangeSet:
    """A set of ranges as it stands."""
    return RangeSet(ranges=tuple(Range(start=start, end=end) for start, end in parts))
