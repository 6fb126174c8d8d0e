"""Where the values of a JSON text (RFC 8259) stand: an own strict parser on octets, with limits of depth and count."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from ..foundation.errors import Refused
from ..foundation.identifiers import LexicalClass

MAXIMUM_DEPTH: Final = 64
MAXIMUM_VALUES: Final = 100_000
MAXIMUM_PATH: Final = 4096
"""Characters of a path: every leaf carries its own, so that long names around many leaves would multiply."""

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Possessive repetition: a string is read once, and nothing is kept for going back.
_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*+"')
_WHITE_SPACE = re.compile(rb"[ \t\n\r]*+")
_LITERALS: Final = (b"true", b"false", b"null")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLeaf:
    """A string, number or literal: its path, the class of its octets, and where they stand in the text.

    The span of a string is its interior, without the quotes. Paths read `$`, `$.name`, `$["odd name"]`, `$[0]`.
    """

    path: str
    lexical_class: LexicalClass
    start: int
    end: int


def json_leaves(text: bytes) -> tuple[JsonLeaf, ...]:
    """All leaf values of a JSON text, in order.

    Refuses with `http/not-json` what is not one RFC 8259 text in UTF-8, too deep or too large, and duplicate keys in
    one object (compared after unescaping): a path must name one value.
    """
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("http/not-json", f"not UTF-8 at octet {error.start}") from None
    parser = _Parser(text)
    position = parser.value(parser.space(0), "$", 0)
    if parser.space(position) != len(text):
        raise Refused("http/not-json", f"something after the value, at octet {position}")
    return tuple(parser.leaves)


def member_path(path: str, name: str) -> str:
    """The path of a member of the object at `path`."""
    return (
        f"{path}.{name}" if _PLAIN_NAME.fullmatch(name) else f"{path}[{json.dumps(name, ensure_ascii=False)}]"
    )


class _Parser:
    def __init__(self, text: bytes) -> None:
        self._text = text
        self._values = 0
        self.leaves: list[JsonLeaf] = []

    def space(self, position: int) -> int:
        found = _WHITE_SPACE.match(self._text, position)
        return found.end() if found else position

    def _error(self, position: int) -> Refused:
        return Refused("http/not-json", f"octet {position}")

    def _expect(self, position: int, octet: bytes) -> int:
        if self._text[position : position + 1] != octet:
            raise self._error(position)
        return position + 1

    def _leaf(self, path: str, lexical_class: LexicalClass, start: int, end: int) -> None:
        self.leaves.append(JsonLeaf(path=path, lexical_class=lexical_class, start=start, end=end))

    def value(self, position: int, path: str, depth: int) -> int:
        """Parse the value at `position`; return the position after it."""
        if depth > MAXIMUM_DEPTH:
            raise Refused("http/not-json", f"deeper than {MAXIMUM_DEPTH}")
        self._values += 1
        if self._values > MAXIMUM_VALUES:
            raise Refused("http/not-json", f"more than {MAXIMUM_VALUES} values")
        if len(path) > MAXIMUM_PATH:
            raise Refused(
                "http/not-json", f"a path of more than {MAXIMUM_PATH} characters, at octet {position}"
            )
        octet = self._text[position : position + 1]
        if octet == b"{":
            return self._object(position + 1, path, depth)
        if octet == b"[":
            return self._array(position + 1, path, depth)
        if octet == b'"':
            _, end = self._string(position)
            self._leaf(path, LexicalClass.JSON_STRING_INTERIOR, position + 1, end - 1)
            return end
        number = _NUMBER.match(self._text, position)
        if number:
            self._leaf(path, LexicalClass.JSON_NUMBER, position, number.end())
            return number.end()
        for literal in _LITERALS:
            if self._text.startswith(literal, position):
                self._leaf(path, LexicalClass.JSON_LITERAL, position, position + len(literal))
                return position + len(literal)
        raise self._error(position)

    def _string(self, position: int) -> tuple[str, int]:
        found = _STRING.match(self._text, position)
        if not found:
            raise self._error(position)
        text: str = json.loads(found.group(0))
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Refused("http/not-json", f"a lone surrogate in the string at octet {position}") from None
        return text, found.end()

    def _object(self, position: int, path: str, depth: int) -> int:
        names: set[str] = set()
        position = self.space(position)
        if self._text[position : position + 1] == b"}":
            return position + 1
        while True:
            if self._text[position : position + 1] != b'"':
                raise self._error(position)
            name, position = self._string(position)
            if name in names:
                raise Refused("http/not-json", f"a key stands twice in the object {path}")
            names.add(name)
            position = self._expect(self.space(position), b":")
            position = self.space(self.value(self.space(position), member_path(path, name), depth + 1))
            if self._text[position : position + 1] == b"}":
                return position + 1
            position = self.space(self._expect(position, b","))

    def _array(self, position: int, path: str, depth: int) -> int:
        position = self.space(position)
        if self._text[position : position + 1] == b"]":
            return position + 1
        index = 0
        while True:
            position = self.space(self.value(position, f"{path}[{index}]", depth + 1))
            if self._text[position : position + 1] == b"]":
                return position + 1
            position = self.space(self._expect(position, b","))
            index += 1
