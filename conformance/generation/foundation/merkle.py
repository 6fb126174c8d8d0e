"""Trees of every small size, and multiproofs with one fault each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mpctls.spec.identifiers import HashAlgorithm
from mpctls.spec.merkle import make_proof

from ...fields import Fields, listed, number, numbers
from ..labelled import Labelled
from ..vector import Family, Importance, Mutation, MutationKind, Vector

_STEP = "foundation/merkle"


def _leaves(count: int, label: str) -> list[bytes]:
    stream = Labelled(label=f"{_STEP}/{label}")
    return [stream.octets(1 + index % 5, str(index)) for index in range(count)]


def _lead(algorithm: HashAlgorithm, leaves: list[bytes], opened: list[int], **changed: bytes) -> Fields:
    proof = make_proof(algorithm, leaves, opened)
    return {
        "algorithm": number(algorithm),
        "leaf count": number(len(leaves)),
        "opened": numbers(opened),
        "leaves": listed([leaves[index] for index in opened]),
        "proof": listed(proof),
        **changed,
    }


def _multiproofs() -> Iterator[Vector]:
    leaves, opened = _leaves(7, "multiproofs"), [1, 4, 5]
    honest = _lead(HashAlgorithm.SHA256, leaves, opened)
    proof = make_proof(HashAlgorithm.SHA256, leaves, opened)
    yield Vector(
        name="honest",
        operation="foundation/root-from-proof",
        comment="Three of seven leaves; one of the four hashes stands for two leaves.",
        input=honest,
    )
    yield Vector(
        name="one-hash-missing",
        operation="foundation/root-from-proof",
        comment="The last hash of the proof is missing.",
        input={**honest, "proof": listed(proof[:-1])},
        expects="verification/merkle-proof-invalid",
        base="honest",
        mutation=Mutation(kind=MutationKind.TRUNCATE, field="proof", detail="last item"),
        importance=Importance.CRITICAL,
    )


def _families() -> Iterable[Family]:
    yield Family(
        step=_STEP,
        name="multiproofs",
        summary="Multiproofs that lead to a root, and such that do not.",
        make=_multiproofs,
    )


FAMILIES = tuple(_families())
