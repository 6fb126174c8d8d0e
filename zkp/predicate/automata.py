"""From a pattern to the smallest deterministic automaton over octets that accepts the same values.

The values of text fields are UTF-8 (their lexical class is proved). So the automaton need not refuse what is not UTF-8,
and what it says of such octets means nothing; this makes it several times smaller for patterns with `.`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from mpctls.reference.foundation.errors import Refused

from .pattern import EMPTY, Characters, Choice, Letter, Pattern, Repetition, Sequence, parse_pattern

MAXIMUM_STATES: Final = 256
MAXIMUM_SUBSETS: Final = 2048
"""States of the automaton before it is made small; more are refused although the smallest might be small enough."""

_CONTINUATION: Final = frozenset(range(0x80, 0xC0))
_LEADING: Final = frozenset(range(0xC2, 0xF5))
"""First octets of characters beyond ASCII."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """`transitions[state][octet]` is the next state, or None where nothing is accepted any more.

    The number of states is the smallest; those from which nothing can be accepted are left out, so an automaton that
    accepts nothing has one state and no transition. States are numbered as they are first met, octets in order.
    """

    transitions: tuple[tuple[int | None, ...], ...]
    start: int
    accepting: frozenset[int]

    def accepts(self, octets: bytes) -> bool:
        """Whether the pattern describes the whole of `octets`."""
        state: int | None = self.start
        for octet in octets:
            if state is None:
                return False
            state = self.transitions[state][octet]
        return state in self.accepting


@lru_cache(maxsize=64)
def automaton_of(pattern: str) -> Automaton:
    """The automaton of a pattern; refuses as `parse_pattern`, and more than 256 states likewise."""
    positions = _Positions(parse_pattern(pattern))
    return _minimised(*_subsets(positions))


class _Positions:
    """The octets of a pattern numbered by position, as sets of bits: where a value may begin, end and go on.

    `links` holds (last, first) pairs: after any position of the one set any of the other may follow.
    """

    def __init__(self, pattern: Pattern) -> None:
        self.octets: list[frozenset[int]] = []
        self.links: list[tuple[int, int]] = []
        self.first, self.last, self.nullable = self._add(pattern)

    def _add(self, pattern: Pattern) -> tuple[int, int, bool]:
        """Number the positions of `pattern`; give its first and last ones, and whether it describes the empty text."""
        match pattern:
            case Characters():
                return self._add_characters(pattern)
            case Letter(character=character):
                return self._chain([frozenset({octet}) for octet in character.encode("utf-8")])
            case Sequence(parts=parts):
                return self._concatenate(iter(parts))
            case Choice(branches=branches):
                first, last, nullable = 0, 0, False
                for branch in branches:
                    begins, ends, empty = self._add(branch)
                    first, last, nullable = first | begins, last | ends, nullable or empty
                return first, last, nullable
            case Repetition():
                return self._concatenate(_written_out(pattern))

    def _concatenate(self, parts: Iterator[Pattern]) -> tuple[int, int, bool]:
        first, last, nullable = 0, 0, True
        for part in parts:
            star = isinstance(part, Repetition) and part.minimum == 0 and part.maximum is None
            begins, ends, empty = self._add(part.body if star and isinstance(part, Repetition) else part)
            if star:
                self.links.append((ends, begins))
                empty = True
            if last and begins:
                self.links.append((last, begins))
            first |= begins if nullable else 0
            last = ends | (last if empty else 0)
            nullable = nullable and empty
        return first, last, nullable

    def _add_characters(self, characters: Characters) -> tuple[int, int, bool]:
        if not characters.beyond:
            only = self._position(characters.ascii) if characters.ascii else 0
            return only, only, False
        # In UTF-8 continuations stand after a leading octet alone, as many as it says: they need not be counted.
        begin = self._position(characters.ascii | _LEADING)
        following = self._position(_CONTINUATION)
        self.links.append((begin | following, following))
        return begin, begin | following, False

    def _chain(self, octets: list[frozenset[int]]) -> tuple[int, int, bool]:
        numbered = [self._position(each) for each in octets]
        self.links.extend(pairwise(numbered))
        return numbered[0], numbered[-1], False

    def _position(self, octets: frozenset[int]) -> int:
        self.octets.append(octets)
        return 1 << len(self.octets) - 1

    def following(self, reached: int) -> int:
        """The positions that may follow any of `reached`."""
        result = 0
        for last, first in self.links:
            if last & reached:
                result |= first
        return result


def _written_out(repetition: Repetition) -> Iterator[Pattern]:
    body, minimum, maximum = repetition.body, repetition.minimum, repetition.maximum
    if _is_empty(body):
        return
    for _ in range(minimum):
        yield body
    if maximum is None:
        # Marked as a star by its bounds, so that _concatenate closes the loop.
        yield Repetition(body=body, minimum=0, maximum=None)
    else:
        for _ in range(maximum - minimum):
            yield Choice(branches=(body, EMPTY))


def _is_empty(pattern: Pattern) -> bool:
    """Whether no position stands in it, so that it describes the empty text alone."""
    match pattern:
        case Characters() | Letter():
            return False
        case Sequence(parts=parts) | Choice(branches=parts):
            return all(map(_is_empty, parts))
        case Repetition(body=body, maximum=maximum):
            return maximum == 0 or _is_empty(body)


def _classes(positions: _Positions) -> tuple[list[int], list[int]]:
    """For each octet the number of its class, and for each class the positions it is read at.

    Octets of one class are read at the same positions.
    """
    read_at = [0] * 256
    for number, octets in enumerate(positions.octets):
        for octet in octets:
            read_at[octet] |= 1 << number
    numbers: dict[int, int] = {}
    classes = [numbers.setdefault(each, len(numbers)) for each in read_at]
    return classes, list(numbers)


def _subsets(positions: _Positions) -> tuple[list[list[int]], list[bool], list[int]]:
    """The automaton whose states are sets of positions: a target for each state and class, acceptance, classes.

    The state 0 is the start; a target of -1 is the empty set.
    """
    classes, masks = _classes(positions)
    start = -1  # not a set of positions: before the first octet
    numbers = {start: 0}
    order = [start]
    rows: list[list[int]] = []
    for state in order:
        following = positions.first if state == start else positions.following(state)
        row = []
        for mask in masks:
            target = following & mask
            if target and target not in numbers:
                numbers[target] = len(order)
                order.append(target)
                if len(order) > MAXIMUM_SUBSETS:
                    raise Refused(
                        "predicate/automaton-too-large", f"more than {MAXIMUM_SUBSETS} states at first"
                    )
            row.append(numbers[target] if target else -1)
        rows.append(row)
    accepting = [positions.nullable, *(bool(state & positions.last) for state in order[1:])]
    return rows, accepting, classes


def _minimised(rows: list[list[int]], accepting: list[bool], classes: list[int]) -> Automaton:
    """Merge states that no value tells apart: by refining a partition until it is stable (Moore), then by UTF-8."""
    block = [int(each) for each in accepting]
    dead = -1
    count = len(set(block))
    while True:
        numbers: dict[tuple[int, ...], int] = {}
        block_of = [*block, dead]  # index -1 is the empty set
        refined = [
            numbers.setdefault((block[state], *(block_of[target] for target in row)), len(numbers))
            for state, row in enumerate(rows)
        ]
        block = refined
        if len(numbers) == count:
            break
        count = len(numbers)
    _merge_by_encoding(rows, accepting, classes, block)
    return _renumbered(rows, accepting, classes, block)


def _merge_by_encoding(
    rows: list[list[int]], accepting: list[bool], classes: list[int], block: list[int]
) -> None:
    """Merge blocks that differ on continuations alone, where no continuation can come.

    None comes at the start and after an ASCII octet. A block entered in no other way becomes one with any block that
    has the same transitions on all other octets.
    """
    continuing = {classes[octet] for octet in _CONTINUATION}
    beyond = {classes[octet] for octet in range(0x80, 0x100)}
    others = sorted(set(classes) - continuing)
    merged = True
    while merged:
        merged = False
        first_of: dict[int, int] = {}
        for state, number in enumerate(block):
            first_of.setdefault(number, state)
        entered = {
            block[target]
            for state in first_of.values()
            for each, target in enumerate(rows[state])
            if target >= 0 and each in beyond
        }
        for free in sorted(set(first_of) - entered):
            for kept in sorted(set(first_of) - {free}):
                known = {free: kept, kept: kept}
                if accepting[first_of[free]] == accepting[first_of[kept]] and all(
                    _target(rows, block, known, first_of[free], each)
                    == _target(rows, block, known, first_of[kept], each)
                    for each in others
                ):
                    _replace(rows, block, first_of, free, kept)
                    merged = True
                    break
            if merged:
                break


def _target(rows: list[list[int]], block: list[int], known: dict[int, int], state: int, each: int) -> int:
    target = rows[state][each]
    return -1 if target < 0 else known.get(block[target], block[target])


def _replace(rows: list[list[int]], block: list[int], first_of: dict[int, int], free: int, kept: int) -> None:
    """Put the states of block `free` into `kept`, with the transitions of `kept`."""
    row = rows[first_of[kept]]
    for state, number in enumerate(block):
        if number == free:
            block[state] = kept
            rows[state] = row


def _renumbered(
    rows: list[list[int]], accepting: list[bool], classes: list[int], block: list[int]
) -> Automaton:
    representative: dict[int, int] = {}
    for state, number in enumerate(block):
        representative.setdefault(number, state)
    alive = _blocks_that_accept(rows, accepting, block, representative)
    numbers = {block[0]: 0}
    order = [block[0]]
    transitions: list[tuple[int | None, ...]] = []
    for number in order:
        targets: list[int | None] = []
        for target in rows[representative[number]]:
            if target < 0 or block[target] not in alive:
                targets.append(None)
                continue
            if block[target] not in numbers:
                numbers[block[target]] = len(order)
                order.append(block[target])
            targets.append(numbers[block[target]])
        transitions.append(tuple(targets[each] for each in classes))
    if len(order) > MAXIMUM_STATES:
        raise Refused("predicate/automaton-too-large", f"{len(order)} states, at most {MAXIMUM_STATES}")
    final = frozenset(numbers[number] for number in order if accepting[representative[number]])
    return Automaton(transitions=tuple(transitions), start=0, accepting=final)


def _blocks_that_accept(
    rows: list[list[int]], accepting: list[bool], block: list[int], representative: dict[int, int]
) -> set[int]:
    sources: dict[int, set[int]] = {}
    for number, state in representative.items():
        for target in rows[state]:
            if target >= 0:
                sources.setdefault(block[target], set()).add(number)
    alive = {number for number, state in representative.items() if accepting[state]}
    pending = list(alive)
    while pending:
        for source in sources.get(pending.pop(), ()):
            if source not in alive:
                alive.add(source)
                pending.append(source)
    return alive
