"""Instructions for kernels that numba does not have: one of the processor's by name, or any that LLVM can emit."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import numpy as np

Block: TypeAlias = tuple[np.uint64, np.uint64]  # 128 bits, low word first
VectorInstruction: TypeAlias = Callable[[Block, Block], Block]
Generator: TypeAlias = Callable[..., Sequence[Any]]  # (llvmlite's builder, operands) -> values of the result
WORD = 0
ARRAY = -1


def vector_instruction(name: str, *, immediate: int | None = None) -> VectorInstruction:
    """Return LLVM's intrinsic `name` for use in kernels.

    It takes two 128-bit blocks and returns one; a block is a pair of uint64, low word first. `immediate` is
    the constant octet that some instructions take as a third operand.
    """
    return NamedInstruction(name, immediate)


def generated(*operands: int, result: int, variant: str = "") -> Callable[[Generator], Callable[..., Any]]:
    """Make of a function that emits LLVM instructions one that kernels call.

    An operand is a tuple of so many uint64, `WORD` (one uint64) or `ARRAY` (a C-contiguous array of uint64);
    the result is a tuple of so many uint64, and nothing if 0. The function is given llvmlite's builder and for
    each operand a sequence of 64-bit values, a value, or the pointer to the array's first element; it returns
    the values of the result. The cache watches all sources in the folder of the function's module; `variant`
    tells apart what the same sources make of different parameters.
    """
    return lambda generator: GeneratedInstruction(generator, operands, result, variant)


class GeneratedInstruction:
    __slots__ = ("generator", "operands", "result", "variant")

    def __init__(self, generator: Generator, operands: tuple[int, ...], result: int, variant: str) -> None:
        self.generator = generator
        self.operands = operands
        self.result = result
        self.variant = variant

    def __call__(self, *operands: Any) -> Any:
        raise TypeError(f"{self.generator.__name__} is generated: only compiled kernels can execute it")


class NamedInstruction:
    __slots__ = ("immediate", "name")

    def __init__(self, name: str, immediate: int | None) -> None:
        self.name = name
        self.immediate = immediate

    def __call__(self, left: Block, right: Block) -> Block:
        raise TypeError(f"{self.name} is an instruction: only compiled kernels can execute it")


def intrinsic_of(part: NamedInstruction | GeneratedInstruction) -> Any:
    """Return numba's intrinsic of an instruction."""
    return _named_intrinsic(part) if isinstance(part, NamedInstruction) else _generated_intrinsic(part)


@functools.cache
def _named_intrinsic(instruction: NamedInstruction) -> Any:
    """Make numba's intrinsic of one instruction on blocks."""
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    word, octet, index = ir.IntType(64), ir.IntType(8), ir.IntType(32)
    vector = ir.VectorType(word, 2)
    constants = [] if instruction.immediate is None else [ir.Constant(octet, instruction.immediate)]
    llvm_type = ir.FunctionType(vector, [vector, vector, *(constant.type for constant in constants)])
    block = cast(Any, types).UniTuple(types.uint64, 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def pack(words: Any) -> Any:
            packed = ir.Constant(vector, ir.Undefined)
            for position in (0, 1):
                word = builder.extract_value(words, position)
                packed = builder.insert_element(packed, word, ir.Constant(index, position))
            return packed

        function = builder.module.declare_intrinsic(instruction.name, (), llvm_type)
        result = builder.call(function, [*map(pack, arguments), *constants])
        halves = [builder.extract_element(result, ir.Constant(index, position)) for position in (0, 1)]
        return context.make_tuple(builder, signature.return_type, halves)

    def typed(_context: Any, left: Any, right: Any) -> Any:
        return block(block, block), generate

    return intrinsic(typed)


@functools.cache
def _generated_intrinsic(part: GeneratedInstruction) -> Any:
    """Make numba's intrinsic of a generator."""
    from numba.core import types
    from numba.extending import intrinsic

    def tuple_of(words: int) -> Any:
        return cast(Any, types).UniTuple(types.uint64, words)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        operands = []
        for kind, argument, argument_type in zip(part.operands, arguments, signature.args, strict=True):
            if kind == ARRAY:
                operands.append(context.make_array(argument_type)(context, builder, argument).data)
            elif kind == WORD:
                operands.append(argument)
            else:
                operands.append([builder.extract_value(argument, position) for position in range(kind)])
        values = part.generator(builder, *operands)
        return (
            context.make_tuple(builder, signature.return_type, values)
            if part.result
            else context.get_dummy_value()
        )

    def typed(_context: Any, *given: Any) -> Any:
        kinds = zip(part.operands, given, strict=True)
        operands = [
            operand if kind == ARRAY else types.uint64 if kind == WORD else tuple_of(kind)
            for kind, operand in kinds
        ]
        return (tuple_of(part.result) if part.result else types.void)(*operands), generate

    names = ("_context", *(f"operand_{position}" for position in range(len(part.operands))))
    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
    cast(Any, typed).__signature__ = inspect.Signature(parameters)  # numba matches operands with names
    return intrinsic(typed)
