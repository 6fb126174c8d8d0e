"""Trees have one root, opened leaves one proof, and a proof leads to one root or to a refusal.

Compared: roots and proofs octet for octet; or the reason.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.merkle import make_proof, root_from_proof, tree_root

from ...fields import Fields, listed, number, numbers, read_list, read_number, read_numbers
from ...property import Operation
from ..drawing import HASH_ALGORITHMS, flipped


@st.composite
def _trees(draw: DrawFn) -> tuple[HashAlgorithm, list[bytes], list[int]]:
    leaves = draw(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
    opened = draw(st.sets(st.integers(0, len(leaves) - 1), min_size=1, max_size=6))
    return draw(HASH_ALGORITHMS), leaves, sorted(opened)


@st.composite
def _tree_inputs(draw: DrawFn) -> Fields:
    algorithm, leaves, opened = draw(_trees())
    return {"algorithm": number(algorithm), "leaves": listed(leaves), "opened": numbers(opened)}


@st.composite
def _proof_inputs(draw: DrawFn) -> Fields:
    algorithm, leaves, opened = draw(_trees())
    proof = list(make_proof(algorithm, leaves, opened))
    shown = [leaves[index] for index in opened]
    count = len(leaves)
    match draw(
        st.sampled_from(("honest", "missing", "extra", "changed", "swapped", "count", "leaf", "moved"))
    ):
        case "missing":
            proof = proof[:-1]
        case "extra":
            proof.append(bytes(32))
        case "changed" if proof:
            proof[0] = flipped(proof[0])
        case "swapped":
            proof.reverse()
        case "count":
            count = draw(st.integers(opened[-1] + 1, 2**32 - 1))
        case "leaf":
            shown[0] += b"\0"
        case "moved" if opened[-1] + 1 < count:
            opened[-1] += 1
    return {
        "algorithm": number(algorithm),
        "leaf count": number(count),
        "opened": numbers(opened),
        "leaves": listed(shown),
        "proof": listed(proof),
    }


def _build(fields: Fields) -> Fields:
    algorithm, leaves = HashAlgorithm(read_number(fields["algorithm"])), read_list(fields["leaves"])
    proof = make_proof(algorithm, leaves, read_numbers(fields["opened"]))
    return {"root": tree_root(algorithm, leaves), "proof": listed(proof)}


def _lead(fields: Fields) -> Fields:
    opened = dict(zip(read_numbers(fields["opened"]), read_list(fields["leaves"]), strict=True))
    root = root_from_proof(
        HashAlgorithm(read_number(fields["algorithm"])),
        read_number(fields["leaf count"]),
        opened,
        read_list(fields["proof"]),
    )
    return {"root": root}


OPERATIONS = (
    Operation(name="foundation/build-tree", inputs=_tree_inputs, specification=_build),
    Operation(name="foundation/root-from-proof", inputs=_proof_inputs, specification=_lead),
)
