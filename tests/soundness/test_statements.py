"""Statements hold, and the tools that say so notice when one does not."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from mpctls.zkp.bn254.constants import SCALAR_MODULUS
from mpctls.zkp.circuit import bits
from mpctls.zkp.circuit.builder import Builder
from mpctls.zkp.circuit.constraints import Circuit
from mpctls.zkp.circuit.expressions import Expression
from mpctls.zkp.soundness import statements
from mpctls.zkp.soundness.__main__ import STATEMENTS, main
from mpctls.zkp.soundness.replay import Replay
from mpctls.zkp.soundness.search import FreeWire, Search, TooManyBranches
from mpctls.zkp.soundness.solver import Answer, two_witnesses
from mpctls.zkp.soundness.statements import Statement, decide

QUICK = (
    "bits.decompose_canonical",
    "comparison.between",
    "comparison.increasing_canonical",
    "decimal.parse (2 octets, scale 1)",
    "automaton.run (4 octets)",
    "words.remainder",
)
BY_NAME = {statement.name: statement for statement in STATEMENTS}


def _in_time(statement: Statement, seconds: float = 60) -> statements.Verdict:
    return decide(statement, time.monotonic() + seconds)


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(STATEMENTS)


@pytest.mark.parametrize("name", QUICK)
def test_holds(name: str) -> None:
    verdict = _in_time(replace(BY_NAME[name], solver=False))
    assert verdict.holds, verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - set(QUICK)))
def test_holds_in_full(name: str) -> None:
    verdict = _in_time(BY_NAME[name], seconds=110)
    assert verdict.holds, verdict


def test_a_false_statement_is_noticed() -> None:
    false = replace(BY_NAME["words.remainder"], expected=lambda _, x: (x[0] % 4,) if x[0] < 15 else None)
    verdict = _in_time(replace(false, solver=False, twins=0))
    assert not verdict.holds
    assert "modulus 17, inputs (15,)" in verdict.problems[0]


def test_a_redundant_constraint_survives() -> None:
    def redundant(builder: Builder, wires: tuple[Expression, ...]) -> tuple[Expression, ...]:
        found = bits.decompose(builder, wires[0], 3)
        builder.assert_product(2 * found[0], found[0] - 1, 0)
        return found

    base = replace(BY_NAME["bits.decompose"], solver=False, weakened=(), fields=(17,), cases=())
    assert len(_in_time(replace(base, build=redundant)).survivors) == 2


def test_a_weakened_gadget_that_nothing_shows_survives() -> None:
    base = BY_NAME["words.remainder"]
    same = statements.Weakened(name="not weaker at all", build=base.build)
    assert _in_time(replace(base, solver=False, weakened=(same,))).survivors == ("not weaker at all",)


def test_no_time_is_no_decision() -> None:
    verdict = _in_time(BY_NAME["comparison.between"], seconds=-1)
    assert not verdict.holds
    assert verdict.problems == ("out of time",)


def _circuit(booleans: int, modulus: int = SCALAR_MODULUS) -> Circuit:
    """Three digits of which only some are forced to be bits."""
    builder = Builder(modulus)
    x = builder.private("x")
    digits = builder.hint(lambda value: [value & 1, value >> 1 & 1, value >> 2], [x], 3)
    for digit in digits[:booleans]:
        builder.assert_boolean(digit)
    builder.assert_equal(x, bits.recompose(builder, digits))
    return builder.finish()


def test_search_finds_every_witness() -> None:
    assert len(list(Search(_circuit(3, 17)).witnesses({"x": [5]}))) == 1
    assert len(list(Search(_circuit(2, 17)).witnesses({"x": [5]}))) == 4
    assert len(list(Search(_circuit(0, 17)).witnesses({"x": [5]}))) == 17**2
    assert list(Search(_circuit(3, 17)).witnesses({"x": [8]})) == []


def test_search_says_when_it_is_not_exhaustive() -> None:
    search = Search(_circuit(0))
    with pytest.raises(FreeWire):
        list(search.witnesses({"x": [5]}))
    with pytest.raises(TooManyBranches):
        list(Search(_circuit(0, 17), branches=5).witnesses({"x": [5]}))
    assert len(list(Search(_circuit(0), samples=(0, 1)).witnesses({"x": [5]}))) == 4


def test_the_solver_tells_one_witness_from_two_and_ends_in_time() -> None:
    assert two_witnesses(_circuit(3), seconds=60) is Answer.NONE_EXIST
    assert two_witnesses(_circuit(2), seconds=60) is Answer.EXIST
    assert two_witnesses(_circuit(3), without=frozenset((0,)), seconds=60) is Answer.EXIST
    assert two_witnesses(_circuit(3), seconds=0.01) is Answer.UNKNOWN


def test_replay_builds_a_bad_witness_only_where_a_constraint_is_missing() -> None:
    builder = Builder()
    x = builder.private("x")
    square = builder.multiply(x, x)
    builder.multiply(square, x + 1)
    replay = Replay(builder.finish(), {"x": [3]})
    other = replay.other_witness(0)
    assert other is not None
    assert other[3] == other[2] * 4 != 36
    assert Replay(_circuit(3), {"x": [5]}).other_witness(0) is not None


def test_the_command_reports_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["words.remainder", "--json", "--seconds", "60"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    report = json.loads(line)
    assert report["holds"] and report["twins"] == 5 and report["survivors"] == []
    assert main(["words.remainder", "--seconds", "0"]) == 1
    assert "out of time" in capsys.readouterr().out
    assert main(["no such statement"]) == 1
