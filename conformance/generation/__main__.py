"""Generates the folder of vectors into a directory: `python -m mpctls.conformance.generation DIRECTORY`."""

from __future__ import annotations

import sys
from pathlib import Path

from .writing import generate, write

if __name__ == "__main__":
    made = generate()
    for failure in made.failures:
        print(failure, file=sys.stderr)
    write(made.files, Path(sys.argv[1]))
    sys.exit(1 if made.failures else 0)
