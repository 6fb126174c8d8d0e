"""Hash commitments and lexical classes in zero knowledge, both parties run, against hashes computed in the clear."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

import pytest

from mpctls.reference.attestation import commitment_proofs
from mpctls.reference.attestation.commitment_hashes import commitment_digest, commitment_hash, hash_gates
from mpctls.reference.attestation.commitment_proofs import (
    BLINDER_BITS,
    check_lexical_class,
    draw_blinders,
    prove_commitments,
)
from mpctls.reference.foundation.artifacts import HashCommitment
from mpctls.reference.foundation.errors import Refused
from mpctls.reference.foundation.hashes import commitment_value
from mpctls.reference.foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from mpctls.reference.foundation.ranges import RangeSet
from mpctls.reference.mpc.zero_knowledge.batch import Wires
from mpctls.reference.mpc.zero_knowledge.bits import Bits, bits_of, octets_of
from mpctls.reference.mpc.zero_knowledge.prover import ProverProof
from mpctls.reference.mpc.zero_knowledge.verifier import NotaryProof
from tests.unit.foundation.refusals import refused
from tests.unit.zero_knowledge.dealer import Parties

# Lengths of what is hashed after the context block are 20 more: 4 of length, 16 of blinder. Borders are those of the
# padding (SHA-256: 55, 56, 64; Keccak-256: 135, 136) and of blocks and chunks (BLAKE3: 64, 1024, 2048).
BORDERS = {
    HashAlgorithm.SHA256: (1, 34, 35, 36, 43, 44, 45, 98, 99, 100, 108),
    HashAlgorithm.KECCAK256: (1, 114, 115, 116, 117, 251, 252),
    HashAlgorithm.BLAKE3: (1, 43, 44, 45, 108, 1003, 1004, 1005, 2028, 2029),
}
CASES = [(algorithm, length) for algorithm, lengths in BORDERS.items() for length in lengths]


class Whole:
    """Wires of a transcript, as an engine serves them."""

    def __init__(self, sent: Wires, received: Wires) -> None:
        self._sent, self._received = sent, received

    def sent(self, start: int, stop: int) -> Wires:
        return self._sent[8 * start : 8 * stop]

    def received(self, start: int, stop: int) -> Wires:
        return self._received[8 * start : 8 * stop]

    def pieces(self, direction: Direction, start: int, stop: int, octets: int) -> Iterator[Wires]:
        whole = self._sent if direction is Direction.SENT else self._received
        for first in range(start, stop, octets):
            yield whole[8 * first : 8 * min(stop, first + octets)]


class LyingProver(ProverProof):
    """Asserts what it likes."""

    def _check_assertion(self, wires: Wires, bits: Bits) -> None:
        return


class ForgetfulLiar(ProverProof):
    """Claims another output of one gate in the first piece of a long commitment, and is honest ever after."""

    asked: ClassVar[list[int]] = []

    def _prove_batch(self) -> None:
        self.asked.append(self._batches)
        if self._batches == 0 and self._gate_corrections:
            self._gate_corrections[0][0] ^= 1
        super()._prove_batch()


def commitment(
    value: bytes,
    ranges: Sequence[tuple[int, int]],
    *,
    direction: Direction = Direction.SENT,
    algorithm: HashAlgorithm = HashAlgorithm.SHA256,
    lexical_class: LexicalClass = LexicalClass.ANY,
) -> HashCommitment:
    return HashCommitment(
        direction=direction,
        ranges=RangeSet.of(ranges),
        lexical_class=lexical_class,
        algorithm=algorithm.value,
        value=value,
    )


SENT = b'{"name":"Ada \\u00e9\\n","balance":-12.5e3,"active":true} text/html; q=0.9'
RECEIVED = bytes(range(200))
PARTS = {
    LexicalClass.JSON_STRING_INTERIOR: (b"", b"Ada", "Zo\u00eb".encode(), b"\\u00e9\\n\\/", b'say \\"x\\"'),
    LexicalClass.JSON_NUMBER: (b"0", b"-12.5e3", b"1000", b"-0", b"9E+2"),
    LexicalClass.JSON_LITERAL: (b"true", b"false", b"null"),
    LexicalClass.HEADER_VALUE: (b"text/html; q=0.9", b"a\tb", b"1"),
}
OUTSIDE = {
    LexicalClass.JSON_STRING_INTERIOR: (
        b'a"b',
        b"\\",
        b"\\x",
        b"\\u12",
        b"\n",
        b"\xff",
        b"\xed\xa0\x80",
        b'",',
    ),
    LexicalClass.JSON_NUMBER: (b"", b"01", b"1.", b".5", b"-", b"1e", b"1_000", b"2,500", b"12 ", b"0x1"),
    LexicalClass.JSON_LITERAL: (b"", b"True", b"tru", b"truefalse", b"null ", b"NaN"),
    LexicalClass.HEADER_VALUE: (b"a\r\nb: c", b"a\nb", b"a\0", b"\x7f"),
}


def clear_digest(algorithm: HashAlgorithm, octets: bytes, blinder: bytes) -> bytes:
    """The circuits of the proof evaluated by the Prover alone, on public octets; nothing is proved."""
    proof = Parties().prover
    digest = commitment_digest(
        proof, algorithm, proof.constant(bits_of(octets)), proof.constant(bits_of(blinder))
    )
    return octets_of(proof.bits(digest))


@pytest.mark.parametrize(("algorithm", "length"), CASES)
def test_digests_in_the_proof_are_those_in_the_clear(algorithm: HashAlgorithm, length: int) -> None:
    octets = bytes(position * 7 % 256 for position in range(length))
    blinder = bytes(range(16))
    assert clear_digest(algorithm, octets, blinder) == commitment_value(algorithm, octets, blinder)


@pytest.mark.parametrize(("algorithm", "length"), CASES)
def test_the_gates_that_are_reserved_are_those_that_are_used(algorithm: HashAlgorithm, length: int) -> None:
    proof = Parties().prover
    commitment_digest(proof, algorithm, proof.constant(bits_of(bytes(length))), proof.constant(bits_of(bytes(16))))
    assert proof._correlation.taken == hash_gates(algorithm, length)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
@pytest.mark.parametrize("piece", [1, 60, 1024, 1500])
def test_a_digest_of_pieces_is_that_of_the_whole(algorithm: HashAlgorithm, piece: int) -> None:
    octets = bytes(position * 7 % 256 for position in range(5 * 1024 if algorithm is HashAlgorithm.BLAKE3 else 400))
    proof = Parties().prover
    wires = proof.constant(bits_of(octets))
    hashing = commitment_hash(proof, algorithm)
    hashing.absorb(proof.constant(bits_of(len(octets).to_bytes(4, "little"))))
    for start in range(0, len(octets), piece):
        hashing.absorb(wires[8 * start : 8 * (start + piece)])
    hashing.absorb(proof.constant(bits_of(bytes(16))))
    assert octets_of(proof.bits(hashing.digest())) == commitment_value(algorithm, octets, bytes(16))


def run(
    requested: Sequence[HashCommitment],
    *,
    prover: type[ProverProof] = ProverProof,
    sent: bytes = SENT,
    true_values: bool = True,
) -> None:
    """Both sides prove commitments to `sent` and RECEIVED; with `true_values` the Prover fills in the values."""
    parties = Parties(prover)
    agreed: list[HashCommitment] = []

    def prove(proof: ProverProof) -> None:
        whole = Whole(proof.private_input(bits_of(sent)), proof.private_input(bits_of(RECEIVED)))
        blinders = draw_blinders(proof, len(requested))
        for each, blinder in zip(requested, blinders, strict=True):
            value = each.value
            if true_values:
                octets = each.ranges.select(sent if each.direction is Direction.SENT else RECEIVED)
                opened = octets_of(proof.bits(blinder))
                value = commitment_value(HashAlgorithm(each.algorithm), octets, opened)
            agreed.append(replace(each, value=value))
        handed.set()
        prove_commitments(proof, whole, agreed, blinders)

    def verify(proof: NotaryProof) -> None:
        whole = Whole(proof.private_input(8 * len(sent)), proof.private_input(8 * len(RECEIVED)))
        blinders = draw_blinders(proof, len(requested))
        handed.wait(10)
        prove_commitments(proof, whole, agreed, blinders)

    handed = threading.Event()
    parties.both(prove, verify)


def test_all_algorithms_directions_and_classes_are_proved_together() -> None:
    place = {name: SENT.index(name) for name in (b"Ada", b"-12.5e3", b"true", b"text")}
    classed = [
        (LexicalClass.JSON_STRING_INTERIOR, place[b"Ada"], 12),
        (LexicalClass.JSON_NUMBER, place[b"-12.5e3"], 7),
        (LexicalClass.JSON_LITERAL, place[b"true"], 4),
        (LexicalClass.HEADER_VALUE, place[b"text"], 16),
    ]
    requested = [
        commitment(
            bytes(32),
            [(start, start + length)],
            lexical_class=lexical_class,
            algorithm=HashAlgorithm.SHA256,
        )
        for lexical_class, start, length in classed
    ]
    for algorithm in HashAlgorithm:
        requested.append(commitment(bytes(32), [(0, 5), (9, 30)], algorithm=algorithm))
        requested.append(
            commitment(bytes(32), [(1, 2), (150, 200)], algorithm=algorithm, direction=Direction.RECEIVED)
        )
    run(requested)


@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_a_wrong_value_is_refused(algorithm: HashAlgorithm) -> None:
    wrong = commitment(bytes(32), [(0, 5)], algorithm=algorithm)
    with refused("data-submission/commitment-proof-invalid"):
        run([wrong], prover=LyingProver, true_values=False)


def test_an_honest_prover_asserts_no_wrong_value() -> None:
    parties = Parties()
    whole = Whole(parties.prover.private_input(bits_of(SENT)), parties.prover.private_input(bits_of(b"")))
    with refused("mpc-tls/values-differ"):
        prove_commitments(
            parties.prover, whole, [commitment(bytes(32), [(0, 5)])], draw_blinders(parties.prover, 1)
        )


@pytest.mark.parametrize(
    ("lexical_class", "octets"),
    [(lexical_class, octets) for lexical_class, parts in PARTS.items() for octets in parts if octets],
)
def test_each_class_holds_what_belongs_to_it(lexical_class: LexicalClass, octets: bytes) -> None:
    check_lexical_class(octets, lexical_class, "value")
    run([commitment(bytes(32), [(0, len(octets))], lexical_class=lexical_class)], sent=octets)


@pytest.mark.parametrize(
    ("lexical_class", "octets"),
    [(lexical_class, octets) for lexical_class, parts in OUTSIDE.items() for octets in parts],
)
def test_each_class_refuses_what_does_not(lexical_class: LexicalClass, octets: bytes) -> None:
    with refused("data-submission/not-in-lexical-class"):
        check_lexical_class(octets, lexical_class, "value")
    if octets:
        with refused("data-submission/lexical-class-proof-invalid"):
            run(
                [commitment(bytes(32), [(0, len(octets))], lexical_class=lexical_class)],
                sent=octets,
                prover=LyingProver,
            )


def test_a_refused_value_is_never_named() -> None:
    with pytest.raises(Refused) as caught:
        check_lexical_class(b"secret", LexicalClass.JSON_NUMBER, "entry 3")
    assert "secret" not in str(caught.value) and "entry 3" in caught.value.detail


def test_every_octet_string_is_of_any_class() -> None:
    check_lexical_class(bytes(range(256)), LexicalClass.ANY, "value")


def test_classes_run_over_all_ranges_of_a_commitment() -> None:
    """The class holds for the octets joined in order, not for each range by itself."""
    joined = commitment(bytes(32), [(0, 2), (4, 6)], lexical_class=LexicalClass.JSON_LITERAL)
    run([joined], sent=b"tr--ue")
    with refused("data-submission/lexical-class-proof-invalid"):
        run([joined], sent=b"tr--eu", prover=LyingProver)


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is longer than 20 octets counts as long."""
    monkeypatch.setattr(commitment_proofs, "PIECE_OCTETS", 20)


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("algorithm", HashAlgorithm)
def test_long_commitments_are_proved_piece_by_piece(algorithm: HashAlgorithm) -> None:
    received = [(1, 2), (40, 200)]
    name = SENT.index(b"Ada")
    run(
        [
            commitment(bytes(32), [(0, len(SENT))], algorithm=algorithm),
            commitment(bytes(32), received, algorithm=algorithm, direction=Direction.RECEIVED),
            commitment(bytes(32), [(name, name + 3)], lexical_class=LexicalClass.JSON_STRING_INTERIOR),
        ]
    )


@pytest.mark.usefixtures("short_pieces")
def test_a_wrong_value_of_a_long_commitment_is_refused() -> None:
    wrong = commitment(bytes(32), [(0, 60)])
    with refused("data-submission/commitment-proof-invalid"):
        run([wrong], prover=LyingProver, true_values=False)


@pytest.mark.usefixtures("short_pieces")
def test_a_lie_about_a_piece_is_caught_before_the_piece_is_forgotten() -> None:
    with refused("data-submission/commitment-proof-invalid"):
        run([commitment(bytes(32), [(0, 5 * len(SENT))])], sent=5 * SENT, prover=ForgetfulLiar)
    # The Notary asks for no answer about a further batch.
    assert max(ForgetfulLiar.asked) <= 1


@pytest.mark.usefixtures("short_pieces")
def test_the_class_of_a_long_commitment_runs_over_all_its_pieces() -> None:
    """A surrogate pair on the border of two pieces is one character, half of it is none."""
    whole = b"x" * 14 + b"\\ud83d\\ude00" + b"y" * 30
    requested = [commitment(bytes(32), [(0, 56)], lexical_class=LexicalClass.JSON_STRING_INTERIOR)]
    run(requested, sent=whole)
    with refused("data-submission/lexical-class-proof-invalid"):
        run(requested, sent=whole[:20] + b"zzzzzz" + whole[26:], prover=LyingProver)


@pytest.mark.usefixtures("short_pieces")
def test_a_long_commitment_leaves_no_wires_behind() -> None:
    parties = Parties()
    octets = bytes(200)

    def wires_after(proof: ProverProof | NotaryProof, whole: Whole, value: bytes) -> int:
        blinder = proof.constant(bits_of(bytes(16)))
        before = proof.mark
        prove_commitments(proof, whole, [commitment(value, [(0, 200)])], [blinder])
        return proof.mark - before

    value = commitment_value(HashAlgorithm.SHA256, octets, bytes(16))
    both = parties.both(
        lambda proof: wires_after(proof, Whole(proof.private_input(bits_of(octets)), bits_wires()), value),
        lambda proof: wires_after(proof, Whole(proof.private_input(8 * len(octets)), bits_wires()), value),
    )
    assert both == (0, 0)


def bits_wires() -> Wires:
    return Parties().prover.constant(bits_of(b""))


def test_blinders_are_fresh_and_of_16_octets() -> None:
    proof = Parties().prover
    first, second = (octets_of(proof.bits(each)) for each in draw_blinders(proof, 2))
    assert len(first) == len(second) == BLINDER_BITS // 8 == 16
    assert first != second


def test_other_refusals_keep_their_reason() -> None:
    parties = Parties()
    whole = Whole(parties.prover.private_input(bits_of(SENT)), parties.prover.private_input(bits_of(b"")))
    blinders = draw_blinders(parties.prover, 1)
    parties.prover.end()
    with refused("engine/proof-ended"):
        prove_commitments(parties.prover, whole, [commitment(bytes(32), [(0, 5)])], blinders)
