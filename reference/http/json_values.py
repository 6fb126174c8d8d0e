"""The structure of a JSON text (RFC 8259) of which whole values may be redacted: an own strict parser on octets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from ..foundation.errors import Refused
from .masked import MaskedOctets

MAXIMUM_DEPTH: Final = 64
MAXIMUM_VALUES: Final = 100_000
MAXIMUM_NAME: Final = 4096
"""Characters of a member's name."""

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Possessive repetition: a string is read once, and nothing is kept for going back. Before Python 3.11.5 a possessive
# group forgets where a branch began that fails (gh-106052): so where a string stops is found in parts, without.
_PIECE: Final = rb'(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})'
_STRING = re.compile(rb'"' + _PIECE + rb'*+"')
_PIECES = re.compile(_PIECE + rb"{1,1000}")
_BEGUN_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{0,3})?")
_WORD = re.compile(rb'[^ \t\n\r,:"\[\]{}]++')
_WHITE_SPACE = re.compile(rb"[ \t\n\r]*+")
_LITERALS: Final = frozenset({b"true", b"false", b"null"})
_AFTER_VALUE: Final = b" \t\n\r,]}"


class TokenKind(Enum):
    """What a token is: the interior of a string, a number, a literal, or the value of a header field."""

    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    HEADER_VALUE = "header value"


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonValue:
    """A leaf value: octets start … end - 1 of the content, those of a string without its quotes.

    `kind` is none for a redacted run without quotes: a number or a literal, which only its commitment's class says.
    """

    kind: TokenKind | None
    start: int
    end: int
    redacted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonObject:
    """An object: its members by their names, unescaped, in the order of the text."""

    members: Mapping[str, JsonNode] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonArray:
    """An array: its elements in order."""

    items: tuple[JsonNode, ...] = field(repr=False)


JsonNode = JsonValue | JsonObject | JsonArray


def read_json(text: MaskedOctets) -> JsonNode:
    """The structure of one JSON text, each redacted run of which is one whole leaf value.

    Time and memory are linear in the text. Refuses with `structure/redacted-key`, `…/redaction-outside-token`,
    `…/not-json`, `…/duplicate-key`, `…/too-deep` and `…/too-large`: the first fault from the left.
    """
    reader = _Reader(text)
    node, position = reader.value(reader.space(0), 0)
    position = reader.space(position)
    if position != len(text):
        raise reader.fault(position)
    return node


def unescape(octets: bytes) -> str:
    """The characters of a string in its quotes; raises ValueError for what is no UTF-8 or holds lone surrogates."""
    text: str = json.loads(octets.decode("utf-8"))
    text.encode("utf-8")
    return text


class _Reader:
    def __init__(self, text: MaskedOctets) -> None:
        self._text = text
        self._octets = text.octets
        self._values = 0

    def space(self, position: int) -> int:
        found = _WHITE_SPACE.match(self._octets, position)
        return found.end() if found else position

    def fault(self, position: int) -> Refused:
        """Why the text cannot be read on at this octet."""
        if self._text.is_redacted(position):
            return Refused("structure/redaction-outside-token", f"octet {position} of the content")
        return Refused("structure/not-json", f"octet {position} of the content")

    def _at(self, position: int) -> bytes:
        return self._octets[position : position + 1]

    def value(self, position: int, depth: int) -> tuple[JsonNode, int]:
        """The value at `position`, `depth` arrays and objects around it, and the position after it."""
        if depth > MAXIMUM_DEPTH:
            raise Refused("structure/too-deep", f"more than {MAXIMUM_DEPTH} arrays and objects in each other")
        self._values += 1
        if self._values > MAXIMUM_VALUES:
            raise Refused("structure/too-large", f"more than {MAXIMUM_VALUES} values")
        octet = self._at(position)
        if octet == b"{":
            return self._object(position + 1, depth)
        if octet == b"[":
            return self._array(position + 1, depth)
        if octet == b'"':
            return self._string_value(position)
        return self._word(position)

    def _word(self, position: int) -> tuple[JsonNode, int]:
        """A number or a literal: everything up to what cannot belong to one."""
        found = _WORD.match(self._octets, position)
        if found is None:
            raise self.fault(position)
        end = found.end()
        run = self._text.run_at(position)
        if run is not None and run.end == end and self._at(end) and self._at(end) in _AFTER_VALUE:
            return JsonValue(kind=None, start=position, end=end, redacted=True), end
        if self._text.touches(position, end):
            raise Refused("structure/redaction-outside-token", f"octet {position} of the content")
        if _NUMBER.fullmatch(found.group(0)):
            return JsonValue(kind=TokenKind.NUMBER, start=position, end=end), end
        if found.group(0) in _LITERALS:
            return JsonValue(kind=TokenKind.LITERAL, start=position, end=end), end
        raise self.fault(position)

    def _string_value(self, position: int) -> tuple[JsonNode, int]:
        run = self._text.run_at(position + 1)
        if run is not None and self._at(run.end) == b'"':
            value = JsonValue(kind=TokenKind.STRING, start=run.start, end=run.end, redacted=True)
            return value, run.end + 1
        _, end = self._string(position)
        return JsonValue(kind=TokenKind.STRING, start=position + 1, end=end - 1), end

    def _string(self, position: int) -> tuple[str, int]:
        """The characters of the revealed string at `position`, and the position after it."""
        found = _STRING.match(self._octets, position)
        if found is None:
            raise self.fault(self._stop(position))
        try:
            return unescape(found.group(0)), found.end()
        except ValueError:
            raise self.fault(position) from None

    def _stop(self, position: int) -> int:
        """The first octet with which the string at `position` cannot go on."""
        stop = position
        if self._octets[position : position + 1] == b'"':
            stop += 1
            while pieces := _PIECES.match(self._octets, stop):
                stop = pieces.end()
        escape = _BEGUN_ESCAPE.match(self._octets, stop)
        return escape.end() if escape else stop

    def _name(self, position: int) -> tuple[str, int]:
        if self._at(position) != b'"':
            raise self.fault(position)
        if self._text.is_redacted(self._stop(position)):
            raise Refused("structure/redacted-key", f"octet {position} of the content")
        name, end = self._string(position)
        if len(name) > MAXIMUM_NAME:
            raise Refused("structure/too-large", f"a name of more than {MAXIMUM_NAME} characters")
        return name, end

    def _object(self, position: int, depth: int) -> tuple[JsonObject, int]:
        members: dict[str, JsonNode] = {}
        position = self.space(position)
        if self._at(position) == b"}":
            return JsonObject(members=members), position + 1
        while True:
            start = position
            name, position = self._name(start)
            if name in members:
                raise Refused("structure/duplicate-key", f"octet {start} of the content")
            position = self.space(position)
            if self._at(position) != b":":
                raise self.fault(position)
            members[name], position = self.value(self.space(position + 1), depth + 1)
            position = self.space(position)
            if self._at(position) == b"}":
                return JsonObject(members=members), position + 1
            if self._at(position) != b",":
                raise self.fault(position)
            position = self.space(position + 1)

    def _array(self, position: int, depth: int) -> tuple[JsonArray, int]:
        items: list[JsonNode] = []
        position = self.space(position)
        if self._at(position) == b"]":
            return JsonArray(items=()), position + 1
        while True:
            item, position = self.value(position, depth + 1)
            items.append(item)
            position = self.space(position)
            if self._at(position) == b"]":
                return JsonArray(items=tuple(items)), position + 1
            if self._at(position) != b",":
                raise self.fault(position)
            position = self.space(position + 1)
