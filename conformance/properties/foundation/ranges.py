"""A set of ranges has one form, holds so many octets, and selects exactly them.

Compared: the number of positions, whether they lie within a direction, and the octets there; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.ranges import Range, RangeSet

from ...fields import Fields, flag, listed, number, read_list, read_number
from ...property import Operation
from ..drawing import range_sets


@st.composite
def _inputs(draw: DrawFn) -> Fields:
    octets = draw(st.binary(min_size=1, max_size=60))
    ranges = draw(range_sets(len(octets) + draw(st.sampled_from((0, 0, 0, 5))), most=4))
    bounds = [bound for part in ranges.ranges for bound in (part.start, part.end)]
    match draw(
        st.sampled_from(("honest", "honest", "empty", "reversed", "adjacent", "overlapping", "unsorted"))
    ):
        case "empty":
            bounds = bounds[:-2] + [bounds[-2]] * 2
        case "reversed":
            bounds[-2:] = bounds[:-3:-1]
        case "adjacent":
            bounds += [bounds[-1], bounds[-1] + 1]
        case "overlapping":
            bounds += [bounds[-2], bounds[-1] + 1]
        case "unsorted":
            bounds += [0, 1]
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return {
        "ranges": listed([listed([number(start), number(end)]) for start, end in pairs]),
        "octets": octets,
    }


def _select(fields: Fields) -> Fields:
    pairs = [map(read_number, read_list(pair)) for pair in read_list(fields["ranges"])]
    encoded = RangeSet(ranges=tuple(Range(start=start, end=end) for start, end in pairs))
    within = encoded.is_within(len(fields["octets"]))
    return {
        "count": number(encoded.octet_count),
        "within": flag(within),
        "selected": encoded.gather(fields["octets"]) if within else b"",
    }


OPERATIONS = (Operation(name="foundation/select-ranges", inputs=_inputs, specification=_select),)
