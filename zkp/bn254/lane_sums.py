"""Sums of many segments of points of G1 on eight lanes: each lane sums segments of its own.

Segments are sorted by length, so that the eight that go side by side need (almost) the same additions: of an octet
of segments, points i and i + ⌈length/2⌉ of all eight are added at once, level by level. Octets are taken in chunks
that stay in the processor's caches, and the additions of one level of a chunk share one inversion.
"""

from __future__ import annotations

import functools
import threading
from typing import Any, Final

import numpy as np

from mpctls.reference.foundation.compiled import compiled, inlined, processor_features

from .additions import PAIR, Additions
from .arithmetic import with_names
from .batches import (
    MOST_ADDITIONS,
    PAIRS,
    POINTS,
    add_pairs,
    batch_names,
    clear_lane,
    gather_eight,
    prefetch_eight,
    write_points,
)
from .fused_lanes import FusedLanes
from .groups import Ends, Indices, Memory
from .lanes import LANES, ROW, Lanes, without_lanes
from .madd_lanes import MaddLanes

LONGEST: Final = 128
"""Points of a segment; longer ones are sums of sums."""

_CHUNK = 2 * MOST_ADDITIONS - LONGEST  # pairs of blocks after which a chunk ends
_NOTHING = np.uint64(0)  # not 0: a uint64 or an int64 is a float to numba
_WORDS = PAIRS + (_CHUNK + LONGEST) * PAIR


@inlined
def _by_length(ends: Ends) -> Ends:
    """Return the segments, the shortest first."""
    segments = ends.shape[0] - 1
    places = np.zeros(LONGEST + 2, np.int64)
    for segment in range(segments):
        places[ends[segment + 1] - ends[segment] + 1] += 1
    for length in range(1, LONGEST + 2):
        places[length] += places[length - 1]
    order = np.empty(segments, np.int64)
    for segment in range(segments):
        length = ends[segment + 1] - ends[segment]
        order[places[length]] = segment
        places[length] += 1
    return order


def _gather_octet(
    points: Memory,
    entries: Indices,
    ends: Ends,
    order: Ends,
    first: int,
    length: int,
    work: Memory,
    pair: int,
) -> None:
    """Read the points of eight segments; where one has no more, zeros. Fetch those of the next eight meanwhile."""
    chosen = np.empty(LANES, np.uint64)
    following = np.empty(LANES, np.uint64)
    for k in range(length):
        for lane in range(LANES):
            following[lane] = 0
            if first + LANES + lane < order.shape[0]:
                segment = order[first + LANES + lane]
                if k < ends[segment + 1] - ends[segment]:
                    following[lane] = entries[ends[segment] + k]
        prefetch_eight(points, following)
        absent = 0
        for lane in range(LANES):
            chosen[lane] = 0
            if first + lane < order.shape[0]:
                segment = order[first + lane]
                if k < ends[segment + 1] - ends[segment]:
                    chosen[lane] = entries[ends[segment] + k]
                else:
                    absent |= 1 << lane
            else:
                absent |= 1 << lane
        gather_eight(points, chosen, work, pair + k * PAIR)
        if absent != 0:
            for lane in range(LANES):
                if absent >> lane & 1:
                    clear_lane(work, pair + k * PAIR, lane)


def _write_octet(order: Ends, first: int, length: int, work: Memory, pair: int, out: Memory) -> None:
    if length > 0:
        write_points(work, pair, POINTS)
    for lane in range(min(LANES, order.shape[0] - first)):
        target = order[first + lane] * 2 * ROW
        for word in range(ROW):
            x_word, y_word = work[POINTS + lane * ROW + word], work[POINTS + (LANES + lane) * ROW + word]
            out[target + word] = x_word if length > 0 else _NOTHING
            out[target + ROW + word] = y_word if length > 0 else _NOTHING


def _sum(points: Memory, entries: Indices, ends: Ends, work: Memory, out: Memory) -> None:
    order = _by_length(ends)
    octets = (order.shape[0] + LANES - 1) // LANES
    starts = np.empty(_CHUNK, np.int64)
    lengths = np.empty(_CHUNK, np.int64)
    left = np.empty(MOST_ADDITIONS, np.int64)
    right = np.empty(MOST_ADDITIONS, np.int64)
    done = 0
    while done < octets:
        count = 0
        pairs = 0
        while done + count < octets and pairs < _CHUNK and count < _CHUNK:
            first = (done + count) * LANES
            longest = order[min(first + LANES, order.shape[0]) - 1]
            length = ends[longest + 1] - ends[longest]
            starts[count] = PAIRS + pairs * PAIR
            lengths[count] = length
            _gather_octet(points, entries, ends, order, first, length, work, starts[count])
            pairs += length
            count += 1
        unfinished = True
        while unfinished:
            unfinished = False
            additions = 0
            for octet in range(count):
                half = (lengths[octet] + 1) >> 1
                for k in range(lengths[octet] - half):
                    left[additions] = starts[octet] + k * PAIR
                    right[additions] = left[additions] + half * PAIR
                    additions += 1
                lengths[octet] = half
                unfinished = unfinished or half > 1
            if additions > 0:
                add_pairs(work, left, right, additions)
        for octet in range(count):
            _write_octet(order, (done + octet) * LANES, lengths[octet], work, starts[octet], out)
        done += count


class LaneSums:
    """The kernel of one representation on eight lanes."""

    __slots__ = ("_sum", "lanes")

    def __init__(self, lanes: type[Lanes]) -> None:
        self.lanes = lanes
        names = batch_names(Additions(lanes))
        for helper in (_gather_octet, _write_octet):
            names[helper.__name__] = inlined(with_names(names, helper))
        twin: Any = without_lanes
        signature = "const uint64[:], const int32[:], const int64[:], uint64[:], uint64[:]"
        self._sum = compiled(signature, features=lanes.features, portable=twin)(with_names(names, _sum))

    def sum_segments(self, points: Memory, entries: Indices, ends: Ends) -> Memory:
        """Return the sum of each segment, uint64[segments·8]: see `groups_segments.gather` for what entries are."""
        lengths = np.diff(ends)
        pieces = -(-lengths // LONGEST)
        whole = bool((pieces <= 1).all())
        inner = ends if whole else _split(ends, pieces)
        out = np.empty((len(inner) - 1) * 2 * ROW, np.uint64)
        self._sum(points, entries, inner, _workspace(), out)
        if whole:
            return out
        parts = np.arange(0, 2 * (len(inner) - 1), 2, dtype=np.int32)
        return self.sum_segments(out, parts, np.concatenate([[0], np.cumsum(pieces)]))


def _split(ends: Ends, pieces: Ends) -> Ends:
    """Return the ends of pieces of segments, almost equally long."""
    owner = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    lengths = np.diff(ends)
    starts = ends[:-1][owner] + number * lengths[owner] // pieces[owner]
    return np.concatenate([starts, ends[-1:]])


_kept = threading.local()


def _workspace() -> Memory:
    """Return the memory of this thread for a chunk, kept for the next sum."""
    kept: Memory | None = getattr(_kept, "memory", None)
    if kept is None:
        kept = _kept.memory = np.empty(_WORDS, np.uint64)
    return kept


FUSED = LaneSums(FusedLanes)
MADD = LaneSums(MaddLanes)


@functools.cache
def chosen_sums() -> LaneSums | None:
    """Return the fastest sums that this processor can compute, or None if it has to go point by point."""
    features = processor_features()
    return next((sums for sums in (MADD, FUSED) if features.issuperset(sums.lanes.features)), None)
