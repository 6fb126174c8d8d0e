"""`python -m mpctls.conformance`."""

from __future__ import annotations

from .command_line import main

if __name__ == "__main__":
    main(prog_name="mpctls-conformance")
