"""What a gadget forces, as a statement that can be decided, and the decision."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from mpctls.reference.foundation.errors import Refused

from ..bn254.constants import SCALAR_MODULUS
from ..circuit.builder import Builder, Value
from ..circuit.constraints import Circuit
from ..circuit.determinism import undetermined
from ..circuit.expressions import Expression
from .replay import Replay
from .search import FreeWire, Search, TooManyBranches
from .solver import Answer, two_witnesses

Inputs = tuple[int, ...]
Build = Callable[[Builder, tuple[Expression, ...]], Sequence[Value]]
Expected = Callable[[int, Inputs], Sequence[int] | None]
Domain = Callable[[int], Iterable[Inputs]]

_SAMPLES = (1, 0, 2, 7, SCALAR_MODULUS - 1)
_BRANCHES_OF_A_TWIN = 5000


def asserting(gadget: Callable[[Builder, tuple[Expression, ...]], None]) -> Build:
    """A build without outputs."""

    def build(builder: Builder, wires: tuple[Expression, ...]) -> Sequence[Value]:
        gadget(builder, wires)
        return ()

    return build


@dataclass(frozen=True, slots=True, kw_only=True)
class Weakened:
    """A gadget with a known fault, which some case must show."""

    name: str
    build: Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """For inputs of the domain exactly one witness exists, with these outputs; none where `expected` gives None.

    `build` makes the gadget from `inputs` private wires and returns its outputs. Over each of `fields` all of `domain`
    is searched; over the scalar field of BN254 all of `cases`, unless `searched` is false: then only the witness
    program is compared there, the uniqueness of wires rests on propagation, and bad witnesses of the twins are sought
    by replay. `solver` asks z3 as well. `twins` says how many constraints are left out in turn at most; `twins_of`
    restricts them to labels that end so. 0: the parts have statements and twins of their own.
    """

    name: str
    forces: str
    inputs: int
    build: Build
    expected: Expected
    fields: tuple[int, ...] = ()
    domain: Domain | None = None
    cases: tuple[Inputs, ...] = ()
    searched: bool = True
    solver: bool = False
    twins: int = 1000
    twins_of: str = ""
    weakened: tuple[Weakened, ...] = ()
    samples: tuple[int, ...] = field(default=_SAMPLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one statement was decided, what speaks against it, and which twins nothing caught."""

    name: str
    forces: str
    decided_by: tuple[str, ...]
    problems: tuple[str, ...]
    twins: int
    survivors: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether it was decided, and every twin caught."""
        return bool(self.decided_by) and not self.problems and not self.survivors


class OutOfTime(Exception):
    """The time limit passed before the statement was decided."""


@dataclass(frozen=True, slots=True)
class _Built:
    circuit: Circuit
    outputs: tuple[Expression, ...]


def _compile(statement: Statement, modulus: int, build: Build | None = None) -> _Built:
    builder = Builder(modulus)
    wires = builder.privates("x", statement.inputs)
    outputs = (build or statement.build)(builder, wires)
    return _Built(builder.finish(), tuple(builder.expression(value) for value in outputs))


def _domain(statement: Statement, modulus: int) -> Iterable[Inputs]:
    if modulus == SCALAR_MODULUS:
        return statement.cases
    if statement.domain is not None:
        return statement.domain(modulus)
    return product(range(modulus), repeat=statement.inputs)


def decide(statement: Statement, deadline: float) -> Verdict:
    """Decide one statement before `deadline` (of `time.monotonic`)."""
    start = time.monotonic()
    decided_by: list[str] = []
    problems: list[str] = []
    twins, survivors = 0, []
    try:
        for modulus in statement.fields:
            problems += _search_all(statement, modulus, deadline)
        if statement.fields:
            decided_by.append("all inputs over " + ", ".join(map(str, statement.fields)))
        large = _compile(statement, SCALAR_MODULUS)
        if statement.cases:
            problems += _search_all(statement, SCALAR_MODULUS, deadline)
            how = "searched" if statement.searched else "compared"
            decided_by.append(f"{len(statement.cases)} cases {how} over BN254")
        problems += [
            f"wire {item.wire} of {item.gadget} not determined" for item in undetermined(large.circuit)
        ]
        decided_by.append("propagation over BN254")
        if statement.solver:
            answer = two_witnesses(large.circuit, seconds=max(1.0, deadline - time.monotonic()))
            if answer is Answer.NONE_EXIST:
                decided_by.append("z3 over BN254")
            else:
                problems.append(f"the solver says {answer.value}")
        for name, caught in _twins(statement, deadline):
            twins += 1
            if not caught:
                survivors.append(name)
    except OutOfTime:
        problems.append("out of time")
    except FreeWire as error:
        problems.append(f"not confined: {error}")
    except TooManyBranches:
        problems.append("too many branches")
    return Verdict(
        name=statement.name,
        forces=statement.forces,
        decided_by=tuple(decided_by),
        problems=tuple(problems[:5]),
        twins=twins,
        survivors=tuple(survivors),
        seconds=time.monotonic() - start,
    )


def _check_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise OutOfTime


def _search_all(statement: Statement, modulus: int, deadline: float) -> list[str]:
    built = _compile(statement, modulus)
    search = Search(built.circuit) if statement.searched else None
    problems = []
    for inputs in _domain(statement, modulus):
        _check_time(deadline)
        expected = statement.expected(modulus, inputs)
        fault = _fault_of_program(built, inputs, expected)
        if fault is None and search is not None:
            fault = _fault_of_search(built, search, inputs, expected)
        if fault is not None:
            problems.append(f"modulus {modulus}, inputs {inputs}: {fault}")
    return problems


def _fault_of_program(built: _Built, inputs: Inputs, expected: Sequence[int] | None) -> str | None:
    """Whether the witness program gives the expected outputs, or refuses."""
    try:
        witness = built.circuit.witness({"x": inputs})
    except Refused:
        return None if expected is None else "refused, though a witness is due"
    if expected is None:
        return "a witness where none is due"
    return None if _outputs(built, witness) == list(expected) else "other outputs"


def _fault_of_search(
    built: _Built, search: Search, inputs: Inputs, expected: Sequence[int] | None
) -> str | None:
    """Whether exactly the expected witnesses exist."""
    count = 0
    for witness in search.witnesses({"x": inputs}):
        count += 1
        if expected is None:
            return "a witness exists where none is due"
        if _outputs(built, witness) != list(expected):
            return "a witness with other outputs exists"
        if count > 1:
            return "two witnesses exist"
    return None if count or expected is None else "no witness exists"


def _outputs(built: _Built, witness: Sequence[int]) -> list[int]:
    return [output.value(witness) for output in built.outputs]


def _twins(statement: Statement, deadline: float) -> Iterator[tuple[str, bool]]:
    """Each broken twin with whether a bad witness was found."""
    modulus = statement.fields[0] if statement.fields else SCALAR_MODULUS
    built = _compile(statement, modulus)
    cases = [(inputs, statement.expected(modulus, inputs)) for inputs in _domain(statement, modulus)]
    # Where a witness exists a second one is found soonest.
    cases.sort(key=lambda case: case[1] is None)
    numbers = [
        number for number, label in enumerate(built.circuit.labels) if label.endswith(statement.twins_of)
    ]
    step = max(1, -(-len(numbers) // max(1, statement.twins)))
    replays = [] if statement.searched else _replays(built, cases)
    for number in numbers[::step] if statement.twins else ():
        _check_time(deadline)
        name = f"without constraint {number} ({built.circuit.labels[number] or statement.name})"
        if statement.searched:
            yield name, _caught(built, statement, cases, frozenset((number,)))
        else:
            yield name, any(replay.other_witness(number) is not None for replay in replays)
    for weak in statement.weakened:
        twin = _compile(statement, modulus, weak.build)
        yield weak.name, _caught(twin, statement, cases, frozenset())


def _replays(built: _Built, cases: Sequence[tuple[Inputs, Sequence[int] | None]]) -> list[Replay]:
    return [Replay(built.circuit, {"x": inputs}) for inputs, expected in cases if expected is not None]


def _caught(
    built: _Built,
    statement: Statement,
    cases: Sequence[tuple[Inputs, Sequence[int] | None]],
    without: frozenset[int],
) -> bool:
    search = Search(built.circuit, without=without, samples=statement.samples, branches=_BRANCHES_OF_A_TWIN)
    for inputs, expected in cases:
        try:
            fault = _fault_of_search(built, search, inputs, expected)
        except TooManyBranches:
            continue
        if fault not in (None, "no witness exists"):
            return True
    return False
