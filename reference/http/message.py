"""One request and its response, read together: messages, contents, and every token with its place in the transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from ..foundation.errors import Refused
from ..foundation.identifiers import Closure, Direction
from ..foundation.ranges import Range
from .framing import frame_request, frame_response
from .head import (
    HeaderField,
    HttpMessage,
    HttpRequest,
    HttpResponse,
    check_size,
    read_head,
    read_request_line,
    read_start_line,
    read_status_line,
)
from .json_values import JsonArray, JsonNode, JsonObject, JsonValue, TokenKind, read_json
from .masked import MaskedOctets
from .names import HeaderName, JsonPath, Step, parse_name
from .rules import (
    ExchangePolicy,
    check_coding,
    check_redactable,
    check_request,
    check_response,
    holds_json,
    redactable_in_response,
)

M = TypeVar("M", bound=HttpMessage)
M_co = TypeVar("M_co", bound=HttpMessage, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A leaf of a message's structure: a header value, or a JSON string (without quotes), number or literal.

    `ranges` is where its octets stand in `direction`, in the form of a canonical RangeSet's ranges (several where chunk
    framing lies between). A revealed token has `octets`. A redacted one has none, and in a Verifier's view `leaf` is
    the index of the commitment that is exactly this token. `kind` is none only before that commitment is known, for a
    redacted run without quotes.
    """

    kind: TokenKind | None
    direction: Direction
    ranges: tuple[Range, ...]
    octets: bytes | None = field(repr=False)
    leaf: int | None = None

    @property
    def redacted(self) -> bool:
        """Whether its octets are unknown."""
        return self.octets is None

    @property
    def length(self) -> int:
        """How many octets it has."""
        return sum(len(each) for each in self.ranges)

    def resolved(self, kind: TokenKind, leaf: int) -> Token:
        """The same token, with its kind and the index of its leaf known."""
        return replace(self, kind=kind, leaf=leaf)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage(Generic[M_co]):
    """A message as it was read: where its parts stand, and the structure of its content if that is JSON."""

    direction: Direction
    message: M_co
    octets: MaskedOctets
    root: JsonNode | None

    def header_token(self, header: HeaderField) -> Token:
        """The value of a header field, which must not be empty."""
        start, end = header.value.pair
        return Token(
            kind=TokenKind.HEADER_VALUE,
            direction=self.direction,
            ranges=(Range(start=start, end=end),),
            octets=None if header.redacted else self.octets.octets[start:end],
        )

    def value_token(self, value: JsonValue) -> Token:
        """A JSON value, which must not be an empty string."""
        spans = self.message.body.positions(value.start, value.end)
        shown = b"".join(self.octets.octets[each.start : each.end] for each in spans)
        return Token(
            kind=value.kind,
            direction=self.direction,
            ranges=tuple(Range(start=each.start, end=each.end) for each in spans),
            octets=None if value.redacted else shown,
        )

    def values(self) -> Iterator[tuple[tuple[Step, ...], JsonValue]]:
        """The leaf values of the content with the steps that lead to them, in the order of the text."""
        if self.root is not None:
            yield from _values(self.root, ())

    def redacted_tokens(self) -> Iterator[Token]:
        """The redacted tokens, in the order of the transcript."""
        for each in self.message.fields:
            if each.redacted:
                yield self.header_token(each)
        for _, value in self.values() if self.octets.redacted else ():
            if value.redacted:
                yield self.value_token(value)

    def find(self, name: HeaderName | JsonPath) -> Token:
        """The token that a name stands for.

        Refuses with `structure/unknown-name` what is not there, there more than once, no leaf value, or empty.
        """
        if isinstance(name, HeaderName):
            fields = self.message.named(name.name)
            if len(fields) != 1 or fields[0].value.start == fields[0].value.end:
                raise Refused("structure/unknown-name", f"header {name.name}: {len(fields)} fields, or empty")
            return self.header_token(fields[0])
        node = self.root
        for step in name.steps:
            node = _step(node, step)
        if not isinstance(node, JsonValue) or node.start == node.end:
            raise Refused("structure/unknown-name", "the path leads to no value that has octets")
        return self.value_token(node)


def _values(node: JsonNode, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], JsonValue]]:
    if isinstance(node, JsonValue):
        yield steps, node
    elif isinstance(node, JsonObject):
        for name, member in node.members.items():
            yield from _values(member, (*steps, name))
    else:
        for index, item in enumerate(node.items):
            yield from _values(item, (*steps, index))


def _step(node: JsonNode | None, step: Step) -> JsonNode | None:
    if isinstance(node, JsonObject) and isinstance(step, str):
        return node.members.get(step)
    if isinstance(node, JsonArray) and isinstance(step, int) and step < len(node.items):
        return node.items[step]
    return None


def read_request(
    octets: MaskedOctets, *, server_name: str | None, policy: ExchangePolicy
) -> ReadMessage[HttpRequest]:
    """Read exactly one request, by the structure page, sections 2 and 3, in their order.

    Without a server name, as before a session, the value of Host is not compared.
    """
    check_size(octets)
    start_line = read_start_line(octets)
    method, target = read_request_line(octets, start_line)
    head = read_head(octets, start_line)
    check_redactable(head, policy.redactable_in_request)
    check_request(octets, head, method=method, target=target, server_name=server_name, policy=policy)
    check_coding(octets, head)
    body = frame_request(octets, head)
    return _read_content(
        Direction.SENT, octets, HttpRequest(head=head, body=body, method=method, target=target)
    )


def read_response(octets: MaskedOctets, *, method: str, closure: Closure) -> ReadMessage[HttpResponse]:
    """Read exactly one final response to a request with this method; as `read_request` reads requests."""
    check_size(octets)
    start_line = read_start_line(octets)
    status = read_status_line(octets, start_line)
    head = read_head(octets, start_line)
    check_redactable(head, redactable_in_response)
    check_response(head, status=status)
    check_coding(octets, head)
    body = frame_response(octets, head, status=status, method=method, closure=closure)
    return _read_content(Direction.RECEIVED, octets, HttpResponse(head=head, body=body, status=status))


def _read_content(direction: Direction, octets: MaskedOctets, message: M) -> ReadMessage[M]:
    content = octets.gather(message.body.pairs())
    root = None
    if holds_json(octets, message.head):
        root = read_json(content) if len(content) else None
    elif content.redacted:
        raise Refused("structure/redaction-outside-token", "in content that is not JSON")
    return ReadMessage(direction=direction, message=message, octets=octets, root=root)


def parse_request(octets: bytes) -> HttpRequest:
    """Read one whole request of which nothing is redacted; refuses as `read_request` does."""
    masked = MaskedOctets.whole(octets)
    return read_request(masked, server_name=None, policy=ExchangePolicy()).message


def parse_response(
    octets: bytes, *, method: str = "GET", closure: Closure = Closure.CLOSE_NOTIFY
) -> HttpResponse:
    """Read one whole final response, of which nothing is redacted, to a request with this method."""
    return read_response(MaskedOctets.whole(octets), method=method, closure=closure).message


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExchange:
    """Both messages of an exchange."""

    request: ReadMessage[HttpRequest]
    response: ReadMessage[HttpResponse]

    def message(self, direction: Direction) -> ReadMessage[HttpMessage]:
        """The message of one direction."""
        return self.request if direction is Direction.SENT else self.response

    def find(self, direction: Direction, name: str) -> Token:
        """The token of a name; refuses with `structure/malformed-name` and `structure/unknown-name`."""
        return self.message(direction).find(parse_name(name))
