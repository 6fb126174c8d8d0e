"""A number written in decimal against a constant: by its sign, its number of digits, and the order of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .builder import Builder, Value
from .decimal import WrittenNumber
from .expressions import Expression
from .written_order import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One way in which a number of so many octets can be written: its sign, and the place of its point, if any.

    `shown` is 1 exactly for such numbers. Without leading zeros the digits before the point bound the magnitude.
    """

    shown: Expression
    negative: bool
    whole: int
    """Digits before the point."""
    fraction: int

    def bounds(self, scale: int) -> tuple[int, int]:
        """The least and the greatest magnitude * 10^scale."""
        least = 10 ** (self.whole - 1 + scale) if self.whole > 1 else 0
        return least, (10 ** (self.whole + self.fraction) - 1) * 10 ** (scale - self.fraction)

    def text(self, magnitude: int, scale: int) -> bytes:
        """The least number of this form whose magnitude * 10^scale is not below `magnitude`."""
        steps = -(-magnitude // 10 ** (scale - self.fraction))
        digits = str(steps).zfill(self.whole + self.fraction)
        point = "." + digits[self.whole :] if self.fraction else ""
        return (("-" if self.negative else "") + digits[: self.whole] + point).encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undecided:
    """A form some of whose numbers are at least the bound: `below` the threshold or not."""

    shown: Expression
    threshold: Threshold
    below: bool


def is_at_least(builder: Builder, number: WrittenNumber, bound: int) -> Expression:
    """1 if value * 10^scale >= bound, else 0."""
    always, undecided = _decided(builder, number, bound)
    for each in undecided:
        below = each.threshold.is_below(builder)
        always += builder.multiply(each.shown, below if each.below else 1 - below)
    return builder.wire(always)


def assert_at_least(builder: Builder, number: WrittenNumber, bound: int) -> None:
    """Forces value * 10^scale >= bound."""
    always, undecided = _decided(builder, number, bound)
    builder.assert_equal(builder.sum((always, *(each.shown for each in undecided))), 1)
    for each in undecided:
        each.threshold.assert_below_where(builder, each.shown, each.below)


def assert_below(builder: Builder, number: WrittenNumber, bound: int) -> None:
    """Forces value * 10^scale < bound."""
    always, undecided = _decided(builder, number, bound)
    builder.assert_zero(always)
    for each in undecided:
        each.threshold.assert_below_where(builder, each.shown, not each.below)


def _decided(builder: Builder, number: WrittenNumber, bound: int) -> tuple[Expression, list[_Undecided]]:
    """1 for the forms all of whose numbers are at least the bound; and the forms with numbers on both sides."""
    always = builder.constant(0)
    undecided = []
    for sign, forms in _forms(builder, number):
        certain: Value = 0
        listed = list(forms)
        for form in listed:
            least, most = form.bounds(number.scale)
            low, high = (-most, -least) if form.negative else (least, most)
            if low >= bound:
                certain = certain + form.shown
            elif high >= bound:
                # A negative number is at least the bound if its magnitude is below 1 - bound.
                text = form.text(1 - bound if form.negative else bound, number.scale)
                threshold = Threshold(octets=number.octets, constant=text, order=range(len(text)))
                shown = builder.multiply(sign, form.shown)
                undecided.append(_Undecided(shown=shown, threshold=threshold, below=form.negative))
        always += builder.multiply(sign, certain)
    return always, undecided


def _forms(builder: Builder, number: WrittenNumber) -> Iterator[tuple[Expression, Iterator[_Form]]]:
    """For each sign whether it is the number's, and its forms."""
    count = len(number.octets)
    places = [(None, 1 - number.pointed), *number.points.items()]

    def of_sign(negative: bool) -> Iterator[_Form]:
        for place, shown in places:
            whole = (count if place is None else place) - negative
            if whole > 0:
                yield _Form(
                    shown=shown,
                    negative=negative,
                    whole=whole,
                    fraction=0 if place is None else count - 1 - place,
                )

    yield 1 - number.minus, of_sign(False)
    if not number.minus.is_constant:
        yield number.minus, of_sign(True)
