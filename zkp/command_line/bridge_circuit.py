"""`bridge-circuit`: the constraints of a hash bridge, for a ceremony of Groth16 with snarkjs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from .files import require_writable, write_together
from .output import Invocation, plain, progress

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_BLOCKS: Final = {"1": 1, "2": 2}


@click.command("bridge-circuit")
@click.argument("blocks", type=click.Choice([*_BLOCKS]))
@click.argument("circuit", metavar="[CIRCUIT.r1cs]", type=_FILE, default=Path("circuit.r1cs"))
@click.pass_obj
def bridge_circuit(invocation: Invocation, /, blocks: str, circuit: Path) -> None:
    """Write the circuit of a hash bridge of 1 or 2 blocks.

    Groth16 needs a ceremony for every circuit. Nobody has held one for these: who wants to prove bridges with Groth16
    holds one, and a Verifier names the digest of its key. For example, with a published file of powers of tau:

    \b
      python -m mpctls.zkp bridge-circuit 1 bridge.r1cs
      snarkjs groth16 setup bridge.r1cs powersOfTau28_hez_final_15.ptau first.zkey
      snarkjs zkey contribute first.zkey bridge.zkey
      python -m mpctls.zkp export-key bridge.zkey bridge.json
    """
    require_writable([circuit])
    from ..bridge.circuit import compile_bridge
    from ..circom_files import constraints_octets

    with progress(invocation) as line:
        line.say("compiling the circuit")
        compiled = compile_bridge(_BLOCKS[blocks]).circuit
        octets = constraints_octets(compiled)
    write_together([(circuit, octets)])
    document = {
        "event": "written",
        "circuit": str(circuit),
        "constraints": compiled.constraint_count,
        "public_count": compiled.public_count,
    }
    invocation.write(document, f"written: {plain(str(circuit))}, {compiled.constraint_count} constraints")
