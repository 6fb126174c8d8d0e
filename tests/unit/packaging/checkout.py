"""The checkout that the packaging tests look at."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("spec", "reference", "zkp", "conformance")
# What a copy without git holds beside the project's own files; the same names as in .gitignore.
MADE_FOLDERS = ("__pycache__", "build", "dist", "node_modules", "htmlcov")


@cache
def project_files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root: what git tracks, or in a plain copy what is there."""
    if (ROOT / ".git").exists():
        listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        names = [Path(name.decode()) for name in listing.split(b"\0") if name]
        return tuple(name for name in names if (ROOT / name).is_symlink() or (ROOT / name).is_file())
    return tuple(sorted(_walk(ROOT)))


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        made = entry.name in MADE_FOLDERS or entry.name.endswith(".egg-info")
        if made or (entry.name.startswith(".") and entry.name not in (".ci", ".gitignore")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        else:
            yield entry.relative_to(ROOT)


def text_files() -> Iterator[tuple[Path, str]]:
    """Every file of the project that is UTF-8 text, with its text; links are not followed."""
    for name in project_files():
        if (ROOT / name).is_symlink():
            continue
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def python_files(folder: str) -> list[Path]:
    """The project's Python files below one of its folders."""
    return [name for name in project_files() if name.parts[0] == folder and name.suffix == ".py"]
