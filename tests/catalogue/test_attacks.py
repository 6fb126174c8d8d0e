"""Every attack of the catalogue is there, and what it names exists and runs."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cheaters.computing_notaries import NOTARIES, NOTARIES_ELSEWHERE
from tests.cheaters.provers import PROVERS, PROVERS_ELSEWHERE
from tests.cheaters.session_notaries import SESSION_NOTARIES
from tests.cheaters.session_provers import SESSION_PROVERS
from tests.cheaters.table import Row

from .attacks import LONGEST_LINE, MOST_ATTACKS, OUTCOMES, Catalogue, expected_ids, problems

ROOT: Final = Path(__file__).resolve().parents[2]
COMPUTATION: Final = "tests/integration/cheaters/test_computation.py"
SESSIONS: Final = "tests/integration/cheaters/test_whole_sessions.py"
Document = dict[str, Any]
Change = Callable[[Document], None]


@cache
def document() -> Document:
    return tomllib.loads((ROOT / "tests" / "attacks.toml").read_text(encoding="utf-8"))


def catalogue() -> Catalogue:
    return Catalogue.of(document())


def test_the_catalogue_is_whole_and_names_tests_that_exist() -> None:
    assert problems(catalogue(), ROOT) == []


def test_there_are_148_attacks_and_41_items() -> None:
    ids = expected_ids()
    assert (len(ids), len(set(ids))) == (148 + 41, 148 + 41)
    assert sum(catalogue().outcomes().values()) == len(ids)


def test_what_exists_is_tested() -> None:
    """Of the sections about what is built, nothing waits but for another protocol or another kind of commitment."""
    waiting = {
        entry["id"]: entry["waits_for"]
        for entry in catalogue().entries
        if entry["id"][0] in "ABCDEFJ" and "waits_for" in entry
    }
    assert set(waiting.values()) <= {"TLS 1.3", "encoding commitments"}
    exempt = {entry["id"] for entry in catalogue().entries if "exempt" in entry}
    assert {each for each in exempt if each[0] in "ABCDEFJ"} == {"F18"}


CHEATERS: Final[dict[str, tuple[Row, ...]]] = {
    f"{COMPUTATION}::test_cheating_prover_is_caught": PROVERS,
    f"{COMPUTATION}::test_cheating_notary_is_caught_before_anything_of_the_proof_is_sent": NOTARIES,
    f"{SESSIONS}::test_cheating_prover_gets_no_signature": SESSION_PROVERS,
    f"{SESSIONS}::test_cheating_notary_is_left": SESSION_NOTARIES,
}


def attacks_of(rows: Iterable[Row]) -> set[str]:
    """The ids of what some cheaters play; they write items of the review as numbers."""
    named = {each for row in rows for each in row.attacks}
    return {each if each[0].isalpha() else f"review-{int(each):02}" for each in named}


@pytest.mark.parametrize("test", CHEATERS)
def test_a_table_of_cheaters_plays_what_the_catalogue_says(test: str) -> None:
    named = {each["id"] for each in catalogue().entries if test in each.get("tests", ())}
    assert named - attacks_of(CHEATERS[test]) == set()


def test_what_a_cheater_plays_has_tests() -> None:
    rows = (*PROVERS_ELSEWHERE, *NOTARIES_ELSEWHERE, *(row for rows in CHEATERS.values() for row in rows))
    tested = {each["id"] for each in catalogue().entries if "tests" in each}
    assert attacks_of(rows) <= tested


def entry(found: Document, identifier: str) -> Document:
    (wanted,) = [each for each in found["attack"] if each["id"] == identifier]
    assert isinstance(wanted, dict)
    return wanted


def set_tests(*tests: str) -> Change:
    return lambda found: entry(found, "A1").update(tests=list(tests))


def rename(identifier: str, new: str) -> Change:
    return lambda found: entry(found, identifier).update(id=new)


def broad(found: Document) -> None:
    for each in [each for each in found["attack"] if "tests" in each][: MOST_ATTACKS + 1]:
        each["tests"].append(HERE)


HERE = "tests/catalogue/test_attacks.py::test_there_are_148_attacks_and_41_items"
SEEDED: Final[dict[str, tuple[Change, str]]] = {
    "missing": (lambda found: found["attack"].remove(entry(found, "B7")), "B7 is missing"),
    "doubled": (rename("A2", "A1"), "A1 stands 2 times"),
    "unknown id": (rename("A2", "A99"), "A99 is no attack of the catalogue"),
    "out of order": (lambda found: found["attack"].reverse(), "the attacks are not in order"),
    "two outcomes": (
        lambda found: entry(found, "A1").update(exempt="a long reason"),
        "A1: not exactly one of",
    ),
    "no outcome": (lambda found: entry(found, "A1").pop("tests"), "A1: not exactly one of"),
    "no tests": (set_tests(), "A1: tests is not a list of tests"),
    "a test twice": (set_tests(HERE, HERE), "A1: a test is named twice"),
    "no reason": (lambda found: entry(found, "F18").update(exempt=""), "F18: an exemption says why"),
    "another feature": (
        lambda found: entry(found, "D7").update(waits_for="later"),
        "D7: 'later' is no feature",
    ),
    "another key": (lambda found: entry(found, "A1").update(note="x"), "A1: 'note' is not a key"),
    "a long line": (
        lambda found: entry(found, "A1").update(line="x" * LONGEST_LINE + "."),
        "A1: the line is not one sentence",
    ),
    "two sentences": (
        lambda found: entry(found, "A1").update(line="One. Two."),
        "A1: the line is not one sentence",
    ),
    "the same line": (
        lambda found: entry(found, "A1").update(line=entry(found, "A2")["line"]),
        "two attacks have the line",
    ),
    "another source": (lambda found: entry(found, "A1").update(source="catalogue"), "A1: the source is not"),
    "no such file": (set_tests("tests/unit/test_nothing.py::test_x"), "there is no such test"),
    "no such test": (set_tests("tests/catalogue/test_attacks.py::test_nothing"), "there is no such test"),
    "a helper": (set_tests("tests/catalogue/attacks.py::problems"), "not a path of a test file"),
    "a parameter": (set_tests(HERE + "[x]"), "there is no such test"),
    "too much for one test": (broad, f"{HERE}: more than {MOST_ATTACKS} attacks, and not among [tables]"),
    "a table that is none": (lambda found: found["tables"].update({HERE: "x"}), f"{HERE}: among [tables]"),
    "a feature for nothing": (lambda found: found["features"].update(x="y"), "no attack waits for 'x'"),
}


@pytest.mark.parametrize(("change", "problem"), SEEDED.values(), ids=SEEDED.keys())
def test_a_broken_catalogue_is_noticed(change: Change, problem: str) -> None:
    broken = deepcopy(document())
    change(broken)
    assert any(problem in each for each in problems(Catalogue.of(broken), ROOT))


SKIPPED = """
import pytest
{0}
@pytest.mark.parametrize("x", [1])
{1}
def test_attack(x):
    {2}
    assert x
"""


@pytest.mark.parametrize(
    ("module", "decorator", "statement", "skipped"),
    [
        ("", "", "", False),
        ("", "@pytest.mark.slow", "", False),
        ("", "@pytest.mark.skipif(x > 3, reason='y')", "if x: pytest.skip('y')", False),
        ("", "@pytest.mark.skip", "", True),
        ("", "@pytest.mark.skip(reason='later')", "", True),
        ("", "@pytest.mark.xfail", "", True),
        ("", "@pytest.mark.skipif(True, reason='later')", "", True),
        ("", "", "pytest.skip('later')", True),
        ("pytestmark = pytest.mark.skip", "", "", True),
        ("pytestmark = [pytest.mark.slow, pytest.mark.skip(reason='x')]", "", "", True),
    ],
)
def test_a_skipped_test_plays_no_attack(
    tmp_path: Path, module: str, decorator: str, statement: str, skipped: bool
) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    source = SKIPPED.format(module, decorator, statement or "pass")
    (folder / "test_file.py").write_text(source.replace("\n\ndef", "\ndef"))
    broken = deepcopy(document())
    set_tests("tests/test_file.py::test_attack")(broken)
    told = [
        each for each in problems(Catalogue.of(broken), tmp_path) if each.startswith("tests/test_file.py")
    ]
    assert told == (["tests/test_file.py::test_attack: it is skipped"] if skipped else [])


def test_every_outcome_is_used() -> None:
    assert set(catalogue().outcomes()) == set(OUTCOMES)


@pytest.mark.slow
def test_every_named_test_is_collected() -> None:
    named = set(catalogue().tests())
    files = sorted({test.partition("::")[0] for test in named})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert listing.returncode == 0, listing.stdout[-2000:]
    collected = {line.partition("[")[0] for line in listing.stdout.splitlines()}
    assert named <= collected
