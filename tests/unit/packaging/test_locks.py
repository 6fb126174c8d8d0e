"""The locks: complete, hashed, without addresses, and not older than `pyproject.toml`."""

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import distributions

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from .checkout import ROOT

LOCKS = {"requirements/run.lock": ("bootstrap",), "requirements/develop.lock": ("develop", "bootstrap")}
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[([\w.,-]+)\])?==([^\s;]+)(?:\s*;\s*(.+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One entry of a lock."""

    name: str
    extras: frozenset[str]
    version: Version
    marker: Marker | None
    hashes: int
    direct: bool

    def applies(self) -> bool:
        """Is this entry meant for the interpreter that runs the tests?"""
        return self.marker is None or self.marker.evaluate()


def pins(lock: str) -> list[Pin]:
    """The entries of a lock; a line that is neither an entry nor its hash nor a comment is refused."""
    found: list[Pin] = []
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    for block in blocks:
        first, *rest = block.splitlines()
        match = PIN.match(first)
        if match is None or any(not re.match(r"\s+(--hash=sha256:[0-9a-f]{64}|#)", line) for line in rest):
            raise ValueError(f"not an entry of a lock: {block}")
        name, extras, version, marker = match.groups()
        found.append(
            Pin(
                name=canonicalize_name(name),
                extras=frozenset(canonicalize_name(extra) for extra in (extras or "").split(",") if extra),
                version=Version(version),
                marker=Marker(marker) if marker else None,
                hashes=len(HASH.findall(block)),
                direct="mpctls (pyproject.toml" in block,
            )
        )
    return found


def group(project: dict[str, dict[str, list[object]]], name: str) -> list[Requirement]:
    """The requirements of a dependency group, included groups resolved."""
    found: list[Requirement] = []
    for entry in project["dependency-groups"][name]:
        if isinstance(entry, dict):
            found += group(project, entry["include-group"])
        else:
            found.append(Requirement(str(entry)))
    return found


def direct_requirements(groups: tuple[str, ...]) -> list[Requirement]:
    """What `pyproject.toml` asks for: the dependencies of the distribution and of these groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dependencies = [Requirement(line) for line in project["project"]["dependencies"]]
    return dependencies + [requirement for name in groups for requirement in group(project, name)]


def lag(requirements: list[Requirement], locked: list[Pin]) -> list[str]:
    """What makes a lock older than its requirements: one added, removed or no longer satisfied."""
    found = [
        f"{requirement}: not satisfied"
        for requirement in requirements
        if not (entries := [pin for pin in locked if pin.name == canonicalize_name(requirement.name)])
        or not all(requirement.specifier.contains(pin.version) for pin in entries)
    ]
    asked = {canonicalize_name(requirement.name) for requirement in requirements}
    superfluous = sorted(pin.name for pin in locked if pin.direct and pin.name not in asked)
    return found + [f"{name}: no longer asked for" for name in superfluous]


def read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_is_not_older_than_the_requirements(lock: str) -> None:
    assert lag(direct_requirements(LOCKS[lock]), pins(read(lock))) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address_and_no_option(lock: str) -> None:
    assert "://" not in read(lock)
    assert [line for line in read(lock).splitlines() if line.startswith("-")] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_hashed(lock: str) -> None:
    assert [pin.name for pin in pins(read(lock)) if pin.hashes == 0] == []


def test_develop_contains_run() -> None:
    develop = {(pin.name, pin.version) for pin in pins(read("requirements/develop.lock"))}
    assert {(pin.name, pin.version) for pin in pins(read("requirements/run.lock"))} <= develop


def required_by(locked: Collection[str]) -> Iterator[tuple[str, Requirement]]:
    """What the locked distributions that are installed here ask for, with the name of who does."""
    for distribution in distributions():
        if canonicalize_name(distribution.name) in locked:
            for requirement in map(Requirement, distribution.requires or []):
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    yield distribution.name, requirement


def test_lock_holds_what_its_entries_require() -> None:
    """With the extras: without `[extra]` pip takes `name[extra]` for another, unpinned requirement and refuses it as
    soon as a newer version is published.
    """
    locked = {pin.name: pin for pin in pins(read("requirements/develop.lock")) if pin.applies()}
    missing = [
        f"{name} requires {requirement}"
        for name, requirement in required_by(locked)
        if (pin := locked.get(canonicalize_name(requirement.name))) is None
        or not requirement.specifier.contains(pin.version)
        or not {canonicalize_name(extra) for extra in requirement.extras} <= pin.extras
    ]
    assert missing == []


def test_a_lagging_lock_is_noticed() -> None:
    lock = "click==8.1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n    # via mpctls (pyproject.toml)\n"
    assert lag([Requirement("click>=8")], pins(lock)) == []
    assert lag([Requirement("click>=9")], pins(lock)) == ["click>=9: not satisfied"]
    assert lag([Requirement("click"), Requirement("rich")], pins(lock)) == ["rich: not satisfied"]
    assert lag([], pins(lock)) == ["click: no longer asked for"]


def test_a_lock_with_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not an entry"):
        pins("click @ file:click.whl\n")
