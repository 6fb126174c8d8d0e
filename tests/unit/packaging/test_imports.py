"""The independence rule, read from the files; `lint-imports` holds the same lines over the import graph."""

import sys
from pathlib import Path

import pytest

from .checkout import ROOMS, ROOT, python_files
from .imports import imported_modules, is_within

SPEC_LIBRARIES = frozenset({"py_ecc", "galois", "cryptography"})


def spec_violations(source: str, path: Path) -> list[str]:
    """Imports that `spec/` may not make: other rooms, and libraries beyond the three allowed ones."""
    found = []
    for line, module in imported_modules(source, path):
        top = module.partition(".")[0]
        own = is_within(module, "mpctls.spec") or module == "mpctls"
        if not (own or top in sys.stdlib_module_names or top in SPEC_LIBRARIES):
            found.append(f"{path}:{line}: {module}")
    return found


def foundation_violations(source: str, path: Path) -> list[str]:
    """Imports of `reference/foundation/` that leave it for another part of the project."""
    return [
        f"{path}:{line}: {module}"
        for line, module in imported_modules(source, path)
        if is_within(module, "mpctls") and not is_within(module, "mpctls.reference.foundation")
    ]


def implementation_violations(source: str, path: Path) -> list[str]:
    """Imports of `reference/` from the rooms that it is held against."""
    return [
        f"{path}:{line}: {module}"
        for line, module in imported_modules(source, path)
        if is_within(module, "mpctls.spec") or is_within(module, "mpctls.conformance")
    ]


def bare_name_violations(source: str, path: Path) -> list[str]:
    """Imports of a room by its folder's name, which outside a checkout is somebody else's package."""
    return [
        f"{path}:{line}: {module}"
        for line, module in imported_modules(source, path)
        if module.partition(".")[0] in (*ROOMS, "zkp")
    ]


def violations_of(folder: str, rule: object) -> list[str]:
    """All violations of one rule in the files below a folder."""
    assert callable(rule)
    paths = [path for path in python_files(folder.partition("/")[0]) if path.is_relative_to(folder)]
    assert paths, f"{folder} holds no Python file: the rule would hold for nothing"
    return [found for path in paths for found in rule((ROOT / path).read_text(encoding="utf-8"), path)]


def test_spec_imports_the_standard_library_and_three_others() -> None:
    assert violations_of("spec", spec_violations) == []


def test_foundation_imports_nothing_of_ours() -> None:
    assert violations_of("reference/foundation", foundation_violations) == []


def test_the_implementation_never_sees_the_spec() -> None:
    assert violations_of("reference", implementation_violations) == []


@pytest.mark.parametrize("folder", [*ROOMS, "tests"])
def test_rooms_are_imported_by_their_installed_names(folder: str) -> None:
    assert violations_of(folder, bare_name_violations) == []


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (spec_violations, "spec/tls/records.py", "import numpy"),
        (spec_violations, "spec/tls/records.py", "def late():\n    from mpctls.reference import tls"),
        (spec_violations, "spec/tls/records.py", "from ...reference import tls"),
        (spec_violations, "spec/tls/records.py", "from .... import tls"),
        (foundation_violations, "reference/foundation/limits.py", "from ..tls import records"),
        (foundation_violations, "reference/foundation/limits.py", "from .. import tls"),
        (foundation_violations, "reference/foundation/limits.py", "import mpctls.reference.tls.records"),
        (implementation_violations, "reference/tls/client.py", "from mpctls import spec"),
        (implementation_violations, "reference/tls/client.py", "from ...spec.tls import records"),
        (bare_name_violations, "tests/unit/test_records.py", "from spec.tls import records"),
        (bare_name_violations, "tests/unit/test_records.py", "import zkp"),
    ],
)
def test_a_forbidden_import_is_found(rule: object, path: str, source: str) -> None:
    assert callable(rule)
    assert rule(source, Path(path))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (spec_violations, "spec/tls/records.py", "import hashlib, galois\nfrom ..encoding import Reader"),
        (
            foundation_violations,
            "reference/foundation/limits.py",
            "import numba\nfrom .errors import Refusal",
        ),
        (implementation_violations, "reference/tls/client.py", "from ..foundation import limits"),
        (bare_name_violations, "spec/session.py", "from . import spec\nfrom mpctls.reference import tls"),
    ],
)
def test_an_allowed_import_passes(rule: object, path: str, source: str) -> None:
    assert callable(rule)
    assert rule(source, Path(path)) == []
