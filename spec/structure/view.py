"""A structured view of an exchange: every redacted run is one whole token with a leaf of its own, or there is no view.

`field` is how anything beyond octets is said about an exchange: a name resolves to one token, on both sides by the
same rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ..commitments import EncodingCommitment, HashCommitment
from ..identifiers import Closure, Direction, LexicalClass
from ..ranges import RangeSet
from ..reasons import Reason, Rejection
from ..transcript import PartialTranscript
from .head import HeaderField
from .json_text import Array, Leaf, Object, Shape, Value
from .message import Message, RequestPolicy, read_request, read_response
from .names import HeaderName, JsonPath, read_name
from .octets import octets_of

ShownLeaf = HashCommitment | EncodingCommitment


class Kind(Enum):
    """What a token is."""

    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    HEADER_VALUE = "header value"


CLASS_OF = {
    Kind.STRING: LexicalClass.JSON_STRING_INTERIOR,
    Kind.NUMBER: LexicalClass.JSON_NUMBER,
    Kind.LITERAL: LexicalClass.JSON_LITERAL,
    Kind.HEADER_VALUE: LexicalClass.HEADER_VALUE,
}

_KINDS_OF = {
    Shape.STRING: (Kind.STRING,),
    Shape.NUMBER: (Kind.NUMBER,),
    Shape.LITERAL: (Kind.LITERAL,),
    Shape.REDACTED_UNQUOTED: (Kind.NUMBER, Kind.LITERAL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A header value or a JSON leaf value: its octets when they are revealed, else the leaf that commits to them."""

    kind: Kind
    direction: Direction
    ranges: RangeSet
    octets: bytes | None
    leaf: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredView:
    """An exchange of which every redacted run is a token."""

    request: Message
    response: Message
    leaves: Mapping[int, ShownLeaf]

    def field(self, side: Direction, name: str) -> Token:
        """Return the token that a name stands for: `header NAME` or a path, structure.md section 5.

        Rejects with structure/malformed-name, structure/unknown-name.
        """
        message = self.request if side is Direction.SENT else self.response
        match read_name(name):
            case HeaderName(name=header):
                return self._header_value(message, header)
            case JsonPath(steps=steps):
                return self._json_leaf(message, steps)

    def _header_value(self, message: Message, name: str) -> Token:
        found = [field for field in message.fields if field.name == name]
        if len(found) != 1 or found[0].start == found[0].end:
            raise Rejection(Reason.STRUCTURE_UNKNOWN_NAME, f"header {name}")
        return token_of_header(message, found[0], self.leaves)

    def _json_leaf(self, message: Message, steps: Sequence[str | int]) -> Token:
        value = message.json
        for step in steps:
            match value, step:
                case Object(members=members), str() if step in members:
                    value = members[step]
                case Array(values=values), int() if step < len(values):
                    value = values[step]
                case _:
                    raise Rejection(Reason.STRUCTURE_UNKNOWN_NAME, "the path leads nowhere")
        if not isinstance(value, Leaf) or value.start == value.end:
            raise Rejection(Reason.STRUCTURE_UNKNOWN_NAME, "no octets of a leaf value stand there")
        return token_of_json(message, value, self.leaves)


def structured_view(
    partial: PartialTranscript,
    leaves: Mapping[int, ShownLeaf],
    closure: Closure,
    server_name: str | None,
    policy: RequestPolicy,
) -> StructuredView:
    """Return the view of an exchange of which a Verifier has `partial` and is shown these leaves.

    Run by the Verifier. Requires that transcript and leaves are authenticated and that the name, when there is one,
    is proved. Rejects with the reasons of structure.md, in its order.
    """
    if server_name is None:
        raise Rejection(Reason.STRUCTURE_IDENTITY_REQUIRED)
    request = read_request(octets_of(partial.sent), server_name, policy)
    method = request.request.method if request.request is not None else ""
    response = read_response(
        octets_of(partial.received),
        method,
        end_is_authenticated=closure is Closure.CLOSE_NOTIFY_RECEIVED,
    )
    for message in (request, response):
        for field in message.fields:
            if field.value is None:
                token_of_header(message, field, leaves)
        for leaf in _leaf_values(message.json):
            if leaf.octets is None:
                token_of_json(message, leaf, leaves)
    return StructuredView(request=request, response=response, leaves=leaves)


def _leaf_values(value: Value | None) -> Iterator[Leaf]:
    """Return the leaf values of a JSON text in its order."""
    match value:
        case Leaf():
            yield value
        case Array(values=values):
            for each in values:
                yield from _leaf_values(each)
        case Object(members=members):
            for each in members.values():
                yield from _leaf_values(each)


def token_of_header(message: Message, field: HeaderField, leaves: Mapping[int, ShownLeaf]) -> Token:
    """Return the token of a header field's value, which is not empty."""
    ranges = RangeSet.of((field.start, field.end))
    return _token(message.direction, ranges, field.value, (Kind.HEADER_VALUE,), leaves)


def token_of_json(message: Message, leaf: Leaf, leaves: Mapping[int, ShownLeaf]) -> Token:
    """Return the token of a JSON leaf value, which is not empty: in several ranges where chunks end within it."""
    ranges = RangeSet.holding(message.content[leaf.start : leaf.end])
    if ranges is None:
        raise Rejection(Reason.STRUCTURE_UNKNOWN_NAME, "an empty string has no octets")
    return _token(message.direction, ranges, leaf.octets, _KINDS_OF[leaf.shape], leaves)


def _token(
    direction: Direction,
    ranges: RangeSet,
    octets: bytes | None,
    kinds: Sequence[Kind],
    leaves: Mapping[int, ShownLeaf],
) -> Token:
    if octets is not None:
        return Token(kind=kinds[0], direction=direction, ranges=ranges, octets=octets, leaf=None)
    where = f"{direction.name} octets {ranges.ranges[0].start} to {ranges.ranges[-1].end - 1}"
    found = [
        index
        for index in sorted(leaves)
        if leaves[index].direction is direction and leaves[index].ranges == ranges
    ]
    if not found:
        raise Rejection(Reason.STRUCTURE_REDACTION_WITHOUT_LEAF, where)
    for index in found:
        for kind in kinds:
            if leaves[index].lexical_class is CLASS_OF[kind]:
                return Token(kind=kind, direction=direction, ranges=ranges, octets=None, leaf=index)
    raise Rejection(Reason.STRUCTURE_CLASS_MISMATCH, where)
