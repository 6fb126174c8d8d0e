"""The program `mpctls`: one module a command."""

from __future__ import annotations


def main() -> None:
    """Run the program with the arguments of this process and end the process with its exit code."""
    import sys

    from .program import run

    sys.exit(run(sys.argv[1:]))
