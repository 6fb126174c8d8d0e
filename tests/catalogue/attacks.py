"""`tests/attacks.toml` held against the catalogue's ids and the tests that it names; nothing is imported or run."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

SECTIONS: Final = {
    "A": 15, "B": 10, "C": 16, "D": 17, "E": 13, "F": 19, "G": 17, "H": 10, "I": 16, "J": 15
}  # fmt: skip
"""How many attacks each section of the catalogue has."""
REVIEW_ITEMS: Final = 41
LONGEST_LINE: Final = 160
MOST_ATTACKS: Final = 6
"""A test that stands for more attacks than this must say why."""
OUTCOMES: Final = ("tests", "exempt", "waits_for")
_UNCONDITIONAL: Final = frozenset({"skip", "xfail"})


def expected_ids() -> list[str]:
    """Every id, in order: the catalogue's sections, then the protocol review."""
    ids = [f"{section}{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    return ids + [f"review-{number:02}" for number in range(1, REVIEW_ITEMS + 1)]


def source_of(identifier: str) -> str:
    """Where an attack comes from, by its id."""
    if identifier.startswith("review-"):
        return f"protocol review, item {int(identifier.removeprefix('review-'))}"
    return f"catalogue, section {identifier[:1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the file holds; entries as they stand, so that everything wrong with them can be told."""

    features: Mapping[str, str]
    tables: Mapping[str, str]
    entries: tuple[Mapping[str, Any], ...]

    @staticmethod
    def of(document: Mapping[str, Any]) -> Catalogue:
        """The three parts of the document; raises KeyError when one is missing."""
        return Catalogue(
            features=document["features"], tables=document["tables"], entries=tuple(document["attack"])
        )

    def tests(self) -> Counter[str]:
        """Every test that is named, with the number of attacks it stands for."""
        return Counter(test for entry in self.entries for test in entry.get("tests", ()))

    def outcomes(self) -> Counter[str]:
        """How many attacks have tests, are exempt, or wait."""
        return Counter(outcome for entry in self.entries for outcome in OUTCOMES if outcome in entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTests:
    """The tests of a file, and which of them are skipped whatever the machine."""

    names: frozenset[str] = field(default=frozenset())
    skipped: frozenset[str] = field(default=frozenset())


def problems(catalogue: Catalogue, root: Path) -> list[str]:
    """Everything that is wrong with the catalogue, in the order of the file."""
    return [
        *_wrong_ids(catalogue),
        *(problem for entry in catalogue.entries for problem in _wrong_entry(entry, catalogue)),
        *_repeated_lines(catalogue),
        *_wrong_tests(catalogue, root),
        *_wrong_tables(catalogue),
        *(f"no attack waits for {feature!r}" for feature in _unused_features(catalogue)),
    ]


def _wrong_ids(catalogue: Catalogue) -> Iterator[str]:
    ids = [str(entry.get("id")) for entry in catalogue.entries]
    expected = expected_ids()
    yield from (f"{each} is missing" for each in expected if each not in ids)
    yield from (f"{each} is no attack of the catalogue" for each in ids if each not in expected)
    yield from (f"{each} stands {count} times" for each, count in Counter(ids).items() if count > 1)
    if sorted(ids) == sorted(expected) and ids != expected:
        yield "the attacks are not in order"


def _wrong_entry(entry: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    name = entry.get("id")
    for key in entry.keys() - {"id", "line", "source", *OUTCOMES}:
        yield f"{name}: {key!r} is not a key"
    line = entry.get("line")
    if not isinstance(line, str) or not line.endswith(".") or line.count(". ") or len(line) > LONGEST_LINE:
        yield f"{name}: the line is not one sentence of at most {LONGEST_LINE} characters"
    if entry.get("source") != source_of(str(name)):
        yield f"{name}: the source is not {source_of(str(name))!r}"
    if sum(outcome in entry for outcome in OUTCOMES) != 1:
        yield f"{name}: not exactly one of {', '.join(OUTCOMES)}"
    tests = entry.get("tests", ["a test"])
    if not isinstance(tests, list) or not tests or not all(isinstance(test, str) for test in tests):
        yield f"{name}: tests is not a list of tests"
    elif len(set(tests)) != len(tests):
        yield f"{name}: a test is named twice"
    if not isinstance(entry.get("exempt", "why"), str) or len(entry.get("exempt", "a long reason")) < 10:
        yield f"{name}: an exemption says why"
    if entry.get("waits_for", next(iter(catalogue.features), None)) not in catalogue.features:
        yield f"{name}: {entry['waits_for']!r} is no feature of the list"


def _repeated_lines(catalogue: Catalogue) -> Iterator[str]:
    lines = Counter(str(entry.get("line")).casefold() for entry in catalogue.entries)
    yield from (f"two attacks have the line {line!r}" for line, count in lines.items() if count > 1)


def _unused_features(catalogue: Catalogue) -> Iterator[str]:
    waited_for = {entry.get("waits_for") for entry in catalogue.entries}
    yield from (feature for feature in catalogue.features if feature not in waited_for)


def _wrong_tests(catalogue: Catalogue, root: Path) -> Iterator[str]:
    for test in catalogue.tests():
        path, _, name = test.partition("::")
        if not path.startswith("tests/") or not Path(path).name.startswith("test_"):
            yield f"{test}: not a path of a test file"
            continue
        found = read_tests(root / path)
        if name not in found.names:
            yield f"{test}: there is no such test"
        elif name in found.skipped:
            yield f"{test}: it is skipped"


def _wrong_tables(catalogue: Catalogue) -> Iterator[str]:
    many = {test for test, count in catalogue.tests().items() if count > MOST_ATTACKS}
    yield from (
        f"{test}: more than {MOST_ATTACKS} attacks, and not among [tables]"
        for test in many - catalogue.tables.keys()
    )
    yield from (
        f"{test}: among [tables] for no more than {MOST_ATTACKS} attacks"
        for test in catalogue.tables.keys() - many
    )


@cache
def read_tests(path: Path) -> FileTests:
    """The tests of a file by name, `Class::test` for methods; an absent file has none."""
    if not path.is_file():
        return FileTests()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    whole = any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
        and _skips(node.value)
        for node in tree.body
    )
    tests = list(_tests_in(tree, "", whole))
    return FileTests(
        names=frozenset(name for name, _ in tests),
        skipped=frozenset(name for name, skipped in tests if skipped),
    )


def _tests_in(node: ast.Module | ast.ClassDef, prefix: str, skipped: bool) -> Iterator[tuple[str, bool]]:
    for each in node.body:
        if isinstance(each, ast.ClassDef) and each.name.startswith("Test"):
            yield from _tests_in(each, f"{each.name}::", skipped or any(map(_skips, each.decorator_list)))
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_"):
            yield (
                prefix + each.name,
                skipped or any(map(_skips, each.decorator_list)) or _begins_with_skip(each),
            )


def _skips(node: ast.AST) -> bool:
    """A mark that skips always, alone or in a list: `pytest.mark.skip`, `xfail`, `skipif(True)`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute) and each.attr in _UNCONDITIONAL:
            return True
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "skipif":
            return bool(each.args) and isinstance(each.args[0], ast.Constant) and bool(each.args[0].value)
    return False


def _begins_with_skip(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A statement of the test itself, outside any condition, that skips it."""
    return any(
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr in _UNCONDITIONAL
        for statement in node.body
    )
