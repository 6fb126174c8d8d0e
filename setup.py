"""Refuse to build from a copy that lost the symbolic links under src/mpctls, as some zip tools make."""

from pathlib import Path

from setuptools import setup

for room in ("spec", "reference", "zkp", "conformance"):
    if not (Path(__file__).parent / "src" / "mpctls" / room / "__init__.py").is_file():
        raise SystemExit(
            f"src/mpctls/{room} is not a folder: this copy lost its symbolic links; "
            "use git clone or the source distribution"
        )
setup()
