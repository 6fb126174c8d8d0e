"""Trees of every small size with what stands in them, and multiproofs with one fault each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.merkle import leaf_hash, make_proof, node_hash, split

from ...fields import Fields, listed, number, numbers
from ...operations.form import Feature
from ...operations.shapes import Json
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector

STEP = "foundation/merkle"
_BUILD, _LEAD = "foundation/build-tree", "foundation/root-from-proof"
_INVALID = "verification/merkle-proof-invalid"
_SIZES = (*range(1, 10), 15, 16, 17, 31, 32, 33)

FEATURES = {
    HashAlgorithm.SHA256: (),
    HashAlgorithm.BLAKE3: (Feature.BLAKE3,),
    HashAlgorithm.KECCAK256: (Feature.KECCAK256,),
}
"""What a vector with a hash algorithm needs."""


def leaves_of(count: int, label: str) -> list[bytes]:
    """Leaves of one to five octets."""
    stream = Labelled(label=f"{STEP}/{label}")
    return [stream.octets(1 + index % 5, str(index)) for index in range(count)]


def nodes_of(algorithm: HashAlgorithm, leaves: Sequence[bytes]) -> Json:
    """Every hash of a tree by the leaves that it stands for, `first..last`, depth first and left to right."""
    found: dict[str, Json] = {}

    def walk(first: int, count: int) -> bytes:
        if count == 1:
            found[f"{first}..{first}"] = leaf_hash(algorithm, leaves[first]).hex()
            return leaf_hash(algorithm, leaves[first])
        left = walk(first, split(count))
        right = walk(first + split(count), count - split(count))
        node = node_hash(algorithm, left, right)
        found[f"{first}..{first + count - 1}"] = node.hex()
        return node

    walk(0, len(leaves))
    return found


def _build(algorithm: HashAlgorithm, leaves: Sequence[bytes], opened: Sequence[int]) -> Fields:
    return {"algorithm": number(algorithm), "leaves": listed(leaves), "opened": numbers(opened)}


def _lead(algorithm: HashAlgorithm, leaves: Sequence[bytes], opened: Sequence[int]) -> Fields:
    return {
        "algorithm": number(algorithm),
        "leaf count": number(len(leaves)),
        "opened": numbers(opened),
        "leaves": listed([leaves[index] for index in opened]),
        "proof": listed(make_proof(algorithm, leaves, opened)),
    }


def _opened(count: int) -> list[int]:
    """First, last, and what stands on both sides of the split."""
    middle = {split(count) - 1, split(count)} if count > 1 else set()
    return sorted({0, count - 1} | middle)


def _trees() -> Iterator[Vector]:
    for algorithm in HashAlgorithm:
        for count in _SIZES if algorithm is HashAlgorithm.SHA256 else (1, 2, 3, 7, 8, 9):
            leaves = leaves_of(count, "trees")
            yield Vector(
                name=f"{algorithm.name.lower()}-{count}",
                operation=_BUILD,
                comment=f"A tree of {count}; opened are its ends and both sides of its split.",
                input=_build(algorithm, leaves, _opened(count)),
                features=FEATURES[algorithm],
                seed=f"{STEP}/trees",
                intermediate={"nodes": nodes_of(algorithm, leaves)} if count <= 17 else {},
                importance=Importance.CRITICAL,
            )


def _more_trees() -> Iterator[Vector]:
    algorithm, leaves = HashAlgorithm.SHA256, leaves_of(7, "openings")
    for mask in range(1, 2**7):
        opened = [index for index in range(7) if mask >> index & 1]
        if len(opened) in (1, 2, 6, 7):
            yield Vector(
                name="-".join(("opened", *map(str, opened))),
                operation=_BUILD,
                comment=f"Of seven leaves are opened: {', '.join(map(str, opened))}.",
                input=_build(algorithm, leaves, opened),
                seed=f"{STEP}/openings",
                importance=Importance.CRITICAL,
            )
    for name, comment, odd in (
        ("empty-leaf", "A leaf without octets is a leaf.", [b"", b"\0", b""]),
        ("equal-leaves", "Equal leaves have equal hashes, and are two.", [b"x"] * 4),
        ("leaf-like-a-node", "A leaf of the octets of a node: its first octet is hashed as content.",
         [b"\1" + leaf_hash(algorithm, b"a") + leaf_hash(algorithm, b"b"), b"c"]),
        ("long-leaf", "A leaf that fills more than one block of every hash.", [bytes(range(256)) * 5, b"c"]),
    ):  # fmt: skip
        yield Vector(
            name=name,
            operation=_BUILD,
            comment=comment,
            input=_build(algorithm, odd, [0]),
            intermediate={"nodes": nodes_of(algorithm, odd)},
            importance=Importance.CRITICAL,
        )


def _flipped(octets: bytes) -> bytes:
    return octets[:-1] + bytes([octets[-1] ^ 1])


def _refused(name: str, comment: str, mutation: Mutation, input_: Fields, base: str = "honest") -> Vector:
    return Vector(
        name=name,
        operation=_LEAD,
        comment=comment,
        input=input_,
        expects=_INVALID,
        base=base,
        mutation=mutation,
        importance=Importance.CRITICAL,
    )


def _multiproofs() -> Iterator[Vector]:
    sha256 = HashAlgorithm.SHA256
    leaves, opened = leaves_of(7, "multiproofs"), [1, 4, 5]
    proof = list(make_proof(sha256, leaves, opened))
    honest = _lead(sha256, leaves, opened)
    yield Vector(
        name="honest",
        operation=_LEAD,
        comment="Three of seven leaves; one of the four hashes stands for two leaves.",
        input=honest,
        intermediate={"nodes": nodes_of(sha256, leaves)},
        importance=Importance.CRITICAL,
    )
    for at, kept in ((0, proof[1:]), (1, proof[:1] + proof[2:]), (len(proof) - 1, proof[:-1])):
        yield _refused(
            f"hash-{at}-missing",
            "One hash is missing, so at the end there is none to consume.",
            Mutation(kind=MutationKind.REMOVE, field="proof", detail=f"item {at}"),
            {**honest, "proof": listed(kept)},
        )
    yield _refused(
        "no-hash",
        "All hashes are missing.",
        Mutation(kind=MutationKind.REMOVE, field="proof", detail="all items"),
        {**honest, "proof": listed([])},
    )
    for name, detail, more in (
        ("extra-hash-last", "a hash of zeros after the last", [*proof, bytes(32)]),
        ("extra-hash-first", "a hash of zeros before the first", [bytes(32), *proof]),
    ):
        yield _refused(
            name,
            "A hash is left over when the root is reached.",
            Mutation(kind=MutationKind.INSERT, field="proof", detail=detail),
            {**honest, "proof": listed(more)},
        )
    yield _refused(
        "hash-duplicated",
        "The last hash stands twice.",
        Mutation(kind=MutationKind.DUPLICATE, field="proof", detail=f"item {len(proof) - 1}"),
        {**honest, "proof": listed([*proof, proof[-1]])},
    )
    yield _refused(
        "hash-of-an-opened-leaf",
        "The hash of an opened leaf is given beside its octets.",
        Mutation(kind=MutationKind.INSERT, field="proof", detail="the hash of leaf 1, after item 0"),
        {**honest, "proof": listed([proof[0], leaf_hash(sha256, leaves[1]), *proof[1:]])},
    )
    yield _refused(
        "two-hashes-for-a-node",
        "A subtree without an opened leaf is given as its two children instead of as itself.",
        Mutation(kind=MutationKind.REPLACE, field="proof", detail="item 1 by the hashes of leaves 2 and 3"),
        {
            **honest,
            "proof": listed([proof[0], *(leaf_hash(sha256, leaves[at]) for at in (2, 3)), *proof[2:]]),
        },
    )
    for name, detail, count in (
        ("count-doubled", "14 instead of 7: other hashes are needed", 14),
        ("count-maximum", "2^32 - 1: a deep tree, of which almost nothing is given", 2**32 - 1),
        ("count-of-the-last", "6 instead of 7: the last hash is left over", 6),
    ):
        yield _refused(
            name,
            "The number of leaves says which hashes are consumed.",
            Mutation(kind=MutationKind.REPLACE, field="leaf_count", detail=detail),
            {**honest, "leaf count": number(count)},
        )
    yield from _single(sha256)
    yield from _other_roots(sha256, leaves, opened, proof)


def _single(algorithm: HashAlgorithm) -> Iterator[Vector]:
    alone = [b"alone"]
    yield Vector(
        name="single-leaf",
        operation=_LEAD,
        comment="A tree of one leaf: its hash is the root, and no hash is consumed.",
        input=_lead(algorithm, alone, [0]),
        importance=Importance.CRITICAL,
    )
    yield _refused(
        "single-leaf-with-a-hash",
        "A hash is left over beside the only leaf.",
        Mutation(kind=MutationKind.INSERT, field="proof", detail="one hash of zeros"),
        {**_lead(algorithm, alone, [0]), "proof": listed([bytes(32)])},
        "single-leaf",
    )
    for other in (HashAlgorithm.BLAKE3, HashAlgorithm.KECCAK256):
        leaves = leaves_of(5, "multiproofs")
        yield Vector(
            name=f"of-{other.name.lower()}",
            operation=_LEAD,
            comment="The same shape with another hash.",
            input=_lead(other, leaves, [0, 3]),
            features=FEATURES[other],
            intermediate={"nodes": nodes_of(other, leaves)},
            importance=Importance.CRITICAL,
        )
    everything = leaves_of(6, "multiproofs")
    yield Vector(
        name="all-leaves",
        operation=_LEAD,
        comment="All leaves are opened and no hash is given.",
        input=_lead(algorithm, everything, range(6)),
        importance=Importance.CRITICAL,
    )


def _other_roots(
    algorithm: HashAlgorithm, leaves: list[bytes], opened: list[int], proof: list[bytes]
) -> Iterator[Vector]:
    """Changes that lead to another root: the operation does not know the right one, so each is accepted."""
    swapped = [proof[1], proof[0], *proof[2:]]
    shown = [leaves[index] for index in opened]
    for name, comment, changed in (
        ("hash-flipped", "One bit of a hash leads to another root.",
         {"proof": listed([_flipped(proof[0]), *proof[1:]])}),
        ("hashes-swapped", "Two hashes in the other order lead to another root.", {"proof": listed(swapped)}),
        ("leaf-flipped", "One bit of a leaf leads to another root.",
         {"leaves": listed([_flipped(shown[0]), *shown[1:]])}),
        ("leaves-swapped", "Two leaves in each other's place lead to another root.",
         {"leaves": listed([shown[1], shown[0], shown[2]])}),
        ("leaf-moved", "The same leaf as its own neighbour leads to another root.", {"opened": numbers([0, 4, 5])}),
        ("same-hashes-for-more-leaves", "Eight leaves need as many hashes as seven here, and lead to another root.",
         {"leaf count": number(8)}),
    ):  # fmt: skip
        yield Vector(
            name=name,
            operation=_LEAD,
            comment=comment,
            input={**_lead(algorithm, leaves, opened), **changed},
            importance=Importance.CRITICAL,
        )


_CERTIFICATE_TRANSPARENCY = (
    "certificate-transparency-go, testdata of the reference Merkle tree (RFC 9162, 2.1.1)"
)
_REFERENCE_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
_REFERENCE_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _reference_trees() -> Iterator[Vector]:
    leaves = [bytes.fromhex(leaf) for leaf in _REFERENCE_LEAVES]
    for count, root in enumerate(_REFERENCE_ROOTS, 1):
        yield Vector(
            name=f"leaves-{count}",
            operation=_BUILD,
            comment=f"The published root of the first {count} of eight leaves.",
            input=_build(HashAlgorithm.SHA256, leaves[:count], [0]),
            source=_CERTIFICATE_TRANSPARENCY,
            published={"root": bytes.fromhex(root)},
            intermediate={"nodes": nodes_of(HashAlgorithm.SHA256, leaves[:count])},
            importance=Importance.CRITICAL,
        )


FAMILIES = (
    Family(
        step=STEP, name="trees", summary="Trees of every small size and around powers of two.", make=_trees
    ),
    Family(
        step=STEP,
        name="openings",
        summary="Which hashes a proof has, for sets of opened leaves.",
        make=_more_trees,
    ),
    Family(
        step=STEP,
        name="multiproofs",
        summary="Multiproofs that lead to a root, and such that do not.",
        make=_multiproofs,
    ),
    Family(
        step=STEP,
        name="certificate-transparency",
        summary="The trees of the reference test of Certificate Transparency, whose shape ours have.",
        make=_reference_trees,
    ),
)
