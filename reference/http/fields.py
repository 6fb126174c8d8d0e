"""Names for parts of a session's messages, and the commit configs and selections made from them.

A name is `sent` or `received` (everything), `request:header:NAME`, `response:header:NAME`, `request:json:PATH`,
`response:json:PATH`, or octets: `sent:START-END`, `received:START-END`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..channel.messages import CommitRequest, HashRequest
from ..foundation.errors import Refused
from ..foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from ..foundation.ranges import RangeSet
from ..foundation.transcript import Transcript
from .json_values import json_leaves
from .message import HttpMessage, Span, parse_request, parse_response

_OCTETS = re.compile(r"(sent|received):([0-9]{1,10})-([0-9]{1,10})")
_SIDES = {"request": Direction.SENT, "response": Direction.RECEIVED}
_DIRECTIONS = {"sent": Direction.SENT, "received": Direction.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named part of one direction: header value or JSON leaf value, as a set of ranges and its lexical class."""

    name: str
    direction: Direction
    ranges: RangeSet
    lexical_class: LexicalClass


def _ranges(spans: Iterable[Span]) -> RangeSet:
    return RangeSet.of(each.pair for each in spans)


def _side(direction: Direction) -> str:
    return "request" if direction is Direction.SENT else "response"


def parse_direction(transcript: Transcript, direction: Direction) -> HttpMessage:
    """The one HTTP message of a direction; refuses with `http/…`."""
    octets = transcript.octets(direction)
    return parse_request(octets) if direction is Direction.SENT else parse_response(octets)


def header_fields(transcript: Transcript, direction: Direction) -> tuple[Field, ...]:
    """The non-empty header values of a message."""
    message = parse_direction(transcript, direction)
    return tuple(
        Field(
            name=f"{_side(direction)}:header:{each.name}",
            direction=direction,
            ranges=_ranges((each.value,)),
            lexical_class=LexicalClass.HEADER_VALUE,
        )
        for each in message.fields
        if each.value.start < each.value.end
    )


def json_fields(transcript: Transcript, direction: Direction) -> tuple[Field, ...]:
    """The non-empty JSON leaf values of a message's content, which must be one JSON text."""
    message = parse_direction(transcript, direction)
    leaves = json_leaves(message.content(transcript.octets(direction)))
    return tuple(
        Field(
            name=f"{_side(direction)}:json:{each.path}",
            direction=direction,
            ranges=_ranges(message.positions(each.start, each.end)),
            lexical_class=each.lexical_class,
        )
        for each in leaves
        if each.start < each.end
    )


def find_field(transcript: Transcript, name: str) -> Field:
    """The part a name stands for; refuses with `http/unknown-field` what is not there, or there more than once."""
    if name in _DIRECTIONS:
        direction = _DIRECTIONS[name]
        length = len(transcript.octets(direction))
        return _octets_field(name, direction, 0, length, length)
    octets = _OCTETS.fullmatch(name)
    if octets:
        direction = _DIRECTIONS[octets.group(1)]
        length = len(transcript.octets(direction))
        return _octets_field(name, direction, int(octets.group(2)), int(octets.group(3)), length)
    side, _, rest = name.partition(":")
    kind, _, what = rest.partition(":")
    if side not in _SIDES or kind not in ("header", "json") or not what:
        raise Refused("http/unknown-field", f"{name!r} is no name of a field")
    direction = _SIDES[side]
    fields = header_fields(transcript, direction) if kind == "header" else json_fields(transcript, direction)
    wanted = f"{side}:header:{what.lower()}" if kind == "header" else name
    found = [each for each in fields if each.name == wanted]
    if len(found) != 1:
        raise Refused("http/unknown-field", f"{name!r} names {len(found)} fields of the {side}")
    return found[0]


def _octets_field(name: str, direction: Direction, start: int, end: int, length: int) -> Field:
    if not 0 <= start < end <= length:
        raise Refused("http/unknown-field", f"{name!r}: the direction has {length} octets")
    return Field(
        name=name,
        direction=direction,
        ranges=RangeSet.of([(start, end)]),
        lexical_class=LexicalClass.ANY,
    )


def commit_request(field: Field, algorithm: HashAlgorithm) -> CommitRequest:
    """Ask for a hash commitment to a field, with its lexical class."""
    return CommitRequest(
        direction=field.direction,
        ranges=field.ranges,
        kind=HashRequest(algorithm=algorithm.value),
        lexical_class=field.lexical_class,
    )


def commit_apart(
    transcript: Transcript, apart: Sequence[Field], algorithm: HashAlgorithm
) -> tuple[CommitRequest, ...]:
    """One commitment for each field in `apart`, and one in each direction for all other octets.

    Afterwards each of these fields can be disclosed or kept back by itself. Fields that repeat another's ranges are
    committed once.
    """
    requests: dict[tuple[Direction, RangeSet], CommitRequest] = {}
    for field in apart:
        requests.setdefault((field.direction, field.ranges), commit_request(field, algorithm))
    for direction in Direction:
        length = len(transcript.octets(direction))
        if not length:
            continue
        whole = RangeSet.of([(0, length)])
        rest = whole.missing_from(each.ranges for each in apart if each.direction is direction)
        if rest:
            others = Field(
                name=_side(direction),
                direction=direction,
                ranges=RangeSet(ranges=rest),
                lexical_class=LexicalClass.ANY,
            )
            requests.setdefault((direction, others.ranges), commit_request(others, algorithm))
    return tuple(requests.values())


def disclose_all_but(
    transcript: Transcript, direction: Direction, hidden: Iterable[Field]
) -> RangeSet | None:
    """The octets of a direction outside all `hidden` fields; none if nothing is left."""
    length = len(transcript.octets(direction))
    if not length:
        return None
    rest = RangeSet.of([(0, length)]).missing_from(
        each.ranges for each in hidden if each.direction is direction
    )
    return RangeSet(ranges=rest) if rest else None
