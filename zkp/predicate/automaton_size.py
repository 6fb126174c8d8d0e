"""Automata made ready for a circuit: transitions that never occur set to what is cheap, and a bound on the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .automata import Automaton

Transitions = Sequence[Sequence[int | None]]


def indifferent(automaton: Automaton, alphabet: frozenset[int]) -> list[list[int | None]]:
    """The transitions with those of octets that never occur set like a neighbour's: larger sets are cheaper to test."""
    first = min(alphabet)
    stands_for = list(range(256))
    for octet in range(256):
        if octet not in alphabet:
            stands_for[octet] = stands_for[octet - 1] if octet > first else first
    return [[row[stands_for[octet]] for octet in range(256)] for row in automaton.transitions]


def least_products(transitions: Transitions, automaton: Automaton, length: int) -> int:
    """How many products a circuit needs at least that runs the automaton over `length` octets.

    One for each position, target and set of octets on which a state that can be reached by then goes to a state from
    which acceptance can still be reached. Takes far less time than building the circuit.
    """
    grouped = [_sets_by_target(row) for row in transitions]
    live = _live(grouped, automaton.accepting, length)
    known: dict[tuple[frozenset[int], frozenset[int]], tuple[int, frozenset[int]]] = {}
    reached = frozenset({automaton.start}) & live[0]
    total = 0
    for targets in live[1:]:
        key = (reached, targets)
        if key not in known:
            edges = {
                (target, octets)
                for state in reached
                for target, octets in grouped[state].items()
                if target in targets
            }
            known[key] = (len(edges), frozenset(target for target, _ in edges))
        products, reached = known[key]
        total += products
    return total


def _sets_by_target(row: Sequence[int | None]) -> Mapping[int, frozenset[int]]:
    sets: dict[int, set[int]] = {}
    for octet, target in enumerate(row):
        if target is not None:
            sets.setdefault(target, set()).add(octet)
    return {target: frozenset(octets) for target, octets in sets.items()}


def _live(
    grouped: Sequence[Mapping[int, frozenset[int]]], accepting: frozenset[int], length: int
) -> list[frozenset[int]]:
    """For each position the states from which the octets that are left can lead to acceptance."""
    live = [accepting]
    for _ in range(length):
        live.append(frozenset(state for state, row in enumerate(grouped) if not live[-1].isdisjoint(row)))
    return live[::-1]
