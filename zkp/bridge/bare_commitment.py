"""Bare commitments: Poseidon over octets that a Prover commits to by itself, at any time."""

from __future__ import annotations

from mpctls.reference.foundation.identifiers import Direction

from ..poseidon import KIND_BARE, header, pack, poseidon
from .lengths import blocks_of, longest


def bare_commitment(direction: Direction, octets: bytes, blinder: int) -> int:
    """B = Poseidon(hdr, β, x_1 … x_n) of octets that a hash bridge is for (predicates page, section 8).

    Run by the Prover. `blinder` β is a uniform scalar of BN254, fresh for each commitment; n is 2 for one block and 4
    for two, missing elements are 0. Refuses with `zero-knowledge/bridge-length`.
    """
    count = len(pack(bytes(longest(blocks_of(len(octets))))))
    elements = pack(octets)
    elements += [0] * (count - len(elements))
    return poseidon([header(KIND_BARE, direction.value, len(octets)), blinder, *elements])
