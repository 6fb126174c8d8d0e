"""What kernels call of formulas over the tower: each works on places of one memory, an array of words.

An element lies as the limbs of its coefficients in F_p, one after the other, in Montgomery form. Two arithmetics
emit: `Limbs` puts the instructions of each operation where it stands, the fastest for a few products; `Places`, for
functions of one block, keeps every value in memory and calls one function for each operation on F_p or F_p2, so that
a product in F_p12 is a hundred calls instead of ten thousand instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from mpctls.reference.foundation.compiled import ARRAY, WORD, generated

from .constants import BASE_MODULUS
from .montgomery import Montgomery
from .tower import Base, E, Element

WORDS: Final = 4
Parts: TypeAlias = tuple[type[Element], ...]  # elements that lie one after the other

_MONTGOMERY = Montgomery(BASE_MODULUS)
_WORD = (1 << 64) - 1


def _limbs(number: int) -> list[int]:
    element = (number << 64 * WORDS) % BASE_MODULUS
    return [element >> 64 * position & _WORD for position in range(WORDS)]


@dataclass(frozen=True, slots=True)
class Limbs:
    """Arithmetic on sequences of four values of llvmlite, emitted in line."""

    builder: Any

    def constant(self, number: int) -> Sequence[Any]:
        """Return the limbs of an integer."""
        from llvmlite import ir

        return [ir.Constant(ir.IntType(64), limb) for limb in _limbs(number)]

    def add(self, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit left + right."""
        return _MONTGOMERY.add(self.builder, left, right)

    def subtract(self, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit left - right."""
        return _MONTGOMERY.subtract(self.builder, left, right)

    def multiply(self, left: Sequence[Any], right: Sequence[Any]) -> Sequence[Any]:
        """Emit left·right."""
        return _MONTGOMERY.multiply(self.builder, left, right)

    def square(self, value: Sequence[Any]) -> Sequence[Any]:
        """Emit value²."""
        return _MONTGOMERY.square(self.builder, value)

    def call(self, formula: Callable[..., E], *operands: Element) -> E:
        """Emit the formula."""
        return formula(*operands)

    def read(self, kind: type[Element], pointer: Any, offset: int) -> Element:
        """Emit loads of an element that begins some words after a pointer."""
        parts = []
        for part in range(kind.degree):
            places = [offset + WORDS * part + position for position in range(WORDS)]
            parts.append(
                Base(self, [self.builder.load(_at(self.builder, pointer, place)) for place in places])
            )
        return kind.of(parts)

    def write(self, pointer: Any, offset: int, element: Element) -> None:
        """Emit stores of an element."""
        words = [word for part in element.parts() for word in part.value]
        for position, word in enumerate(words):
            self.builder.store(word, _at(self.builder, pointer, offset + position))


@dataclass(frozen=True, slots=True)
class Place:
    """A value in memory: so many words after a pointer."""

    pointer: Any
    offset: int


@dataclass(frozen=True, slots=True)
class Places:
    """Arithmetic on places, each operation one call of a function that the module gets once."""

    builder: Any

    def constant(self, number: int) -> Place:
        """Emit stores of an integer's limbs to a place of its own."""
        from llvmlite import ir

        place = self._new(1)
        for position, limb in enumerate(_limbs(number)):
            self.builder.store(ir.Constant(ir.IntType(64), limb), _at(self.builder, place.pointer, position))
        return place

    def add(self, left: Place, right: Place) -> Place:
        """Emit left + right."""
        return self._base("add", lambda a, b: a + b, left, right)

    def subtract(self, left: Place, right: Place) -> Place:
        """Emit left - right."""
        return self._base("subtract", lambda a, b: a - b, left, right)

    def multiply(self, left: Place, right: Place) -> Place:
        """Emit left·right."""
        return self._base("multiply", lambda a, b: a * b, left, right)

    def square(self, value: Place) -> Place:
        """Emit value²."""
        return self._base("square", lambda a: a.square(), value)

    def call(self, formula: Callable[..., E], *operands: Element) -> E:
        """Emit a call of the function that computes the formula in line."""
        kind = type(operands[0])
        places = [(type(operand), self._whole(operand)) for operand in operands]
        return cast(E, self.read(kind, self._emit(formula.__name__, formula, kind, places), 0))

    def read(self, kind: type[Element], pointer: Any, offset: int) -> Element:
        """Return the element that begins some words after a pointer."""
        if isinstance(pointer, Place):
            pointer, offset = pointer.pointer, pointer.offset + offset
        return kind.of([Base(self, Place(pointer, offset + WORDS * part)) for part in range(kind.degree)])

    def write(self, pointer: Any, offset: int, element: Element) -> None:
        """Emit copies of an element's coefficients."""
        for number, part in enumerate(element.parts()):
            for position in range(WORDS):
                word = self.builder.load(_at(self.builder, part.value.pointer, part.value.offset + position))
                self.builder.store(word, _at(self.builder, pointer, offset + WORDS * number + position))

    def _base(self, name: str, formula: Callable[..., Base], *operands: Place) -> Place:
        return self._emit(name, formula, Base, [(Base, place) for place in operands])

    def _new(self, degree: int) -> Place:
        from llvmlite import ir

        return Place(self.builder.alloca(ir.IntType(64), WORDS * degree), 0)

    def _whole(self, element: Element) -> Place:
        """Return the place of an element, copied together if its coefficients lie apart."""
        places: list[Place] = [part.value for part in element.parts()]
        first = places[0]
        if all(
            place.pointer is first.pointer and place.offset == first.offset + WORDS * number
            for number, place in enumerate(places)
        ):
            return first
        together = self._new(len(places))
        self.write(together.pointer, 0, element)
        return together

    def _emit(
        self,
        name: str,
        formula: Callable[..., Element],
        kind: type[Element],
        operands: Sequence[tuple[type[Element], Place]],
    ) -> Place:
        result = self._new(kind.degree)

        def body(builder: Any, target: Any, *pointers: Any) -> None:
            limbs = Limbs(builder)
            elements = [
                limbs.read(part, pointer, 0) for (part, _), pointer in zip(operands, pointers, strict=True)
            ]
            limbs.write(target, 0, formula(*elements))

        pointers = [result, *(place for _, place in operands)]
        arguments = [_at(self.builder, place.pointer, place.offset) for place in pointers]
        _call(self.builder, f"{kind.__name__}.{name.strip('_')}", body, arguments)
        return result


def _at(builder: Any, pointer: Any, offset: int) -> Any:
    from llvmlite import ir

    return builder.gep(pointer, [ir.Constant(ir.IntType(64), offset)]) if offset else pointer


def _call(builder: Any, name: str, body: Callable[..., None], arguments: Sequence[Any]) -> None:
    """Emit a call of a function, and the function if the module has it not yet."""
    from llvmlite import ir

    full_name = f"mpctls.bn254.{name}"
    function = builder.module.globals.get(full_name)
    if function is None:
        shape = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
        function = ir.Function(builder.module, shape, full_name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        function.attributes.add("nounwind")
        inner = ir.IRBuilder(function.append_basic_block())
        body(inner, *function.args)
        inner.ret_void()
    builder.call(function, arguments)


def memory_instructions(
    formula: Callable[..., Sequence[Element]],
    operands: Sequence[Parts],
    results: Sequence[Parts],
    *,
    fast: bool = False,
) -> Callable[..., None]:
    """Make of a formula on elements what kernels call on their memory.

    The call names the memory and where in it, in words, each of `results` goes and each of `operands` lies; each is
    one or several elements in a row. Operands may lie where results go. A `fast` formula is emitted in line.
    """

    def body(builder: Any, memory: Any, *positions: Any) -> None:
        arithmetic: Limbs | Places = Limbs(builder) if fast else Places(builder)
        pointers = [builder.gep(memory, [position]) for position in positions]
        elements: list[Element] = []
        for kinds, pointer in zip(operands, pointers[len(results) :], strict=True):
            offset = 0
            for kind in kinds:
                elements.append(arithmetic.read(kind, pointer, offset))
                offset += WORDS * kind.degree
        made = iter(formula(*elements))
        for kinds, pointer in zip(results, pointers, strict=False):
            offset = 0
            for kind in kinds:
                arithmetic.write(pointer, offset, next(made))
                offset += WORDS * kind.degree

    def emit(builder: Any, memory: Any, *positions: Any) -> Sequence[Any]:
        if fast:
            body(builder, memory, *positions)
        else:
            kinds = "-".join(kind.__name__ for part in operands for kind in part)
            _call(builder, f"{formula.__name__.strip('_')}.{kinds}", body, [memory, *positions])
        return []

    emit.__name__ = formula.__name__.strip("_")
    variant = f"{operands} {results} {fast}"
    return generated(ARRAY, *(WORD for _ in (*results, *operands)), result=0, variant=variant)(emit)
