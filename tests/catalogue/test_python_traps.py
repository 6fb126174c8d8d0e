"""Section J of the attack catalogue over every module of the product: what is accepted, and why."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

import pytest

from .python_traps import RULES, Finding, findings

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("spec", "reference", "zkp")
"""What reads octets of others."""


@cache
def accepted() -> tuple[tuple[str, str], ...]:
    """Rule and place of everything that `accepted_traps.toml` lists."""
    tables = tomllib.loads((Path(__file__).parent / "accepted_traps.toml").read_text(encoding="utf-8"))
    return tuple((rule, place) for rule, places in tables.items() for place in places)


def product_findings() -> list[Finding]:
    """What the rules find in all modules of the product."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [
        finding
        for path in paths
        for finding in findings(path.read_text(encoding="utf-8"), PurePosixPath(path.relative_to(ROOT)))
    ]


@pytest.fixture(scope="module")
def found() -> list[Finding]:
    return product_findings()


def is_accepted(finding: Finding) -> bool:
    rule, place = finding.place
    return any(rule == own and fnmatchcase(place, pattern) for own, pattern in accepted())


@pytest.mark.parametrize("rule", RULES)
def test_nothing_of_the_kind_stands_where_it_is_not_accepted(rule: str, found: list[Finding]) -> None:
    new = [finding for finding in found if finding.rule == rule and not is_accepted(finding)]
    assert new == [], (
        f"{RULES[rule].__doc__} Say in accepted_traps.toml why it is harmless, or write it differently."
    )


def test_what_is_accepted_is_there(found: list[Finding]) -> None:
    """An acceptance that nothing needs any more would accept the next one unseen."""
    places = [finding.place for finding in found]
    unused = [
        (rule, pattern)
        for rule, pattern in accepted()
        if not any(rule == found_rule and fnmatchcase(place, pattern) for found_rule, place in places)
    ]
    assert unused == []


def test_every_acceptance_names_a_rule_and_a_reason() -> None:
    tables = tomllib.loads((Path(__file__).parent / "accepted_traps.toml").read_text(encoding="utf-8"))
    assert tables.keys() <= RULES.keys()
    assert all(isinstance(why, str) and why for places in tables.values() for why in places.values())


def test_every_room_was_looked_at() -> None:
    assert all(len(list((ROOT / room).rglob("*.py"))) > 1 for room in ROOMS)


SEEDED: Final = {
    "assertion": ["assert len(tag) == 16"],
    "executes": [
        "import pickle",
        "from yaml import safe_load",
        "eval(text)",
        "exec(text)",
        "np.load(file)",
        "np.load(file, allow_pickle=True)",
    ],
    "lenient-json": [
        "json.loads(text)",
        "json.load(file, object_pairs_hook=closed)",
        "json.loads(text, parse_constant=refuse)",
    ],
    "lenient-integer": ["int(text)", "int(cells[2], 16)", "int(line.strip())", "int(found.group(1))"],
    "lenient-octets": ["bytes.fromhex(text)", "base64.b64decode(text)", "binascii.unhexlify(text)"],
    "lenient-text": ["text.splitlines()", "text.strip()", "text.split()", "text.isdigit()"],
    "naive-time": [
        "datetime.datetime.now()",
        "datetime.now()",
        "datetime.utcnow()",
        "datetime.fromtimestamp(seconds)",
        "datetime(2026, 1, 1)",
        "datetime.datetime.strptime(text, '%Y')",
    ],
    "open-ended-pattern": [
        "re.compile('a+$')",
        "re.match('a+', text)",
        "_NAME.search(text)",
        "re.fullmatch(rb'a$', x)",
    ],
    "unicode-pattern": ["re.compile(r'\\d+')", "re.fullmatch(r'a\\w', text)"],
    "unbounded-integer": [
        "int.from_bytes(body, 'big')",
        "int.from_bytes(body[4:], 'big')",
        "int.from_bytes(b[:n])",
    ],
    "leaking-comparison": ["tag == record.tag", "expected != self.verify_data", "derive().secret == other"],
    "inverse": ["pow(x, -1, p)"],
    "unordered": [
        "for x in {1, 2}: pass",
        "[x for x in set(y)]",
        "hash(name)",
        "b''.join({a, b})",
        "tuple(set(x))",
    ],
    "partial-structure": ["struct.unpack_from('>I', body)"],
    "mutable": [
        "def f(x=[]): pass",
        "def f(*, x=bytearray()): pass",
        "@dataclass\nclass A:\n    x: int",
        "@dataclass(slots=True)\nclass A:\n    x: int",
        "@dataclass(frozen=True)\nclass A:\n    x: bytearray",
        "@dataclass(frozen=True)\nclass A:\n    x: list[int]",
    ],
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_it_is_about(rule: str) -> None:
    for source in SEEDED[rule]:
        inside = "class Reader:\n    def read(self):\n" + "".join(
            f"        {line}\n" for line in source.splitlines()
        )
        (place,) = {
            finding.place
            for finding in findings(inside, PurePosixPath("reference/reader.py"))
            if finding.rule == rule
        }
        assert place[1].startswith("reference/reader.py::Reader.read"), source


@pytest.mark.parametrize(
    "source",
    [
        "json.loads(text, object_pairs_hook=closed, parse_constant=refuse)",
        "int(3.5)",
        "int(column.max())",
        "bytes.fromhex('00ff')",
        "text.strip(' \\t')",
        "text.split(',')",
        "datetime.now(UTC)",
        "datetime.fromtimestamp(seconds, UTC)",
        "datetime(2026, 1, 1, tzinfo=UTC)",
        "re.compile(r'a\\$[$]').fullmatch(text)",
        "re.compile(rb'\\d+')",
        "re.compile(r'[0-9]+')",
        "re.compile(r'\\d+', re.ASCII)",
        "int.from_bytes(body[4:8], 'big')",
        "hmac.compare_digest(tag, record.tag)",
        "len(tag) == 16",
        "pow(x, p - 2, p)",
        "sorted({1, 2})",
        "struct.unpack('>I', body)",
        "np.load(file, allow_pickle=False)",
        "@dataclass(frozen=True)\nclass A:\n    x: tuple[int, ...]",
    ],
)
def test_the_strict_way_is_not_found(source: str) -> None:
    assert findings(source, PurePosixPath("reference/reader.py")) == []
