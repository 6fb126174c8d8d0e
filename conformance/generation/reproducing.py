"""Generates the folder again in processes that differ in everything that may not matter, and compares the octets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import mpctls

from .writing import first_difference, read

_MODULE = "mpctls.conformance.generation"
_SOURCES = Path(mpctls.__file__).absolute().parents[1]
_SUPPORTED = ("python3.11", "python3.12", "python3.13", "python3.14")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """A Python, and variables of its environment."""

    python: str
    hash_seed: str
    locale: str
    time_zone: str

    def __str__(self) -> str:
        return f"{self.python}, hash seed {self.hash_seed}, locale {self.locale}, time zone {self.time_zone}"


def surroundings() -> Iterator[Surroundings]:
    """Two of this Python that differ in all else, and one of each other Python that has what is needed."""
    yield Surroundings(python=sys.executable, hash_seed="0", locale="C", time_zone="UTC")
    yield Surroundings(
        python=sys.executable, hash_seed="4711", locale="tr_TR.UTF-8", time_zone="Asia/Kathmandu"
    )
    this = f"python3.{sys.version_info.minor}"
    for name in _SUPPORTED:
        found = which(name)
        if name != this and found is not None and _has_what_is_needed(found):
            yield Surroundings(python=found, hash_seed="1", locale="C.UTF-8", time_zone="Pacific/Apia")


def regenerated(folder: Path, place: Surroundings) -> str | None:
    """Generate again in other surroundings; returns what differs first from the folder, None when nothing does."""
    with TemporaryDirectory() as directory:
        ran = subprocess.run(
            [place.python, "-m", _MODULE, directory],
            env=_environment(place),
            capture_output=True,
            check=False,
        )
        if ran.returncode:
            return (
                ran.stderr.decode(errors="replace").strip().rpartition("\n")[2]
                or f"exit code {ran.returncode}"
            )
        return first_difference(read(Path(directory)), read(folder))


def _environment(place: Surroundings) -> Mapping[str, str]:
    paths = [str(_SOURCES), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONHASHSEED": place.hash_seed,
        "LC_ALL": place.locale,
        "TZ": place.time_zone,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


def _has_what_is_needed(python: str) -> bool:
    probe = "import cryptography, galois, hypothesis, py_ecc"
    return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0
