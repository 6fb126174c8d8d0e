"""Operations that everything stands on: encoding, ranges, trees, commitments, signatures."""

from __future__ import annotations

from .form import Field, Form, Role
from .shapes import DIGEST, NUMBER, NUMBERS, OCTETS_LIST, ListOf

_TREE_ALGORITHM = Field(shape=NUMBER, meaning="The hash algorithm of the tree (formats.md, section 2).")
_INDICES = Field(shape=NUMBERS, meaning="Indices of the opened leaves, strictly increasing.")
_PROOF = Field(
    shape=ListOf(item=DIGEST), meaning="The hashes of the multiproof, in the order of consumption."
)

FORMS = (
    Form(
        name="foundation/build-tree",
        step="foundation/merkle",
        summary="Compute the root of a tree and the multiproof of some of its leaves.",
        role=Role.ANY,
        source="formats.md, section 6",
        takes={
            "algorithm": _TREE_ALGORITHM,
            "leaves": Field(
                shape=OCTETS_LIST, meaning="What is hashed after the octet 0x00 of each leaf, in order."
            ),
            "opened": _INDICES,
        },
        gives={"root": Field(shape=DIGEST, meaning="The root."), "proof": _PROOF},
    ),
    Form(
        name="foundation/root-from-proof",
        step="foundation/merkle",
        summary="Compute the root that opened leaves and a multiproof lead to.",
        role=Role.VERIFIER,
        source="formats.md, section 6",
        takes={
            "algorithm": _TREE_ALGORITHM,
            "leaf count": Field(shape=NUMBER, meaning="How many leaves the tree has."),
            "opened": _INDICES,
            "leaves": Field(
                shape=OCTETS_LIST, meaning="The octets of the opened leaves, one for each index."
            ),
            "proof": _PROOF,
        },
        gives={"root": Field(shape=DIGEST, meaning="The root.")},
    ),
)
