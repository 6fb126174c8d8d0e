"""The Notary's checks of a commit config, of the Prover's statements, and of the commitments that answer."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from mpctls.reference.attestation.commit_config import (
    check_commitments,
    check_config,
    check_encoding_commitments,
    check_prover_extensions,
    complete_commitments,
    encoding_commitment,
)
from mpctls.reference.channel.messages import CommitRequest, EncodingRequest, HashRequest
from mpctls.reference.foundation.artifacts import EncodingCommitment, Extension, HashCommitment
from mpctls.reference.foundation.field_encoding import scalar_octets
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass, SessionKind
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.mpc.conversion.messages import Released
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
    kind: SessionKind = SessionKind.NOTARIZE,
) -> None:
    check_config(
        config,
        sent_length=10,
        received_length=20,
        maximum_commitments=4,
        hash_algorithms=algorithms,
        document_algorithms=documents,
        maximum_encoded_octets=25,
        kind=kind,
    )


def test_a_config_within_bounds_and_limits_is_accepted() -> None:
    check(
        request(),
        request(direction=Direction.RECEIVED),
        request(algorithm=HashAlgorithm.BLAKE3),
        request(0, 20, direction=Direction.RECEIVED),
    )
    # Both kinds to the same octets are no repetition.
    check(request(), ENCODING, replace(ENCODING, direction=Direction.RECEIVED))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ((), "no-commitments"),
        (tuple(request(0, end) for end in range(1, 6)), "too-many-commitments"),
        ((OUTSIDE,), "range-out-of-bounds"),
        ((request(), request(19, 21, direction=Direction.RECEIVED)), "range-out-of-bounds"),
        ((ENCODING, ENCODING), "duplicate-commitment"),
        ((ENCODING, replace(ENCODING, lexical_class=LexicalClass.JSON_NUMBER)), "duplicate-commitment"),
        (
            tuple(
                replace(request(0, end, direction=Direction.RECEIVED), kind=EncodingRequest())
                for end in (12, 14)
            ),
            "too-many-commitments",
        ),
        ((UNSUPPORTED,), "unsupported-hash-algorithm"),
        ((request(), request()), "duplicate-commitment"),
        ((request(), DUPLICATE), "duplicate-commitment"),
        # Where two faults meet, the first check of the first faulty entry speaks.
        ((OUTSIDE,) * 5, "too-many-commitments"),
        ((replace(OUTSIDE, kind=EncodingRequest()), UNSUPPORTED), "range-out-of-bounds"),
        ((ENCODING, OUTSIDE), "range-out-of-bounds"),
        ((UNSUPPORTED, ENCODING), "unsupported-hash-algorithm"),
        ((request(), request(), OUTSIDE), "duplicate-commitment"),
        ((UNSUPPORTED, UNSUPPORTED), "unsupported-hash-algorithm"),
    ],
)
def test_each_fault_of_a_config_has_its_reason(config: tuple[CommitRequest, ...], reason: str) -> None:
    with refused(f"data-submission/{reason}"):
        check(*config)


def test_a_session_that_signs_nothing_has_no_encoding_commitments() -> None:
    check(request(), kind=SessionKind.VERIFY)
    with refused("data-submission/unsupported-commitment-kind"):
        check(request(), ENCODING, OUTSIDE, kind=SessionKind.VERIFY)


@pytest.mark.parametrize(("length", "accepted"), [(65_535, True), (65_536, False)])
def test_an_encoding_commitment_holds_65535_octets(length: int, accepted: bool) -> None:
    config = [replace(request(0, length), kind=EncodingRequest()), OUTSIDE, OUTSIDE]
    with refused("data-submission/" + ("duplicate-commitment" if accepted else "encoding-too-long")):
        check_config(config, sent_length=2**20, received_length=0, maximum_commitments=3, hash_algorithms=ALL)


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


def test_an_encoding_entry_is_answered_without_scalars() -> None:
    asked = encoding_commitment(ENCODING)
    check_commitments([request(), ENCODING], [COMMITMENT, asked])
    one = scalar_octets(1)
    for early in (replace(asked, commitment=one), replace(asked, offset=one), replace(asked, factor=one)):
        with refused("data-submission/commitment-mismatch"):
            check_commitments([ENCODING], [early])
    for config, answer in (([ENCODING], COMMITMENT), ([request()], asked)):
        with refused("data-submission/commitment-mismatch"):
            check_commitments(config, [answer])


def test_each_encoding_entry_has_one_value() -> None:
    check_encoding_commitments([request(), ENCODING, OUTSIDE], [bytes(32)])
    for count in (0, 2, 3):
        with refused("data-submission/commitment-mismatch"):
            check_encoding_commitments([request(), ENCODING, OUTSIDE], [bytes(32)] * count)


def test_leaves_are_completed_in_order() -> None:
    first, second = (
        encoding_commitment(ENCODING),
        encoding_commitment(replace(OUTSIDE, kind=EncodingRequest())),
    )
    released = [Released(offset=1, factor=2), Released(offset=3, factor=4)]
    values = [scalar_octets(8), scalar_octets(9)]
    assert complete_commitments([first, COMMITMENT, second], values, released) == (
        replace(first, commitment=scalar_octets(8), offset=scalar_octets(1), factor=scalar_octets(2)),
        COMMITMENT,
        replace(second, commitment=scalar_octets(9), offset=scalar_octets(3), factor=scalar_octets(4)),
    )
