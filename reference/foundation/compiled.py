"""Compiled kernels: numba is touched here and in `instructions` only, at the first call of a kernel and not before.

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
import os
import pickle
import platform
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

from . import instructions
from .instructions import (
    ARRAY,
    WORD,
    Block,
    GeneratedInstruction,
    NamedInstruction,
    VectorInstruction,
    generated,
    intrinsic_of,
    vector_instruction,
)
from .kernel_cache import cache_folder, folder_lock

__all__ = [
    "ARRAY",
    "WORD",
    "Block",
    "Kernel",
    "Preparation",
    "Progress",
    "VectorInstruction",
    "compiled",
    "generated",
    "inlined",
    "portable_forced",
    "processor_features",
    "subscribe",
    "vector_instruction",
    "warm_up",
]

P = ParamSpec("P")
R = TypeVar("R")

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
        names[name] = _helper(value) if isinstance(value, FunctionType) else intrinsic_of(value)
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    copy.__module__ = function.__module__
    return numba.njit(copy, nogil=True, error_model="numpy")


_helper = functools.cache(_dispatcher)


def _parts(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each helper, instruction and generator that a function's code refers to."""
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, NamedInstruction | GeneratedInstruction) or getattr(
            value, "part_of_kernels", False
        ):
            yield name, value


def _digest(function: FunctionType) -> str:
    """Digest what compiled code depends on: sources, variants, versions, the processor."""
    import llvmlite
    import numba
    from numba.core.registry import cpu_target

    files, waiting, seen, variants = (
        {Path(__file__), Path(instructions.__file__)},
        [function],
        {function},
        set[str](),
    )
    while waiting:
        current = waiting.pop()
        files.add(Path(current.__code__.co_filename))
        helpers = set()
        for name, part in _parts(current):
            if isinstance(part, GeneratedInstruction):
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
