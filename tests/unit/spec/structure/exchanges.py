"""Exchanges with octets hidden: `▮` stands for a run, cut out of an exchange that is given whole."""

from __future__ import annotations

from collections.abc import Sequence

from mpctls.spec.commitments import HashCommitment
from mpctls.spec.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from mpctls.spec.ranges import RangeSet
from mpctls.spec.structure.message import RequestPolicy
from mpctls.spec.structure.view import StructuredView, structured_view
from mpctls.spec.transcript import PartialOctets, PartialTranscript, runs_of

Hidden = tuple[bytes, LexicalClass | None]
"""Octets to hide, and the class of the leaf that is shown for them; None when no leaf is shown."""

REQUEST = b"GET /account HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer token\r\n\r\n"


def response(content: bytes, *fields: bytes) -> bytes:
    """A response with JSON content and a content length."""
    head = [
        b"HTTP/1.1 200 OK",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(content),
        *fields,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + content


def leaf(direction: Direction, ranges: RangeSet, lexical_class: LexicalClass) -> HashCommitment:
    return HashCommitment(
        direction=direction,
        ranges=ranges,
        lexical_class=lexical_class,
        algorithm=HashAlgorithm.SHA256,
        value=bytes(32),
    )


def positions(octets: bytes, part: bytes) -> range:
    """Where a part stands that occurs once."""
    if octets.count(part) != 1:
        raise ValueError(f"{part!r} occurs {octets.count(part)} times")
    start = octets.index(part)
    return range(start, start + len(part))


def partial_octets(octets: bytes, hidden: Sequence[int]) -> PartialOctets:
    known = {position: octet for position, octet in enumerate(octets) if position not in set(hidden)}
    return PartialOctets(length=len(octets), runs=runs_of(known))


def view_of(
    sent: bytes = REQUEST,
    received: bytes = response(b"{}"),
    *,
    hide_sent: Sequence[Hidden] = (),
    hide_received: Sequence[Hidden] = (),
    closure: Closure = Closure.CLOSE_NOTIFY_RECEIVED,
    server_name: str | None = "localhost",
    policy: RequestPolicy | None = None,
) -> StructuredView:
    """The view that a Verifier has of an exchange of which these parts are hidden."""
    leaves: dict[int, HashCommitment] = {}
    partial: list[PartialOctets] = []
    for direction, octets, parts in (
        (Direction.SENT, sent, hide_sent),
        (Direction.RECEIVED, received, hide_received),
    ):
        hidden: set[int] = set()
        for part, lexical_class in parts:
            where = positions(octets, part)
            hidden |= set(where)
            if lexical_class is not None:
                ranges = RangeSet.of((where.start, where.stop))
                leaves[len(leaves)] = leaf(direction, ranges, lexical_class)
        partial.append(partial_octets(octets, sorted(hidden)))
    return structured_view(
        PartialTranscript(sent=partial[0], received=partial[1]),
        leaves,
        closure,
        server_name,
        policy if policy is not None else RequestPolicy(),
    )
