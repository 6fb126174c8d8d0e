"""Names for parts of a session's messages, and the commit configs and selections made from them.

A name is `sent` or `received` (everything), `request:header:NAME`, `response:header:NAME`, `request:json:PATH`,
`response:json:PATH`, or octets: `sent:START-END`, `received:START-END`. The Prover's messages are read by the rules of
the structure page, and what is named is exactly a token of that page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..channel.messages import CommitRequest, HashRequest
from ..foundation.errors import Refused
from ..foundation.identifiers import Closure, Direction, HashAlgorithm, LexicalClass
from ..foundation.ranges import RangeSet
from ..foundation.transcript import Transcript
from .head import HttpMessage, HttpRequest
from .masked import MaskedOctets
from .message import ReadExchange, ReadMessage, Token, read_request, read_response
from .names import HeaderName, JsonPath, parse_name, parse_path
from .rules import ExchangePolicy
from .structure import CLASS_OF_KIND

_OCTETS = re.compile(r"(sent|received):([0-9]{1,10})-([0-9]{1,10})")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_SIDES: Final = {"request": Direction.SENT, "response": Direction.RECEIVED}
_DIRECTIONS: Final = {"sent": Direction.SENT, "received": Direction.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class OctetsName:
    """Octets start … end - 1 of a direction, whatever they mean; all of them when `whole`."""

    start: int
    end: int
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A named part of one direction: header value or JSON leaf value, as a set of ranges and its lexical class."""

    what: HeaderName | JsonPath | OctetsName
    direction: Direction
    ranges: RangeSet
    lexical_class: LexicalClass

    @property
    def name(self) -> str:
        """The name, spelled out only when it is asked for: deep paths repeat each other's beginnings."""
        side = _side(self.direction)
        if isinstance(self.what, HeaderName):
            return f"{side}:header:{self.what.name}"
        if isinstance(self.what, JsonPath):
            return f"{side}:json:{self.what.text}"
        whole = self.direction.name.lower()
        return whole if self.what.whole else f"{whole}:{self.what.start}-{self.what.end}"


def _side(direction: Direction) -> str:
    return "request" if direction is Direction.SENT else "response"


def _request(octets: bytes) -> ReadMessage[HttpRequest]:
    return read_request(MaskedOctets.whole(octets), server_name=None, policy=ExchangePolicy())


def read_transcript(transcript: Transcript, *, closure: Closure = Closure.CLOSE_NOTIFY) -> ReadExchange:
    """The Prover's own reading of its exchange; refuses with the reasons of the structure page.

    Before the attestation the closure is not known; then a response without framing is taken as complete.
    """
    request = _request(transcript.sent)
    response = read_response(
        MaskedOctets.whole(transcript.received), method=request.message.method, closure=closure
    )
    return ReadExchange(request=request, response=response)


def read_direction(transcript: Transcript, direction: Direction) -> ReadMessage[HttpMessage]:
    """The message of one direction; the response is read after its request."""
    if direction is Direction.SENT:
        return _request(transcript.sent)
    return read_transcript(transcript).response


def find_token(transcript: Transcript, direction: Direction, name: str) -> Token:
    """The token that a name of the structure page, section 5, stands for: `header NAME`, or a path from `$` on.

    Run by the Prover. Refuses with `structure/malformed-name`, `structure/unknown-name` and what makes the message
    unreadable.
    """
    if direction is Direction.SENT:
        return _request(transcript.sent).find(parse_name(name))
    return read_transcript(transcript).find(direction, name)


def _field(what: HeaderName | JsonPath, token: Token) -> Field:
    # Of a Prover's token the kind is always known: nothing of its own transcript is redacted.
    lexical_class = LexicalClass.ANY if token.kind is None else CLASS_OF_KIND[token.kind]
    return Field(
        what=what,
        direction=token.direction,
        ranges=RangeSet(ranges=token.ranges),
        lexical_class=lexical_class,
    )


def header_fields(transcript: Transcript, direction: Direction) -> tuple[Field, ...]:
    """The non-empty header values of a message."""
    read = read_direction(transcript, direction)
    return tuple(
        _field(HeaderName(name=each.name), read.header_token(each))
        for each in read.message.fields
        if each.value.start < each.value.end
    )


def json_fields(transcript: Transcript, direction: Direction) -> tuple[Field, ...]:
    """The non-empty JSON leaf values of a message's content; none when that is not JSON."""
    read = read_direction(transcript, direction)
    return tuple(
        _field(JsonPath(steps=steps), read.value_token(value))
        for steps, value in read.values()
        if value.start < value.end
    )


def find_field(transcript: Transcript, name: str) -> Field:
    """The part a name stands for; refuses with `http/unknown-field` what is not there, or there more than once.

    Names of header fields may be written in any case here.
    """
    return find_fields(transcript, (name,))[0]


def find_fields(transcript: Transcript, names: Iterable[str]) -> tuple[Field, ...]:
    """The parts that names stand for, in order; each message is read once, and only when a name needs it."""
    read: dict[Direction, ReadMessage[HttpMessage]] = {}
    found: list[Field] = []
    for name in names:
        octets = _find_octets(transcript, name)
        if octets is not None:
            found.append(octets)
            continue
        direction, part = parse_field_name(name)
        if direction not in read:
            read[direction] = read_direction(transcript, direction)
        try:
            found.append(_field(part, read[direction].find(part)))
        except Refused as refused:
            if refused.reason != "structure/unknown-name":
                raise
            raise Refused("http/unknown-field", f"{name!r}: {refused.detail}") from None
    return tuple(found)


def _find_octets(transcript: Transcript, name: str) -> Field | None:
    """What the name of a direction or of octets stands for; none for other names."""
    if name in _DIRECTIONS:
        direction = _DIRECTIONS[name]
        length = len(transcript.octets(direction))
        return _octets_field(OctetsName(start=0, end=length, whole=True), direction, length)
    octets = _OCTETS.fullmatch(name)
    if octets is None:
        return None
    direction = _DIRECTIONS[octets.group(1)]
    what = OctetsName(start=int(octets.group(2)), end=int(octets.group(3)))
    return _octets_field(what, direction, len(transcript.octets(direction)))


def parse_field_name(name: str) -> tuple[Direction, HeaderName | JsonPath]:
    """Read the name of a header or JSON value; refuses with `http/unknown-field` what is no such name."""
    side, _, rest = name.partition(":")
    kind, _, what = rest.partition(":")
    if side in _SIDES and kind == "header" and _HEADER_NAME.fullmatch(what):
        return _SIDES[side], HeaderName(name=what.lower())
    if side in _SIDES and kind == "json":
        try:
            return _SIDES[side], parse_path(what)
        except Refused as refused:
            raise Refused("http/unknown-field", f"{name!r}: {refused.detail}") from None
    raise Refused("http/unknown-field", f"{name!r} is no name of a field")


def _octets_field(what: OctetsName, direction: Direction, length: int) -> Field:
    if not 0 <= what.start < what.end <= length:
        raise Refused(
            "http/unknown-field", f"octets {what.start}-{what.end}: the direction has {length} octets"
        )
    return Field(
        what=what,
        direction=direction,
        ranges=RangeSet.of([(what.start, what.end)]),
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
        rest = disclose_all_but(transcript, direction, apart)
        if rest is not None:
            request = CommitRequest(
                direction=direction,
                ranges=rest,
                kind=HashRequest(algorithm=algorithm.value),
                lexical_class=LexicalClass.ANY,
            )
            requests.setdefault((direction, rest), request)
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
