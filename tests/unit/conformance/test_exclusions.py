"""Branches that are excluded from the measurement: each of exactly one branch that no vector reaches."""

from pathlib import Path

import pytest

from mpctls.conformance.running.exclusions import (
    Exclusion,
    ExclusionError,
    Uncalled,
    exclusions,
    excused,
    never_run,
    uncalled,
)

SOURCE = """def opened(octets: bytes) -> int:
    if len(octets) > 4:
        size = 5
        if octets[0]:
            size = 6
        return size
    return 1
"""
ENTRY = Exclusion(
    file="opened.py", function="opened", branch="if len(octets) > 4:", to="size = 5", why="for this test"
)


def test_an_exclusion_excuses_its_branch_and_what_stands_only_behind_it() -> None:
    branches, lines = excused([ENTRY], SOURCE, missed=[(2, 3), (4, 5), (4, 6)], reached=[(2, 7)])
    assert branches == {(2, 3), (4, 5), (4, 6)}
    assert lines == {3, 4, 5, 6}
    assert excused([], SOURCE, missed=[(2, 3)], reached=[(2, 7)]) == (frozenset(), frozenset())


def test_an_exclusion_of_a_branch_that_is_reached_or_gone_is_refused() -> None:
    with pytest.raises(ExclusionError, match="a vector reaches it"):
        excused([ENTRY], SOURCE, missed=[], reached=[(2, 3), (2, 7)])
    with pytest.raises(ExclusionError, match="0 branches have this text"):
        excused([ENTRY], SOURCE.replace("> 4", "> 3"), missed=[(2, 3)], reached=[(2, 7)])


def test_an_exclusion_without_a_reason_is_refused(tmp_path: Path) -> None:
    written = tmp_path / "excluded.toml"
    written.write_text(
        '[[excluded]]\nfile = "a.py"\nfunction = "f"\nbranch = "if a:"\nto = "exit"\nwhy = " "\n',
        encoding="utf-8",
    )
    with pytest.raises(ExclusionError, match="not exactly"):
        exclusions(written)


CALLED = '''class Part:
    def used(self) -> int:
        """Return one."""
        return 1

    def unused(self) -> int:
        if self.used():
            return 2
        return 3


'''


MATCHED = """def kind(value: int) -> int:
    match value:
        case 1:
            return 2
        case _:
            raise ValueError
"""


def test_a_function_that_no_operation_calls_is_excluded_whole() -> None:
    entry = Uncalled(file="part.py", function="Part.unused", why="for this test")
    assert never_run([entry], CALLED, executed=[1, 2, 4, 6, 12]) == {7, 8, 9}


def test_an_excluded_function_that_is_called_or_gone_is_refused() -> None:
    called = Uncalled(file="part.py", function="Part.used", why="for this test")
    with pytest.raises(ExclusionError, match="a vector reaches it"):
        never_run([called], CALLED, executed=[1, 2, 4, 6])
    with pytest.raises(ExclusionError, match="no such function"):
        never_run([Uncalled(file="part.py", function="used", why="for this test")], CALLED, executed=[])


def test_an_excluded_function_without_a_reason_is_refused(tmp_path: Path) -> None:
    written = tmp_path / "excluded.toml"
    written.write_text('[[uncalled]]\nfile = "a.py"\nfunction = "f"\nwhy = ""\n', encoding="utf-8")
    with pytest.raises(ExclusionError, match="not exactly"):
        uncalled(written)


def test_an_exclusion_of_a_case_of_a_match_holds_its_lines() -> None:
    entry = Exclusion(file="kind.py", function="kind", branch="case 1:", to="case _:", why="for this test")
    branches, lines = excused([entry], MATCHED, missed=[(3, 5), (5, 6)], reached=[(3, 4)])
    assert branches == {(3, 5), (5, 6)} and lines == {5, 6}
