"""Compiled kernels: the only module that touches numba, at the first call of a kernel and not before.

A kernel is a Python function over C-contiguous arrays that writes its results into arrays it was given:

    @compiled("const uint64[:,:], uint64, uint64[:,:]", features=("aes",), portable=_shift_portable)
    def shift(blocks: Words, distance: np.uint64, out: Words) -> None: ...

`const` marks an array that the kernel only reads (read-only arrays are then accepted). Helpers that kernels
call are marked `@inlined`; single instructions of the processor are made with `vector_instruction`, and what
Python cannot say (products of 128 bits, carries, assembly) with `@generated`, which writes LLVM's instructions.
Arithmetic on `uint64` stays exact only if both operands are `uint64`: constants are module-level `np.uint64`
values, defined in the module of the kernel or of one of its helpers (the cache watches these sources).

Each kernel has a portable twin with the same parameters. The twin runs when the processor lacks one of the
kernel's features (LLVM ends the process on an instruction it may not emit, so features are asked first) or
when the environment has MPCTLS_PORTABLE=1.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import os
import pickle
import platform
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, cast

import numpy as np

from .kernel_cache import cache_folder, folder_lock

P = ParamSpec("P")
R = TypeVar("R")

Block: TypeAlias = tuple[np.uint64, np.uint64]  # 128 bits, low word first
VectorInstruction: TypeAlias = Callable[[Block, Block], Block]
Generator: TypeAlias = Callable[..., Sequence[Any]]  # (llvmlite's builder, operands) -> values of the result
WORD = 0
ARRAY = -1

_PARAMETER = re.compile(r"(?P<const>const )?(?P<element>u?int(8|16|32|64))(?P<axes>\[:(,:)*\])?")
_registered: list[Kernel[Any]] = []
_listeners: list[Callable[[Progress], None]] = []
_lock = threading.RLock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The `number`-th of `total` kernels is about to be compiled, or loaded if `cached`."""

    kernel: str
    number: int
    total: int
    cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How many kernels were compiled, loaded from the cache or left to portable twins, and in what time."""

    compiled: int
    loaded: int
    portable: int
    seconds: float


def subscribe(listener: Callable[[Progress], None]) -> Callable[[], None]:
    """Call `listener` before each kernel is made ready, in that thread; return a function that ends this."""
    _listeners.append(listener)
    return functools.partial(_listeners.remove, listener)


def warm_up() -> Preparation:
    """Make every kernel of the modules imported so far ready to run, and say how many were compiled anew."""
    start = time.monotonic()
    kernels = tuple(_registered)
    for kernel in kernels:
        kernel.prepare()
    return Preparation(
        compiled=sum(kernel.state == "compiled" for kernel in kernels),
        loaded=sum(kernel.state == "loaded" for kernel in kernels),
        portable=sum(kernel.state == "portable" for kernel in kernels),
        seconds=time.monotonic() - start,
    )


@functools.cache
def processor_features() -> frozenset[str]:
    """Return LLVM's names of the features that this x86-64 processor has and that numba will let LLVM use.

    Empty on other processors (their features share names, such as `aes`, with instructions these kernels do
    not use) and when MPCTLS_PORTABLE=1.
    """
    if portable_forced() or platform.machine().lower() not in ("x86_64", "amd64"):
        return frozenset()
    import llvmlite.binding
    from numba.core.registry import cpu_target

    present = {name for name, has in llvmlite.binding.get_host_cpu_features().items() if has}
    _triple, _processor, options = cpu_target.target_context.codegen().magic_tuple()
    return frozenset(present & {option[1:] for option in options.split(",") if option.startswith("+")})


def portable_forced() -> bool:
    """Say whether the environment asks for portable twins only, or forbids numba to compile."""
    return os.environ.get("MPCTLS_PORTABLE", "") == "1" or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0"


def compiled(
    signature: str, *, features: tuple[str, ...] = (), portable: Callable[P, None]
) -> Callable[[Callable[P, None]], Kernel[P]]:
    """Make a kernel of a function: compiled at its first call, for this signature, running without the GIL.

    `signature` lists the parameters' types, separated by ", ": `uint64`, `uint64[:,:]`, `const int32[:]`, or
    several of them in parentheses for a tuple. Arrays are C-contiguous and aligned; numba refuses others with
    TypeError. `features` are LLVM's names of what the kernel's instructions need. `portable` is the twin that
    runs elsewhere.
    """
    parameters = tuple(re.split(r", (?![^(]*\))", signature))  # not at commas within a tuple
    for parameter in parameters:
        for part in parameter.strip("()").split(", "):
            if not _PARAMETER.fullmatch(part):
                raise ValueError(f"not the type of a kernel's parameter: {part!r}")

    def make(function: Callable[P, None]) -> Kernel[P]:
        kernel = Kernel(function, parameters, frozenset(features), portable)
        _registered.append(kernel)
        return kernel

    return make


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a helper that kernels call; numba infers its types from the calls."""
    cast(Any, function).part_of_kernels = True
    return function


def vector_instruction(name: str, *, immediate: int | None = None) -> VectorInstruction:
    """Return LLVM's intrinsic `name` for use in kernels.

    It takes two 128-bit blocks and returns one; a block is a pair of uint64, low word first. `immediate` is
    the constant octet that some instructions take as a third operand.
    """
    return _VectorInstruction(name, immediate)


def generated(*operands: int, result: int, variant: str = "") -> Callable[[Generator], Callable[..., Any]]:
    """Make of a function that emits LLVM instructions one that kernels call.

    An operand is a tuple of so many uint64, `WORD` (one uint64) or `ARRAY` (a C-contiguous array of uint64);
    the result is a tuple of so many uint64, and nothing if 0. The function is given llvmlite's builder and for
    each operand a sequence of 64-bit values, a value, or the pointer to the array's first element; it returns
    the values of the result. The cache watches all sources in the folder of the function's module; `variant`
    tells apart what the same sources make of different parameters.
    """
    return lambda generator: _Generated(generator, operands, result, variant)


class _Generated:
    __slots__ = ("generator", "operands", "result", "variant")

    def __init__(self, generator: Generator, operands: tuple[int, ...], result: int, variant: str) -> None:
        self.generator = generator
        self.operands = operands
        self.result = result
        self.variant = variant

    def __call__(self, *operands: Any) -> Any:
        raise TypeError(f"{self.generator.__name__} is generated: only compiled kernels can execute it")


class _VectorInstruction:
    __slots__ = ("immediate", "name")

    def __init__(self, name: str, immediate: int | None) -> None:
        self.name = name
        self.immediate = immediate

    def __call__(self, left: Block, right: Block) -> Block:
        raise TypeError(f"{self.name} is an instruction: only compiled kernels can execute it")


class Kernel(Generic[P]):
    """A function that runs compiled where it can and as its portable twin elsewhere."""

    def __init__(
        self,
        function: Callable[P, None],
        parameters: tuple[str, ...],
        features: frozenset[str],
        portable: Callable[P, None],
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = cast(FunctionType, function)
        self.parameters = parameters
        self.features = features
        self.portable = portable
        self.state = "unprepared"
        self._run: Callable[P, None] | None = None

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> None:
        run = self._run or self.prepare()
        run(*arguments, **named)

    def prepare(self) -> Callable[P, None]:
        """Compile the kernel or load it from the cache, unless that is done; return what a call will run."""
        with _lock:
            if self._run is None:
                if portable_forced() or not self.features <= processor_features():
                    self.state, self._run = "portable", self.portable
                else:
                    self.state, self._run = self._compile()
            return self._run

    def _compile(self) -> tuple[str, Callable[P, None]]:
        try:
            folder = cache_folder(_digest(self.function))
        except OSError:  # sources not readable: nothing would say what a cached kernel was made from
            folder = None
        types = tuple(_numba_type(parameter) for parameter in self.parameters)
        with folder_lock(folder):
            cached = bool(_indices(self.function, folder))
            ready = sum(kernel.state in ("compiled", "loaded") for kernel in _registered)
            event = Progress(
                kernel=self.function.__name__, number=ready + 1, total=len(_registered), cached=cached
            )
            for listener in tuple(_listeners):
                listener(event)
            dispatcher = _dispatcher(self.function)
            try:
                if folder is not None:
                    _use_cache(dispatcher, folder)
                dispatcher.compile(types)
            except (OSError, EOFError, pickle.UnpicklingError):  # a full disk, a damaged cache file
                with contextlib.suppress(OSError):
                    for index in _indices(self.function, folder):
                        index.unlink(missing_ok=True)  # the next run writes it anew
                dispatcher, cached = _dispatcher(self.function), False
                dispatcher.compile(types)
        dispatcher.disable_compile()
        return ("loaded" if cached else "compiled"), dispatcher


def _indices(function: FunctionType, folder: Path | None) -> list[Path]:
    """Return the files in which numba lists what it has cached of a function."""
    pattern = f"*{function.__name__}-{function.__code__.co_firstlineno}.*.nbi"
    return [] if folder is None else list(folder.rglob(pattern))


def _numba_type(parameter: str) -> Any:
    from numba.core import types

    if parameter.startswith("("):
        return cast(Any, types).Tuple([_numba_type(part) for part in parameter.strip("()").split(", ")])
    match = cast("re.Match[str]", _PARAMETER.fullmatch(parameter))
    element = getattr(types, match["element"])
    if not match["axes"]:
        return element
    return types.Array(element, match["axes"].count(":"), "C", readonly=bool(match["const"]))


def _use_cache(dispatcher: Any, folder: Path) -> None:
    """Let one dispatcher cache in `folder`; numba reads its setting only here, so it is put back at once."""
    from numba.core import config

    settings = vars(config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(folder)
    try:
        dispatcher.enable_caching()
    finally:
        settings["CACHE_DIR"] = before


def _dispatcher(function: FunctionType) -> Any:
    """Make numba's dispatcher of a function, its helpers and instructions replaced by what numba knows."""
    import numba

    names = dict(function.__globals__)
    for name, value in _parts(function):
        names[name] = _known_to_numba(value)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__ = function.__module__
    return numba.njit(copy, nogil=True, error_model="numpy")


_helper = functools.cache(_dispatcher)


def _known_to_numba(part: Any) -> Any:
    if isinstance(part, _VectorInstruction):
        return _intrinsic(part)
    return _generated_intrinsic(part) if isinstance(part, _Generated) else _helper(part)


def _parts(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each helper, instruction and generator that a function's code refers to."""
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, _VectorInstruction | _Generated) or getattr(value, "part_of_kernels", False):
            yield name, value


def _digest(function: FunctionType) -> str:
    """Digest what compiled code depends on: sources, variants, versions, the processor."""
    import llvmlite
    import numba
    from numba.core.registry import cpu_target

    files, waiting, seen, variants = {Path(__file__)}, [function], {function}, set[str]()
    while waiting:
        current = waiting.pop()
        files.add(Path(current.__code__.co_filename))
        helpers = set()
        for name, part in _parts(current):
            if isinstance(part, _Generated):
                files |= set(Path(part.generator.__code__.co_filename).parent.glob("*.py"))
                variants.add(f"{name}={part.generator.__name__}({part.variant})")
            elif isinstance(part, FunctionType):
                helpers.add(part)
        waiting += helpers - seen
        seen |= helpers
    digest = hashlib.sha256()
    platform_facts = (numba.__version__, llvmlite.__version__, np.__version__, platform.python_version())
    for fact in (*platform_facts, *cpu_target.target_context.codegen().magic_tuple()):
        digest.update(f"{fact}\n".encode())
    for path in sorted(files):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for variant in sorted(variants):
        digest.update(f"{variant}\n".encode())
    return digest.hexdigest()[:32]


@functools.cache
def _intrinsic(instruction: _VectorInstruction) -> Any:
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
def _generated_intrinsic(part: _Generated) -> Any:
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
