"""Commitments in zero knowledge: the committed octets are what the registered records decrypt to.

They also belong to the claimed lexical class. Prover and Notary run the same functions on their own side of the proof.
Encoding commitments are not proved: what is converted for them are the same authenticated wires.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

import numpy as np

from ..foundation.artifacts import HashCommitment, TranscriptCommitment
from ..foundation.errors import Refused
from ..foundation.identifiers import Direction, HashAlgorithm, LexicalClass
from ..foundation.ranges import RangeSet
from ..mpc.circuits.automata import AUTOMATA
from ..mpc.circuits.lexical import accepting, initial_state, lexical_step
from ..mpc.conversion.messages import Entry
from ..mpc.zero_knowledge.batch import Proof, Wires
from ..mpc.zero_knowledge.bits import bits_of
from .commitment_hashes import commitment_digest, commitment_hash, hash_gates, length_prefix

BLINDER_BITS = 128
PIECE_OCTETS: Final = 1 << 15  # commitments to more are proved in pieces of so many octets


class Plaintext(Protocol):
    """Wires of transcript octets, as the engine serves them after finalisation."""

    def sent(self, start: int, stop: int) -> Wires: ...

    def received(self, start: int, stop: int) -> Wires: ...

    def pieces(self, direction: Direction, start: int, stop: int, octets: int) -> Iterator[Wires]: ...


def check_lexical_class(octets: bytes, lexical_class: LexicalClass, name: str) -> None:
    """Refuse octets outside their class with `data-submission/not-in-lexical-class`; run by the Prover."""
    if lexical_class is not LexicalClass.ANY and not AUTOMATA[lexical_class.label].accepts(octets):
        raise Refused("data-submission/not-in-lexical-class", f"{name} is no {lexical_class.label}")


def draw_blinders(proof: Proof, count: int) -> list[Wires]:
    """Wires of `count` fresh blinders of 16 octets that only the Prover knows."""
    return [proof.random_bits(BLINDER_BITS) for _ in range(count)]


def prove_commitments(
    proof: Proof,
    plaintext: Plaintext,
    commitments: Sequence[TranscriptCommitment],
    blinders: Sequence[Wires],
) -> tuple[Entry, ...]:
    """Prove, or at the Notary verify, all hash commitments, then all lexical classes; last the long ones one by one.

    `blinders` are those of the hash commitments, in order. Returns the authenticated wires of the encoding
    commitments, by leaf index, for the conversion. Refuses at the Notary with
    `data-submission/commitment-proof-invalid` and `data-submission/lexical-class-proof-invalid`.
    """
    hidden = iter(blinders)
    hashed = {
        index: (each, next(hidden))
        for index, each in enumerate(commitments)
        if isinstance(each, HashCommitment)
    }
    long = {index: pair for index, pair in hashed.items() if pair[0].ranges.total > PIECE_OCTETS}
    with _reason("data-submission/commitment-proof-invalid"):
        octets = {
            index: _octets(plaintext, each.direction, each.ranges)
            for index, each in enumerate(commitments)
            if index not in long
        }
        proof.reserve(
            sum(
                hash_gates(HashAlgorithm(each.algorithm), each.ranges.total)
                for index, (each, _) in hashed.items()
                if index not in long
            )
        )
        for index, (commitment, blinder) in hashed.items():
            if index not in long:
                algorithm = HashAlgorithm(commitment.algorithm)
                digest = commitment_digest(proof, algorithm, octets[index], blinder)
                proof.assert_equal(digest, bits_of(commitment.value))
        proof.flush()
    with _reason("data-submission/lexical-class-proof-invalid"):
        for index, wires in octets.items():
            lexical_class = commitments[index].lexical_class
            if lexical_class is not LexicalClass.ANY:
                _assert_accepted(
                    proof, lexical_class, _read(proof, lexical_class, _start(proof, lexical_class), wires)
                )
        proof.flush()
    for commitment, blinder in long.values():
        _prove_in_pieces(proof, plaintext, commitment, blinder)
    return tuple(Entry(index=index, wires=wires) for index, wires in octets.items() if index not in hashed)


def _prove_in_pieces(proof: Proof, plaintext: Plaintext, commitment: HashCommitment, blinder: Wires) -> None:
    """Prove a long commitment piece by piece, in memory that does not grow with it."""
    lexical_class = commitment.lexical_class
    classed = lexical_class is not LexicalClass.ANY
    with _reason("data-submission/commitment-proof-invalid"):
        mark = proof.mark
        hashing = commitment_hash(proof, HashAlgorithm(commitment.algorithm))
        hashing.absorb(length_prefix(proof, commitment.ranges.total))
        state = _start(proof, lexical_class) if classed else np.empty(0, np.int64)
        for each in commitment.ranges:
            for octets in plaintext.pieces(commitment.direction, each.start, each.end, PIECE_OCTETS):
                proof.reserve(hash_gates(HashAlgorithm(commitment.algorithm), len(octets) // 8))
                hashing.absorb(octets)
                if classed:
                    state = _read(proof, lexical_class, state, octets)
                proof.flush()
                *held, state = proof.retain(mark, [*hashing.held(), state])
                hashing.hold(held)
        hashing.absorb(blinder)
        proof.assert_equal(hashing.digest(), bits_of(commitment.value))
        proof.flush()
    with _reason("data-submission/lexical-class-proof-invalid"):
        if classed:
            _assert_accepted(proof, lexical_class, state)
        proof.flush()
    proof.retain(mark, [])


def _octets(plaintext: Plaintext, direction: Direction, ranges: RangeSet) -> Wires:
    read = plaintext.sent if direction is Direction.SENT else plaintext.received
    return np.concatenate([read(each.start, each.end) for each in ranges])


def _start(proof: Proof, lexical_class: LexicalClass) -> Wires:
    """Wires of a class's state before the first octet."""
    name = lexical_class.label
    width = lexical_step(name).output_count
    return proof.constant(
        np.array([initial_state(name) >> position & 1 for position in range(width)], np.uint8)
    )


def _read(proof: Proof, lexical_class: LexicalClass, state: Wires, octets: Wires) -> Wires:
    """Wires of a class's state after further octets."""
    step = lexical_step(lexical_class.label)
    proof.reserve(len(octets) // 8 * step.and_count)
    for octet in octets.reshape(-1, 8):
        state = proof.apply(step, np.concatenate([state, octet])[np.newaxis])[0]
    return state


def _assert_accepted(proof: Proof, lexical_class: LexicalClass, state: Wires) -> None:
    accepted = proof.apply(accepting(lexical_class.label), state[np.newaxis])[0]
    proof.assert_equal(accepted, np.ones(1, np.uint8))


@contextmanager
def _reason(reason: str) -> Iterator[None]:
    """Give a proof that does not hold the reason of the step it belongs to."""
    try:
        yield
    except Refused as refused:
        if refused.reason != "mpc-tls/proof-invalid":
            raise
        raise Refused(reason, refused.detail) from None
