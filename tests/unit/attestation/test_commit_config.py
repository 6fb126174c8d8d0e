"""The Notary's checks of a commit config, of the Prover's statements, and of the commitments that answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from mpctls.reference.attestation.commit_config import (
    check_commitments,
    check_config,
    check_prover_extensions,
    hash_commitments,
)
from mpctls.reference.channel.messages import CommitRequest, EncodingRequest, HashRequest
from mpctls.reference.foundation.artifacts import EncodingCommitment, Extension, HashCommitment
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from tests.unit.foundation.refusals import refused

from .material import holder_extension, material

ALL = frozenset(HashAlgorithm)
PURPOSE = Extension(id="purpose", critical=False, value="Kontoprüfung".encode())


def request(
    start: int = 0,
    end: int = 10,
    *,
    direction: Direction = Direction.SENT,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    lexical_class: LexicalClass = LexicalClass.ANY,
) -> CommitRequest:
    return CommitRequest(
        direction=direction,
        ranges=RangeSet.of([(start, end)]),
        kind=HashRequest(algorithm=algorithm.value),
        lexical_class=lexical_class,
    )


ENCODING = replace(request(), kind=EncodingRequest())
OUTSIDE = request(0, 11)
DUPLICATE = request(lexical_class=LexicalClass.JSON_NUMBER)
UNSUPPORTED = request(algorithm=HashAlgorithm.KECCAK256)


def check(
    *config: CommitRequest,
    algorithms: frozenset[HashAlgorithm] = ALL - {HashAlgorithm.KECCAK256},
    documents: tuple[int, ...] = (1, 2),
) -> None:
    check_config(
        config,
        sent_length=10,
        received_length=20,
        maximum_commitments=4,
        hash_algorithms=algorithms,
        document_algorithms=documents,
    )


def test_a_config_within_bounds_and_limits_is_accepted() -> None:
    check(
        request(),
        request(direction=Direction.RECEIVED),
        request(algorithm=HashAlgorithm.BLAKE3),
        request(0, 20, direction=Direction.RECEIVED),
    )


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ((), "no-commitments"),
        (tuple(request(0, end) for end in range(1, 6)), "too-many-commitments"),
        ((OUTSIDE,), "range-out-of-bounds"),
        ((request(), request(19, 21, direction=Direction.RECEIVED)), "range-out-of-bounds"),
        ((ENCODING,), "unsupported-commitment-kind"),
        ((UNSUPPORTED,), "unsupported-hash-algorithm"),
        ((request(), request()), "duplicate-commitment"),
        ((request(), DUPLICATE), "duplicate-commitment"),
        # Where two faults meet, the first check of the first faulty entry speaks.
        ((OUTSIDE,) * 5, "too-many-commitments"),
        ((replace(OUTSIDE, kind=EncodingRequest()), UNSUPPORTED), "range-out-of-bounds"),
        ((ENCODING, OUTSIDE), "unsupported-commitment-kind"),
        ((UNSUPPORTED, ENCODING), "unsupported-hash-algorithm"),
        ((request(), request(), OUTSIDE), "duplicate-commitment"),
        ((UNSUPPORTED, UNSUPPORTED), "unsupported-hash-algorithm"),
    ],
)
def test_each_fault_of_a_config_has_its_reason(config: tuple[CommitRequest, ...], reason: str) -> None:
    with refused(f"data-submission/{reason}"):
        check(*config)


@pytest.mark.parametrize("documents", [(3, 1), (1, 3)])
def test_tree_and_body_are_hashed_with_supported_functions(documents: tuple[int, int]) -> None:
    check(request(), algorithms=ALL, documents=documents)
    with refused("data-submission/unsupported-hash-algorithm"):
        check(request(), documents=documents)
    with refused("data-submission/duplicate-commitment"):
        check(request(), request(), documents=documents)


def test_the_largest_config_is_checked_quickly() -> None:
    config = [request(start, start + 1) for start in range(4096)]
    started = time.monotonic()
    check_config(config, sent_length=4096, received_length=0, maximum_commitments=4096, hash_algorithms=ALL)
    assert time.monotonic() - started < 10


def extension(name: str, *, critical: bool = False, value: bytes = b"") -> Extension:
    return Extension(id=name, critical=critical, value=value)


@pytest.mark.parametrize(
    ("extensions", "reason"),
    [
        ((extension("notary/x"),), "reserved-extension"),
        ((extension("notary/"),), "reserved-extension"),
        ((extension("unknown"), extension("z")), "extension-not-allowed"),
        ((extension("a"), extension("notary/x")), "reserved-extension"),
        ((holder_extension(critical=False),), "extension-not-allowed"),
        ((extension("holder-key", critical=True),), "extension-not-allowed"),
        ((extension("holder-key", critical=True, value=b"\1\x20" + bytes(32)),), "extension-not-allowed"),
        ((replace(holder_extension(), value=holder_extension().value + b"\0"),), "extension-not-allowed"),
        ((replace(PURPOSE, critical=True),), "extension-not-allowed"),
        ((replace(PURPOSE, value=b"\xff"),), "extension-not-allowed"),
    ],
)
def test_each_fault_of_an_extension_has_its_reason(extensions: tuple[Extension, ...], reason: str) -> None:
    with refused(f"data-submission/{reason}"):
        check_prover_extensions(extensions)


def test_registered_extensions_and_those_of_the_policy_are_accepted() -> None:
    check_prover_extensions(())
    check_prover_extensions((holder_extension(), PURPOSE))
    check_prover_extensions((extension("site/x", critical=True),), allowed={"site/x"})
    with refused("data-submission/extension-not-allowed"):
        check_prover_extensions((PURPOSE,), allowed={"site/x"})


COMMITMENT = HashCommitment(
    direction=Direction.SENT,
    ranges=RangeSet.of([(0, 10)]),
    lexical_class=LexicalClass.ANY,
    algorithm=1,
    value=bytes(32),
)


def test_commitments_that_answer_the_config_are_accepted() -> None:
    check_commitments([request()], [COMMITMENT])
    check_commitments(
        [request(), request(0, 5)], [COMMITMENT, replace(COMMITMENT, ranges=RangeSet.of([(0, 5)]))]
    )


@pytest.mark.parametrize(
    "commitments",
    [
        (),
        (COMMITMENT, COMMITMENT),
        (replace(COMMITMENT, direction=Direction.RECEIVED),),
        (replace(COMMITMENT, ranges=RangeSet.of([(0, 9)])),),
        (replace(COMMITMENT, lexical_class=LexicalClass.JSON_NUMBER),),
        (replace(COMMITMENT, algorithm=2),),
        (material(encoding=True).secrets.commitments[-1].commitment,),
    ],
)
def test_commitments_that_were_not_asked_for_are_refused(
    commitments: tuple[HashCommitment | EncodingCommitment, ...],
) -> None:
    with refused("data-submission/commitment-mismatch"):
        check_commitments([request()], commitments)


def test_only_hash_commitments_are_proved() -> None:
    leaves = [each.commitment for each in material(encoding=True).secrets.commitments]
    with refused("data-submission/unsupported-commitment-kind"):
        hash_commitments(leaves)
    assert list(hash_commitments(leaves[:-1])) == leaves[:-1]
