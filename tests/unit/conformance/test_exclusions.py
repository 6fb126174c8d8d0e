"""Branches that are excluded from the measurement: each of exactly one branch that no vector reaches."""

from pathlib import Path

import pytest

from mpctls.conformance.running.exclusions import Exclusion, ExclusionError, exclusions, excused

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
