"""Sets of ranges, in their only form and in others, and the octets that they select."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...fields import Fields, listed, number
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector

_STEP = "foundation/ranges"
_SELECT = "foundation/select-ranges"
_OCTETS = Labelled(label=f"{_STEP}/sets").octets(40)
_LARGEST = 2**32 - 1


def _fields(ranges: Sequence[tuple[int, int]], octets: bytes = _OCTETS) -> Fields:
    return {
        "ranges": listed([listed([number(start), number(end)]) for start, end in ranges]),
        "octets": octets,
    }


_SETS: tuple[tuple[str, str, Sequence[tuple[int, int]], bytes], ...] = (
    ("honest", "Three ranges with one position between two of them.", [(0, 3), (4, 5), (20, 40)], _OCTETS),
    ("one-position", "The smallest set.", [(7, 8)], _OCTETS),
    ("all-positions", "Everything, in bounds to the last octet.", [(0, 40)], _OCTETS),
    ("last-position", "The last octet.", [(39, 40)], _OCTETS),
    ("one-too-far", "The end is one beyond the octets: in form, out of bounds.", [(0, 3), (39, 41)], _OCTETS),
    ("wholly-outside", "Begins where the octets end.", [(40, 41)], _OCTETS),
    ("largest-position", "The last position that a range can hold.", [(_LARGEST - 1, _LARGEST)], _OCTETS),
    ("largest-count", "Almost 2^32 positions in one range.", [(0, _LARGEST)], _OCTETS),
    ("of-nothing", "No octets at all: nothing is in bounds.", [(0, 1)], b""),
    ("every-other", "Ranges of one position with one between them.", [(at, at + 1) for at in range(0, 40, 2)],
     _OCTETS),
)  # fmt: skip

_FAULTS: tuple[tuple[str, str, MutationKind, Sequence[tuple[int, int]]], ...] = (
    ("no-range", "there is no range", MutationKind.REMOVE, []),
    ("empty-first", "the first range is empty", MutationKind.REPLACE, [(3, 3), (4, 5), (20, 40)]),
    ("empty-at-zero", "the first range is 0 to 0", MutationKind.ZERO, [(0, 0), (4, 5), (20, 40)]),
    ("empty-last", "the last range is empty", MutationKind.REPLACE, [(0, 3), (4, 5), (20, 20)]),
    ("empty-between", "a range without positions between others", MutationKind.INSERT,
     [(0, 3), (4, 5), (10, 10), (20, 40)]),
    ("reversed", "start and end of the last range have changed places", MutationKind.SWAP, [(0, 3), (4, 5), (40, 20)]),
    ("adjacent", "the second range begins where the first ends", MutationKind.REPLACE, [(0, 3), (3, 5), (20, 40)]),
    ("overlapping", "the second range begins within the first", MutationKind.REPLACE, [(0, 3), (2, 5), (20, 40)]),
    ("within", "the second range lies within the first", MutationKind.REPLACE, [(0, 10), (4, 5), (20, 40)]),
    ("duplicated", "the second range stands twice", MutationKind.DUPLICATE, [(0, 3), (4, 5), (4, 5), (20, 40)]),
    ("reordered", "the first two ranges have changed places", MutationKind.REORDER, [(4, 5), (0, 3), (20, 40)]),
    ("last-first", "the last range stands first", MutationKind.REORDER, [(20, 40), (0, 3), (4, 5)]),
    ("empty-at-largest", "a range at the end of all positions is empty", MutationKind.MAXIMUM,
     [(0, 3), (4, 5), (_LARGEST, _LARGEST)]),
)  # fmt: skip


def _sets() -> Iterator[Vector]:
    for name, comment, ranges, octets in _SETS:
        yield Vector(name=name, operation=_SELECT, comment=comment, input=_fields(ranges, octets))
    for name, detail, kind, ranges in _FAULTS:
        yield Vector(
            name=name,
            operation=_SELECT,
            comment=f"Not the one form of a set: {detail}.",
            input=_fields(ranges),
            expects="encoding/not-canonical",
            base="honest",
            mutation=Mutation(kind=kind, field="ranges", detail=detail),
            importance=Importance.CRITICAL,
        )


FAMILIES = (Family(step=_STEP, name="sets", summary="Sets of ranges and what they select.", make=_sets),)
