"""`python -m mpctls.zkp`: proofs of circuits that circom compiled, with the files of snarkjs."""

from __future__ import annotations

import sys

from .command_line.program import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
