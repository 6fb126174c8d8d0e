"""Additions of eight pairs of points of G1 side by side, in affine coordinates, on either representation of lanes.

Eight points are a pair of blocks, x and y. A point at infinity is blocks' words of zeros in its lane: no finite
point has x = 0, for it would have order 3. So what is missing in a lane and infinity are one: the other operand is
the sum. The inverses of x₂ - x₁ come from Montgomery's trick, one running product for each lane; equal and opposite
points, whose difference is zero, make the product of their lane zero, and are for the caller to replace beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from mpctls.reference.foundation.compiled import ARRAY, WORD, generated

from .constants import BASE_MODULUS
from .lanes import BLOCK, LANES, LIMBS, ROW, Lanes
from .portable import RADIX

PAIR: Final = 2 * BLOCK  # words of eight points
_POINT: Final = 2 * ROW
_NEAR: Final = 3  # from 0, not kept in a cache, to 3, in all of them


class Additions:
    """Instructions on one memory of words: each names the words of the memory where its operands begin."""

    __slots__ = ("lanes", "names", "to_field")

    def __init__(self, lanes: type[Lanes]) -> None:
        self.lanes = lanes

        def gather_eight(builder: Any, points: Any, entries: Any, out: Any, pair: Any) -> Sequence[Any]:
            """Read points, each its own or negated: an entry is twice the index of a point, plus one to negate."""
            emit = lanes(builder, BASE_MODULUS)
            chosen = emit.load_vector(entries, emit.words)
            first_words = builder.shl(builder.lshr(chosen, emit.integer(1)), emit.integer(3))
            sources = [
                emit.offset(points, builder.extract_element(first_words, _index(lane)))
                for lane in range(LANES)
            ]
            negative = builder.icmp_unsigned("!=", builder.and_(chosen, emit.integer(1)), emit.integer(0))
            target = emit.offset(out, pair)
            x = emit.residues_of(emit.gather_words(sources), emit.row_shift)
            emit.store(target, x)
            y_words = emit.gather_words([emit.offset(source, ROW) for source in sources])
            y = emit.residues_of(y_words, emit.row_shift)
            opposite = emit.settle(emit.subtract(emit.constant(0), y))
            emit.store(emit.offset(target, BLOCK), emit.select(negative, opposite, emit.settle(y)))
            return []

        def prefetch_eight(builder: Any, points: Any, entries: Any) -> Sequence[Any]:
            """Have the processor fetch points that are gathered soon."""
            from llvmlite import ir

            emit = lanes(builder, BASE_MODULUS)
            octets, number = ir.IntType(8).as_pointer(), ir.IntType(32)
            shape = ir.FunctionType(ir.VoidType(), [octets, number, number, number])
            prefetch = builder.module.declare_intrinsic("llvm.prefetch", (octets,), shape)
            kind = [ir.Constant(number, flag) for flag in (0, _NEAR, 1)]  # to read; how near; data
            chosen = emit.load_vector(entries, emit.words)
            first_words = builder.shl(builder.lshr(chosen, emit.integer(1)), emit.integer(3))
            for lane in range(LANES):
                place = emit.offset(points, builder.extract_element(first_words, _index(lane)))
                builder.call(prefetch, [builder.bitcast(place, octets), *kind])
            return []

        def write_ones(builder: Any, memory: Any, place: Any) -> Sequence[Any]:
            """Write a block of ones."""
            emit = lanes(builder, BASE_MODULUS)
            emit.store(emit.offset(memory, place), emit.constant(emit.montgomery % BASE_MODULUS))
            return []

        def accumulate_eight(
            builder: Any, memory: Any, left: Any, right: Any, running: Any, before: Any, across: Any
        ) -> Sequence[Any]:
            """Write x₂ - x₁ and the running product before it, and multiply the running product by it."""
            emit = lanes(builder, BASE_MODULUS)
            left_x = emit.load(emit.offset(memory, left))
            right_x = emit.load(emit.offset(memory, right))
            one = emit.constant(emit.montgomery % BASE_MODULUS)
            missing = builder.or_(emit.without_digits(left_x), emit.without_digits(right_x))
            difference = emit.settle(emit.subtract(right_x, left_x))
            emit.store(emit.offset(memory, across), emit.select(missing, one, difference))
            product = emit.load(emit.offset(memory, running))
            emit.store(emit.offset(memory, before), product)
            difference = emit.load(emit.offset(memory, across))
            emit.store(emit.offset(memory, running), emit.multiply(product, difference))
            return []

        def divide_eight(builder: Any, memory: Any, running: Any, before: Any, across: Any) -> Sequence[Any]:
            """Replace the product before by the inverse of the difference; make the running inverse that before it."""
            emit = lanes(builder, BASE_MODULUS)
            running_place, before_place = emit.offset(memory, running), emit.offset(memory, before)
            inverse = emit.multiply(emit.load(running_place), emit.load(before_place))
            product = emit.multiply(emit.load(running_place), emit.load(emit.offset(memory, across)))
            emit.store(before_place, inverse)
            emit.store(running_place, product)
            return []

        def slope_eight(builder: Any, memory: Any, left: Any, right: Any, inverse: Any) -> Sequence[Any]:
            """Replace the inverse by the slope of the line through both points."""
            emit = lanes(builder, BASE_MODULUS)
            left_y = emit.load(emit.offset(memory, builder.add(left, _word(BLOCK))))
            right_y = emit.load(emit.offset(memory, builder.add(right, _word(BLOCK))))
            place = emit.offset(memory, inverse)
            emit.store(place, emit.multiply(emit.subtract(right_y, left_y), emit.load(place)))
            return []

        def cross_eight(
            builder: Any, memory: Any, left: Any, right: Any, slope: Any, out: Any
        ) -> Sequence[Any]:
            """Write the x of the sums."""
            emit = lanes(builder, BASE_MODULUS)
            line = emit.load(emit.offset(memory, slope))
            square = emit.multiply(line, line)
            total = square
            for _ in range(1, emit.surplus):
                total = emit.add(total, square)
            for place in (left, right):
                total = emit.subtract(total, emit.load(emit.offset(memory, place)))
            emit.store(emit.offset(memory, out), total)
            return []

        def finish_eight(
            builder: Any, memory: Any, left: Any, right: Any, slope: Any, sum_x: Any
        ) -> Sequence[Any]:
            """Write the sums in the place of the left operands: where one operand is missing, the other."""
            emit = lanes(builder, BASE_MODULUS)
            left_place, right_place = emit.offset(memory, left), emit.offset(memory, right)
            left_x, right_x = emit.load(left_place), emit.load(right_place)
            left_y = emit.load(emit.offset(left_place, BLOCK))
            right_y = emit.load(emit.offset(right_place, BLOCK))
            line, x = emit.load(emit.offset(memory, slope)), emit.load(emit.offset(memory, sum_x))
            y = emit.settle(emit.subtract(emit.multiply(emit.subtract(left_x, x), line), left_y))
            no_left, no_right = emit.without_digits(left_x), emit.without_digits(right_x)
            for place, total, ours, theirs in (
                (left_place, x, left_x, right_x),
                (emit.offset(left_place, BLOCK), y, left_y, right_y),
            ):
                emit.store(place, emit.select(no_right, ours, emit.select(no_left, theirs, total)))
            return []

        def write_rows(builder: Any, memory: Any, block: Any, row: Any) -> Sequence[Any]:
            """Write a block as eight rows, as it is."""
            emit = lanes(builder, BASE_MODULUS)
            emit.store_rows(emit.offset(memory, row), emit.load(emit.offset(memory, block)))
            return []

        def read_rows(builder: Any, memory: Any, row: Any, block: Any) -> Sequence[Any]:
            """Read eight rows as a block, as they are."""
            emit = lanes(builder, BASE_MODULUS)
            emit.store(emit.offset(memory, block), emit.load_rows(emit.offset(memory, row)))
            return []

        def write_points(builder: Any, memory: Any, pair: Any, row: Any) -> Sequence[Any]:
            """Write eight points as eight rows of x, then eight of y."""
            emit = lanes(builder, BASE_MODULUS)
            for part in range(2):
                residues = emit.load(emit.offset(memory, builder.add(pair, _word(part * BLOCK))))
                if emit.row_shift:
                    unshift = emit.montgomery * pow(2, -emit.row_shift, BASE_MODULUS) % BASE_MODULUS
                    residues = emit.multiply(residues, emit.constant(unshift))
                emit.store_rows(emit.offset(memory, builder.add(row, _word(part * LANES * ROW))), residues)
            return []

        radix = 1 << lanes.radix * LIMBS
        self.to_field = radix * radix * pow(RADIX, -1, BASE_MODULUS) % BASE_MODULUS
        shapes: dict[Callable[..., Sequence[Any]], tuple[int, ...]] = {
            gather_eight: (ARRAY, ARRAY, ARRAY, WORD),
            prefetch_eight: (ARRAY, ARRAY),
            write_ones: (ARRAY, WORD),
            accumulate_eight: (ARRAY, *[WORD] * 5),
            divide_eight: (ARRAY, *[WORD] * 3),
            slope_eight: (ARRAY, *[WORD] * 3),
            cross_eight: (ARRAY, *[WORD] * 4),
            finish_eight: (ARRAY, *[WORD] * 4),
            write_rows: (ARRAY, WORD, WORD),
            read_rows: (ARRAY, WORD, WORD),
            write_points: (ARRAY, WORD, WORD),
        }
        self.names = {
            emitted.__name__: generated(*shape, result=0, variant=lanes.__name__)(emitted)
            for emitted, shape in shapes.items()
        }


def _index(lane: int) -> Any:
    from llvmlite import ir

    return ir.Constant(ir.IntType(32), lane)


def _word(number: int) -> Any:
    from llvmlite import ir

    return ir.Constant(ir.IntType(64), number)
