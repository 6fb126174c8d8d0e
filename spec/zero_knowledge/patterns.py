"""Patterns: a small language of regular expressions over characters, and what it means to match.

A pattern is read into a tree and its repetitions are written out; every character class in the result is a
*position*. A value matches when some walk over positions, from a first one along followers to a last one,
admits its characters one by one (Glushkov 1961). There is no backtracking and nothing to overflow.
`docs/protocol/predicates.md`, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ..reasons import Reason, Rejection

LARGEST_POSITION_COUNT: Final = 1024
LARGEST_REPETITION: Final = 100

SPECIAL: Final = frozenset("\\.[](){}|*+?^$")
"""Characters that stand for themselves only behind a backslash."""

ALSO_ESCAPED: Final = frozenset("-/\"'")
_NOT_IN_CLASS: Final = frozenset("\\][^-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterClass:
    """A set of characters: some ranges, bounds included, or all others."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def admits(self, character: str) -> bool:
        """Whether the character is in the set."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequenced:
    """One part after the other."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """One of several branches."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A part at least `least` and at most `most` times; None is without end."""

    part: Tree
    least: int
    most: int | None


Tree: TypeAlias = CharacterClass | Sequenced | Alternatives | Repeated

EVERY: Final = CharacterClass(ranges=(), negated=True)
_NAMED: Final = {
    "d": CharacterClass(ranges=(("0", "9"),)),
    "w": CharacterClass(ranges=(("A", "Z"), ("a", "z"), ("0", "9"), ("_", "_"))),
    "s": CharacterClass(ranges=((" ", " "),)),
}


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern describes the whole text.

    Rejects with predicate/invalid-pattern, predicate/automaton-too-large.
    """
    automaton = _automaton(read_pattern(pattern))
    if not text:
        return automaton.empty
    current = automaton.first
    for number, character in enumerate(text):
        if number:
            current = frozenset(after for before in current for after in automaton.follow[before])
        current = frozenset(each for each in current if automaton.positions[each].admits(character))
    return bool(current & automaton.last)


def read_pattern(pattern: str) -> Tree:
    """Return what a pattern says.

    Rejects with predicate/invalid-pattern, predicate/automaton-too-large.
    """
    reader = _Reader(pattern)
    tree = reader.read_alternatives()
    reader.require_end()
    if position_count(tree) > LARGEST_POSITION_COUNT:
        raise Rejection(Reason.PREDICATE_AUTOMATON_TOO_LARGE, f"more than {LARGEST_POSITION_COUNT} positions")
    return tree


def position_count(tree: Tree) -> int:
    """Return the number of positions once repetitions are written out, which this does not do."""
    match tree:
        case CharacterClass():
            return 1
        case Sequenced(parts=parts) | Alternatives(branches=parts):
            return sum(map(position_count, parts))
        case Repeated(part=part, least=least, most=most):
            return position_count(part) * (least + 1 if most is None else most)


# --- Reading ------------------------------------------------------------------------------------------------


class _Reader:
    """A pattern being read from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def read_alternatives(self) -> Tree:
        branches = [self._read_branch()]
        while self._take("|"):
            branches.append(self._read_branch())
        return Alternatives(branches=tuple(branches))

    def require_end(self) -> None:
        if self._position < len(self._pattern):
            raise self._invalid("a character that cannot stand here")

    def _read_branch(self) -> Tree:
        pieces = []
        while self._position < len(self._pattern) and self._peek() not in "|)":
            pieces.append(self._read_piece())
        return Sequenced(parts=tuple(pieces))

    def _read_piece(self) -> Tree:
        atom = self._read_atom()
        for sign, least, most in (("*", 0, None), ("+", 1, None), ("?", 0, 1)):
            if self._take(sign):
                return Repeated(part=atom, least=least, most=most)
        return self._read_count(atom) if self._take("{") else atom

    def _read_count(self, atom: Tree) -> Tree:
        least = self._read_number()
        most: int | None = least
        if self._take(","):
            most = None if self._peek() == "}" else self._read_number()
        self._require("}")
        if most is not None and most < least:
            raise self._invalid("a repetition whose bounds are not in order")
        return Repeated(part=atom, least=least, most=most)

    def _read_number(self) -> int:
        start = self._position
        while self._peek() in set("0123456789"):
            self._position += 1
        digits = self._pattern[start : self._position]
        if not digits or str(int(digits)) != digits or int(digits) > LARGEST_REPETITION:
            raise self._invalid("a repetition is a number from 0 to 100")
        return int(digits)

    def _read_atom(self) -> Tree:
        if self._take("("):
            inner = self.read_alternatives()
            self._require(")")
            return inner
        if self._take("."):
            return EVERY
        if self._take("["):
            return self._read_class()
        if self._take("\\"):
            return self._read_escape()
        character = self._next()
        if character in SPECIAL or character < " " or character == "\x7f":
            raise self._invalid("a character that does not stand for itself")
        return CharacterClass(ranges=((character, character),))

    def _read_escape(self) -> CharacterClass:
        character = self._next()
        if character in SPECIAL | ALSO_ESCAPED:
            return CharacterClass(ranges=((character, character),))
        named = _NAMED.get(character.lower())
        if named is None:
            raise self._invalid("an unknown escape")
        return CharacterClass(ranges=named.ranges, negated=character.isupper())

    def _read_class(self) -> CharacterClass:
        negated = self._take("^")
        ranges = list(self._read_item())
        while not self._take("]"):
            ranges += self._read_item()
        return CharacterClass(ranges=tuple(ranges), negated=negated)

    def _read_item(self) -> Sequence[tuple[str, str]]:
        if self._take("\\"):
            return _as_ranges(self._read_escape())
        low = self._read_plain()
        high = self._read_plain() if self._take("-") else low
        if high < low:
            raise self._invalid("a range whose bounds are not in order")
        return ((low, high),)

    def _read_plain(self) -> str:
        character = self._next()
        if not " " <= character <= "~" or character in _NOT_IN_CLASS:
            raise self._invalid("a character that cannot stand in a class")
        return character

    def _peek(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _take(self, character: str) -> bool:
        taken = self._peek() == character
        self._position += taken
        return taken

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise self._invalid("the pattern ends early")
        self._position += 1
        return character

    def _require(self, character: str) -> None:
        if not self._take(character):
            raise self._invalid(f"{character!r} is missing")

    def _invalid(self, what: str) -> Rejection:
        return Rejection(Reason.PREDICATE_INVALID_PATTERN, f"{what}, at character {self._position}")


_LAST_CHARACTER: Final = chr(0x10FFFF)


def _as_ranges(escaped: CharacterClass) -> tuple[tuple[str, str], ...]:
    """The ranges of an escape within a class, where a complement must be said by ranges."""
    if not escaped.negated:
        return escaped.ranges
    ranges, low = [], "\0"
    for start, end in sorted(escaped.ranges):
        if low < start:
            ranges.append((low, chr(ord(start) - 1)))
        low = chr(ord(end) + 1)
    return (*ranges, (low, _LAST_CHARACTER))


# --- Positions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Automaton:
    """Positions, which of them may be first and last, which may follow which, and whether nothing matches."""

    positions: tuple[CharacterClass, ...]
    empty: bool
    first: frozenset[int]
    last: frozenset[int]
    follow: tuple[frozenset[int], ...]


def _automaton(tree: Tree) -> _Automaton:
    match tree:
        case CharacterClass():
            one = frozenset({0})
            return _Automaton(positions=(tree,), empty=False, first=one, last=one, follow=(frozenset(),))
        case Sequenced(parts=parts):
            return _sequence(map(_automaton, parts))
        case Alternatives(branches=branches):
            return _choice(map(_automaton, branches))
        case Repeated(most=0):
            return _NOTHING
        case Repeated(part=part, least=least, most=most):
            once = _automaton(part)
            tail = _starred(once) if most is None else _NOTHING
            # xx?x? as x(x(x)?)?: the same words and positions, and fewer ways to walk.
            for _ in range(0 if most is None else most - least):
                tail = _optional(_sequence(iter([once, tail])))
            return _sequence(iter([once] * least + [tail]))


_NOTHING: Final = _Automaton(positions=(), empty=True, first=frozenset(), last=frozenset(), follow=())


def _sequence(parts: Iterator[_Automaton]) -> _Automaton:
    whole = _NOTHING
    for each in parts:
        part = _shifted(each, len(whole.positions))
        whole = _Automaton(
            positions=whole.positions + part.positions,
            empty=whole.empty and part.empty,
            first=whole.first | part.first if whole.empty else whole.first,
            last=whole.last | part.last if part.empty else part.last,
            follow=tuple(
                after | part.first if number in whole.last else after
                for number, after in enumerate(whole.follow)
            )
            + part.follow,
        )
    return whole


def _choice(branches: Iterator[_Automaton]) -> _Automaton:
    whole = next(branches)
    for each in branches:
        branch = _shifted(each, len(whole.positions))
        whole = _Automaton(
            positions=whole.positions + branch.positions,
            empty=whole.empty or branch.empty,
            first=whole.first | branch.first,
            last=whole.last | branch.last,
            follow=whole.follow + branch.follow,
        )
    return whole


def _optional(part: _Automaton) -> _Automaton:
    return _choice(iter([part, _NOTHING]))


def _starred(part: _Automaton) -> _Automaton:
    return _Automaton(
        positions=part.positions,
        empty=True,
        first=part.first,
        last=part.last,
        follow=tuple(
            after | part.first if number in part.last else after for number, after in enumerate(part.follow)
        ),
    )


def _shifted(part: _Automaton, by: int) -> _Automaton:
    """The same automaton with its positions counted from `by` on."""

    def shift(numbers: frozenset[int]) -> frozenset[int]:
        return frozenset(number + by for number in numbers)

    return _Automaton(
        positions=part.positions,
        empty=part.empty,
        first=shift(part.first),
        last=shift(part.last),
        follow=tuple(shift(after) for after in part.follow),
    )
