"""Random exchanges with random redactions, the leaves that an honest Notary could have signed, and an answer by others.

The answer is h11's of the message and that of Python's `json` of its content, duplicate keys refused. It is read from
the whole octets; the view under test sees only the revealed ones.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import h11
from hypothesis import strategies as st

from mpctls.reference.foundation.identifiers import Closure, Direction, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.foundation.transcript import PartialTranscript
from mpctls.reference.http.json_values import TokenKind
from mpctls.reference.http.structure import (
    CLASS_OF_KIND,
    ExchangeView,
    MessageView,
    ShownLeaf,
    structured_view,
)
from mpctls.reference.mpc.circuits.automata import AUTOMATA

from .exchanges import SERVER, hide, leaf

Span = tuple[int, int]
Draw = Callable[..., Any]
_UNITS: Final = (
    *"abA1 {}[]:,.-'/",
    *("true", "12", "é", "\U0001f600", "\x7f"),
    *(r"\"", r"\\", r"\/", r"\n", r"\u0041", r"\u00e9", r"\ud83d\ude00", r"\u0000"),
)
_NAMES: Final = ("a", r"\u0061", "b", "", "balance", "é", r"\"", "a.b", "0")
_NUMBERS: Final = ("0", "-0", "7", "-12", "1.50", "1e3", "-2.5E+10", "123456789012345678901234567890")
_LITERALS: Final = ("true", "false", "null")
_SPACES: Final = ("", "", "", " ", "\r\n\t")
_JSON_TYPE: Final = re.compile(
    rb"[ \t]*(application/json|[^;]*\+json)[ \t]*(;.*)?", re.IGNORECASE | re.DOTALL
)
_VALUES: Final = ("", "x", "a=b; c", '"q"', "1\t2", "\xe9", ":", "close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text; `kind` when it is a token."""

    text: bytes
    kind: TokenKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One direction: its octets, the tokens that may be hidden as sets of positions, and what of it is hidden."""

    octets: bytes
    tokens: tuple[tuple[RangeSet, TokenKind], ...]
    content: tuple[int, ...]
    hidden: tuple[Span, ...]

    def unknown(self) -> frozenset[int]:
        """The positions that are hidden."""
        return frozenset(position for start, end in self.hidden for position in range(start, end))

    def is_hidden_by_tokens(self) -> bool:
        """Whether exactly whole tokens are hidden, none of them at the end of the content without quotes."""
        unknown = set(self.unknown())
        for ranges, kind in self.tokens:
            places = {position for part in ranges for position in range(part.start, part.end)}
            if places <= unknown:
                at_end = self.content and self.content[-1] in places
                if kind in (TokenKind.NUMBER, TokenKind.LITERAL) and at_end:
                    return False
                unknown -= places
        return not unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Both messages, the shown leaves, and whether nothing but whole tokens is hidden."""

    sent: Message
    received: Message
    leaves: tuple[ShownLeaf, ...]
    sound: bool

    def revealed(self, sent: bytes, received: bytes) -> Exchange:
        """Another exchange, of which nothing is hidden."""
        messages = [Message(octets=octets, tokens=(), content=(), hidden=()) for octets in (sent, received)]
        return Exchange(sent=messages[0], received=messages[1], leaves=(), sound=False)

    def view(self) -> ExchangeView:
        """The view of what is revealed."""
        partial = PartialTranscript(
            sent=hide(self.sent.octets, self.sent.hidden),
            received=hide(self.received.octets, self.received.hidden),
        )
        return structured_view(partial, self.leaves, Closure.CLOSE_NOTIFY, SERVER)


# ── Texts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _json_pieces(draw: Draw, depth: int) -> Iterator[Piece]:
    shape = draw(st.integers(0, 9)) if depth < 4 else draw(st.integers(0, 5))
    if shape < 2:
        yield Piece(text=b'"')
        units = draw(st.lists(st.sampled_from(_UNITS), max_size=5))
        yield Piece(text="".join(units).encode(), kind=TokenKind.STRING)
        yield Piece(text=b'"')
    elif shape < 4:
        yield Piece(text=draw(st.sampled_from(_NUMBERS)).encode(), kind=TokenKind.NUMBER)
    elif shape < 6:
        yield Piece(text=draw(st.sampled_from(_LITERALS)).encode(), kind=TokenKind.LITERAL)
    else:
        named = shape > 7
        yield Piece(text=b"{" if named else b"[")
        names = draw(st.lists(st.sampled_from(_NAMES), max_size=3))
        for place, name in enumerate(names):
            yield Piece(text=b"," if place else b"")
            yield _space(draw)
            if named:
                yield Piece(text=f'"{name}"'.encode())
                yield _space(draw)
                yield Piece(text=b":")
                yield _space(draw)
            yield from _json_pieces(draw, depth + 1)
            yield _space(draw)
        yield Piece(text=b"}" if named else b"]")


def _space(draw: Draw) -> Piece:
    return Piece(text=draw(st.sampled_from(_SPACES)).encode())


def _field_pieces(draw: Draw, name: str, value: str) -> Iterator[Piece]:
    yield Piece(text=name.encode() + b":" + draw(st.sampled_from((b"", b" ", b"\t "))))
    yield Piece(text=value.encode("latin-1"), kind=TokenKind.HEADER_VALUE)
    yield Piece(text=draw(st.sampled_from((b"", b"", b" "))) + b"\r\n")


def _message(draw: Draw, first: bytes, names: tuple[str, ...], *, close: bool) -> Message:
    """A message with random fields, content, framing and redactions."""
    body = [] if draw(st.integers(0, 7)) == 0 else [_space(draw), *_json_pieces(draw, 0), _space(draw)]
    length = sum(len(each.text) for each in body)
    framing = draw(st.sampled_from(("length", "chunked", "close") if close else ("length", "chunked")))
    fields = [
        (name, draw(st.sampled_from(_VALUES))) for name in draw(st.lists(st.sampled_from(names), max_size=3))
    ]
    fields.append(("Content-Type", draw(st.sampled_from(("application/json", "a/b+JSON;c", "text/plain")))))
    if framing == "length":
        fields.append(("Content-Length", str(length)))
    elif framing == "chunked":
        fields.append(("Transfer-Encoding", "chunked"))
    octets = bytearray(first + b"\r\n")
    tokens: list[tuple[RangeSet, TokenKind]] = []
    borders = [0]
    for name, value in fields:
        for piece in _field_pieces(draw, name, value):
            if piece.kind is not None and piece.text and name in names:
                tokens.append((RangeSet.of([(len(octets), len(octets) + len(piece.text))]), piece.kind))
            octets += piece.text
            borders.append(len(octets))
    octets += b"\r\n"
    is_json = b"json" in bytes(octets).lower()
    text = b"".join(each.text for each in body)
    content: list[int] = []
    while framing == "chunked" and len(content) < length:
        size = min(draw(st.integers(1, 9) | st.just(length)), length - len(content))
        octets += b"%x\r\n" % size
        octets += text[len(content) : len(content) + size] + b"\r\n"
        content += range(len(octets) - 2 - size, len(octets) - 2)
    if framing == "chunked":
        octets += b"0\r\n\r\n"
    else:
        content = [*range(len(octets), len(octets) + length)]
        octets += text
    offset = 0
    for piece in body:
        end = offset + len(piece.text)
        if piece.kind is not None and piece.text and is_json:
            tokens.append((RangeSet.of((at, at + 1) for at in content[offset:end]), piece.kind))
        borders += content[offset:end][:1]
        offset = end
    hidden = _hidden(draw, len(octets), tokens, borders)
    return Message(octets=bytes(octets), tokens=tuple(tokens), content=tuple(content), hidden=hidden)


# ── Redactions and leaves ──────────────────────────────────────────────────────────────────────────────────────────


def _hidden(
    draw: Draw, length: int, tokens: list[tuple[RangeSet, TokenKind]], borders: list[int]
) -> tuple[Span, ...]:
    """Whole tokens, and runs from about one border of pieces to about another."""
    hidden: list[Span] = []
    borders = sorted(
        {*borders, *(at for ranges, _ in tokens for part in ranges for at in (part.start, part.end))}
    )
    if tokens:
        for ranges, _ in draw(st.lists(st.sampled_from(tokens), max_size=3)):
            hidden += [(part.start, part.end) for part in ranges]
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        start = min(max(draw(st.sampled_from(borders)) + draw(st.integers(-2, 2)), 0), length - 1)
        following = [each for each in borders if each > start][:6]
        size = draw(st.integers(1, 4) | st.sampled_from([each - start for each in following] or [1]))
        hidden.append((start, min(start + size, length)))
    return tuple(hidden)


def _leaves(direction: Direction, message: Message) -> Iterator[tuple[RangeSet, LexicalClass]]:
    """Leaves over whole tokens, over each hidden run, and over each run of the content: all the classes they have."""
    unknown = message.unknown()
    candidates = [ranges for ranges, _ in message.tokens]
    for positions in (range(len(message.octets)), message.content):
        run: list[Span] = []
        for position in [*positions, -1]:
            if position in unknown:
                run.append((position, position + 1))
            elif run:
                candidates.append(RangeSet.of(run))
                run = []
    seen: set[RangeSet] = set()
    for ranges in candidates:
        if ranges not in seen:
            seen.add(ranges)
            octets = ranges.select(message.octets)
            for lexical_class in LexicalClass:
                if lexical_class is LexicalClass.ANY or AUTOMATA[lexical_class.label].accepts(octets):
                    yield ranges, lexical_class


@st.composite
def exchanges(draw: Draw) -> Exchange:
    """An exchange of one request, by a method that has content or none, and its response."""
    method = draw(st.sampled_from((b"POST", b"PUT", b"GET")))
    first = method + b" /a?b=c HTTP/1.1\r\nHost: " + SERVER.encode()
    sent = _message(draw, first, ("Cookie", "Authorization"), close=False)
    received = _message(draw, b"HTTP/1.1 200 OK", ("Server", "Set-Cookie", "X-A"), close=True)
    leaves: list[ShownLeaf] = []
    for direction, message in ((Direction.SENT, sent), (Direction.RECEIVED, received)):
        for ranges, lexical_class in _leaves(direction, message):
            leaves.append((len(leaves), leaf(direction, ranges, lexical_class)))
    return Exchange(
        sent=sent,
        received=received,
        leaves=tuple(leaves),
        sound=sent.is_hidden_by_tokens() and received.is_hidden_by_tokens(),
    )


# ── The answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


class AmbiguousError(ValueError):
    """A text that has no one meaning."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


Answer = tuple[list[tuple[str, bytes]], bytes, list[tuple[tuple[str | int, ...], str, str]]]
"""Header fields, content, and every leaf value of it: where it is, what it is, and its text."""


def by_others(octets: bytes, direction: Direction, method: bytes) -> Answer:
    """What h11 and `json` read in a whole message; raises AmbiguousError and h11's errors."""
    connection = h11.Connection(h11.CLIENT if direction is Direction.RECEIVED else h11.SERVER)
    if direction is Direction.RECEIVED:
        connection.send(h11.Request(method=method, target="/", headers=[("host", "h")]))
        connection.send(h11.EndOfMessage())
    connection.receive_data(octets)
    connection.receive_data(b"")
    fields: list[tuple[str, bytes]] = []
    content = b""
    while not isinstance(event := connection.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Request | h11.Response):
            fields = [(bytes(name).decode("ascii"), bytes(value)) for name, value in event.headers]
        elif isinstance(event, h11.Data):
            content += bytes(event.data)
        else:
            raise AmbiguousError(repr(event))
    types = [value for name, value in fields if name == "content-type"]
    is_json = len(types) == 1 and _JSON_TYPE.fullmatch(types[0]) is not None and len(content) > 0
    return fields, content, [*_leaf_values(_decode(content), ())] if is_json else []


def _decode(content: bytes) -> Any:
    def closed(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise AmbiguousError("duplicate")
        return dict(pairs)

    return json.loads(content.decode(), object_pairs_hook=closed, parse_int=_Number, parse_float=_Number)


def _leaf_values(
    value: Any, steps: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for step, item in items:
            yield from _leaf_values(item, (*steps, step))
    elif isinstance(value, _Number):
        yield steps, "number", str(value)
    elif isinstance(value, str):
        yield steps, "string", value
    else:
        yield steps, "literal", json.dumps(value)


def by_view(view: MessageView, octets: bytes) -> Answer:
    """The same out of a view, every redacted token filled in from the octets it claims to be.

    A token that is no exact piece of the message would fill in something else than it hides.
    """
    fields: list[tuple[str, bytes]] = []
    for each in view.fields:
        value = b"".join(octets[part.start : part.end] for part in each.value.ranges) if each.value else b""
        assert each.value is None or each.value.octets in (None, value)
        # Of a hidden value nobody sees whether its outermost octets are white space, which is none of the value.
        hidden = each.value is not None and each.value.redacted
        fields.append((each.name, value.strip(b" \t") if hidden else value))
    values: list[tuple[tuple[str | int, ...], str, str]] = []
    for steps, token in view.tokens():
        if token is None:
            values.append((steps, "string", ""))
            continue
        text = b"".join(octets[part.start : part.end] for part in token.ranges)
        assert token.octets in (None, text)
        assert token.kind is not None and AUTOMATA[CLASS_OF_KIND[token.kind].label].accepts(text)
        if token.kind is TokenKind.STRING:
            values.append((steps, "string", json.loads(b'"' + text + b'"')))
        else:
            values.append((steps, token.kind.value, text.decode()))
    spans = view.read.message.body.pairs()
    return fields, b"".join(octets[start:end] for start, end in spans), values
