"""The circuit of a bridge: a function of the number of blocks alone (predicates page, section 8)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mpctls.reference.foundation.hashes import sha256

from ..circuit.builder import Builder
from ..circuit.constraints import Circuit
from ..circuit.gates import GateTable, lower
from ..circuit.octets import pack
from ..circuit.poseidon import poseidon
from ..circuit.sha256 import digest_of_blocks, limbs
from ..circuit.statement import bind_statement
from ..poseidon import KIND_BARE, header
from .lengths import MAXIMUM_BLOCKS
from .message import filling, message
from .statement import HashSecret

PUBLIC_COUNT: Final = 7
_IDENTITY: Final = b"mpctls circuit of a hash bridge v1\0"


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledBridge:
    """The circuit for one number of blocks; `identity` names it and, with a setup's digest, its keys.

    Publics: the statement's two numbers, the hash commitment's two, direction, L, B.
    """

    blocks: int
    identity: bytes
    circuit: Circuit

    @functools.cached_property
    def table(self) -> GateTable:
        """The rows of PLONK: some 47,300 for one block, 95,500 for two."""
        return lower(self.circuit)

    def witness(self, publics: Sequence[int], secret: HashSecret, blinder: int) -> list[int]:
        """The value of every wire; run by the Prover. `blinder` is that of the bare commitment, β.

        Refuses with `zero-knowledge/unsatisfied`, which names no value, where octets or blinders do not open the two
        commitments that the publics name.
        """
        filled = secret.octets + secret.blinder
        return self.circuit.witness(
            {
                "statement": publics[:2],
                "value": publics[2:4],
                "direction": publics[4:5],
                "length": publics[5:6],
                "commitment": publics[6:],
                "filled": filled.ljust(filling(self.blocks), b"\0"),
                "blinder": [blinder],
            }
        )


@functools.cache
def compile_bridge(blocks: int) -> CompiledBridge:
    """Compile the circuit for 1 or 2 blocks; run by Prover and Verifier alike.

    It forces, for some octets y and blinders: L is a length of so many blocks, direction is 0 or 1, value =
    SHA-256(context block ‖ u32 L ‖ y ‖ blinder), and B = Poseidon(hdr, β, x) for the elements x of the same y.
    """
    if not 1 <= blocks <= MAXIMUM_BLOCKS:
        raise ValueError(f"no bridge has {blocks} blocks")
    builder = Builder()
    statement = builder.publics("statement", 2)
    value = builder.publics("value", 2)
    direction, length, commitment = (builder.public(name) for name in ("direction", "length", "commitment"))
    filled, blinder = builder.privates("filled", filling(blocks)), builder.private("blinder")
    bind_statement(builder, statement)
    with builder.scope("message"):
        laid_out = message(builder, blocks, length, filled)
    for forced, given in zip(limbs(builder, digest_of_blocks(builder, laid_out.bits)), value, strict=True):
        builder.assert_equal(forced, given)
    with builder.scope("bare commitment"):
        builder.assert_boolean(direction)
        head = builder.weighted_sum(((header(KIND_BARE), 1), (direction, 1 << 16), (length, 1 << 32)))
        elements = pack(builder, laid_out.octets)
        builder.assert_equal(poseidon(builder, [head, blinder, *elements]), commitment)
    return CompiledBridge(
        blocks=blocks, identity=sha256(_IDENTITY, bytes([blocks])), circuit=builder.finish()
    )
