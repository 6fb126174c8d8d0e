"""The structured view: what a Verifier may believe about the parts of an exchange of which some are redacted.

It is worth what it refuses: one redacted run that is not proved to be one whole token, and there is no view at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ..foundation.artifacts import TranscriptCommitment
from ..foundation.errors import Refused
from ..foundation.identifiers import Closure, Direction, LexicalClass
from ..foundation.ranges import Range
from ..foundation.transcript import PartialTranscript
from .head import HttpMessage
from .json_values import JsonNode, JsonValue, TokenKind
from .masked import MaskedOctets
from .message import ReadExchange, ReadMessage, Token, read_request, read_response
from .names import Step
from .rules import ExchangePolicy

KIND_OF_CLASS: Final[Mapping[LexicalClass, TokenKind]] = {
    LexicalClass.HEADER_VALUE: TokenKind.HEADER_VALUE,
    LexicalClass.JSON_STRING_INTERIOR: TokenKind.STRING,
    LexicalClass.JSON_NUMBER: TokenKind.NUMBER,
    LexicalClass.JSON_LITERAL: TokenKind.LITERAL,
}
CLASS_OF_KIND: Final[Mapping[TokenKind, LexicalClass]] = {
    kind: lexical_class for lexical_class, kind in KIND_OF_CLASS.items()
}
_UNQUOTED: Final = frozenset({TokenKind.NUMBER, TokenKind.LITERAL})

ShownLeaf = tuple[int, TranscriptCommitment]
"""A leaf of the attestation's tree that a presentation shows, opened or withheld, and its index."""
_Place = tuple[Direction, tuple[Range, ...]]


class ShownLeaves:
    """The shown leaves by the octets that they commit to."""

    __slots__ = ("_at",)

    def __init__(self, leaves: Iterable[ShownLeaf]) -> None:
        self._at: dict[_Place, list[tuple[int, LexicalClass]]] = {}
        for index, leaf in sorted(leaves, key=lambda shown: shown[0]):
            self._at.setdefault((leaf.direction, leaf.ranges.ranges), []).append((index, leaf.lexical_class))

    def resolve(self, token: Token) -> Token:
        """The token with its leaf: of those with exactly its octets and the class of its kind, the one first in the
        tree.

        Refuses with `structure/redaction-without-leaf` and `structure/class-mismatch`.
        """
        fitting = self._at.get((token.direction, token.ranges))
        if fitting is None:
            raise Refused("structure/redaction-without-leaf", _place(token))
        for index, lexical_class in fitting:
            kind = KIND_OF_CLASS.get(lexical_class)
            if kind is not None and (kind is token.kind or (token.kind is None and kind in _UNQUOTED)):
                return token.resolved(kind, index)
        raise Refused("structure/class-mismatch", _place(token))


def _place(token: Token) -> str:
    first, last = token.ranges[0], token.ranges[-1]
    return f"{token.direction.name.lower()} octets {first.start}-{last.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderView:
    """A header field of a view: its name in lower case, and its value, none when that is empty."""

    name: str
    value: Token | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message of an exchange: its start line's parts, header fields, and the structure of its content."""

    read: ReadMessage[HttpMessage] = field(repr=False)
    resolved: Mapping[_Place, Token] = field(repr=False)

    @property
    def direction(self) -> Direction:
        return self.read.direction

    @property
    def fields(self) -> tuple[HeaderView, ...]:
        """The header fields, in order."""
        return tuple(
            HeaderView(
                name=each.name,
                value=self._with_leaf(self.read.header_token(each))
                if each.value.start < each.value.end
                else None,
            )
            for each in self.read.message.fields
        )

    @property
    def root(self) -> JsonNode | None:
        """The structure of the content; none when that is empty or not JSON."""
        return self.read.root

    @property
    def content(self) -> bytes | None:
        """The octets of the content without chunk framing; none when some of them are redacted."""
        content = self.read.octets.gather(self.read.message.body.pairs())
        return None if content.redacted else content.octets

    def tokens(self) -> Iterator[tuple[tuple[Step, ...], Token | None]]:
        """The leaf values of JSON content with the steps that lead to them, in order; none for an empty string."""
        for steps, value in self.read.values():
            yield steps, self.token(value)

    def token(self, value: JsonValue) -> Token | None:
        """The token of a leaf value of `root`; none for an empty string, which has no octet."""
        return self._with_leaf(self.read.value_token(value)) if value.start < value.end else None

    def _with_leaf(self, token: Token) -> Token:
        return self.resolved[token.direction, token.ranges] if token.redacted else token


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """The structured view of one request and its response; made by `structured_view` alone."""

    exchange: ReadExchange = field(repr=False)
    request: MessageView
    response: MessageView
    leaves: ShownLeaves = field(repr=False)

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.exchange.request.message.method

    @property
    def target(self) -> str:
        """The target of the request, in origin form, as it was sent."""
        return self.exchange.request.message.target

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.exchange.response.message.status

    def message(self, side: Direction) -> MessageView:
        """The message of one side."""
        return self.request if side is Direction.SENT else self.response

    def field(self, side: Direction, name: str) -> Token:
        """The token that a name of the structure page, section 5, stands for: `header NAME`, or a path from `$` on.

        A revealed token has its octets, a redacted one its leaf. Refuses with `structure/malformed-name` and
        `structure/unknown-name`.
        """
        token = self.exchange.find(side, name)
        return self.message(side).resolved[token.direction, token.ranges] if token.redacted else token

    def leaf_of(self, token: Token) -> int:
        """The index of the shown leaf that commits to exactly this token, redacted or revealed, by the rules for
        redacted ones; refuses with `structure/redaction-without-leaf` and `structure/class-mismatch`."""
        leaf = self.leaves.resolve(token).leaf
        if leaf is None:
            raise Refused("structure/redaction-without-leaf", _place(token))
        return leaf


def structured_view(
    transcript: PartialTranscript,
    leaves: Iterable[ShownLeaf],
    closure: Closure,
    server_name: str | None,
    policy: ExchangePolicy | None = None,
) -> ExchangeView:
    """The view of an exchange, or the first reason of the structure page why there is none.

    Run by the Verifier on what a verified presentation holds: the authenticated octets, the shown leaves (opened and
    withheld), the attested closure and the proven server name; `policy` is the Verifier's own. Time and memory are
    linear in the transcript. Refuses with `structure/…`, and with `structure/identity-required` when no server name is
    proven.
    """
    if server_name is None:
        raise Refused("structure/identity-required", "the presentation proves no server name")
    sent = read_request(
        MaskedOctets.partial(transcript.sent), server_name=server_name, policy=policy or ExchangePolicy()
    )
    received = read_response(
        MaskedOctets.partial(transcript.received), method=sent.message.method, closure=closure
    )
    exchange = ReadExchange(request=sent, response=received)
    shown = ShownLeaves(leaves)
    request, response = (
        MessageView(
            read=exchange.message(direction),
            resolved={
                (each.direction, each.ranges): shown.resolve(each)
                for each in exchange.message(direction).redacted_tokens()
            },
        )
        for direction in Direction
    )
    return ExchangeView(exchange=exchange, request=request, response=response, leaves=shown)
