"""A deterministic automaton that reads octets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mpctls.reference.foundation.errors import Refused

from .builder import Builder
from .expressions import Expression
from .octet_sets import OctetSets

MAXIMUM_STATES = 256

Transitions = Sequence[Sequence[int | None]]
"""For each state and each of the 256 octets the next state, or None where no word is accepted any more."""


def run(
    builder: Builder,
    octets: Sequence[Sequence[Expression]],
    transitions: Transitions,
    start: int,
    accepting: frozenset[int],
) -> Expression:
    """1 if the automaton, begun in `start`, accepts the octets, else 0.

    `octets` are the bits of each octet, as `octet_bits` gives them. Forces: after each octet there is one flag for each
    state that can be reached by then and from which acceptance can still be reached; a flag is the sum over sets K of
    octets of (sum of the flags of the states that go there on K) * (octet in K). The start state is a constant, so it
    is not the prover's choice; all flags are products and sums of bits, and at most one is 1. Refuses with
    `predicate/automaton-too-large`.
    """
    if len(transitions) > MAXIMUM_STATES:
        raise Refused("predicate/automaton-too-large", f"{len(transitions)} states, at most {MAXIMUM_STATES}")
    grouped = [_octets_by_target(row) for row in transitions]
    live = _states_that_can_accept(grouped, accepting, len(octets))
    flags: dict[int, Expression] = {start: builder.constant(1)} if start in live[0] else {}
    with builder.scope("automaton"):
        for bits, targets in zip(octets, live[1:], strict=True):
            flags = _step(builder, OctetSets(builder, bits), grouped, flags, targets)
        return builder.wire(builder.sum(flags[state] for state in sorted(flags) if state in accepting))


def _octets_by_target(row: Sequence[int | None]) -> Mapping[int, frozenset[int]]:
    if len(row) != 256:
        raise ValueError("a state has a transition for each octet")
    groups: dict[int, set[int]] = {}
    for octet, target in enumerate(row):
        if target is not None:
            groups.setdefault(target, set()).add(octet)
    return {target: frozenset(members) for target, members in groups.items()}


def _states_that_can_accept(
    grouped: Sequence[Mapping[int, frozenset[int]]], accepting: frozenset[int], length: int
) -> list[frozenset[int]]:
    """For each position the states from which the octets that are left can lead to acceptance."""
    live = [accepting]
    for _ in range(length):
        live.append(frozenset(state for state, row in enumerate(grouped) if not live[-1].isdisjoint(row)))
    return live[::-1]


def _step(
    builder: Builder,
    sets: OctetSets,
    grouped: Sequence[Mapping[int, frozenset[int]]],
    flags: Mapping[int, Expression],
    targets: frozenset[int],
) -> dict[int, Expression]:
    sources: dict[int, dict[frozenset[int], list[Expression]]] = {}
    for state, flag in sorted(flags.items()):
        for target, members in grouped[state].items():
            if target in targets:
                sources.setdefault(target, {}).setdefault(members, []).append(flag)
    return {
        target: builder.wire(
            builder.sum(
                builder.multiply(builder.sum(group), sets.contains(members))
                for members, group in by_set.items()
            )
        )
        for target, by_set in sorted(sources.items())
    }
