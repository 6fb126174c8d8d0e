"""From the automaton of a lexical class to the circuit of one step, for the zero-knowledge proof."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from ...foundation.errors import Refused
from .automata import AUTOMATA, Automaton
from .builder import FALSE, TRUE, Builder, Wire
from .circuit import Circuit
from .gadgets import parity

_OCTET_BITS: Final = 8
_EVERY_OCTET: Final = (1 << 256) - 1


def _members(octets: frozenset[int]) -> int:
    """Return a set of octets as the integer with these bits set."""
    return sum(1 << octet for octet in octets)


class _Predicates:
    """Functions of one octet, each built from those before it with as few AND as a short search finds.

    A function is the integer whose bit v is its value at octet v. Asked for is any function that is 1 on one
    set and 0 on another. XOR is free, so each sum of known functions counts as known; otherwise the function
    is a choice `g ? high : low` with a known g, which costs one AND and leaves two questions on fewer octets.
    """

    __slots__ = ("_builder", "_known")

    def __init__(self, builder: Builder, octet: Sequence[Wire]) -> None:
        self._builder = builder
        self._known: list[tuple[int, Wire]] = [(_EVERY_OCTET, TRUE)]
        for position, bit in enumerate(octet):
            values = _members(frozenset(octet for octet in range(256) if (octet >> position) & 1))
            self._known.append((values, bit))

    def build(self, on: int, off: int) -> tuple[int, Wire]:
        """Return a function that is 1 on `on` and 0 on `off`, with its wire."""
        combination = self._combination(on, off)
        if combination is not None:
            return self._sum(combination)
        function, wire = min(self._known[1:], key=lambda known: self._remaining(on, off, known[0]))
        high_function, high_wire = self.build(on & function, off & function)
        low_function, low_wire = self.build(on & ~function, off & ~function)
        builder = self._builder
        values = low_function ^ (function & (high_function ^ low_function))
        result = builder.xor(low_wire, builder.and_(wire, builder.xor(high_wire, low_wire)))
        self._known.append((values, result))
        return values, result

    def _remaining(self, on: int, off: int, function: int) -> int:
        """Estimate what is left to tell apart after a choice by this function."""
        care = on | off
        if not care & function or not care & ~function:
            return 1 << 16
        left = 0
        for half in (function, _EVERY_OCTET ^ function):
            if self._combination(on & half, off & half) is None:
                left += 256 + min((on & half).bit_count(), (off & half).bit_count())
        return left

    def separate(self, groups: Sequence[int]) -> int:
        """Return the union of some of the groups of octets, as a known function divides them if one does."""
        for function, _ in self._known[1:]:
            inside = [group for group in groups if not group & ~function]
            outside = [group for group in groups if not group & function]
            if inside and outside and len(inside) + len(outside) == len(groups):
                return sum(inside)
        return min(groups, key=int.bit_count)

    def _combination(self, on: int, off: int) -> int | None:
        """Return which known functions add up to 1 on `on` and 0 on `off`, as a bit set, if any do."""
        if not on or not off:
            return 0 if not on else 1
        care = on | off
        # Gaussian elimination on the octets that matter; what is left of `on` is zero if it is in the span.
        rows: list[tuple[int, int, int]] = []
        for index, (function, _) in enumerate(self._known):
            row, members = function & care, 1 << index
            for pivot, other, other_members in rows:
                if row & pivot:
                    row ^= other
                    members ^= other_members
            if row:
                rows.append((row & -row, row, members))
        left, combination = on, 0
        for pivot, row, members in rows:
            if left & pivot:
                left ^= row
                combination ^= members
        return None if left else combination

    def _sum(self, combination: int) -> tuple[int, Wire]:
        """Return the sum of the known functions that the bit set names."""
        values, wire = 0, FALSE
        for index, (function, function_wire) in enumerate(self._known):
            if (combination >> index) & 1:
                values ^= function
                wire = self._builder.xor(wire, function_wire)
        return values, wire


def _automaton(lexical_class: str) -> Automaton:
    """Look a class up."""
    automaton = AUTOMATA.get(lexical_class)
    if automaton is None:
        raise Refused("circuit/unknown-class", f"no automaton for lexical class {lexical_class!r}")
    return automaton


def _states(builder: Builder, automaton: Automaton, others: Sequence[Wire]) -> dict[str, Wire]:
    """Return a bit for each state; the first state is the one in which none of the other bits is 1."""
    first = builder.invert(parity(builder, others))
    return dict(zip(automaton.states, [first, *others], strict=True))


def initial_state(lexical_class: str) -> int:
    """Return the state before the first octet, as the integer of its bits (see `lexical_step`)."""
    _automaton(lexical_class)
    return 1


@cache
def lexical_step(lexical_class: str) -> Circuit:
    """One octet further: state, octet 8 → state; the state has as many bits as the automaton has states.

    AND: json-string-interior 72, json-number 39, json-literal 29, header-value 12. Bit 0 of the state is 1 as
    long as no octet was refused; each further bit is 1 in one state of the automaton, none of them in the
    first. After a refusal these bits still move but mean nothing: so a state with one successor needs no
    gate, and all refusals together need one AND for each distinct set of octets that some state accepts.
    Rejects other classes with `circuit/unknown-class`.
    """
    automaton = _automaton(lexical_class)
    builder = Builder(f"lexical-step-{lexical_class}")
    alive, *others = builder.take_input(len(automaton.states))
    predicates = _Predicates(builder, builder.take_input(_OCTET_BITS))
    bits = _states(builder, automaton, others)
    accepted: dict[int, list[Wire]] = {}
    for state, rows in automaton.transitions.items():
        accepted.setdefault(sum(_members(octets) for octets, _ in rows), []).append(bits[state])
    # Functions are shared along the way; of the orders tried this one gives the fewest AND.
    refusals = []
    for octets in sorted(accepted, reverse=True):
        _, refused = predicates.build(_EVERY_OCTET ^ octets, octets)
        refusals.append(builder.and_(parity(builder, accepted[octets]), refused))
    still_alive = builder.and_(alive, builder.invert(parity(builder, refusals)))
    arriving: dict[str, list[Wire]] = {state: [] for state in automaton.states}
    for state, rows in automaton.transitions.items():
        choices = [(_members(octets), following) for octets, following in rows]
        for following, wire in _branches(builder, predicates, bits[state], choices):
            arriving[following].append(wire)
    return builder.finish(
        [still_alive, *(parity(builder, arriving[state]) for state in automaton.states[1:])]
    )


@cache
def accepting(lexical_class: str) -> Circuit:
    """Whether the class contains what was read: state → 1 bit; one AND (none for header-value).

    Rejects other classes with `circuit/unknown-class`.
    """
    automaton = _automaton(lexical_class)
    builder = Builder(f"lexical-accepting-{lexical_class}")
    alive, *others = builder.take_input(len(automaton.states))
    bits = _states(builder, automaton, others)
    inside = parity(builder, [bits[state] for state in automaton.states if state in automaton.accepting])
    return builder.finish([builder.and_(alive, inside)])


def _branches(
    builder: Builder, predicates: _Predicates, wire: Wire, choices: Sequence[tuple[int, str]]
) -> list[tuple[str, Wire]]:
    """Send a state's bit to the successor that an accepted octet chooses; one AND less than successors."""
    if len(choices) < 2:
        return [(following, wire) for _, following in choices]
    chosen = predicates.separate([octets for octets, _ in choices])
    inside = [choice for choice in choices if choice[0] & chosen]
    outside = [choice for choice in choices if not choice[0] & chosen]
    on, off = (sum(octets for octets, _ in side) for side in (inside, outside))
    _, function = predicates.build(on, off)
    branch = builder.and_(wire, function)
    return [
        *_branches(builder, predicates, branch, inside),
        *_branches(builder, predicates, builder.xor(wire, branch), outside),
    ]
