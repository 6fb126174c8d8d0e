"""A JSON text (RFC 8259) of which leaf values are redacted: a tree whose leaves are tokens.

A hidden run stands for one value, or the text is refused: a run that may hold more, or less, than one token could
move what stands around it to another place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ..reasons import Reason, Rejection
from .octets import Octet, end_of_run

LARGEST_DEPTH = 64
LARGEST_VALUE_COUNT = 100_000
LONGEST_NAME = 4_096

_WHITE_SPACE = frozenset(b" \t\n\r")
_BEHIND_UNQUOTED = _WHITE_SPACE | frozenset(b",]}")
_NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_UNQUOTED = frozenset(b"+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LITERALS = (b"true", b"false", b"null")


class Shape(Enum):
    """What is seen of a leaf value."""

    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    REDACTED_UNQUOTED = "redacted number or literal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf value: octets start to end - 1 of the content; of a string, what stands between its quotes."""

    shape: Shape
    start: int
    end: int
    octets: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array's values in order."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """An object's members, their names unescaped."""

    members: dict[str, Value]


Value = Leaf | Array | Object


def read_json(content: Sequence[Octet]) -> Value:
    """Return the value that a content is.

    Rejects with structure/not-json, structure/duplicate-key, structure/redacted-key,
    structure/redaction-outside-token, structure/too-deep, structure/too-large.
    """
    reader = _Reader(content)
    value = reader.value(0)
    reader.skip_white_space()
    if reader.position < len(content):
        reader.peek()  # a hidden octet has its own reason
        raise reader.not_json()
    return value


class _Reader:
    def __init__(self, content: Sequence[Octet]) -> None:
        self._content = content
        self._value_count = 0
        self.position = 0

    def not_json(self) -> Rejection:
        return Rejection(Reason.STRUCTURE_NOT_JSON, f"octet {self.position} of the content")

    def _hidden(self) -> bool:
        return self.position < len(self._content) and self._content[self.position] is None

    def peek(self) -> int:
        """Return the next octet, which must be revealed."""
        if self.position >= len(self._content):
            raise self.not_json()
        octet = self._content[self.position]
        if octet is None:
            raise self._outside()
        return octet

    def _outside(self) -> Rejection:
        return Rejection(Reason.STRUCTURE_REDACTION_OUTSIDE_TOKEN, f"octet {self.position} of the content")

    def skip_white_space(self) -> None:
        while self.position < len(self._content) and self._content[self.position] in _WHITE_SPACE:
            self.position += 1

    def _take(self, octet: bytes) -> bool:
        """Take this octet if it is the next one."""
        if self.peek() != octet[0]:
            return False
        self.position += 1
        return True

    def value(self, depth: int) -> Value:
        if depth > LARGEST_DEPTH:
            raise Rejection(Reason.STRUCTURE_TOO_DEEP)
        self._value_count += 1
        if self._value_count > LARGEST_VALUE_COUNT:
            raise Rejection(Reason.STRUCTURE_TOO_LARGE, f"more than {LARGEST_VALUE_COUNT} values")
        self.skip_white_space()
        if self._hidden():
            return self._redacted_unquoted()
        if self._take(b"{"):
            return self._object(depth)
        if self._take(b"["):
            return self._array(depth)
        if self._take(b'"'):
            return self._string()
        return self._unquoted()

    def _redacted_unquoted(self) -> Leaf:
        start, end = self.position, end_of_run(self._content, self.position)
        if end == len(self._content) or self._content[end] not in _BEHIND_UNQUOTED:
            raise self._outside()
        self.position = end
        return Leaf(shape=Shape.REDACTED_UNQUOTED, start=start, end=end, octets=None)

    def _string(self) -> Leaf:
        start = self.position
        if self._hidden():
            end = end_of_run(self._content, start)
            if end == len(self._content) or self._content[end] != ord('"'):
                raise self._outside()
            self.position = end + 1
            return Leaf(shape=Shape.STRING, start=start, end=end, octets=None)
        octets = self._rest_of_string()
        self._unescape(octets, start)
        return Leaf(shape=Shape.STRING, start=start, end=start + len(octets), octets=octets)

    def _rest_of_string(self) -> bytes:
        """Read up to the closing quote, and return what stands before it."""
        octets = bytearray()
        while not self._take(b'"'):
            octets.append(self.peek())
            self.position += 1
            if octets[-1] == ord("\\"):
                octets.append(self.peek())
                self.position += 1
        return bytes(octets)

    def _unescape(self, octets: bytes, start: int) -> str:
        self.position, behind = start, self.position
        try:
            text: str = json.loads(f'"{octets.decode("utf-8")}"')
            text.encode("utf-8")  # fails for a lone surrogate
        except (ValueError, UnicodeError):
            raise self.not_json() from None
        self.position = behind
        return text

    def _unquoted(self) -> Leaf:
        start = self.position
        octets = bytearray()
        while self.position < len(self._content) and (self._hidden() or self.peek() in _UNQUOTED):
            octets.append(self.peek())
            self.position += 1
        if _NUMBER.fullmatch(octets):
            shape = Shape.NUMBER
        elif bytes(octets) in _LITERALS:
            shape = Shape.LITERAL
        else:
            self.position = start
            raise self.not_json()
        return Leaf(shape=shape, start=start, end=self.position, octets=bytes(octets))

    def _array(self, depth: int) -> Array:
        values: list[Value] = []
        self.skip_white_space()
        if not self._hidden() and self._take(b"]"):
            return Array(values=())
        while True:
            values.append(self.value(depth + 1))
            self.skip_white_space()
            if self._take(b"]"):
                return Array(values=tuple(values))
            self._require(b",")

    def _object(self, depth: int) -> Object:
        members: dict[str, Value] = {}
        self.skip_white_space()
        if self._take(b"}"):
            return Object(members=members)
        while True:
            self.skip_white_space()
            self._require(b'"')
            name = self._name()
            if name in members:
                raise Rejection(Reason.STRUCTURE_DUPLICATE_KEY, f"octet {self.position} of the content")
            self.skip_white_space()
            self._require(b":")
            members[name] = self.value(depth + 1)
            self.skip_white_space()
            if self._take(b"}"):
                return Object(members=members)
            self._require(b",")

    def _require(self, octet: bytes) -> None:
        if not self._take(octet):
            raise self.not_json()

    def _name(self) -> str:
        start = self.position
        try:
            octets = self._rest_of_string()
        except Rejection as rejection:
            if rejection.reason is Reason.STRUCTURE_REDACTION_OUTSIDE_TOKEN:
                raise Rejection(
                    Reason.STRUCTURE_REDACTED_KEY, f"octet {self.position} of the content"
                ) from None
            raise
        name = self._unescape(octets, start)
        if len(name) > LONGEST_NAME:
            raise Rejection(Reason.STRUCTURE_TOO_LARGE, f"a name of more than {LONGEST_NAME} characters")
        return name
