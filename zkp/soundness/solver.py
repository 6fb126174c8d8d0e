"""Determinism asked of z3's theory of finite fields, in a process of its own that a time limit ends."""

from __future__ import annotations

import subprocess
import sys
from enum import Enum

from ..circuit.constraints import Circuit, Pairs


class Answer(Enum):
    """What the solver says about two witnesses with equal inputs and a different wire."""

    NONE_EXIST = "unsat"
    EXIST = "sat"
    UNKNOWN = "unknown"


def two_witnesses(circuit: Circuit, *, without: frozenset[int] = frozenset(), seconds: float) -> Answer:
    """Whether the circuit, less some constraints, has two witnesses that agree on the inputs and differ elsewhere.

    The process is killed after `seconds`, since a solver's own limit does not always end it: then UNKNOWN.
    """
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(
            command,
            input=_question(circuit, without),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer.UNKNOWN
    answer = done.stdout.strip()
    return Answer(answer) if done.returncode == 0 else Answer.UNKNOWN


def _question(circuit: Circuit, without: frozenset[int]) -> str:
    shared = {0, *(w for item in circuit.inputs for w in range(item.first, item.first + item.count))}
    lines = [f"(define-sort F () (_ FiniteField {circuit.modulus}))"]
    lines += [f"(declare-fun a{wire} () F)" for wire in range(circuit.wire_count)]
    own = [wire for wire in range(circuit.wire_count) if wire not in shared]
    lines += [f"(declare-fun b{wire} () F)" for wire in own]
    lines.append("(assert (= a0 (as ff1 F)))")
    for first in (True, False):
        names = [f"a{wire}" if first or wire in shared else f"b{wire}" for wire in range(circuit.wire_count)]
        for number, sides in enumerate(circuit.rows()):
            if number not in without:
                left, right, product = (_sum(pairs, names) for pairs in sides)
                lines.append(f"(assert (= (ff.mul {left} {right}) {product}))")
    different = " ".join(f"(not (= a{wire} b{wire}))" for wire in own)
    lines.append(f"(assert (or false {different}))")
    return "\n".join(lines)


def _sum(pairs: Pairs, names: list[str]) -> str:
    terms = " ".join(f"(ff.mul (as ff{factor} F) {names[wire]})" for wire, factor in pairs)
    return f"(ff.add (as ff0 F) (as ff0 F) {terms})"


def _answer(question: str) -> str:
    import z3

    solver = z3.SolverFor("QF_FF")
    solver.from_string(question)
    return str(solver.check())


if __name__ == "__main__":
    print(_answer(sys.stdin.read()))
