"""Patterns: their grammar, strictly, and the positions they have when repetitions are written out (section 3).

Ten characters of the grammar have no meaning of ours beyond the page's: there are no groups to capture, no anchors
(a pattern describes the whole value) and no lazy repetitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from mpctls.reference.foundation.errors import Refused

from .conditions import MAXIMUM_PATTERN_OCTETS

MAXIMUM_POSITIONS: Final = 1024
MAXIMUM_REPETITIONS: Final = 100
_SPECIAL: Final = frozenset("\\.[](){}|*+?^$")
_ESCAPED: Final = _SPECIAL | frozenset("-/\"'")
_DEEPEST: Final = MAXIMUM_PATTERN_OCTETS // 2
_ASCII: Final = frozenset(range(128))
_DIGITS: Final = frozenset(map(ord, "0123456789"))
_WORD: Final = _DIGITS | frozenset(map(ord, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"))
_NAMED: Final = {"d": _DIGITS, "w": _WORD, "s": frozenset({ord(" ")})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Characters:
    """One position: a character of a set, of which all other members are single or all beyond ASCII."""

    ascii: frozenset[int]
    beyond: bool
    """Whether every character that is not ASCII belongs to it."""

    def complement(self) -> Characters:
        """Every other character."""
        return Characters(ascii=_ASCII - self.ascii, beyond=not self.beyond)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One position: one character that is not ASCII."""

    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Its parts one after another; without parts, the empty text."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of its branches."""

    branches: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """`body` at least `minimum` times and at most `maximum` times (None: any number)."""

    body: Pattern
    minimum: int
    maximum: int | None


Pattern: TypeAlias = Characters | Letter | Sequence | Choice | Repetition
EMPTY: Final = Sequence(parts=())


def parse_pattern(text: str) -> Pattern:
    """The meaning of a pattern.

    Refuses with `predicate/invalid-pattern`, naming the position, and `predicate/automaton-too-large` more than 1,024
    positions.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAXIMUM_PATTERN_OCTETS:
        raise Refused("predicate/invalid-pattern", f"more than {MAXIMUM_PATTERN_OCTETS} octets")
    pattern = _Parser(text).whole()
    if (count := positions(pattern)) > MAXIMUM_POSITIONS:
        raise Refused("predicate/automaton-too-large", f"{count} positions, at most {MAXIMUM_POSITIONS}")
    return pattern


def positions(pattern: Pattern) -> int:
    """How many characters stand in the pattern once its repetitions are written out."""
    match pattern:
        case Characters() | Letter():
            return 1
        case Sequence(parts=parts) | Choice(branches=parts):
            return sum(map(positions, parts))
        case Repetition(body=body, minimum=minimum, maximum=maximum):
            return positions(body) * (minimum + 1 if maximum is None else maximum)


class _Parser:
    """Recursive descent over the characters; groups nest at most half as deep as a pattern is long."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Pattern:
        pattern = self._pattern()
        if self._at < len(self._text):
            raise self._invalid("a parenthesis that nothing opens")
        return pattern

    def _pattern(self) -> Pattern:
        branches: list[Pattern] = []
        parts: list[Pattern] = []
        while self._next() not in ("", ")"):
            if self._next() == "|":
                self._at += 1
                branches.append(_sequence(parts))
                parts = []
            else:
                parts.append(self._repeated(self._atom()))
        branches.append(_sequence(parts))
        return branches[0] if len(branches) == 1 else Choice(branches=tuple(branches))

    def _atom(self) -> Pattern:
        sign = self._take()
        if sign == "(":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self._invalid("a group that nothing closes")
            inner = self._pattern()
            self._depth -= 1
            self._expect(")")
            return inner
        if sign == ".":
            return Characters(ascii=_ASCII, beyond=True)
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in _SPECIAL:
            raise self._invalid(f"{sign} where a character is due")
        point = ord(sign)
        if point < 0x20 or point == 0x7F or 0xD800 <= point <= 0xDFFF:
            raise self._invalid("a control character or surrogate")
        if point > 0x7F:
            return Letter(character=sign)
        return Characters(ascii=frozenset({point}), beyond=False)

    def _repeated(self, body: Pattern) -> Pattern:
        sign = self._next()
        if sign == "*":
            bounds: tuple[int, int | None] = (0, None)
        elif sign == "+":
            bounds = (1, None)
        elif sign == "?":
            bounds = (0, 1)
        elif sign == "{":
            self._at += 1
            bounds = self._bounds()
        else:
            return body
        self._at += 1
        minimum, maximum = bounds
        return Repetition(body=body, minimum=minimum, maximum=maximum)

    def _bounds(self) -> tuple[int, int | None]:
        """What stands in braces; the closing one is left for the caller."""
        minimum = self._count()
        maximum: int | None = minimum
        if self._next() == ",":
            self._at += 1
            maximum = None if self._next() == "}" else self._count()
        if self._next() != "}":
            raise self._invalid("a count of repetitions that nothing closes")
        if maximum is not None and maximum < minimum:
            raise self._invalid("counts in the wrong order")
        return minimum, maximum

    def _count(self) -> int:
        start = self._at
        while self._next() in set("0123456789"):
            self._at += 1
        digits = self._text[start : self._at]
        if not digits or len(digits) > 3 or (digits[0] == "0" and digits != "0"):
            raise self._invalid("no count of repetitions")
        count = int(digits)
        if count > MAXIMUM_REPETITIONS:
            raise self._invalid(f"more than {MAXIMUM_REPETITIONS} repetitions")
        return count

    def _escape(self) -> Characters:
        sign = self._take()
        if sign in _ESCAPED:
            return Characters(ascii=frozenset({ord(sign)}), beyond=False)
        named = _NAMED.get(sign.lower())
        if named is None:
            raise self._invalid("an escape that does not exist")
        chosen = Characters(ascii=named, beyond=False)
        return chosen if sign.islower() else chosen.complement()

    def _class(self) -> Characters:
        negated = self._next() == "^"
        if negated:
            self._at += 1
        chosen, beyond = self._item()
        while self._next() != "]":
            more, more_beyond = self._item()
            chosen, beyond = chosen | more, beyond or more_beyond
        self._at += 1
        result = Characters(ascii=chosen, beyond=beyond)
        return result.complement() if negated else result

    def _item(self) -> tuple[frozenset[int], bool]:
        if self._next() == "\\":
            self._at += 1
            escaped = self._escape()
            return escaped.ascii, escaped.beyond
        low = self._class_character()
        if self._next() != "-":
            return frozenset({low}), False
        self._at += 1
        high = self._class_character()
        if high < low:
            raise self._invalid("a range in the wrong order")
        return frozenset(range(low, high + 1)), False

    def _class_character(self) -> int:
        sign = self._take()
        if sign in frozenset("\\][^-") or not 0x20 <= ord(sign) <= 0x7E:
            raise self._invalid("what does not stand in a class")
        return ord(sign)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._next()
        if not sign:
            raise self._invalid("the end where more is due")
        self._at += 1
        return sign

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._invalid(f"no {sign}")
        self._at += 1

    def _invalid(self, what: str) -> Refused:
        return Refused("predicate/invalid-pattern", f"{what}, at character {self._at}")


def _sequence(parts: list[Pattern]) -> Pattern:
    return parts[0] if len(parts) == 1 else Sequence(parts=tuple(parts))
